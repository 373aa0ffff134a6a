// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCursor>
#include <QHash>

#include "vgpu/display/host/surface_view.h"

namespace annex::viewer {

/// Host cursors of guest pictures. The same twenty pictures return all the time, and each new one costs the X server a pixmap.
class CursorCache {
public:
    /// @param hotspotX, hotspotY  inside the image (checked by HostSession); an empty image hides the pointer
    const QCursor& cursorFor(const display::Image& image, std::int32_t hotspotX, std::int32_t hotspotY);
    qsizetype size() const { return m_cursors.size(); }
    static constexpr qsizetype kMaximum = 64; // animated cursors have some 20 pictures; more than this is a flood

private:
    QHash<size_t, QCursor> m_cursors;
    QCursor m_hidden{Qt::BlankCursor};
};

} // namespace annex::viewer

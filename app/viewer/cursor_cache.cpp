// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/cursor_cache.h"

#include <QPixmap>

namespace annex::viewer {

const QCursor& CursorCache::cursorFor(const display::Image& image, std::int32_t hotspotX, std::int32_t hotspotY)
{
    if (image.empty())
        return m_hidden;
    // A guest that makes two pictures collide gets the wrong one of its own pictures: nothing else is at stake.
    const size_t key = qHashBits(image.pixels.data(), image.pixels.size(), qHashMulti(0, image.width, image.height, hotspotX, hotspotY));
    if (const auto found = m_cursors.constFind(key); found != m_cursors.constEnd())
        return *found;
    if (m_cursors.size() >= kMaximum)
        m_cursors.clear();
    const QImage picture(image.pixels.data(), image.width, image.height, image.width * 4, QImage::Format_ARGB32_Premultiplied);
    return *m_cursors.insert(key, QCursor(QPixmap::fromImage(picture.copy()), hotspotX, hotspotY));
}

} // namespace annex::viewer

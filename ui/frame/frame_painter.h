// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>

#include "ui/frame/frame_layout.h"

class QPainter;

namespace annex::ui {

/// Paints the frame: a pure function of size, state and ratio. Works in device pixels on a painter without transform;
/// touches no pixel of the content rectangle (but the pill's, in full screen).
class FramePainter {
public:
    /// Everything outside the content, and the pill.
    void paint(QPainter& painter, const FrameGeometry& geometry, const FrameState& state);

    /// Border lines of sides, foot and, where there is no strip, top.
    static void paintBorder(QPainter& painter, const FrameGeometry& geometry, const FrameState& state);

private:
    const QImage& strip(const FrameGeometry& geometry, const FrameState& state);

    // The strip is kept: text costs more than all the rest, and most repaints change only the height or nothing.
    QImage m_strip;
    FrameState m_stripState;
    double m_stripRatio = 0;
};

/// The colour that stands behind guest pixels with alpha, and, while a resize is under way, where the guest has not drawn yet.
QColor contentGround(const FrameState& state);

} // namespace annex::ui

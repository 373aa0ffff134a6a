// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMargins>
#include <QRect>
#include <QRegion>

#include "ui/frame/frame_state.h"

class QFont;

namespace annex::ui {

/// Widths of the frame's lines in device pixels at a ratio, each rounded once: ui.md sections 7 and 13.
struct FrameMetrics {
    double ratio = 1.0;
    int key = 1, colour = 4, inner = 1; ///< sides and foot, from outside to inside
    int strip = 0;                      ///< height of the strip under the top key line, its last row being the inner line; 0: none
    int signature = 46, button = 40, plate = 24;
    int topRadius = 9, footRadius = 6;  ///< 0: square

    int side() const { return key + colour + inner; }
    /// What the frame adds around the content.
    QMargins margins() const;
};

FrameMetrics frameMetrics(const FrameState& state, double ratio);

/// Where everything lies, in device pixels of the window. Empty rectangles are not shown.
struct FrameGeometry {
    FrameMetrics metrics;
    QRect whole, content;
    QRect strip, signature, plate, badge;
    QRect name, level, divider, title;
    QRect message, messageButton;
    QRect menu, minimise, maximise, close;
    QRect pill; ///< full screen only; the one part that lies over the content

    QRect of(FramePart part) const;
};

/// @param size  whole window, device pixels
FrameGeometry frameLayout(QSize size, const FrameState& state, double ratio);

/// Font of the strip in device pixels. Strong for the workspace's name, never for the title.
QFont stripFont(double ratio, bool strong);

struct FrameHit {
    FramePart part = FramePart::None;
    Qt::Edges edges; ///< which edges a press here resizes; only with Border
    friend bool operator==(const FrameHit&, const FrameHit&) = default;
};

/// What lies under a point. The whole border resizes, and 16 logical px along each edge at the corners resize both ways.
/// Content is never anything but Content.
FrameHit frameHitTest(const FrameGeometry& geometry, const FrameState& state, QPoint point);

/// The window's shape: rounded where the layout has radii.
QRegion frameMask(const FrameGeometry& geometry);

} // namespace annex::ui

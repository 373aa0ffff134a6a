// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QImage>
#include <QRect>
#include <QRegion>

namespace annex::ui {

/// A guest's picture and where it belongs. Pixels may change while they are read: they are only colours.
struct ContentSource {
    QImage pixels;        ///< Format_RGB32 when opaque, else Format_ARGB32_Premultiplied; may look into shared memory
    QRect place;          ///< where the whole picture belongs in the window, device px; scaled when sizes differ
};

/// Paints guest pixels into `target`, nowhere outside `content`. Where the guest has alpha it is composited onto `ground`;
/// where it has no pixels `ground` is painted.
/// @param target  the window's own image, device px, no device pixel ratio
/// @param damage  part of the window to bring up to date
void paintContent(QImage& target, const QRect& content, const ContentSource& source, const QRegion& damage, const QColor& ground);

/// Maps damage in the picture's own pixels to window pixels, rounded outward.
QRegion damageInWindow(const ContentSource& source, const QRegion& damage);

} // namespace annex::ui

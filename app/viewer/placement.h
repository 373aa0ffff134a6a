// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QRect>

#include <optional>

/// Where windows may lie. Pure; logical px of the virtual desktop.
namespace annex::viewer {

/// A popup's whole rectangle, border included, moved so that it lies on its parent's screen and touches what it hangs on.
/// @param wanted   where the guest would like it
/// @param anchors  frames of its parents, nearest first; at least one
/// @param screen   of the toplevel it hangs on
/// @return nothing when it must be refused: as large as the screen or larger, or there is no anchor
std::optional<QRect> placePopup(const QRect& wanted, const QList<QRect>& anchors, const QRect& screen);

/// A toplevel moved so that at least `reachable` px of its strip's width, and most of the strip's height, stay on one of the screens.
/// @param strip_height  height of the part that must be reached
QRect keepReachable(const QRect& window, int strip_height, int reachable, const QList<QRect>& screens);

/// A box of the host's screen as the guest counts: from the virtual desktop's corner, which is not (0, 0) where a screen lies left of or above the
/// first, and in the guest's own pixels.
QRect guestBox(const QRect& box, QPoint desktopCorner, int scale);

/// A size that is no larger than the work area.
QSize fitInto(QSize size, const QRect& workArea);

} // namespace annex::viewer

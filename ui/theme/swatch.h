// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>

#include "ui/theme/identity.h"

class QPainter;
class QRectF;

namespace annex::ui {

/// The swatch of a workspace: rounded square in the frame colour, pattern around a plain plate of 62 % with the initial, bold.
/// Sizes in use: sidebar 32, header and dialogs 48, menus 18 logical px.
/// @param edge   logical px
/// @param ratio  device pixels per logical pixel; the image carries it
QImage swatchImage(const Identity& identity, int edge, double ratio);

/// The same, drawn at `topLeft` of a painter in logical units whose device has `ratio`.
void paintSwatch(QPainter& painter, const QPointF& topLeft, const Identity& identity, int edge, double ratio);

/// A program's icon for the taskbar: `guest` scaled to edge × edge, then the workspace's colour and pattern as a 46 % square at the lower end corner,
/// drawn after scaling so that nothing of the guest can cover it. A null guest image gives a plain plate with the initial.
QImage badgedIcon(const QImage& guest, const Identity& identity, int edge);

} // namespace annex::ui

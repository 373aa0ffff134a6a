// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>

#include "ui/theme/identity.h"

class QPainter;
class QRect;

namespace annex::ui {

/// One tile of a pattern in device pixels: transparent ground, strokes in `colour` at the pattern's strength (50 %).
/// Tiles join without a seam. @param ratio  device pixels per logical pixel, 1 … 4
QImage patternTile(Pattern pattern, const QColor& colour, double ratio);

/// Covers `area` (device pixels) with the pattern, its first tile at the area's top left corner.
void paintPattern(QPainter& painter, const QRect& area, Pattern pattern, const QColor& colour, double ratio);

} // namespace annex::ui

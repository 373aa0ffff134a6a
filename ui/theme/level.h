// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/identity.h"

class QPainter;
class QRectF;

namespace annex::ui {

/// The level badge, told apart by shape: hypervisor two whole squares, emulated the outer one dashed, process four corners and a hollow core.
/// @param area  square in the painter's units
void paintLevelBadge(QPainter& painter, const QRectF& area, Level level, const QColor& colour);

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/level.h"

#include <QRectF>

#include "ui/theme/icons.h"

namespace annex::ui {

void paintLevelBadge(QPainter& painter, const QRectF& area, Level level, const QColor& colour)
{
    paintIcon(painter, area, idOf(level), colour);
}

} // namespace annex::ui

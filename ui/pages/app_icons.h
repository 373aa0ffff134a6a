// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPixmap>
#include <QString>

class QPainter;
class QRectF;

namespace annex::ui {

/// Draws a program's icon: this computer's theme or a file that its desktop entry names, both host files. Without one, a plate with the first letter.
void paintAppIcon(QPainter& painter, const QRectF& area, const QString& icon, const QString& name);

} // namespace annex::ui

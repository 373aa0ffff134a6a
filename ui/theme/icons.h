// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

class QPainter;
class QRectF;

/// Our own icons: ui/assets/icons/NAME.svg, one colour, tinted by role, rendered at their real size.
namespace annex::ui {

/// True when ui/assets/icons has this name.
bool hasIcon(const QString& name);

/// Names of all icons, sorted.
QStringList iconNames();

/// Paints an icon into `area` (painter's units). An unknown name paints nothing.
/// @param mirrored  for right-to-left, where ui.md section 12 marks the icon with ↔
void paintIcon(QPainter& painter, const QRectF& area, const QString& name, const QColor& colour, bool mirrored = false);

/// A pixmap of edge × edge logical px at `ratio`.
QPixmap iconPixmap(const QString& name, int edge, const QColor& colour, double ratio = 1.0);

/// An icon that renders itself at each size and ratio asked for, tinted. `disabled` is the colour for QIcon::Disabled.
QIcon icon(const QString& name, const QColor& colour, const QColor& disabled = {});

} // namespace annex::ui

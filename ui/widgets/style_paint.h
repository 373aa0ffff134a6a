// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QRectF>

class QPainter;
class QPalette;
class QString;

/// Shapes that style and delegates share, in logical px, on crisp device pixels.
namespace annex::ui::paint {

/// Filled rounded rectangle with an inner 1 px line. An invalid colour draws nothing of that part.
void box(QPainter& painter, const QRectF& area, double radius, const QColor& fill, const QColor& line, double width = 1, Qt::PenStyle pen = Qt::SolidLine);
/// Focus ring: 2 px, 2 px outside of `area`.
void focusRing(QPainter& painter, const QRectF& area, double radius, const QColor& ink, double gap = 2);
/// Text elided in `area`; honours the layout direction given by `alignment`.
void text(QPainter& painter, const QRectF& area, int alignment, const QString& text, const QColor& colour, Qt::TextElideMode elide = Qt::ElideRight);
/// A switch of 36 × 18 centred vertically at the end of `area`. @param position  0 off … 1 on
void switchKnob(QPainter& painter, const QRectF& area, double position, bool locked, bool enabled);

} // namespace annex::ui::paint

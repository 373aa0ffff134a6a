// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/style_paint.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPen>

#include "ui/widgets/annex_style.h"

namespace annex::ui::paint {

void box(QPainter& painter, const QRectF& area, double radius, const QColor& fill, const QColor& line, double width, Qt::PenStyle pen)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (line.isValid() && width > 0) {
        QPen stroke(line, width, pen, Qt::FlatCap);
        if (pen == Qt::CustomDashLine)
            stroke.setDashPattern({3 / width, 2 / width});
        painter.setPen(stroke);
    } else {
        painter.setPen(Qt::NoPen);
        width = 0;
    }
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const double half = width / 2;
    painter.drawRoundedRect(area.adjusted(half, half, -half, -half), radius - half, radius - half);
    painter.restore();
}

void focusRing(QPainter& painter, const QRectF& area, double radius, const QColor& ink, double gap)
{
    const double out = gap + 2;
    box(painter, area.adjusted(-out, -out, out, out), radius + out, QColor(), ink, 2);
}

void text(QPainter& painter, const QRectF& area, int alignment, const QString& text, const QColor& colour, Qt::TextElideMode elide)
{
    painter.setPen(colour);
    const QString shown = QFontMetricsF(painter.font()).elidedText(text, elide, area.width());
    painter.drawText(area, alignment | Qt::TextSingleLine, shown);
}

void switchKnob(QPainter& painter, const QRectF& area, double position, bool locked, bool enabled)
{
    const Tokens& t = look();
    const bool mirrored = painter.layoutDirection() == Qt::RightToLeft;
    const QRectF track(mirrored ? area.left() : area.right() - 36, area.center().y() - 9, 36, 18);
    const bool on = position > 0.5;
    // In high contrast the line of a switch that is on must differ from its ground as well.
    const QColor line = !enabled ? t.textOff : t.borderStrong;
    if (locked)
        box(painter, track, 9, QColor(), line, 1.5, Qt::CustomDashLine);
    else if (on)
        box(painter, track, 9, enabled ? t.ink : t.textOff, QColor());
    else
        box(painter, track, 9, t.surface, line, 1.5);
    const double travel = mirrored ? 1 - position : position;
    const double radius = on && !locked ? 6 : 4.5;
    const QPointF centre(track.left() + 9 + travel * 18, track.center().y());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(on && !locked ? t.onInk : line);
    painter.drawEllipse(centre, radius, radius);
    painter.restore();
}

} // namespace annex::ui::paint

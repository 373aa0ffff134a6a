// SPDX-License-Identifier: Apache-2.0
#include "ui/tray/tray_icon.h"

#include <algorithm>

#include <QPainter>
#include <QPainterPath>

namespace annex::ui {

namespace {

/// Everything on a grid of 16, scaled to whole pixels where lines allow.
class Drawing {
public:
    Drawing(QPixmap& pixmap, const QColor& colour) : m_painter(&pixmap), m_colour(colour), m_unit(pixmap.width() / 16.0)
    {
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.scale(m_unit, m_unit);
    }

    void outer()
    {
        line();
        m_painter.drawRoundedRect(QRectF(1.75, 1.75, 9.5, 9.5), 2.4, 2.4);
    }
    /// Cuts room for what stands before the outer square, so that both stay apart at 16 px.
    void clear(const QRectF& area, double radius)
    {
        m_painter.setCompositionMode(QPainter::CompositionMode_Clear);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(Qt::black);
        m_painter.drawRoundedRect(area, radius, radius);
        m_painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
    }
    void hollow()
    {
        clear(QRectF(6.6, 6.6, 9.2, 9.2), 2.6);
        line();
        m_painter.drawRoundedRect(QRectF(8.25, 8.25, 6, 6), 1.6, 1.6);
    }
    void filled()
    {
        clear(QRectF(6.4, 6.4, 9.6, 9.6), 2.6);
        fill();
        m_painter.drawRoundedRect(QRectF(7.75, 7.75, 7, 7), 2, 2);
    }
    void bars()
    {
        clear(QRectF(6.6, 6.4, 9.4, 9.6), 1);
        fill();
        m_painter.drawRect(QRectF(8, 8, 2.5, 7));
        m_painter.drawRect(QRectF(12.5, 8, 2.5, 7));
    }
    void disc()
    {
        clear(QRectF(10.2, 0.2, 6, 6), 3);
        fill();
        m_painter.drawEllipse(QPointF(13.2, 3.2), 2.2, 2.2);
    }
    void triangle()
    {
        clear(QRectF(5.8, 5.8, 10.2, 10.2), 2);
        QPainterPath path;
        path.moveTo(11, 7.2);
        path.lineTo(15.2, 14.8);
        path.lineTo(6.8, 14.8);
        path.closeSubpath();
        m_painter.setPen(QPen(m_colour, 1.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawPath(path);
        m_painter.setPen(QPen(m_colour, 1.2, Qt::SolidLine, Qt::RoundCap));
        m_painter.drawLine(QPointF(11, 10), QPointF(11, 11.8));
        m_painter.drawPoint(QPointF(11, 13.4));
    }

private:
    void line()
    {
        m_painter.setPen(QPen(m_colour, 1.5));
        m_painter.setBrush(Qt::NoBrush);
    }
    void fill()
    {
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(m_colour);
    }

    QPainter m_painter;
    QColor m_colour;
    double m_unit;
};

} // namespace

QPixmap trayPixmap(TrayState state, int edge, const QColor& colour)
{
    QPixmap pixmap(edge, edge);
    pixmap.fill(Qt::transparent);
    Drawing drawing(pixmap, colour);
    drawing.outer();
    switch (state) {
    case TrayState::Ready: drawing.hollow(); break;
    case TrayState::Running: drawing.filled(); break;
    case TrayState::Paused: drawing.bars(); break;
    case TrayState::Waiting:
        drawing.filled();
        drawing.disc();
        break;
    case TrayState::Problem: drawing.triangle(); break;
    }
    return pixmap;
}

QIcon trayIcon(TrayState state, const QColor& colour)
{
    QIcon icon;
    for (const int edge : {16, 22, 24, 32, 48})
        icon.addPixmap(trayPixmap(state, edge, colour));
    return icon;
}

} // namespace annex::ui

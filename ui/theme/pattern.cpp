// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/pattern.h"

#include <QPainter>
#include <QPainterPath>
#include <QRect>

#include <algorithm>
#include <cmath>

namespace annex::ui {

namespace {

constexpr double kStrength = 0.5;

/// Logical edge of a tile: ui.md section 4.
int tileEdge(Pattern pattern)
{
    switch (pattern) {
    case Pattern::UprightBars:
    case Pattern::LevelBars: return 5;
    case Pattern::PlusSigns:
    case Pattern::Chevrons: return 8;
    default: return 6;
    }
}

void strokeLine(QPainterPath& path, double x1, double y1, double x2, double y2)
{
    path.moveTo(x1, y1);
    path.lineTo(x2, y2);
}

/// Strokes of one tile on a square of edge `e`. Lines run past the edge, so that neighbours join.
void paintTile(QPainter& p, Pattern pattern, double e, double unit, const QColor& colour)
{
    QPainterPath lines;
    double width = 1.6 * unit;
    p.setPen(Qt::NoPen);
    p.setBrush(colour);
    switch (pattern) {
    case Pattern::Dots: {
        // Two dots a tile, offset by half: a plain grid reads as a net at small sizes.
        const double r = 1.0 * unit;
        p.drawEllipse(QPointF(e * 0.25, e * 0.25), r, r);
        p.drawEllipse(QPointF(e * 0.75, e * 0.75), r, r);
        return;
    }
    case Pattern::Checks:
        p.setRenderHint(QPainter::Antialiasing, false);
        p.drawRect(QRectF(0, 0, std::floor(e / 2), std::floor(e / 2)));
        p.drawRect(QRectF(std::floor(e / 2), std::floor(e / 2), std::ceil(e / 2), std::ceil(e / 2)));
        return;
    case Pattern::UprightBars:
        p.setRenderHint(QPainter::Antialiasing, false);
        p.drawRect(QRectF(0, 0, std::round(2 * unit), e));
        return;
    case Pattern::LevelBars:
        p.setRenderHint(QPainter::Antialiasing, false);
        p.drawRect(QRectF(0, 0, e, std::round(2 * unit)));
        return;
    case Pattern::RisingStripes:
        for (double shift : {-e, 0.0, e})
            strokeLine(lines, shift - e, 2 * e, shift + 2 * e, -e);
        width = 2.0 * unit;
        break;
    case Pattern::FallingStripes:
        for (double shift : {-e, 0.0, e})
            strokeLine(lines, shift - e, -e, shift + 2 * e, 2 * e);
        width = 2.0 * unit;
        break;
    case Pattern::PlusSigns:
        strokeLine(lines, e * 0.5, e * 0.18, e * 0.5, e * 0.82);
        strokeLine(lines, e * 0.18, e * 0.5, e * 0.82, e * 0.5);
        break;
    case Pattern::Chevrons:
        for (double shift : {-e / 2, 0.0, e / 2, e}) {
            lines.moveTo(0, shift + e * 0.5);
            lines.lineTo(e * 0.5, shift);
            lines.lineTo(e, shift + e * 0.5);
        }
        width = 1.2 * unit;
        break;
    }
    QPen pen(colour, width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
    p.setBrush(Qt::NoBrush);
    p.strokePath(lines, pen);
}

} // namespace

QImage patternTile(Pattern pattern, const QColor& colour, double ratio)
{
    const double unit = std::clamp(ratio, 1.0, 4.0);
    const int edge = std::max(4, static_cast<int>(std::lround(tileEdge(pattern) * unit)));
    QImage tile(edge, edge, QImage::Format_ARGB32_Premultiplied);
    tile.fill(Qt::transparent);
    // Painted opaque, weakened once at the end: overlapping strokes must not add up.
    QPainter p(&tile);
    p.setRenderHint(QPainter::Antialiasing);
    paintTile(p, pattern, edge, unit, colour);
    p.setCompositionMode(QPainter::CompositionMode_DestinationIn);
    QColor strength(Qt::black);
    strength.setAlphaF(kStrength);
    p.fillRect(tile.rect(), strength);
    return tile;
}

void paintPattern(QPainter& painter, const QRect& area, Pattern pattern, const QColor& colour, double ratio)
{
    QBrush brush(patternTile(pattern, colour, ratio));
    painter.save();
    painter.setBrushOrigin(area.topLeft());
    painter.fillRect(area, brush);
    painter.restore();
}

} // namespace annex::ui

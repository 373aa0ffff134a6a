// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/swatch.h"

#include <QFont>
#include <QGuiApplication>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "ui/theme/pattern.h"

namespace annex::ui {

namespace {

constexpr double kPlate = 0.62;  // share of the swatch that the plain plate takes
constexpr double kRadius = 0.19; // corner radius as a share of the edge
constexpr double kBadge = 0.46;  // share of a taskbar icon that the badge takes

QImage blank(int edge_px)
{
    QImage image(edge_px, edge_px, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    return image;
}

void paintPatterned(QPainter& p, const QRect& box, const Identity& identity, double radius, double ratio)
{
    const ColourSet& set = colours(identity.colour);
    QPainterPath shape;
    shape.addRoundedRect(box, radius, radius);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillPath(shape, set.frame);
    p.save();
    p.setClipPath(shape);
    paintPattern(p, box, identity.pattern, set.onFrame, ratio);
    p.restore();
}

} // namespace

QImage swatchImage(const Identity& identity, int edge, double ratio)
{
    const int size = std::max(8, static_cast<int>(std::lround(edge * ratio)));
    const ColourSet& set = colours(identity.colour);
    QImage image = blank(size);
    QPainter p(&image);
    paintPatterned(p, image.rect(), identity, size * kRadius, ratio);

    const double plate = std::round(size * kPlate), inset = (size - plate) / 2;
    const QRectF plateBox(inset, inset, plate, plate);
    QPainterPath plateShape;
    plateShape.addRoundedRect(plateBox, plate * kRadius, plate * kRadius);
    p.fillPath(plateShape, set.frame);

    QFont font = QGuiApplication::font();
    font.setBold(true);
    const QString text = identity.initial();
    font.setPixelSize(std::max(6, static_cast<int>(std::lround(plate * (text.size() > 1 ? 0.56 : 0.72)))));
    p.setFont(font);
    p.setPen(set.onFrame);
    p.drawText(plateBox, Qt::AlignCenter, text);
    p.end();
    image.setDevicePixelRatio(ratio);
    return image;
}

void paintSwatch(QPainter& painter, const QPointF& topLeft, const Identity& identity, int edge, double ratio)
{
    painter.drawImage(topLeft, swatchImage(identity, edge, ratio));
}

QImage badgedIcon(const QImage& guest, const Identity& identity, int edge)
{
    QImage image = blank(edge);
    QPainter p(&image);
    p.setRenderHint(QPainter::Antialiasing);
    p.setRenderHint(QPainter::SmoothPixmapTransform);
    if (guest.isNull()) {
        p.drawImage(QPoint(0, 0), swatchImage(identity, edge, 1.0));
    } else {
        const QSize fitted = guest.size().scaled(edge, edge, Qt::KeepAspectRatio);
        p.drawImage(QRect(QPoint((edge - fitted.width()) / 2, (edge - fitted.height()) / 2), fitted), guest);
    }
    const int badge = std::max(6, static_cast<int>(std::lround(edge * kBadge)));
    const bool mirrored = QGuiApplication::isRightToLeft();
    const QRect box(mirrored ? 0 : edge - badge, edge - badge, badge, badge);
    // A key line sets the badge apart from whatever the icon shows beneath it. The square itself has no transparent corner for the guest to show through.
    p.fillRect(box, keyLine());
    const int line = std::max(1, edge / 48);
    const QRect inner = box.adjusted(line, line, -line, -line);
    p.fillRect(inner, colours(identity.colour).frame);
    paintPattern(p, inner, identity.pattern, colours(identity.colour).onFrame, std::max(1.0, edge / 64.0));
    return image;
}

} // namespace annex::ui

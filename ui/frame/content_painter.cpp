// SPDX-License-Identifier: Apache-2.0
#include "ui/frame/content_painter.h"

#include <QPainter>

#include <cmath>

namespace annex::ui {

namespace {

void paintUnscaled(QPainter& p, const ContentSource& source, const QRegion& region, const QColor& ground)
{
    const bool opaque = source.pixels.format() == QImage::Format_RGB32;
    for (const QRect& r : region) {
        const QRect from = r.translated(-source.place.topLeft());
        if (opaque) {
            p.setCompositionMode(QPainter::CompositionMode_Source);
            p.drawImage(r.topLeft(), source.pixels, from);
        } else {
            p.setCompositionMode(QPainter::CompositionMode_Source);
            p.fillRect(r, ground);
            p.setCompositionMode(QPainter::CompositionMode_SourceOver);
            p.drawImage(r.topLeft(), source.pixels, from);
        }
    }
}

void paintScaled(QPainter& p, const ContentSource& source, const QRegion& region, const QColor& ground)
{
    p.save();
    p.setClipRegion(region);
    if (source.pixels.format() != QImage::Format_RGB32)
        for (const QRect& r : region)
            p.fillRect(r, ground);
    // Whole multiples are repeated sharply (X11 programs), everything else is averaged.
    const bool whole = source.place.width() % source.pixels.width() == 0 && source.place.height() % source.pixels.height() == 0;
    p.setRenderHint(QPainter::SmoothPixmapTransform, !whole);
    p.drawImage(source.place, source.pixels);
    p.restore();
}

} // namespace

void paintContent(QImage& target, const QRect& content, const ContentSource& source, const QRegion& damage, const QColor& ground)
{
    const QRegion inside = damage.intersected(content.intersected(target.rect()));
    if (inside.isEmpty())
        return;
    QPainter p(&target);
    const QRegion covered = source.pixels.isNull() ? QRegion() : inside.intersected(source.place);
    p.setCompositionMode(QPainter::CompositionMode_Source);
    for (const QRect& r : inside - covered)
        p.fillRect(r, ground);
    if (covered.isEmpty())
        return;
    if (source.pixels.size() == source.place.size())
        paintUnscaled(p, source, covered, ground);
    else
        paintScaled(p, source, covered, ground);
}

QRegion damageInWindow(const ContentSource& source, const QRegion& damage)
{
    if (source.pixels.isNull() || source.pixels.size().isEmpty())
        return {};
    if (source.pixels.size() == source.place.size())
        return damage.translated(source.place.topLeft());
    const double sx = double(source.place.width()) / source.pixels.width(), sy = double(source.place.height()) / source.pixels.height();
    QRegion result;
    for (const QRect& r : damage) {
        // One pixel more on each side: averaging reads its neighbours.
        const int left = static_cast<int>(std::floor((r.left() - 1) * sx)), top = static_cast<int>(std::floor((r.top() - 1) * sy));
        const int right = static_cast<int>(std::ceil((r.right() + 2) * sx)), foot = static_cast<int>(std::ceil((r.bottom() + 2) * sy));
        result += QRect(left, top, right - left, foot - top).translated(source.place.topLeft());
    }
    return result.intersected(source.place);
}

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/frame/pill.h"

#include <QCoreApplication>
#include <QFont>
#include <QFontMetrics>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "ui/theme/level.h"
#include "ui/theme/pattern.h"

namespace annex::ui {

namespace {

constexpr int kTabWidth = 46, kTabHeight = 8, kHeight = 34, kGap = 10, kEnd = 14, kPlate = 24, kBadge = 16, kRadius = 9;
constexpr int kNameCharacters = 24;

int scaled(double value, double ratio) { return static_cast<int>(std::lround(value * ratio)); }
QString hint() { return QCoreApplication::translate("Frame", "Hold Esc to leave"); }

QSize wholeSize(const FrameState& state, double ratio)
{
    const QFontMetrics strong(stripFont(ratio, true)), regular(stripFont(ratio, false));
    const int width = scaled(kTabWidth + 2 * kGap + kEnd, ratio) + strong.horizontalAdvance(state.identity.name.left(kNameCharacters))
        + regular.horizontalAdvance(hint());
    return {width, scaled(kHeight, ratio)};
}

} // namespace

QRect pillRect(const FrameGeometry& g, const FrameState& state)
{
    const double ratio = g.metrics.ratio, shown = std::clamp(state.pill.unfolded, 0.0, 1.0);
    const QSize whole = wholeSize(state, ratio), tab(scaled(kTabWidth, ratio), scaled(kTabHeight, ratio));
    const int width = std::min(g.whole.width(), static_cast<int>(std::lround(tab.width() + (whole.width() - tab.width()) * shown)));
    const int height = static_cast<int>(std::lround(tab.height() + (whole.height() - tab.height()) * shown));
    return {(g.whole.width() - width) / 2, 0, width, height};
}

void paintPill(QPainter& p, const FrameGeometry& g, const FrameState& state)
{
    const double ratio = g.metrics.ratio;
    const ColourSet& set = colours(state.identity.colour);
    const QRect box = g.pill;
    const int key = std::max(1, scaled(1, ratio));
    const double radius = std::min<double>(scaled(kRadius, ratio), box.height() / 2.0);

    QPainterPath outer, inner;
    outer.addRoundedRect(QRectF(box).adjusted(0, -2 * radius, 0, 0), radius, radius);
    inner.addRoundedRect(QRectF(box).adjusted(key, -2 * radius, -key, -key), radius - key, radius - key);
    p.save();
    p.setClipRect(box, Qt::IntersectClip);
    // Square behind the rounded corners would show guest pixels cut by ours; the key line's own colour fills them instead.
    p.fillRect(box, keyLine());
    p.setRenderHint(QPainter::Antialiasing);
    p.fillPath(outer, keyLine());
    p.fillPath(inner, set.frame);
    p.setClipPath(inner, Qt::IntersectClip);

    const QRect signature(box.left(), box.top(), scaled(kTabWidth, ratio), box.height());
    paintPattern(p, signature, state.identity.pattern, set.onFrame, ratio);
    if (state.pill.filled > 0) {
        QColor fill = set.onFrame;
        fill.setAlphaF(0.28f);
        const int width = static_cast<int>(std::lround(box.width() * std::clamp(state.pill.filled, 0.0, 1.0)));
        p.fillRect(QRect(state.rightToLeft ? box.right() + 1 - width : box.left(), box.top(), width, box.height()), fill);
    }
    if (state.pill.unfolded > 0.5) {
        // Laid out for the whole pill and anchored at its foot, so that it drops in as one piece.
        const int whole = scaled(kHeight, ratio);
        const QRect row(box.left(), box.bottom() + 1 - whole, box.width(), whole);
        const int plate = scaled(kPlate, ratio), badge = scaled(kBadge, ratio);
        const QRect plateBox(signature.left() + (signature.width() - plate) / 2, row.top() + (whole - plate) / 2, plate, plate);
        QPainterPath plateShape;
        plateShape.addRoundedRect(plateBox, 5 * ratio, 5 * ratio);
        p.fillPath(plateShape, plateGround());
        paintLevelBadge(p, QRectF(plateBox).adjusted((plate - badge) / 2.0, (plate - badge) / 2.0, -(plate - badge) / 2.0, -(plate - badge) / 2.0),
                        state.identity.level, plateGlyph());
        p.setPen(set.onFrame);
        QRect text = row.adjusted(signature.width() + scaled(kGap, ratio), 0, 0, 0);
        const QString name = state.identity.name.left(kNameCharacters);
        p.setFont(stripFont(ratio, true));
        p.drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, name);
        text.setLeft(text.left() + p.fontMetrics().horizontalAdvance(name) + scaled(kGap, ratio));
        p.setFont(stripFont(ratio, false));
        p.drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, hint());
    }
    p.restore();
}

} // namespace annex::ui

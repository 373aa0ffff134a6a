// SPDX-License-Identifier: Apache-2.0
#include "ui/frame/frame_layout.h"

#include <QFont>
#include <QFontInfo>
#include <QFontMetrics>
#include <QGuiApplication>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "ui/frame/pill.h"
#include "ui/theme/type.h"

namespace annex::ui {

namespace {

// Logical px, ui.md section 7.
constexpr int kStrip = 34, kSignature = 46, kButton = 40, kPlate = 24, kBadge = 16;
constexpr int kGapBeforeName = 10, kGapAroundDivider = 11, kGapAtEnd = 8, kDividerHeight = 16;
constexpr int kButtonsFrom = 360, kTitleFrom = 240, kLevelFrom = 640;
constexpr int kCorner = 16;
constexpr int kNameCharacters = 24;
constexpr int kMessageButtonPadding = 10, kMessageButtonHeight = 24;

int scaled(double value, double ratio) { return static_cast<int>(std::lround(value * ratio)); }
int line(double ratio) { return std::max(1, static_cast<int>(std::lround(ratio))); }

QRect centredIn(const QRect& box, int width, int height)
{
    return {box.x() + (box.width() - width) / 2, box.y() + (box.height() - height) / 2, width, height};
}

/// Hands out the strip from its leading end; mirrors once at the end for right-to-left.
class StripFiller {
public:
    StripFiller(QRect box, bool mirrored) : m_box(box), m_mirrored(mirrored), m_free(box) {}
    int left() const { return m_free.width(); }
    QRect take(int width)
    {
        width = std::clamp(width, 0, m_free.width());
        QRect part(m_free.left(), m_free.top(), width, m_free.height());
        m_free.setLeft(m_free.left() + width);
        return mirrored(part);
    }
    void skip(int width) { m_free.setLeft(std::min(m_free.left() + width, m_free.right() + 1)); }

private:
    QRect mirrored(QRect part) const
    {
        if (m_mirrored)
            part.moveLeft(m_box.left() + m_box.right() - part.right());
        return part;
    }
    QRect m_box;
    bool m_mirrored;
    QRect m_free;
};

void layOutMessage(FrameGeometry& g, const StripText& message, const QRect& place)
{
    const double ratio = g.metrics.ratio;
    g.message = place;
    if (message.button.isEmpty())
        return;
    const QFontMetrics metrics(stripFont(ratio, true));
    const int padding = scaled(kMessageButtonPadding, ratio);
    const int wanted = metrics.horizontalAdvance(message.button) + 2 * padding;
    const int width = std::min(wanted, place.width());
    const int text = QFontMetrics(stripFont(ratio, false)).horizontalAdvance(message.text);
    const int gap = scaled(kGapAtEnd, ratio);
    // The button follows its words closely, and wins over them where room is short: words can be elided, an answer cannot.
    const int left = std::min(place.left() + text + gap, place.right() + 1 - width);
    g.messageButton = QRect(left, place.top(), width, place.height());
    const int height = std::min(scaled(kMessageButtonHeight, ratio), place.height());
    g.messageButton = centredIn(g.messageButton, width, height);
    g.message.setRight(std::max(place.left() - 1, left - gap - 1));
}

void layOutStrip(FrameGeometry& g, const FrameState& state)
{
    const double ratio = g.metrics.ratio;
    const double logicalWidth = g.whole.width() / ratio;
    // The last row is the inner line: nothing else is drawn on it.
    QRect row = g.strip.adjusted(0, 0, 0, -g.metrics.inner);

    // Window buttons stay where the system has them, also in right-to-left.
    const auto takeButton = [&row, &g] {
        QRect button = row;
        button.setLeft(std::max(row.left(), row.right() - g.metrics.button + 1));
        row.setRight(button.left() - 1);
        return button;
    };
    g.close = takeButton();
    if (logicalWidth >= kButtonsFrom) {
        if (state.canMaximise)
            g.maximise = takeButton();
        g.minimise = takeButton();
    }
    g.menu = takeButton();

    StripFiller filler(row, state.rightToLeft);
    g.signature = filler.take(g.metrics.signature);
    g.signature.setBottom(g.strip.bottom());
    g.plate = centredIn(QRect(g.signature.topLeft(), QSize(g.signature.width(), row.height() + g.metrics.inner)),
                        g.metrics.plate, g.metrics.plate);
    const int badge = scaled(kBadge, ratio);
    g.badge = centredIn(g.plate, badge, badge);

    const int around = scaled(kGapAroundDivider, ratio);
    filler.skip(scaled(kGapBeforeName, ratio));
    const QFontMetrics strong(stripFont(ratio, true)), regular(stripFont(ratio, false));
    const int nameWidth = strong.horizontalAdvance(state.identity.name.left(kNameCharacters)) + 1;
    const bool showTitle = logicalWidth >= kTitleFrom;
    g.name = filler.take(std::min(nameWidth, std::max(0, filler.left() - around)));
    if (logicalWidth > kLevelFrom) {
        filler.skip(scaled(kGapAtEnd, ratio));
        g.level = filler.take(regular.horizontalAdvance(wordOf(state.identity.level)) + 1);
    }
    if (!showTitle || filler.left() < 3 * around)
        return;
    filler.skip(around);
    g.divider = filler.take(line(ratio));
    g.divider = centredIn(g.divider, g.divider.width(), scaled(kDividerHeight, ratio));
    filler.skip(around);
    const QRect place = filler.take(std::max(0, filler.left() - scaled(kGapAtEnd, ratio)));
    if (state.message)
        layOutMessage(g, *state.message, place);
    else
        g.title = place;
}

} // namespace

QMargins FrameMetrics::margins() const
{
    return {side(), strip > 0 ? key + strip : side(), side(), side()};
}

FrameMetrics frameMetrics(const FrameState& state, double ratio)
{
    FrameMetrics m;
    m.ratio = ratio;
    m.key = m.inner = line(ratio);
    m.signature = scaled(kSignature, ratio);
    m.button = scaled(kButton, ratio);
    m.plate = scaled(kPlate, ratio);
    m.topRadius = scaled(9, ratio);
    m.footRadius = scaled(6, ratio);
    m.strip = scaled(kStrip, ratio);
    m.colour = scaled(state.isStronger() ? 8 : 4, ratio);
    if (state.kind == FrameKind::Popup) {
        m.colour = scaled(state.isStronger() ? 4 : 2, ratio);
        m.strip = m.topRadius = m.footRadius = 0;
        return m;
    }
    if (state.placement == Placement::Normal)
        return m;
    m.key = m.topRadius = m.footRadius = 0;
    m.colour = scaled(state.isStronger() ? 8 : 3, ratio);
    if (state.placement == Placement::FullScreen)
        m.strip = 0;
    return m;
}

QRect FrameGeometry::of(FramePart part) const
{
    switch (part) {
    case FramePart::Content: return content;
    case FramePart::Strip: return strip;
    case FramePart::Menu: return menu;
    case FramePart::Minimise: return minimise;
    case FramePart::Maximise: return maximise;
    case FramePart::Close: return close;
    case FramePart::MessageButton: return messageButton;
    default: return {};
    }
}

QFont stripFont(double ratio, bool strong)
{
    QFont font = QGuiApplication::font();
    const int body = QFontInfo(font).pixelSize();
    font.setPixelSize(std::max(6, scaled(body, ratio)));
    font.setWeight(strong ? QFont::DemiBold : QFont::Normal);
    return font;
}

FrameGeometry frameLayout(QSize size, const FrameState& state, double ratio)
{
    FrameGeometry g;
    g.metrics = frameMetrics(state, ratio);
    g.whole = QRect(QPoint(0, 0), size);
    g.content = g.whole.marginsRemoved(g.metrics.margins());
    if (g.content.width() < 0 || g.content.height() < 0)
        g.content = QRect(g.content.topLeft(), QSize(std::max(0, g.content.width()), std::max(0, g.content.height())));
    if (g.metrics.strip > 0) {
        g.strip = QRect(g.metrics.key, g.metrics.key, std::max(0, size.width() - 2 * g.metrics.key), g.metrics.strip);
        layOutStrip(g, state);
    }
    if (state.kind == FrameKind::Toplevel && state.placement == Placement::FullScreen)
        g.pill = pillRect(g, state);
    return g;
}

FrameHit frameHitTest(const FrameGeometry& g, const FrameState& state, QPoint point)
{
    if (!g.whole.contains(point))
        return {};
    if (g.content.contains(point))
        return {FramePart::Content, {}};
    if (state.kind == FrameKind::Popup || state.placement == Placement::FullScreen)
        return {FramePart::Border, {}};

    if (state.placement == Placement::Normal) {
        const int zone = g.metrics.key + g.metrics.colour;
        const int corner = scaled(kCorner, g.metrics.ratio);
        const int fromRight = g.whole.right() - point.x(), fromFoot = g.whole.bottom() - point.y();
        const bool left = point.x() < g.metrics.side(), right = fromRight < g.metrics.side();
        const bool top = point.y() < zone, foot = fromFoot < g.metrics.side();
        // On the strip the side borders are as thin as they look below it; its buttons begin beside them.
        if (left || right || top || foot) {
            Qt::Edges edges;
            edges.setFlag(Qt::LeftEdge, left || ((top || foot) && point.x() < corner));
            edges.setFlag(Qt::RightEdge, right || ((top || foot) && fromRight < corner));
            edges.setFlag(Qt::TopEdge, top || ((left || right) && point.y() < corner));
            edges.setFlag(Qt::BottomEdge, foot || ((left || right) && fromFoot < corner));
            return {FramePart::Border, edges};
        }
    }
    for (FramePart part : {FramePart::Close, FramePart::Maximise, FramePart::Minimise, FramePart::Menu, FramePart::MessageButton})
        if (g.of(part).contains(point))
            return {part, {}};
    return {g.strip.contains(point) ? FramePart::Strip : FramePart::Border, {}};
}

QRegion frameMask(const FrameGeometry& g)
{
    QRegion mask(g.whole);
    if (g.metrics.topRadius == 0 && g.metrics.footRadius == 0)
        return mask;
    // Cut row by row: a pixel stays when its centre lies inside the circle.
    const auto cut = [&mask, &g](int radius, bool top) {
        for (int row = 0; row < radius; ++row) {
            const double dy = radius - row - 0.5;
            const int gap = static_cast<int>(std::ceil(radius - std::sqrt(radius * radius - dy * dy) - 0.5));
            if (gap <= 0)
                continue;
            const int y = top ? row : g.whole.bottom() - row;
            mask -= QRect(0, y, gap, 1);
            mask -= QRect(g.whole.right() - gap + 1, y, gap, 1);
        }
    };
    cut(g.metrics.topRadius, true);
    cut(g.metrics.footRadius, false);
    return mask;
}

} // namespace annex::ui

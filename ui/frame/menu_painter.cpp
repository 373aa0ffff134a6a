// SPDX-License-Identifier: Apache-2.0
#include "ui/frame/menu_painter.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

#include "ui/frame/frame_layout.h"
#include "ui/theme/icons.h"
#include "ui/theme/level.h"
#include "ui/theme/swatch.h"

namespace annex::ui {

namespace {

// Logical px, as drawn in frame-menu.png.
constexpr int kPadding = 6, kRow = 32, kSeparator = 13, kHead = 60, kSwatch = 32, kIcon = 18, kRowIndent = 10, kTextIndent = 40;
constexpr int kEnd = 14, kGap = 32, kMinimumWidth = 260, kMaximumWidth = 460, kRadius = 10, kRowRadius = 6;
constexpr int kConfirmWidth = 320, kConfirmPadding = 20, kButtonHeight = 32, kButtonPadding = 16, kConfirmGap = 8;

int scaled(double value, double ratio) { return static_cast<int>(std::lround(value * ratio)); }

void paintPanel(QPainter& p, QSize size, double ratio, const Tokens& t, Theme theme)
{
    const int line = std::max(1, scaled(theme == Theme::HighContrast ? 2 : 1, ratio));
    p.fillRect(QRect(QPoint(0, 0), size), t.borderStrong);
    QPainterPath inside;
    inside.addRoundedRect(QRectF(QPointF(0, 0), size).adjusted(line, line, -line, -line), scaled(kRadius, ratio) - line, scaled(kRadius, ratio) - line);
    p.setRenderHint(QPainter::Antialiasing);
    p.fillPath(inside, t.raised);
    p.setRenderHint(QPainter::Antialiasing, false);
}

void paintRow(QPainter& p, const QRect& row, const MenuItem& item, bool highlighted, double ratio, const Tokens& t, Theme theme)
{
    if (item.kind == MenuItemKind::Separator) {
        const int line = std::max(1, scaled(1, ratio));
        p.fillRect(QRect(row.left() + scaled(kRowIndent, ratio), row.center().y(), row.width() - 2 * scaled(kRowIndent, ratio), line), t.border);
        return;
    }
    if (highlighted) {
        QPainterPath ground;
        ground.addRoundedRect(row, scaled(kRowRadius, ratio), scaled(kRowRadius, ratio));
        p.setRenderHint(QPainter::Antialiasing);
        p.fillPath(ground, t.selected);
        if (theme == Theme::HighContrast) {
            const double half = ratio;
            QPainterPath ring;
            ring.addRoundedRect(QRectF(row).adjusted(half, half, -half, -half), scaled(kRowRadius, ratio), scaled(kRowRadius, ratio));
            p.strokePath(ring, QPen(t.ink, 2 * ratio));
        }
        p.setRenderHint(QPainter::Antialiasing, false);
    }
    const QColor text = !item.enabled ? t.textOff : item.locked ? t.text2 : t.text;
    const int icon = scaled(kIcon, ratio);
    paintIcon(p, QRect(row.left() + scaled(kRowIndent, ratio), row.top() + (row.height() - icon) / 2, icon, icon), item.icon,
              item.enabled ? t.text2 : t.textOff);
    const QRect words = row.adjusted(scaled(kTextIndent, ratio), 0, -scaled(kEnd, ratio), 0);
    p.setFont(stripFont(ratio, false));
    p.setPen(text);
    const int shortcut = item.shortcut.isEmpty() ? 0 : p.fontMetrics().horizontalAdvance(item.shortcut) + scaled(12, ratio);
    p.drawText(words, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
               p.fontMetrics().elidedText(item.text, Qt::ElideRight, words.width() - shortcut));
    if (!item.shortcut.isEmpty()) {
        p.setPen(t.text2);
        p.drawText(words, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, item.shortcut);
    }
}

void paintHead(QPainter& p, const QRect& head, const Identity& identity, double ratio, const Tokens& t)
{
    QImage swatch = swatchImage(identity, kSwatch, ratio);
    swatch.setDevicePixelRatio(1.0);
    const int left = head.left() + scaled(kRowIndent, ratio);
    p.drawImage(left, head.top() + (head.height() - swatch.height()) / 2, swatch);
    const QRect words = head.adjusted(scaled(kRowIndent + kSwatch + 12, ratio), scaled(11, ratio), -scaled(kEnd, ratio), -scaled(11, ratio));
    p.setFont(stripFont(ratio, true));
    p.setPen(t.text);
    p.drawText(words, Qt::AlignTop | Qt::AlignLeft | Qt::TextSingleLine,
               p.fontMetrics().elidedText(identity.name, Qt::ElideRight, words.width()));
    p.setFont(stripFont(ratio, false));
    p.setPen(t.text2);
    const int badge = scaled(14, ratio), height = p.fontMetrics().height();
    paintLevelBadge(p, QRectF(words.left(), words.bottom() + 1 - height + (height - badge) / 2.0, badge, badge), identity.level, t.text2);
    p.drawText(words.adjusted(badge + scaled(6, ratio), 0, 0, 0), Qt::AlignBottom | Qt::AlignLeft | Qt::TextSingleLine, menuHeadLine(identity));
}

void paintButton(QPainter& p, const QRect& box, const QString& text, bool filled, bool focused, double ratio, const Tokens& t)
{
    p.setRenderHint(QPainter::Antialiasing);
    const double radius = scaled(kRowRadius, ratio);
    QPainterPath shape;
    shape.addRoundedRect(QRectF(box).adjusted(0.5 * ratio, 0.5 * ratio, -0.5 * ratio, -0.5 * ratio), radius, radius);
    p.fillPath(shape, filled ? t.ink : t.raised);
    if (!filled)
        p.strokePath(shape, QPen(t.borderStrong, std::max(1.0, ratio)));
    if (focused) {
        QPainterPath ring;
        const double out = 3 * ratio;
        ring.addRoundedRect(QRectF(box).adjusted(-out, -out, out, out), radius + out, radius + out);
        p.strokePath(ring, QPen(t.ink, 2 * ratio));
    }
    p.setRenderHint(QPainter::Antialiasing, false);
    p.setFont(stripFont(ratio, true));
    p.setPen(filled ? t.onInk : t.text);
    p.drawText(box, Qt::AlignCenter | Qt::TextSingleLine, text);
}

} // namespace

int MenuGeometry::itemAt(QPoint point) const
{
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].contains(point))
            return static_cast<int>(i);
    return -1;
}

MenuGeometry menuLayout(const Identity& identity, const std::vector<MenuItem>& items, double ratio)
{
    MenuGeometry g;
    g.ratio = ratio;
    const QFontMetrics regular(stripFont(ratio, false)), strong(stripFont(ratio, true));
    int words = scaled(kSwatch, ratio) + strong.horizontalAdvance(identity.name);
    for (const MenuItem& item : items)
        words = std::max(words, regular.horizontalAdvance(item.text)
                                    + (item.shortcut.isEmpty() ? 0 : scaled(kGap, ratio) + regular.horizontalAdvance(item.shortcut)));
    const int padding = scaled(kPadding, ratio);
    const int width = std::clamp(words + 2 * padding + scaled(kTextIndent + kEnd, ratio), scaled(kMinimumWidth, ratio), scaled(kMaximumWidth, ratio));
    int y = padding;
    g.head = QRect(padding, y, width - 2 * padding, scaled(kHead, ratio));
    y += g.head.height();
    for (const MenuItem& item : items) {
        const int rowHeight = std::max(scaled(kRow, ratio), regular.height() + scaled(8, ratio));
        const int height = item.kind == MenuItemKind::Separator ? scaled(kSeparator, ratio) : rowHeight;
        g.rows.emplace_back(padding, y, width - 2 * padding, height);
        y += height;
    }
    g.size = QSize(width, y + padding);
    return g;
}

void paintMenu(QPainter& p, const MenuGeometry& g, const Identity& identity, const std::vector<MenuItem>& items, int highlighted, Theme theme)
{
    const Tokens& t = tokens(theme);
    paintPanel(p, g.size, g.ratio, t, theme);
    paintHead(p, g.head, identity, g.ratio, t);
    const int line = std::max(1, scaled(1, g.ratio));
    p.fillRect(QRect(g.head.left() + scaled(kRowIndent, g.ratio), g.head.bottom() - line, g.head.width() - 2 * scaled(kRowIndent, g.ratio), line), t.border);
    for (std::size_t i = 0; i < items.size(); ++i)
        paintRow(p, g.rows[i], items[i], static_cast<int>(i) == highlighted, g.ratio, t, theme);
}

ConfirmText forceStopQuestion()
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("FrameMenu", text); };
    return {tr("Force stop this program?"), tr("What it has not saved is lost."), tr("Cancel"), tr("Force stop")};
}

ConfirmGeometry confirmLayout(const ConfirmText& text, double ratio)
{
    ConfirmGeometry g;
    g.ratio = ratio;
    const QFontMetrics regular(stripFont(ratio, false)), strong(stripFont(ratio, true));
    const int padding = scaled(kConfirmPadding, ratio), height = std::max(scaled(kButtonHeight, ratio), strong.height() + scaled(10, ratio));
    const auto widthOf = [&](const QString& label) { return strong.horizontalAdvance(label) + 2 * scaled(kButtonPadding, ratio); };
    const int buttons = widthOf(text.safe) + widthOf(text.act) + scaled(kConfirmGap, ratio);
    const int width = std::max({scaled(kConfirmWidth, ratio), buttons + 2 * padding, strong.horizontalAdvance(text.title) + 2 * padding});
    g.title = QRect(padding, padding, width - 2 * padding, strong.height());
    g.text = QRect(padding, g.title.bottom() + 1 + scaled(8, ratio), width - 2 * padding, regular.height());
    const int y = g.text.bottom() + 1 + scaled(20, ratio);
    g.act = QRect(width - padding - widthOf(text.act), y, widthOf(text.act), height);
    g.safe = QRect(g.act.left() - scaled(kConfirmGap, ratio) - widthOf(text.safe), y, widthOf(text.safe), height);
    g.size = QSize(width, y + height + padding);
    return g;
}

void paintConfirm(QPainter& p, const ConfirmGeometry& g, const ConfirmText& text, int focused, Theme theme)
{
    const Tokens& t = tokens(theme);
    paintPanel(p, g.size, g.ratio, t, theme);
    p.setFont(stripFont(g.ratio, true));
    p.setPen(t.text);
    p.drawText(g.title, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text.title);
    p.setFont(stripFont(g.ratio, false));
    p.setPen(t.text2);
    p.drawText(g.text, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text.text);
    paintButton(p, g.safe, text.safe, true, focused == 0, g.ratio, t);
    paintButton(p, g.act, text.act, false, focused == 1, g.ratio, t);
}

QRegion panelMask(QSize size, double ratio)
{
    FrameGeometry g;
    g.whole = QRect(QPoint(0, 0), size);
    g.metrics.topRadius = g.metrics.footRadius = scaled(kRadius, ratio);
    return frameMask(g);
}

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/annex_style.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QStyleOption>

#include "ui/theme/icons.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

namespace {

constexpr int kScrollBar = 12;    // handle 6 px in the middle: a hit area that a pointer finds
constexpr int kSmallestHandle = 32;

bool keyboardFocus(const QStyleOption* option, const QWidget* widget)
{
    if (!(option->state & QStyle::State_HasFocus))
        return false;
    return option->state & QStyle::State_KeyboardFocusChange || (widget && widget->window()->testAttribute(Qt::WA_KeyboardFocusChange));
}

struct ButtonColours {
    QColor fill, line, words;
};

ButtonColours buttonColours(Button::Kind kind, const QStyleOptionButton& option, const Tokens& t)
{
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool down = option.state & QStyle::State_Sunken;
    const bool hover = enabled && option.state & QStyle::State_MouseOver;
    const bool on = option.state & QStyle::State_On;
    const QColor ground = down ? t.selected : hover ? t.hover : QColor();
    switch (kind) {
    case Button::Kind::Filled:
        return enabled ? ButtonColours{down || hover ? t.ink.lighter(112) : t.ink, QColor(), t.onInk} : ButtonColours{t.hover, t.border, t.textOff};
    case Button::Kind::Chip:
        return on ? ButtonColours{t.ink, QColor(), t.onInk} : ButtonColours{ground, t.borderStrong, t.text};
    case Button::Kind::Row:
        return {on ? t.selected : ground, on && t.selected == t.window ? t.ink : QColor(), t.text};
    case Button::Kind::Flat: return {ground, QColor(), enabled ? t.text2 : t.textOff};
    case Button::Kind::Link: return {QColor(), QColor(), enabled ? t.text : t.textOff};
    case Button::Kind::Plain: break;
    }
    return {ground.isValid() ? ground : t.surface, on ? t.ink : t.border == t.surface ? t.borderStrong : t.border, enabled ? t.text : t.textOff};
}

void drawRowButton(QPainter* painter, const Button& button, const QRectF& area, const ButtonColours& colours)
{
    const bool mirrored = button.layoutDirection() == Qt::RightToLeft;
    if (button.isCollapsed()) {
        QRectF icon(0, 0, metric::kIcon, metric::kIcon);
        icon.moveCenter(area.center());
        paintIcon(*painter, icon, button.iconName(), look().text2, mirrored);
        return;
    }
    const auto place = [&](double start, double width) {
        return mirrored ? QRectF(area.right() - start - width, area.top(), width, area.height())
                        : QRectF(area.left() + start, area.top(), width, area.height());
    };
    QRectF icon = place(12, metric::kIcon);
    icon = QRectF(icon.left(), icon.center().y() - metric::kIcon / 2.0, metric::kIcon, metric::kIcon);
    paintIcon(*painter, icon, button.iconName(), look().text2, mirrored);
    double end = 12;
    if (!button.note().isEmpty()) {
        const QFont body = painter->font();
        painter->setFont(roleFont(TypeRole::Caption));
        const double width = QFontMetricsF(painter->font()).horizontalAdvance(button.note()) + 2;
        const QRectF note = place(area.width() - 12 - width, width);
        paint::text(*painter, note, Qt::AlignVCenter | Qt::AlignLeft | Qt::AlignAbsolute, button.note(), look().text2, Qt::ElideNone);
        QRectF sign = place(area.width() - 12 - width - 22, metric::kSmallIcon);
        sign = QRectF(sign.left(), sign.center().y() - 8, metric::kSmallIcon, metric::kSmallIcon);
        paintIcon(*painter, sign, button.noteIcon(), button.noteColour());
        painter->setFont(body);
        end = width + 40;
    }
    const QRectF words = place(12 + metric::kIcon + 12, area.width() - 44 - end);
    paint::text(*painter, words, Qt::AlignVCenter | (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignAbsolute, button.text(), colours.words);
}

void drawButtonWords(QPainter* painter, const QStyleOptionButton& option, const Button* button, const QRectF& area, const QColor& colour)
{
    const QString icon = button ? button->iconName() : QString();
    const bool opens = button && button->opensMenu();
    const bool mirrored = option.direction == Qt::RightToLeft;
    const double words = option.text.isEmpty() ? 0 : std::min<double>(painter->fontMetrics().horizontalAdvance(option.text), area.width());
    const double iconRoom = icon.isEmpty() ? 0 : metric::kSmallIcon + (option.text.isEmpty() ? 0 : 8);
    const double chevronRoom = opens ? metric::kSmallIcon + 6 : 0;
    const double all = iconRoom + words + chevronRoom;
    double at = area.center().x() - all / 2;
    const auto next = [&](double width) {
        const QRectF place(mirrored ? 2 * area.center().x() - at - width : at, area.center().y() - metric::kSmallIcon / 2.0, width, metric::kSmallIcon);
        at += width;
        return place;
    };
    if (!icon.isEmpty()) {
        QRectF place = next(metric::kSmallIcon);
        if (option.text.isEmpty()) // alone, an icon stands at its full size
            place = place.adjusted(-2, -2, 2, 2);
        paintIcon(*painter, place, icon, colour, mirrored);
        at += option.text.isEmpty() ? 0 : 8;
    }
    if (!option.text.isEmpty()) {
        QRectF place = next(words + 1);
        place.setTop(area.top());
        place.setBottom(area.bottom());
        painter->setPen(colour);
        painter->drawText(place, Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextSingleLine, option.text);
    }
    if (opens) {
        at += 5;
        paintIcon(*painter, next(metric::kSmallIcon), QStringLiteral("chevron-down"), colour);
    }
}

void drawButton(QPainter* painter, const QStyleOptionButton& option, const QWidget* widget)
{
    const Tokens& t = look();
    const Button* button = qobject_cast<const Button*>(widget);
    Button::Kind kind = button ? button->kind() : Button::Kind::Plain;
    if (kind == Button::Kind::Plain && option.features & QStyleOptionButton::DefaultButton)
        kind = Button::Kind::Filled;
    const ButtonColours colours = buttonColours(kind, option, t);
    const bool focused = keyboardFocus(&option, widget);
    QRectF area(option.rect);
    const double radius = kind == Button::Kind::Chip ? area.height() / 2 : metric::kControlRadius;
    if (focused && kind != Button::Kind::Row) {
        paint::box(*painter, area, radius + 2, QColor(), t.ink, 2);
        area.adjust(4, 4, -4, -4);
    }
    if (kind != Button::Kind::Link)
        paint::box(*painter, area, std::min(radius, area.height() / 2), colours.fill, colours.line, t.border == t.text ? 1.5 : 1);
    painter->setFont(widget ? widget->font() : painter->font());
    if (kind == Button::Kind::Row) {
        drawRowButton(painter, *button, area, colours);
        if (focused)
            paint::box(*painter, area.adjusted(1, 1, -1, -1), radius, QColor(), t.ink, 2);
        return;
    }
    if (kind == Button::Kind::Link) {
        QFont font = painter->font();
        font.setUnderline(true);
        painter->setFont(font);
    }
    drawButtonWords(painter, option, button, area, colours.words);
}

void drawSwitch(QPainter* painter, const QStyleOptionButton& option, const Switch& control)
{
    const Tokens& t = look();
    const bool mirrored = option.direction == Qt::RightToLeft;
    const QRectF area = QRectF(option.rect).adjusted(4, 0, -4, 0);
    painter->setLayoutDirection(option.direction);
    painter->setFont(roleFont(TypeRole::Caption));
    const QRectF words = mirrored ? area.adjusted(46, 0, 0, 0) : area.adjusted(0, 0, -46, 0);
    paint::text(*painter, words, Qt::AlignVCenter | (mirrored ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignAbsolute, option.text, t.text2, Qt::ElideNone);
    paint::switchKnob(*painter, area, control.position(), control.isLocked(), option.state & QStyle::State_Enabled);
    if (keyboardFocus(&option, &control)) {
        const QRectF track(mirrored ? area.left() : area.right() - 36, area.center().y() - 9, 36, 18);
        paint::focusRing(*painter, track, 9, t.ink, 2);
    }
}

void drawField(QPainter* painter, const QStyleOption* option, const QWidget* widget)
{
    const Tokens& t = look();
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool focused = option->state & QStyle::State_HasFocus || (widget && widget->hasFocus());
    paint::box(*painter, option->rect, metric::kControlRadius, t.surface, focused ? t.ink : enabled ? t.borderStrong : t.border, focused ? 2 : 1);
}

void drawCombo(QPainter* painter, const QStyleOptionComboBox& option, const QWidget* widget)
{
    const Tokens& t = look();
    const bool hover = option.state & QStyle::State_MouseOver;
    QRectF area(option.rect);
    if (keyboardFocus(&option, widget)) {
        paint::box(*painter, area, metric::kControlRadius + 2, QColor(), t.ink, 2);
        area.adjust(3, 3, -3, -3);
    }
    paint::box(*painter, area, metric::kControlRadius, hover ? t.hover : t.surface, t.border == t.surface ? t.borderStrong : t.border);
    const bool mirrored = option.direction == Qt::RightToLeft;
    const double edge = mirrored ? area.left() + 10 : area.right() - 26;
    paintIcon(*painter, QRectF(edge, area.center().y() - 8, 16, 16), QStringLiteral("chevron-down"),
              option.state & QStyle::State_Enabled ? t.text2 : t.textOff);
}

QRect scrollHandle(const QStyleOptionSlider& option)
{
    const bool upright = option.orientation == Qt::Vertical;
    const int length = upright ? option.rect.height() : option.rect.width();
    const int range = option.maximum - option.minimum;
    if (range <= 0)
        return option.rect;
    const int handle = std::max(kSmallestHandle, int(qint64(option.pageStep) * length / (range + option.pageStep)));
    const int at = QStyle::sliderPositionFromValue(option.minimum, option.maximum, option.sliderPosition, length - handle, option.upsideDown);
    return upright ? QRect(option.rect.left(), option.rect.top() + at, option.rect.width(), handle)
                   : QRect(option.rect.left() + at, option.rect.top(), handle, option.rect.height());
}

} // namespace

AnnexStyle::AnnexStyle(Theme theme) : QProxyStyle(QStringLiteral("fusion")), m_theme(theme) {}

void AnnexStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    const Tokens& t = tokens();
    switch (element) {
    case PE_FrameFocusRect: return; // each control draws its own ring
    case PE_PanelLineEdit:
        if (const auto* edit = qobject_cast<const QLineEdit*>(widget); edit && !edit->hasFrame())
            return;
        if (qobject_cast<const QAbstractSpinBox*>(widget ? widget->parentWidget() : nullptr))
            return;
        drawField(painter, option, widget);
        return;
    case PE_FrameLineEdit: return;
    case PE_PanelMenu: painter->fillRect(option->rect, t.raised); return;
    case PE_FrameMenu: paint::box(*painter, option->rect, 0, QColor(), t.border); return;
    case PE_PanelTipLabel: paint::box(*painter, option->rect, 0, t.raised, t.border); return;
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void AnnexStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    const Tokens& t = tokens();
    switch (element) {
    case CE_PushButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
            drawButton(painter, *button, widget);
        return;
    case CE_CheckBox:
        if (const auto* control = qobject_cast<const Switch*>(widget)) {
            drawSwitch(painter, *qstyleoption_cast<const QStyleOptionButton*>(option), *control);
            return;
        }
        break;
    case CE_ComboBoxLabel:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
            const bool mirrored = combo->direction == Qt::RightToLeft;
            QRectF words = QRectF(combo->rect).adjusted(12, 0, -32, 0);
            if (!combo->currentIcon.isNull()) {
                const QRectF icon(mirrored ? combo->rect.right() - 28 : combo->rect.left() + 10, combo->rect.center().y() - 8, 18, 18);
                combo->currentIcon.paint(painter, icon.toRect());
                words.adjust(24, 0, 0, 0);
            }
            if (mirrored)
                words.moveLeft(combo->rect.left() + 32);
            paint::text(*painter, words, Qt::AlignVCenter | (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignAbsolute, combo->currentText,
                        combo->state & State_Enabled ? t.text : t.textOff);
        }
        return;
    case CE_ProgressBarGroove: // where lines are as strong as text, a full groove would look like a full bar
        paint::box(*painter, option->rect, option->rect.height() / 2.0, t.border == t.text ? t.textOff.darker() : t.border, QColor());
        return;
    case CE_ProgressBarContents:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option); bar && bar->maximum > bar->minimum) {
            QRectF area(bar->rect);
            const double width = area.width() * (bar->progress - bar->minimum) / (bar->maximum - bar->minimum);
            if (bar->direction == Qt::RightToLeft)
                area.setLeft(area.right() - width);
            else
                area.setWidth(width);
            if (width >= 1)
                paint::box(*painter, area, area.height() / 2, t.ink, QColor());
        }
        return;
    case CE_ProgressBarLabel: return;
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void AnnexStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    const Tokens& t = tokens();
    switch (control) {
    case CC_ComboBox:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option); combo && !combo->editable) {
            drawCombo(painter, *combo, widget);
            return;
        }
        break;
    case CC_SpinBox: drawField(painter, option, widget); return;
    case CC_ScrollBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            if (bar->maximum <= bar->minimum)
                return;
            QRectF handle(scrollHandle(*bar));
            handle = bar->orientation == Qt::Vertical ? handle.adjusted(3, 2, -3, -2) : handle.adjusted(2, 3, -2, -3);
            const bool lively = option->state & (State_Sunken | State_MouseOver);
            QColor colour = t.borderStrong;
            colour.setAlphaF(lively ? 1.0F : 0.6F);
            paint::box(*painter, handle, 3, colour, QColor());
            return;
        }
        break;
    default: break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

int AnnexStyle::pixelMetric(PixelMetric metricOf, const QStyleOption* option, const QWidget* widget) const
{
    switch (metricOf) {
    case PM_ScrollBarExtent: return kScrollBar;
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ScrollView_ScrollBarOverlap:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_SmallIconSize: return 18;
    case PM_MenuHMargin:
    case PM_MenuVMargin: return 5;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return metric::kGap;
    default: return QProxyStyle::pixelMetric(metricOf, option, widget);
    }
}

int AnnexStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_EtchDisabledText:
    case SH_ScrollBar_Transient:
    case SH_ComboBox_Popup:
    case SH_Widget_Animation_Duration:
    case SH_ItemView_ArrowKeysNavigateIntoChildren: return 0;
    case SH_ToolTipLabel_Opacity: return 255;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize AnnexStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents, const QWidget* widget) const
{
    switch (type) {
    case CT_PushButton: {
        // Buttons of a QDialogButtonBox; ours know their own size.
        const QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
        return {std::max(size.width() + 8, 84), std::max(size.height(), metric::kControl)};
    }
    case CT_LineEdit:
    case CT_SpinBox:
    case CT_ComboBox: {
        QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
        if (type == CT_ComboBox)
            size.rwidth() += 24;
        return {size.width(), std::max(size.height(), metric::kControl)};
    }
    case CT_MenuItem: {
        QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (item && item->menuItemType != QStyleOptionMenuItem::Separator)
            size.setHeight(std::max(size.height(), 30));
        return size;
    }
    default: return QProxyStyle::sizeFromContents(type, option, contents, widget);
    }
}

QRect AnnexStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    if (element == SE_LineEditContents) {
        const auto* edit = qobject_cast<const QLineEdit*>(widget);
        if (edit && edit->hasFrame() && !qobject_cast<const QAbstractSpinBox*>(edit->parentWidget()))
            return option->rect.adjusted(10, 2, -10, -2);
    }
    if (element == SE_ProgressBarGroove || element == SE_ProgressBarContents)
        return option->rect;
    if (element == SE_CheckBoxClickRect && qobject_cast<const Switch*>(widget))
        return option->rect;
    return QProxyStyle::subElementRect(element, option, widget);
}

QRect AnnexStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub, const QWidget* widget) const
{
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        switch (sub) {
        case SC_ScrollBarAddLine:
        case SC_ScrollBarSubLine: return {};
        case SC_ScrollBarGroove: return option->rect;
        case SC_ScrollBarSlider: return scrollHandle(*bar);
        case SC_ScrollBarSubPage: {
            const QRect handle = scrollHandle(*bar);
            return bar->orientation == Qt::Vertical ? QRect(option->rect.topLeft(), QPoint(option->rect.right(), handle.top() - 1))
                                                    : QRect(option->rect.topLeft(), QPoint(handle.left() - 1, option->rect.bottom()));
        }
        case SC_ScrollBarAddPage: {
            const QRect handle = scrollHandle(*bar);
            return bar->orientation == Qt::Vertical ? QRect(QPoint(option->rect.left(), handle.bottom() + 1), option->rect.bottomRight())
                                                    : QRect(QPoint(handle.right() + 1, option->rect.top()), option->rect.bottomRight());
        }
        default: break;
        }
    }
    if (control == CC_SpinBox && sub == SC_SpinBoxEditField)
        return option->rect.adjusted(8, 2, -8, -2);
    if (control == CC_ComboBox && sub == SC_ComboBoxEditField)
        return option->rect;
    return QProxyStyle::subControlRect(control, option, sub, widget);
}

void applyTheme(Theme theme, bool reducedMotion)
{
    AnnexStyle& style = annexStyle();
    style.setTheme(theme);
    style.setReducedMotion(reducedMotion);
    QApplication::setPalette(makePalette(style.tokens()));
    for (QWidget* widget : QApplication::topLevelWidgets())
        widget->update();
}

AnnexStyle& annexStyle()
{
    if (auto* style = qobject_cast<AnnexStyle*>(QApplication::style()))
        return *style;
    auto* style = new AnnexStyle(Theme::Light);
    QApplication::setStyle(style); // takes ownership
    QApplication::setPalette(makePalette(style->tokens()));
    return *style;
}

QFont roleFont(TypeRole role)
{
    return typeFont(role, QApplication::font());
}

int motion(int milliseconds)
{
    return annexStyle().reducedMotion() ? 0 : milliseconds;
}

} // namespace annex::ui

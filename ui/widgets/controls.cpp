// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/controls.h"

#include <QEvent>
#include <QPainter>
#include <QStyleOptionTab>
#include <QVariantAnimation>

#include "ui/widgets/annex_style.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

void Dialog::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), look().raised);
}

Button::Button(const QString& text, Kind kind, QWidget* parent) : QPushButton(text, parent), m_kind(kind)
{
    setAutoDefault(false);
    setAttribute(Qt::WA_Hover);
    if (kind == Kind::Chip)
        setCheckable(true);
    if (kind == Kind::Link)
        setCursor(Qt::PointingHandCursor);
}

Button::Button(const QString& iconName, const QString& accessibleName, QWidget* parent) : Button(QString(), Kind::Flat, parent)
{
    m_icon = iconName;
    setAccessibleName(accessibleName);
    setToolTip(accessibleName);
}

void Button::setKind(Kind kind)
{
    m_kind = kind;
    updateGeometry();
    update();
}

void Button::setIconName(const QString& name)
{
    m_icon = name;
    updateGeometry();
    update();
}

void Button::setNote(const QString& text, const QString& icon, const QColor& (*colour)())
{
    m_note = text;
    m_noteIcon = icon;
    m_noteColour = colour;
    updateGeometry();
    update();
}

QColor Button::noteColour() const
{
    return m_noteColour ? m_noteColour() : look().text2;
}

void Button::setOpensMenu(bool opens)
{
    m_opensMenu = opens;
    updateGeometry();
}

void Button::setCollapsed(bool collapsed)
{
    m_collapsed = collapsed;
    setToolTip(collapsed ? (m_note.isEmpty() ? text() : text() + QStringLiteral(" · ") + m_note) : QString());
    updateGeometry();
    update();
}

QSize Button::sizeHint() const
{
    const QFontMetrics metrics(font());
    int width = text().isEmpty() ? 0 : metrics.horizontalAdvance(text());
    const int height = std::max(metric::kControl, metrics.height() + 8);
    switch (m_kind) {
    case Kind::Link: return {width + 2, std::max(24, metrics.height() + 4)};
    case Kind::Chip: return {width + 28, std::max(28, metrics.height() + 8)};
    case Kind::Row: {
        if (m_collapsed)
            return {metric::kControl, 36};
        const int note = m_note.isEmpty() ? 0 : QFontMetrics(roleFont(TypeRole::Caption)).horizontalAdvance(m_note) + 24;
        return {12 + metric::kIcon + 12 + width + note + 12, std::max(36, metrics.height() + 12)};
    }
    case Kind::Plain:
    case Kind::Filled:
    case Kind::Flat: break;
    }
    if (!m_icon.isEmpty())
        width += metric::kSmallIcon + (text().isEmpty() ? 0 : 8);
    if (m_opensMenu)
        width += metric::kSmallIcon + 6;
    const int padding = isIconOnly() ? 8 : m_kind == Kind::Flat ? 8 : 16;
    return {std::max(metric::kControl, width + 2 * padding), height};
}

QSize Button::minimumSizeHint() const
{
    return m_kind == Kind::Row ? QSize(metric::kControl, sizeHint().height()) : sizeHint();
}

bool Button::event(QEvent* event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updateGeometry();
    return QPushButton::event(event);
}

Switch::Switch(QWidget* parent) : QCheckBox(parent), m_animation(new QVariantAnimation(this))
{
    setAttribute(Qt::WA_Hover);
    m_animation->setEasingCurve(QEasingCurve::OutCubic);
    connect(m_animation, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        m_position = value.toDouble();
        update();
    });
    setText(tr("Off"));
}

void Switch::setLocked(bool locked)
{
    m_locked = locked;
    update();
}

void Switch::setOn(bool on)
{
    const QSignalBlocker quiet(this);
    m_animation->stop();
    setChecked(on);
    m_animation->stop();
    m_position = on ? 1 : 0;
    update();
}

void Switch::nextCheckState()
{
    if (m_locked) {
        Q_EMIT askedWhy();
        return;
    }
    setChecked(!isChecked());
    Q_EMIT flipped(isChecked());
}

void Switch::checkStateSet()
{
    QCheckBox::checkStateSet();
    setText(isChecked() ? tr("On") : tr("Off"));
    slide();
}

void Switch::slide()
{
    const double target = isChecked() ? 1 : 0;
    const int duration = isVisible() ? motion(120) : 0;
    m_animation->stop();
    if (duration == 0) {
        m_position = target;
        update();
        return;
    }
    m_animation->setDuration(duration);
    m_animation->setStartValue(m_position);
    m_animation->setEndValue(target);
    m_animation->start();
}

bool Switch::hitButton(const QPoint& position) const
{
    return rect().contains(position);
}

QSize Switch::sizeHint() const
{
    const QFontMetrics metrics(roleFont(TypeRole::Caption));
    const int word = std::max(metrics.horizontalAdvance(tr("On")), metrics.horizontalAdvance(tr("Off")));
    return {word + 10 + 36 + 12, metric::kControl};
}

PageTabs::PageTabs(QWidget* parent) : QTabBar(parent)
{
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(false);
    setElideMode(Qt::ElideNone);
    setAttribute(Qt::WA_Hover);
    setFont(roleFont(TypeRole::Body));
}

QSize PageTabs::tabSizeHint(int index) const
{
    return {QFontMetrics(font()).horizontalAdvance(tabText(index)) + 24, std::max(40, QFontMetrics(font()).height() + 20)};
}

void PageTabs::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tokens& t = look();
    for (int index = 0; index < count(); ++index) {
        QStyleOptionTab option;
        initStyleOption(&option, index);
        const QRect area = tabRect(index);
        const bool chosen = index == currentIndex();
        const bool hovered = option.state & QStyle::State_MouseOver;
        painter.setFont(font());
        paint::text(painter, area, Qt::AlignCenter, tabText(index), chosen || hovered ? t.text : t.text2, Qt::ElideNone);
        const QRectF words = QRectF(area).adjusted(10, 0, -10, 0);
        if (chosen)
            paint::box(painter, QRectF(words.left(), area.bottom() - 2, words.width(), 3), 1.5, t.ink, QColor());
        if (chosen && hasFocus() && (option.state & QStyle::State_KeyboardFocusChange || window()->testAttribute(Qt::WA_KeyboardFocusChange)))
            paint::box(painter, QRectF(area).adjusted(4, 6, -4, -6), metric::kControlRadius, QColor(), t.ink, 2);
    }
}

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/labels.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

#include "ui/theme/icons.h"
#include "ui/theme/swatch.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

Label::Label(const QString& text, TypeRole role, ColourRole colour, QWidget* parent) : QLabel(text, parent), m_role(role), m_colour(colour)
{
    setTextFormat(Qt::PlainText);
    dress();
}

void Label::setColourRole(ColourRole colour)
{
    if (colour == m_colour)
        return;
    m_colour = colour;
    dress();
}

Label* Label::wrapped()
{
    setWordWrap(true);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    return this;
}

Label* Label::strong(bool on)
{
    m_strong = on;
    dress();
    return this;
}

void Label::dress()
{
    m_dressing = true; // both calls send changeEvents
    QFont font = roleFont(m_role);
    if (m_strong)
        font.setWeight(QFont::DemiBold);
    setFont(font);
    QPalette own = palette();
    own.setColor(QPalette::WindowText, look().*m_colour);
    setPalette(own);
    m_dressing = false;
}

void Label::changeEvent(QEvent* event)
{
    if (!m_dressing && (event->type() == QEvent::ApplicationPaletteChange || event->type() == QEvent::PaletteChange
                        || event->type() == QEvent::ApplicationFontChange))
        dress();
    QLabel::changeEvent(event);
}

ElidedLabel::ElidedLabel(const QString& text, TypeRole role, ColourRole colour, QWidget* parent)
    : QWidget(parent), m_text(text), m_role(role), m_colour(colour)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(text);
}

void ElidedLabel::setText(const QString& text)
{
    m_text = text;
    setAccessibleName(text);
    noteTip();
    updateGeometry();
    update();
}

QSize ElidedLabel::sizeHint() const
{
    const QFontMetrics metrics(roleFont(m_role));
    return {metrics.horizontalAdvance(m_text) + 2, metrics.height()};
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {24, QFontMetrics(roleFont(m_role)).height()};
}

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(roleFont(m_role));
    paint::text(painter, rect(), Qt::AlignVCenter | Qt::AlignLeading, m_text, look().*m_colour, m_elide);
}

void ElidedLabel::resizeEvent(QResizeEvent*)
{
    noteTip();
}

void ElidedLabel::noteTip()
{
    setToolTip(QFontMetrics(roleFont(m_role)).horizontalAdvance(m_text) > width() ? m_text : QString());
}

IconLabel::IconLabel(const QString& name, int edge, ColourRole colour, QWidget* parent) : QWidget(parent), m_name(name), m_edge(edge), m_colour(colour)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void IconLabel::setIcon(const QString& name, ColourRole colour)
{
    m_name = name;
    m_colour = colour;
    update();
}

void IconLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintIcon(painter, QRectF((width() - m_edge) / 2.0, (height() - m_edge) / 2.0, m_edge, m_edge), m_name, look().*m_colour,
              layoutDirection() == Qt::RightToLeft);
}

SwatchLabel::SwatchLabel(int edge, QWidget* parent) : QWidget(parent), m_edge(edge)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void SwatchLabel::setIdentity(const Identity& identity)
{
    if (identity == m_identity)
        return;
    m_identity = identity;
    update();
}

void SwatchLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintSwatch(painter, QPointF(0, 0), m_identity, m_edge, devicePixelRatioF());
    if (annexStyle().theme() == Theme::HighContrast) // on black the frame colours alone have no firm edge
        paint::box(painter, QRectF(0, 0, m_edge, m_edge), m_edge / 4.0, QColor(), look().borderStrong, 2);
}

FactLabel::FactLabel(const QString& icon, const QString& text, const QString& explanation, ColourRole iconColour, QWidget* parent) : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(new IconLabel(icon, 18, iconColour, this));
    row->addWidget(new Label(text, TypeRole::Body, &Tokens::text2, this));
    setToolTip(explanation);
    setAccessibleName(text);
    setAccessibleDescription(explanation);
}

Card::Card(QWidget* parent, ColourRole ground) : QWidget(parent), m_ground(ground) {}

void Card::setDashed(bool dashed)
{
    m_dashed = dashed;
    update();
}

void Card::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Tokens& t = look();
    if (m_dashed)
        paint::box(painter, rect(), metric::kCardRadius, QColor(), t.borderStrong, 1.5, Qt::CustomDashLine);
    else
        paint::box(painter, rect(), metric::kCardRadius, t.*m_ground, t.border);
}

Divider::Divider(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFixedHeight(1);
}

void Divider::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), look().border);
}

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/info_bar.h"

#include <algorithm>

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>

#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

void Notices::set(Notice notice)
{
    for (Notice& known : m_notices) {
        if (known.id == notice.id) {
            known = std::move(notice);
            return;
        }
    }
    m_notices.push_back(std::move(notice));
}

void Notices::clear(const QString& id)
{
    m_notices.removeIf([&](const Notice& notice) { return notice.id == id; });
}

void Notices::close(const QString& id)
{
    if (!m_closed.contains(id))
        m_closed << id;
}

std::optional<Notice> Notices::top() const
{
    std::optional<Notice> best;
    for (const Notice& notice : m_notices)
        if (!m_closed.contains(notice.id) && (!best || notice.weight > best->weight))
            best = notice;
    return best;
}

InfoBar::InfoBar(QWidget* parent)
    : QWidget(parent), m_icon(new IconLabel(QStringLiteral("info"), 18, &Tokens::text2, this)), m_text(new Label({}, TypeRole::Body, &Tokens::text, this)),
      m_button(new Button(QString(), Button::Kind::Link, this)), m_close(new Button(QStringLiteral("close"), tr("Close this message"), this))
{
    m_text->wrapped();
    m_text->setMinimumHeight(24);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 4, 4);
    row->setSpacing(10);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_button);
    row->addWidget(m_close);
    setVisible(false);
    connect(m_button, &Button::clicked, this, [this] {
        if (m_shown && m_shown->act)
            m_shown->act();
    });
    connect(m_close, &Button::clicked, this, [this] {
        if (m_shown) {
            const Notice closed = *m_shown;
            m_notices.close(closed.id);
            if (closed.closed)
                closed.closed();
        }
        refresh();
    });
}

void InfoBar::show(Notice notice)
{
    m_notices.set(std::move(notice));
    refresh();
}

void InfoBar::clear(const QString& id)
{
    m_notices.clear(id);
    refresh();
}

void InfoBar::refresh()
{
    m_shown = m_notices.top();
    setVisible(m_shown.has_value());
    if (!m_shown)
        return;
    switch (m_shown->weight) {
    case Notice::Weight::Info: m_icon->setIcon(QStringLiteral("info"), &Tokens::text2); break;
    case Notice::Weight::Warning: m_icon->setIcon(QStringLiteral("warning"), &Tokens::warn); break;
    case Notice::Weight::Danger: m_icon->setIcon(QStringLiteral("error"), &Tokens::danger); break;
    }
    m_text->setText(m_shown->text);
    m_button->setText(m_shown->button);
    m_button->setVisible(!m_shown->button.isEmpty());
    m_close->setVisible(m_shown->closable);
    setAccessibleName(m_shown->text);
    QAccessibleEvent spoken(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&spoken);
    update();
}

void InfoBar::paintEvent(QPaintEvent*)
{
    if (!m_shown)
        return;
    const Tokens& t = look();
    QPainter painter(this);
    switch (m_shown->weight) {
    case Notice::Weight::Info: paint::box(painter, rect(), metric::kControlRadius, t.infoBg, t.border); break;
    case Notice::Weight::Warning: paint::box(painter, rect(), metric::kControlRadius, t.warnBg, t.border); break;
    case Notice::Weight::Danger: paint::box(painter, rect(), metric::kControlRadius, t.dangerBg, t.danger); break;
    }
}

} // namespace annex::ui

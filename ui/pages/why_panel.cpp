// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/why_panel.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/style_paint.h"

namespace annex::ui {

namespace {

constexpr int kWidth = 292;

ColourRole outcomeColour(AuditOutcome outcome)
{
    switch (outcome) {
    case AuditOutcome::Allowed: return &Tokens::ok;
    case AuditOutcome::Refused: return &Tokens::danger;
    case AuditOutcome::Noted: break;
    }
    return &Tokens::text2;
}

Label* heading(const QString& text, QWidget* parent)
{
    return (new Label(text, TypeRole::Caption, &Tokens::text2, parent))->strong();
}

} // namespace

WhyPanelWidget::WhyPanelWidget(QWidget* parent) : QWidget(parent)
{
    setFixedWidth(kWidth);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(1, 1, 1, 1);
}

void WhyPanelWidget::show(const WhyPanel& panel)
{
    m_panel = panel;
    delete m_content;
    m_content = new QWidget(this);
    layout()->addWidget(m_content);
    setAccessibleName(panel.title);
    setAccessibleDescription(panel.sentence);

    auto* column = new QVBoxLayout(m_content);
    column->setContentsMargins(15, 12, 15, 15);
    column->setSpacing(8);
    auto* head = new QHBoxLayout;
    head->setSpacing(10);
    head->addWidget(new IconLabel(panel.icon, 20, outcomeColour(panel.outcome), m_content), 0, Qt::AlignVCenter);
    auto* title = new Label(panel.title, TypeRole::Strong, &Tokens::text, m_content);
    title->wrapped();
    head->addWidget(title, 1);
    m_close = new Button(QStringLiteral("close"), tr("Close"), m_content);
    head->addWidget(m_close, 0, Qt::AlignVCenter);
    column->addLayout(head);
    auto* sentence = new Label(panel.sentence, TypeRole::Body, &Tokens::text, m_content);
    sentence->wrapped();
    column->addWidget(sentence);
    if (panel.rule)
        addRule(column, tr("Rule that decided"), *panel.rule, true);
    if (panel.overruled)
        addRule(column, tr("Next in line, overruled"), *panel.overruled, false);
    addRecord(column);
    column->addStretch(1);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(metric::kGap);
    if (m_showsSetting && !panel.settingKey.isEmpty()) {
        auto* setting = new Button(tr("Show setting"), Button::Kind::Plain, m_content);
        setting->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        foot->addWidget(setting, 1);
        connect(setting, &Button::clicked, this, [this] { Q_EMIT settingWanted(m_panel.settingKey); });
    } else {
        foot->addStretch(1);
    }
    auto* copy = new Button(QString(), Button::Kind::Plain, m_content);
    copy->setIconName(QStringLiteral("copy"));
    copy->setAccessibleName(tr("Copy this record"));
    copy->setToolTip(tr("Copy"));
    foot->addWidget(copy);
    column->addLayout(foot);
    connect(copy, &Button::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_panel.report); });
    connect(m_close, &Button::clicked, this, &WhyPanelWidget::closed);
}

void WhyPanelWidget::addRule(QVBoxLayout* column, const QString& title, const RuleCard& rule, bool decided)
{
    column->addSpacing(4);
    column->addWidget(heading(title, m_content));
    auto* card = new Card(m_content);
    card->setDashed(!decided);
    auto* lines = new QVBoxLayout(card);
    lines->setContentsMargins(12, 8, 12, 8);
    lines->setSpacing(2);
    auto* first = new QHBoxLayout;
    first->setSpacing(8);
    if (rule.locked)
        first->addWidget(new IconLabel(QStringLiteral("lock"), 18, &Tokens::text, card), 0, Qt::AlignTop);
    auto* words = new Label(rule.title, decided ? TypeRole::Strong : TypeRole::Body, decided ? &Tokens::text : &Tokens::text2, card);
    words->wrapped();
    first->addWidget(words, 1);
    lines->addLayout(first);
    for (const QString& line : {rule.source, rule.words}) {
        if (line.isEmpty())
            continue;
        auto* label = new Label(line, TypeRole::Caption, &Tokens::text2, card);
        label->wrapped();
        lines->addWidget(label);
    }
    column->addWidget(card);
}

void WhyPanelWidget::addRecord(QVBoxLayout* column)
{
    QVector<std::pair<QString, QString>> facts;
    if (!m_panel.number.isEmpty())
        facts.push_back({tr("Number"), m_panel.number});
    if (!m_panel.settingKey.isEmpty())
        facts.push_back({tr("Setting"), m_panel.settingKey});
    if (!m_panel.trail.isEmpty())
        facts.push_back({tr("Trail"), m_panel.trail});
    if (facts.isEmpty())
        return;
    column->addSpacing(4);
    column->addWidget(heading(tr("Record"), m_content));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(4);
    for (int line = 0; line < facts.size(); ++line) {
        grid->addWidget(new Label(facts[line].first, TypeRole::Caption, &Tokens::text2, m_content), line, 0, Qt::AlignTop);
        const bool isTrail = line == facts.size() - 1 && !m_panel.trail.isEmpty();
        auto* value = new Label(facts[line].second, TypeRole::Caption, isTrail && !m_panel.trailWhole ? &Tokens::danger : &Tokens::text, m_content);
        value->wrapped();
        grid->addWidget(value, line, 1);
    }
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);
}

void WhyPanelWidget::focusClose()
{
    if (m_close)
        m_close->setFocus(Qt::TabFocusReason);
}

void WhyPanelWidget::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paint::box(painter, rect(), metric::kCardRadius, look().surface, look().border);
}

void WhyPanelWidget::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        Q_EMIT closed();
    else
        QWidget::keyPressEvent(event);
}

} // namespace annex::ui

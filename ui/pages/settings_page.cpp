// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/settings_page.h"

#include <QHBoxLayout>
#include <QPointer>
#include <QScrollArea>
#include <QScrollBar>

#include "ui/pages/desk.h"
#include "ui/pages/setting_row_widget.h"
#include "ui/pages/why_panel.h"
#include "ui/presenters/activity_presenter.h"
#include "ui/presenters/settings_presenter.h"
#include "ui/presenters/workspace_presenter.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/search_field.h"

namespace annex::ui {

SettingsPage::SettingsPage(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_search(new SearchField(tr("Search settings"), tr("Search settings"), tr("Ctrl+F", "shown as keys"), this)),
      m_showLocked(new Button(QString(), Button::Kind::Plain, this)), m_profile(new Label({}, TypeRole::Caption, &Tokens::text2, this)),
      m_back(new Button(tr("Back to profile"), Button::Kind::Link, this)), m_scroll(new QScrollArea(this)), m_why(new WhyPanelWidget(this))
{
    m_showLocked->setIconName(QStringLiteral("lock"));
    m_showLocked->setCheckable(true);
    m_showLocked->setMinimumHeight(m_search->sizeHint().height());
    m_back->setFont(roleFont(TypeRole::Caption));
    m_back->setVisible(false);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_why->setVisible(false);
    m_why->setShowsSettingButton(false);

    auto* head = new QHBoxLayout;
    head->setSpacing(metric::kGap);
    head->addWidget(m_search, 1);
    head->addWidget(m_showLocked);
    auto* line = new QHBoxLayout;
    line->setSpacing(6);
    line->addStretch(1);
    line->addWidget(m_profile);
    line->addWidget(m_back);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(16);
    middle->addWidget(m_scroll, 1);
    middle->addWidget(m_why);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(head);
    column->addLayout(line);
    column->addLayout(middle, 1);

    connect(m_search, &SearchField::textEdited, this, &SettingsPage::rebuild);
    connect(m_showLocked, &Button::toggled, this, &SettingsPage::rebuild);
    connect(m_back, &Button::clicked, this, &SettingsPage::backToProfile);
    connect(m_why, &WhyPanelWidget::closed, this, [this] { m_why->setVisible(false); });
    connect(&desk.services().policy, &PolicyService::changed, this, &SettingsPage::reload);
}

void SettingsPage::setWorkspace(const Workspace& workspace)
{
    const bool other = workspace.id != m_workspace.id;
    if (!WorkspacePresenter::isLive(workspace.state))
        m_fromNextStart.clear();
    m_workspace = workspace;
    if (!other)
        return;
    m_settings.clear();
    m_fromNextStart.clear();
    m_why->setVisible(false);
    rebuild();
    reload();
}

void SettingsPage::reload()
{
    const QString id = m_workspace.id;
    if (id.isEmpty())
        return;
    m_desk.services().policy.list(id, [self = QPointer<SettingsPage>(this), id](const Outcome<QVector<Setting>>& outcome) {
        if (!self || self->m_workspace.id != id)
            return;
        self->m_problem = outcome ? QString() : outcome.error().title;
        if (outcome)
            self->m_settings = *outcome;
        if (self->shape() == self->m_shape)
            self->refreshRows();
        else
            self->rebuild();
        if (!self->m_wantedKey.isEmpty())
            self->showSetting(std::exchange(self->m_wantedKey, QString()));
    });
}

QString SettingsPage::shape() const
{
    QString shape = m_problem;
    for (const SettingCard& card : SettingsPresenter::cards(m_settings, m_search->text(), m_showLocked->isChecked())) {
        shape += QLatin1Char('\n') + card.title;
        for (const SettingRow& row : card.rows)
            shape += QLatin1Char(' ') + row.key;
    }
    return shape;
}

void SettingsPage::rebuild()
{
    m_rows.clear();
    m_shape = shape();
    auto* content = new QWidget;
    content->setAutoFillBackground(false);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, m_scroll->verticalScrollBar()->sizeHint().width() + 4, 0);
    column->setSpacing(8);
    const QVector<SettingCard> cards = SettingsPresenter::cards(m_settings, m_search->text(), m_showLocked->isChecked());
    for (const SettingCard& card : cards) {
        if (column->count() > 0)
            column->addSpacing(8);
        column->addWidget(new Label(card.title, TypeRole::Strong, &Tokens::text, content));
        auto* box = new Card(content);
        auto* rows = new QVBoxLayout(box);
        rows->setContentsMargins(1, 1, 1, 1);
        rows->setSpacing(0);
        for (const SettingRow& row : card.rows) {
            const auto setting = std::find_if(m_settings.begin(), m_settings.end(), [&](const Setting& one) { return one.key == row.key; });
            if (rows->count() > 0)
                rows->addWidget(new Divider(box));
            auto* widget = new SettingRowWidget(*setting, box);
            connect(widget, &SettingRowWidget::changeWanted, this, &SettingsPage::change);
            connect(widget, &SettingRowWidget::whyWanted, this, &SettingsPage::explain);
            widget->setRestartNote(m_fromNextStart.contains(row.key));
            rows->addWidget(widget);
            m_rows.insert(row.key, widget);
        }
        column->addWidget(box);
    }
    if (cards.isEmpty() && (!m_settings.isEmpty() || !m_problem.isEmpty())) {
        auto* words = new Label(m_problem.isEmpty() ? SettingsPresenter::nothingFound() : m_problem, TypeRole::Body, &Tokens::text2, content);
        column->addSpacing(24);
        column->addWidget(words, 0, Qt::AlignHCenter);
        if (!m_problem.isEmpty()) {
            auto* again = new Button(tr("Try again"), Button::Kind::Plain, content);
            connect(again, &Button::clicked, this, &SettingsPage::reload);
            column->addWidget(again, 0, Qt::AlignHCenter);
        }
    }
    column->addStretch(1);
    m_scroll->setWidget(content); // deletes the rows before
    refreshHead();
}

void SettingsPage::refreshRows()
{
    for (const Setting& setting : std::as_const(m_settings))
        if (SettingRowWidget* row = m_rows.value(setting.key)) {
            row->setSetting(setting);
            row->setRestartNote(m_fromNextStart.contains(setting.key));
        }
    refreshHead();
}

void SettingsPage::refreshHead()
{
    const int locked = SettingsPresenter::lockedCount(m_settings);
    m_showLocked->setText(SettingsPresenter::showLocked(locked));
    m_showLocked->setVisible(locked > 0);
    const int changes = SettingsPresenter::changedCount(m_settings);
    m_profile->setText(SettingsPresenter::profileLine(m_workspace.profile, changes));
    m_back->setVisible(changes > 0);
}

void SettingsPage::showSetting(const QString& key)
{
    if (m_settings.isEmpty()) {
        m_wantedKey = key;
        return;
    }
    if (key == QLatin1String("locked")) {
        m_showLocked->setChecked(true);
        return;
    }
    m_search->clear();
    m_showLocked->setChecked(false);
    if (SettingRowWidget* row = m_rows.value(key)) {
        m_scroll->widget()->layout()->activate();
        m_scroll->ensureWidgetVisible(row, 0, metric::kRow);
        row->entrance()->setFocus(Qt::TabFocusReason);
    }
}

void SettingsPage::focusSearch()
{
    m_search->edit()->setFocus(Qt::ShortcutFocusReason);
}

void SettingsPage::change(const QString& key, const QJsonValue& value)
{
    m_desk.services().policy.set(m_workspace.id, key, value, [self = QPointer<SettingsPage>(this), key](const Outcome<Done>& outcome) {
        if (!self)
            return;
        if (!outcome) {
            if (SettingRowWidget* row = self->m_rows.value(key))
                row->springBack(SettingsPresenter::notChanged(outcome.error()));
            return;
        }
        const auto setting = std::find_if(self->m_settings.begin(), self->m_settings.end(), [&](const Setting& one) { return one.key == key; });
        if (setting != self->m_settings.end() && setting->restart && WorkspacePresenter::isLive(self->m_workspace.state))
            self->m_fromNextStart.insert(key);
        self->reload();
    });
}

void SettingsPage::backToProfile()
{
    for (const Setting& setting : std::as_const(m_settings)) {
        if (setting.source != SettingSource::User)
            continue;
        m_desk.services().policy.clear(m_workspace.id, setting.key, [self = QPointer<SettingsPage>(this)](const Outcome<Done>&) {
            if (self)
                self->reload();
        });
    }
}

void SettingsPage::explain(const QString& key)
{
    const auto setting = std::find_if(m_settings.begin(), m_settings.end(), [&](const Setting& one) { return one.key == key; });
    if (setting == m_settings.end())
        return;
    const Setting asked = *setting;
    m_desk.services().policy.explain(m_workspace.id, key, [self = QPointer<SettingsPage>(this), asked](const Outcome<Explanation>& outcome) {
        if (!self)
            return;
        if (!outcome) {
            self->m_desk.showFailure(outcome.error(), self->m_desk.contextOf(self->m_workspace.id));
            return;
        }
        self->m_why->show(ActivityPresenter::whySetting(asked, *outcome, std::nullopt));
        self->m_why->setVisible(true);
        self->m_why->focusClose();
    });
}

} // namespace annex::ui

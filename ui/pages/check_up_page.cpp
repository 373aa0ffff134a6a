// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/check_up_page.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QPointer>
#include <QSaveFile>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/pages/desk.h"
#include "ui/presenters/checkup_presenter.h"
#include "ui/presenters/words.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {

ColourRole colourOf(CheckState state)
{
    switch (state) {
    case CheckState::Broken: return &Tokens::danger;
    case CheckState::Look: return &Tokens::warn;
    case CheckState::Fine: break;
    }
    return &Tokens::ok;
}

QWidget* makeRow(const CheckRow& row, QWidget* parent)
{
    auto* widget = new QWidget(parent);
    widget->setAccessibleName(row.accessible);
    auto* line = new QHBoxLayout(widget);
    line->setContentsMargins(16, 10, 16, 10);
    line->setSpacing(16);
    line->addWidget(new IconLabel(row.icon, 20, colourOf(row.state), widget));
    auto* words = new QVBoxLayout;
    words->setSpacing(1);
    words->addWidget(new Label(row.title, row.state == CheckState::Fine ? TypeRole::Body : TypeRole::Strong, &Tokens::text, widget));
    auto* finding = new Label(row.finding, TypeRole::Caption, &Tokens::text2, widget);
    finding->wrapped();
    words->addWidget(finding);
    line->addLayout(words, 1);
    line->addWidget(new Label(row.word, TypeRole::Caption, &Tokens::text2, widget));
    return widget;
}

} // namespace

CheckUpPage::CheckUpPage(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_facts(new QWidget(this)), m_column(nullptr), m_again(new Button(tr("Check again"), Button::Kind::Plain, this)),
      m_save(new Button(tr("Save report…"), Button::Kind::Plain, this))
{
    setAccessibleName(tr("Check-up"));
    m_again->setIconName(QStringLiteral("reset"));
    m_save->setIconName(QStringLiteral("export"));
    new FlowLayout(18, 2, m_facts);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    m_facts->setSizePolicy(policy);
    auto* about = new Button(tr("About Annex"), Button::Kind::Link, this);

    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(new Label(tr("Check-up"), TypeRole::PageTitle, &Tokens::text, this));
    words->addWidget(m_facts);
    auto* head = new QHBoxLayout;
    head->setSpacing(metric::kGap);
    head->addLayout(words, 1);
    head->addWidget(m_again, 0, Qt::AlignTop);
    head->addWidget(m_save, 0, Qt::AlignTop);

    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setAccessibleName(tr("Checks"));
    auto* content = new QWidget;
    content->setAutoFillBackground(false);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(12);
    m_column->addWidget(about, 0, Qt::AlignLeading);
    m_column->addStretch(1);
    scroll->setWidget(content);

    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(metric::kPageMargin, 24, metric::kPageMargin, 24);
    outer->setSpacing(16);
    outer->addLayout(head);
    outer->addWidget(scroll, 1);
    connect(m_again, &Button::clicked, this, &CheckUpPage::run);
    connect(m_save, &Button::clicked, this, &CheckUpPage::saveReport);
    connect(about, &Button::clicked, this, &CheckUpPage::aboutWanted);
    m_save->setEnabled(false);
}

void CheckUpPage::run()
{
    m_clock.start();
    m_again->setEnabled(false);
    m_desk.services().system.checkUp([self = QPointer<CheckUpPage>(this)](const Outcome<CheckUp>& outcome) {
        if (self)
            self->show(outcome);
    });
}

void CheckUpPage::show(const Outcome<CheckUp>& outcome)
{
    m_again->setEnabled(true);
    m_took_ms = m_clock.elapsed();
    m_at = QDateTime::currentDateTime();
    m_problem = outcome ? QString() : outcome.error().title;
    if (outcome) {
        m_result = *outcome;
        m_save->setEnabled(true);
        Q_EMIT checked(m_result);
        fillRows();
    }
    fillFacts();
}

void CheckUpPage::fillFacts()
{
    while (QLayoutItem* item = m_facts->layout()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (!m_problem.isEmpty()) {
        m_facts->layout()->addWidget(new FactLabel(QStringLiteral("error"), m_problem, {}, &Tokens::danger, m_facts));
        return;
    }
    m_facts->layout()->addWidget(
        new FactLabel(Words::checkIcon(m_result.verdict), CheckUpPresenter::verdict(m_result), {}, colourOf(m_result.verdict), m_facts));
    m_facts->layout()->addWidget(new FactLabel(QStringLiteral("clock"), CheckUpPresenter::checkedAt(m_at, m_took_ms), {}, &Tokens::text2, m_facts));
    m_facts->updateGeometry();
}

void CheckUpPage::fillRows()
{
    delete m_card;
    m_card = new Card(this);
    auto* column = new QVBoxLayout(m_card);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    for (const CheckRow& row : CheckUpPresenter::rows(m_result)) {
        if (column->count() > 0)
            column->addWidget(new Divider(m_card));
        column->addWidget(makeRow(row, m_card));
    }
    m_column->insertWidget(0, m_card);
}

void CheckUpPage::saveReport()
{
    m_desk.services().system.version([self = QPointer<CheckUpPage>(this)](const Outcome<VersionInfo>& version) {
        if (!self)
            return;
        const QString report = CheckUpPresenter::report(self->m_result, version.value_or(VersionInfo{}), self->m_at, QDir::homePath());
        auto* dialog = new QFileDialog(self->window(), tr("Save report"), QDir::homePath());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->selectFile(QStringLiteral("annex-check-up.txt"));
        connect(dialog, &QFileDialog::fileSelected, self, [self, report](const QString& path) {
            QSaveFile file(path);
            if (!file.open(QIODevice::WriteOnly) || file.write(report.toUtf8()) < 0 || !file.commit())
                self->m_desk.showFailure({QStringLiteral("report.save"), tr("The report was not saved"), file.errorString(), {tr("Choose another place.")}, {}}, {});
        });
        dialog->open();
    });
}

void CheckUpPage::resizeEvent(QResizeEvent*)
{
    const int margin = window()->width() < metric::kNarrowWidth ? metric::kNarrowMargin : metric::kPageMargin;
    layout()->setContentsMargins(margin, 24, margin, 24);
}

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/activity_page.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QListView>
#include <QPointer>
#include <QScrollBar>
#include <QTimer>

#include "ui/pages/activity_list.h"
#include "ui/pages/desk.h"
#include "ui/pages/why_panel.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/search_field.h"

namespace annex::ui {

namespace {

constexpr int kSearchDelay_ms = 250; // a question to the broker per pause, not per letter
constexpr int kFollowDelay_ms = 300; // a burst of records is read once
constexpr int kMostRecords = 5000;   // what one list holds; older ones are in the export
constexpr int kPanelBesideFrom = 640; // narrower, the panel takes the list's place

} // namespace

ActivityPage::ActivityPage(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_search(new SearchField(tr("Search activity"), tr("Search activity"), tr("Ctrl+F", "shown as keys"), this)),
      m_export(new Button(tr("Export…"), Button::Kind::Plain, this)), m_list(new QListView(this)), m_model(new ActivityModel(this)),
      m_listCard(new Card(this)), m_empty(new Label({}, TypeRole::Body, &Tokens::text2, m_listCard)),
      m_everything(new Button(tr("Show everything"), Button::Kind::Plain, m_listCard)), m_why(new WhyPanelWidget(this)), m_searchDelay(new QTimer(this)),
      m_follow(new QTimer(this))
{
    m_export->setIconName(QStringLiteral("export"));
    m_export->setMinimumHeight(m_search->sizeHint().height());
    m_list->setModel(m_model);
    m_list->setItemDelegate(new ActivityDelegate(this));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->viewport()->setAutoFillBackground(false);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setAccessibleName(tr("Activity"));
    m_why->setVisible(false);
    m_searchDelay->setSingleShot(true);
    m_searchDelay->setInterval(kSearchDelay_ms);
    m_follow->setSingleShot(true);
    m_follow->setInterval(kFollowDelay_ms);

    auto* head = new QHBoxLayout;
    head->setSpacing(metric::kGap);
    head->addWidget(m_search, 1);
    head->addWidget(m_export);
    auto* chipRow = new QWidget(this);
    auto* chips = new FlowLayout(6, 6, chipRow);
    for (const ActivityFilter filter : {ActivityFilter::Everything, ActivityFilter::Refused, ActivityFilter::Clipboard, ActivityFilter::Files}) {
        auto* chip = new Button(ActivityPresenter::chip(filter, 0), Button::Kind::Chip, chipRow);
        chip->setChecked(filter == m_filter);
        connect(chip, &Button::clicked, this, [this, filter] { setFilter(filter); });
        chips->addWidget(chip);
        m_chips.push_back(chip);
    }
    auto* inside = new QVBoxLayout(m_listCard);
    inside->setContentsMargins(1, 4, 1, 4);
    inside->addWidget(m_list, 1);
    inside->addStretch();
    inside->addWidget(m_empty, 0, Qt::AlignHCenter);
    inside->addWidget(m_everything, 0, Qt::AlignHCenter);
    inside->addStretch();
    m_empty->setVisible(false);
    m_everything->setVisible(false);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(16);
    middle->addWidget(m_listCard, 1);
    middle->addWidget(m_why);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addLayout(head);
    column->addWidget(chipRow);
    column->addLayout(middle, 1);

    connect(m_search, &SearchField::textEdited, m_searchDelay, qOverload<>(&QTimer::start));
    connect(m_searchDelay, &QTimer::timeout, this, &ActivityPage::reload);
    connect(&desk.services().audit, &AuditService::added, this, [this] {
        if (isVisible())
            m_follow->start();
    });
    connect(m_follow, &QTimer::timeout, this, &ActivityPage::reload);
    connect(m_list->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        if (value >= m_list->verticalScrollBar()->maximum() - m_list->height())
            loadMore();
    });
    connect(m_list, &QListView::clicked, this, &ActivityPage::openWhy);
    connect(m_list, &QListView::activated, this, &ActivityPage::openWhy);
    connect(m_everything, &Button::clicked, this, [this] {
        m_search->clear();
        setFilter(ActivityFilter::Everything);
    });
    connect(m_export, &Button::clicked, this, &ActivityPage::exportAll);
    connect(m_why, &WhyPanelWidget::closed, this, &ActivityPage::closeWhy);
    connect(m_why, &WhyPanelWidget::settingWanted, this, &ActivityPage::settingWanted);
}

void ActivityPage::setWorkspace(const Workspace& workspace)
{
    const bool other = workspace.id != m_workspace.id;
    m_workspace = workspace;
    if (!other)
        return;
    m_records.clear();
    m_loaded = false;
    closeWhy();
    reload();
    m_desk.services().policy.list(workspace.id, [self = QPointer<ActivityPage>(this), id = workspace.id](const Outcome<QVector<Setting>>& settings) {
        if (self && settings && self->m_workspace.id == id)
            self->m_settings = *settings;
    });
}

void ActivityPage::reload()
{
    AuditQuery query;
    query.workspace = m_workspace.id;
    query.search = m_search->text().trimmed();
    if (m_filter == ActivityFilter::Refused)
        query.outcome = AuditOutcome::Refused;
    const int request = ++m_request;
    m_loading = true;
    m_desk.services().audit.list(query, [self = QPointer<ActivityPage>(this), request](const Outcome<AuditPage>& outcome) {
        if (self && self->m_request == request)
            self->take(outcome, true);
    });
    verify();
}

void ActivityPage::loadMore()
{
    if (!m_more || m_loading || m_records.isEmpty() || m_records.size() >= kMostRecords)
        return;
    AuditQuery query;
    query.workspace = m_workspace.id;
    query.search = m_search->text().trimmed();
    query.before = m_records.last().seq;
    if (m_filter == ActivityFilter::Refused)
        query.outcome = AuditOutcome::Refused;
    m_loading = true;
    const int request = ++m_request;
    m_desk.services().audit.list(query, [self = QPointer<ActivityPage>(this), request](const Outcome<AuditPage>& outcome) {
        if (self && self->m_request == request)
            self->take(outcome, false);
    });
}

void ActivityPage::take(const Outcome<AuditPage>& outcome, bool fresh)
{
    m_loading = false;
    m_loaded = true;
    if (!outcome) {
        m_empty->setText(outcome.error().title);
        m_empty->setVisible(true);
        m_list->setVisible(false);
        return;
    }
    if (fresh)
        m_records = outcome->records;
    else
        m_records += outcome->records;
    m_more = outcome->more;
    refresh();
    // A chip that this page of records does not fill looks further back by itself.
    if (m_model->rowCount() == 0 && m_more)
        loadMore();
    if (m_wantedSeq)
        showRecord(std::exchange(m_wantedSeq, 0));
}

void ActivityPage::refresh()
{
    const qint64 selected = m_list->currentIndex().isValid() ? m_model->at(m_list->currentIndex().row()).seq : 0;
    const int scroll = m_list->verticalScrollBar()->value();
    m_model->setRows(ActivityPresenter::rows(m_records, m_filter, QDate::currentDate()));
    if (const int row = m_model->rowOf(selected); row >= 0)
        m_list->setCurrentIndex(m_model->index(row));
    m_list->verticalScrollBar()->setValue(scroll);
    const int refused = int(std::count_if(m_records.begin(), m_records.end(), [](const AuditRecord& one) { return one.outcome == AuditOutcome::Refused; }));
    m_chips[1]->setText(ActivityPresenter::chip(ActivityFilter::Refused, refused));
    m_chips[1]->updateGeometry();
    const bool empty = m_loaded && m_model->rowCount() == 0;
    const bool filtered = m_filter != ActivityFilter::Everything || !m_search->text().isEmpty();
    m_list->setVisible(!empty);
    m_empty->setVisible(empty);
    m_empty->setText(ActivityPresenter::emptyLine(m_filter, !m_search->text().isEmpty()));
    m_everything->setVisible(empty && filtered);
}

void ActivityPage::setFilter(ActivityFilter filter)
{
    const bool asksAnew = (filter == ActivityFilter::Refused) != (m_filter == ActivityFilter::Refused);
    m_filter = filter;
    for (int at = 0; at < m_chips.size(); ++at)
        m_chips[at]->setChecked(at == int(filter));
    if (asksAnew)
        reload();
    else
        refresh();
}

void ActivityPage::verify()
{
    m_desk.services().audit.verify([self = QPointer<ActivityPage>(this)](const Outcome<TrailState>& trail) {
        if (!self || !trail)
            return;
        self->m_trail = *trail;
        if (!trail->whole)
            Q_EMIT self->trailBroken(ActivityPresenter::brokenTrail(*trail));
    });
}

void ActivityPage::openWhy(const QModelIndex& index)
{
    if (!index.isValid() || m_model->at(index.row()).isDay)
        return;
    const qint64 seq = m_model->at(index.row()).seq;
    const auto record = std::find_if(m_records.begin(), m_records.end(), [&](const AuditRecord& one) { return one.seq == seq; });
    if (record != m_records.end())
        explain(*record);
}

void ActivityPage::explain(const AuditRecord& record)
{
    const auto show = [self = QPointer<ActivityPage>(this), record](const Outcome<Explanation>& outcome) {
        if (!self)
            return;
        std::optional<Setting> decided;
        for (const Setting& setting : std::as_const(self->m_settings))
            if (record.key == setting.key)
                decided = setting;
        self->m_why->show(ActivityPresenter::why(record, outcome.value_or(Explanation{}), decided, self->m_trail));
        self->m_why->setVisible(true);
        self->fitPanel();
    };
    if (!record.key.isEmpty())
        m_desk.services().policy.explain(m_workspace.id, record.key, show);
    else
        show(Explanation{}); // nothing decided: what happened is all there is to say
}

void ActivityPage::closeWhy()
{
    m_why->setVisible(false);
    m_listCard->setVisible(true);
    if (isVisible())
        m_list->setFocus(Qt::TabFocusReason);
}

void ActivityPage::showRecord(qint64 seq)
{
    const int row = m_model->rowOf(seq);
    if (row < 0) {
        m_wantedSeq = m_loaded ? 0 : seq;
        return;
    }
    m_list->setCurrentIndex(m_model->index(row));
    openWhy(m_model->index(row));
}

void ActivityPage::focusSearch()
{
    m_search->edit()->setFocus(Qt::ShortcutFocusReason);
}

void ActivityPage::exportAll()
{
    auto* dialog = new QFileDialog(window(), tr("Export activity"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(QStringLiteral("annex-activity.jsonl"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_desk.services().audit.exportTo(path, [self = QPointer<ActivityPage>(this)](const Outcome<Done>& outcome) {
            if (self && !outcome)
                self->m_desk.showFailure(outcome.error(), {});
        });
    });
    dialog->open();
}

void ActivityPage::fitPanel()
{
    m_listCard->setVisible(m_why->isHidden() || width() >= kPanelBesideFrom);
}

void ActivityPage::resizeEvent(QResizeEvent*)
{
    fitPanel();
}

void ActivityPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_loaded) // records that came while it was hidden
        reload();
}

} // namespace annex::ui

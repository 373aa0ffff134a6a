// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/workspace_page.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>
#include <QUrl>

#include "ui/pages/activity_page.h"
#include "ui/pages/apps_page.h"
#include "ui/pages/desk.h"
#include "ui/pages/settings_page.h"
#include "ui/presenters/apps_presenter.h"
#include "ui/presenters/workspace_presenter.h"
#include "ui/theme/icons.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/info_bar.h"
#include "ui/widgets/labels.h"

namespace annex::ui {

namespace {

constexpr int kHeaderLetters = 62; // facts in two lines beside two buttons
constexpr int kMostDrops = 20; // more at once is a slip of the hand, not a wish

QStringList localFiles(const QMimeData* data)
{
    QStringList files;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile())
            files << url.toLocalFile();
    return files;
}

} // namespace

WorkspacePage::WorkspacePage(Desk& desk, QWidget* parent)
    : QWidget(parent), m_desk(desk), m_swatch(new SwatchLabel(48, this)), m_name(new ElidedLabel({}, TypeRole::PageTitle, &Tokens::text, this)),
      m_facts(new QWidget(this)), m_start(new Button(tr("Start"), Button::Kind::Filled, this)), m_cancel(new Button(tr("Cancel"), Button::Kind::Plain, this)),
      m_pause(new Button(tr("Pause"), Button::Kind::Plain, this)), m_resume(new Button(tr("Resume"), Button::Kind::Filled, this)),
      m_stop(new Button(tr("Stop"), Button::Kind::Plain, this)), m_more(new Button(QString(), Button::Kind::Plain, this)), m_tabs(new PageTabs(this)),
      m_infoBar(new InfoBar(this)), m_stack(new QStackedWidget(this))
{
    setAcceptDrops(true);
    m_start->setIconName(QStringLiteral("play"));
    m_pause->setIconName(QStringLiteral("pause"));
    m_resume->setIconName(QStringLiteral("play"));
    m_stop->setIconName(QStringLiteral("stop"));
    m_more->setIconName(QStringLiteral("more"));
    m_more->setAccessibleName(tr("More"));
    m_tabs->addTab(tr("Apps"));
    m_tabs->addTab(tr("Settings"));
    m_tabs->addTab(tr("Activity"));
    m_tabs->setAccessibleName(tr("Pages of this workspace"));
    for (int index = 0; index < 3; ++index)
        m_stack->addWidget(new QWidget(m_stack));

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    auto* tabRow = new QHBoxLayout;
    tabRow->setContentsMargins(metric::kPageMargin - 10, 0, metric::kPageMargin, 0);
    tabRow->addWidget(m_tabs);
    tabRow->addStretch(1);
    column->addLayout(tabRow);
    column->addWidget(new Divider(this));
    auto* body = new QVBoxLayout;
    body->setContentsMargins(metric::kPageMargin, 16, metric::kPageMargin, 24);
    body->setSpacing(12);
    body->addWidget(m_infoBar);
    body->addWidget(m_stack, 1);
    column->addLayout(body, 1);

    connect(m_tabs, &QTabBar::currentChanged, this, [this](int index) {
        ensurePage(Tab(index));
        m_stack->setCurrentIndex(index);
    });
    connect(m_start, &Button::clicked, this, [this] { m_desk.start(m_workspace.id); });
    connect(m_cancel, &Button::clicked, this, [this] { m_desk.cancelStart(m_workspace.id); });
    connect(m_pause, &Button::clicked, this, [this] { m_desk.pause(m_workspace.id); });
    connect(m_resume, &Button::clicked, this, [this] { m_desk.resume(m_workspace.id); });
    connect(m_stop, &Button::clicked, this, [this] { m_desk.stop(m_workspace.id); });
    connect(m_more, &Button::clicked, this, &WorkspacePage::showMore);
}

QWidget* WorkspacePage::makeHeader()
{
    auto* header = new QWidget(this);
    m_headerRow = new QBoxLayout(QBoxLayout::LeftToRight, header);
    m_headerRow->setContentsMargins(metric::kPageMargin, 20, metric::kPageMargin, 10);
    m_headerRow->setSpacing(metric::kGap);
    auto* row = new QHBoxLayout;
    row->setSpacing(metric::kGap);
    row->addWidget(m_swatch, 0, Qt::AlignTop);
    row->addSpacing(8);
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(m_name);
    words->addWidget(m_facts);
    new FlowLayout(18, 2, m_facts);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    m_facts->setSizePolicy(policy);
    row->addLayout(words, 1);
    m_headerRow->addLayout(row, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(metric::kGap);
    for (Button* button : {m_start, m_resume, m_cancel, m_pause, m_stop, m_more})
        buttons->addWidget(button, 0, Qt::AlignVCenter);
    buttons->addStretch(1);
    m_headerRow->addLayout(buttons);
    return header;
}

void WorkspacePage::setWorkspace(const Workspace& workspace)
{
    m_workspace = workspace;
    refreshHeader();
    noteLevel();
    ensurePage(tab());
    if (m_apps)
        m_apps->setWorkspace(workspace);
    if (m_settings)
        m_settings->setWorkspace(workspace);
    if (m_activity)
        m_activity->setWorkspace(workspace);
}

void WorkspacePage::refreshHeader()
{
    m_swatch->setIdentity(identityOf(m_workspace));
    m_name->setText(m_workspace.name);
    const HeaderActions actions = WorkspacePresenter::actions(m_workspace);
    m_start->setVisible(actions.start);
    m_cancel->setVisible(actions.cancel);
    m_pause->setVisible(actions.pause);
    m_resume->setVisible(actions.resume);
    m_stop->setVisible(actions.stop);
    m_more->setVisible(actions.reset || actions.remove);
    for (Button* button : {m_start, m_cancel, m_pause, m_resume, m_stop})
        button->setAccessibleName(tr("%1 %2", "button's word, workspace: spoken").arg(button->text(), m_workspace.name));
    refreshFacts();
}

void WorkspacePage::refreshFacts()
{
    QVector<QPair<QString, QString>> shown;
    const QVector<Fact> facts = WorkspacePresenter::facts(m_workspace);
    for (const Fact& fact : facts)
        shown.push_back({fact.icon, fact.text});
    if (shown == m_shownFacts)
        return;
    m_shownFacts = shown;
    while (QLayoutItem* item = m_facts->layout()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const Fact& fact : facts)
        m_facts->layout()->addWidget(new FactLabel(fact.icon, fact.text, fact.explanation, &Tokens::text2, m_facts));
    m_facts->updateGeometry();
}

void WorkspacePage::noteLevel()
{
    if (m_workspace.level != Level::Process) {
        m_infoBar->clear(QStringLiteral("level"));
        return;
    }
    Notice notice{QStringLiteral("level"), Notice::Weight::Info, AppsPresenter::processLevelBar(), tr("See check-up"), [this] { Q_EMIT checkUpWanted(); }};
    if (m_desk.state().isDismissed(QStringLiteral("level-process")))
        return;
    notice.closed = [this] { m_desk.state().dismiss(QStringLiteral("level-process")); };
    m_infoBar->show(notice);
}

void WorkspacePage::ensurePage(Tab tab)
{
    QWidget* page = nullptr;
    if (tab == Apps && !m_apps) {
        page = m_apps = new AppsPage(m_desk, this);
        m_apps->setWorkspace(m_workspace);
        connect(m_apps, &AppsPage::checkUpWanted, this, &WorkspacePage::checkUpWanted);
        connect(m_apps, &AppsPage::listFailed, this, [this](bool failed) {
            if (failed)
                m_infoBar->show({QStringLiteral("apps"), Notice::Weight::Warning, AppsPresenter::listFailed(), tr("Try again"), [this] { m_apps->reload(); }});
            else
                m_infoBar->clear(QStringLiteral("apps"));
        });
    } else if (tab == Settings && !m_settings) {
        page = m_settings = new SettingsPage(m_desk, this);
        m_settings->setWorkspace(m_workspace);
    } else if (tab == Activity && !m_activity) {
        page = m_activity = new ActivityPage(m_desk, this);
        m_activity->setWorkspace(m_workspace);
        connect(m_activity, &ActivityPage::settingWanted, this, &WorkspacePage::showSetting);
        connect(m_activity, &ActivityPage::trailBroken, this, [this](const QString& sentence) {
            m_infoBar->show({QStringLiteral("trail"), Notice::Weight::Danger, sentence, QString(), {}, {}, false});
        });
    }
    if (!page)
        return;
    QWidget* placeholder = m_stack->widget(tab);
    m_stack->insertWidget(tab, page);
    m_stack->removeWidget(placeholder);
    delete placeholder;
    m_stack->setCurrentIndex(m_tabs->currentIndex());
}

QWidget* WorkspacePage::currentPage() const
{
    return m_stack->currentWidget();
}

WorkspacePage::Tab WorkspacePage::tab() const
{
    return Tab(m_tabs->currentIndex());
}

void WorkspacePage::showTab(Tab tab)
{
    ensurePage(tab);
    m_tabs->setCurrentIndex(tab);
}

void WorkspacePage::showSetting(const QString& key)
{
    showTab(Settings);
    if (!key.isEmpty())
        m_settings->showSetting(key);
}

void WorkspacePage::showRecord(qint64 seq)
{
    showTab(Activity);
    m_activity->showRecord(seq);
}

void WorkspacePage::focusField()
{
    showTab(Apps);
    m_apps->focusField();
}

void WorkspacePage::focusSearch()
{
    switch (tab()) {
    case Apps: m_apps->focusField(); break;
    case Settings: m_settings->focusSearch(); break;
    case Activity: m_activity->focusSearch(); break;
    }
}

void WorkspacePage::checkAgain()
{
    switch (tab()) {
    case Apps: m_apps->reload(); break;
    case Settings: m_settings->reload(); break;
    case Activity: m_activity->reload(); break;
    }
}

void WorkspacePage::typeAhead(const QString& text)
{
    if (tab() == Apps)
        m_apps->typeAhead(text);
}

void WorkspacePage::showMore()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const HeaderActions actions = WorkspacePresenter::actions(m_workspace);
    const Tokens& t = look();
    if (actions.reset)
        connect(menu->addAction(icon(QStringLiteral("reset"), t.text2), tr("Reset…")), &QAction::triggered, this,
                [this] { m_desk.askReset(m_workspace.id, window()); });
    if (actions.remove)
        connect(menu->addAction(icon(QStringLiteral("disposable"), t.text2), tr("Remove…")), &QAction::triggered, this,
                [this] { m_desk.askRemove(m_workspace.id, window()); });
    const QPoint corner = layoutDirection() == Qt::RightToLeft ? QPoint(0, m_more->height())
                                                              : QPoint(m_more->width() - menu->sizeHint().width(), m_more->height());
    menu->popup(m_more->mapToGlobal(corner));
}

void WorkspacePage::dragEnterEvent(QDragEnterEvent* event)
{
    if (!localFiles(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void WorkspacePage::dropEvent(QDropEvent* event)
{
    const QStringList files = localFiles(event->mimeData()).mid(0, kMostDrops);
    event->setDropAction(Qt::CopyAction); // the original stays; a "move" would let the source delete it
    event->accept();
    for (const QString& file : files)
        m_desk.openFile(m_workspace.id, file, false);
}

void WorkspacePage::resizeEvent(QResizeEvent*)
{
    const int margin = window()->width() < metric::kNarrowWidth ? metric::kNarrowMargin : metric::kPageMargin;
    for (QLayout* part : layout()->findChildren<QLayout*>(QString(), Qt::FindDirectChildrenOnly)) {
        QMargins margins = part->contentsMargins();
        const bool isTabs = part->indexOf(m_tabs) >= 0;
        margins.setLeft(isTabs ? margin - 10 : margin);
        margins.setRight(margin);
        part->setContentsMargins(margins);
    }
    m_headerRow->setContentsMargins(margin, 20, margin, 10);
    // With large text, or little room, the buttons stand below the facts, so that neither is cut.
    const int letters = QFontMetrics(roleFont(TypeRole::Body)).averageCharWidth();
    m_headerRow->setDirection(width() < kHeaderLetters * letters ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

} // namespace annex::ui

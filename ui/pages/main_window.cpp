// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/main_window.h"

#include <QAccessible>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QListView>
#include <QMenu>
#include <QPointer>
#include <QShortcut>
#include <QStackedWidget>

#include "ui/pages/about_dialog.h"
#include "ui/pages/check_up_page.h"
#include "ui/pages/desk.h"
#include "ui/pages/new_workspace_dialog.h"
#include "ui/pages/sidebar.h"
#include "ui/pages/workspace_page.h"
#include "ui/presenters/workspace_presenter.h"
#include "ui/theme/icons.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/info_bar.h"

namespace annex::ui {

namespace {

constexpr QSize kFirstSize(1120, 720);
constexpr QSize kSmallest(720, 520);

} // namespace

MainWindow::MainWindow(Desk& desk, QWidget* parent)
    : QMainWindow(parent), m_desk(desk), m_sidebar(new Sidebar), m_stack(new QStackedWidget), m_blank(new QWidget), m_page(new WorkspacePage(desk)),
      m_checkUp(new CheckUpPage(desk))
{
    setWindowTitle(tr("Annex"));
    setMinimumSize(kSmallest);
    resize(kFirstSize);
    auto* middle = new QWidget;
    auto* row = new QHBoxLayout(middle);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_sidebar);
    row->addWidget(m_stack, 1);
    m_stack->addWidget(m_blank);
    m_stack->addWidget(m_page);
    m_stack->addWidget(m_checkUp);
    setCentralWidget(middle);
    if (!desk.state().geometry().isEmpty())
        restoreGeometry(desk.state().geometry());

    connect(m_sidebar, &Sidebar::chosen, this, &MainWindow::choose);
    connect(m_sidebar, &Sidebar::activated, this, [this](const QString& id) {
        const std::optional<Workspace> workspace = m_desk.find(id);
        if (workspace && WorkspacePresenter::actions(*workspace).start)
            m_desk.start(id);
        else
            m_desk.services().workspaces.activate(id, QString(), [](const Outcome<Done>&) {});
    });
    connect(m_sidebar, &Sidebar::removeWanted, this, [this](const QString& id) {
        const std::optional<Workspace> workspace = m_desk.find(id);
        if (workspace && WorkspacePresenter::actions(*workspace).remove)
            m_desk.askRemove(id, this);
        else
            m_desk.askReset(id, this);
    });
    connect(m_sidebar, &Sidebar::menuWanted, this, &MainWindow::workspaceMenu);
    connect(m_sidebar, &Sidebar::newWanted, this, &MainWindow::newWorkspace);
    connect(m_sidebar, &Sidebar::checkUpWanted, this, &MainWindow::showCheckUp);
    connect(m_sidebar, &Sidebar::managedWanted, this, &MainWindow::showManaged);
    connect(m_page, &WorkspacePage::checkUpWanted, this, &MainWindow::showCheckUp);
    connect(m_checkUp, &CheckUpPage::checked, m_sidebar, &Sidebar::setCheckUp);
    connect(m_checkUp, &CheckUpPage::aboutWanted, this, &MainWindow::aboutWanted);

    WorkspaceService& workspaces = desk.services().workspaces;
    connect(&workspaces, &WorkspaceService::changed, this, &MainWindow::onChanged);
    connect(&workspaces, &WorkspaceService::removed, this, &MainWindow::refresh);
    connect(&workspaces, &WorkspaceService::listed, this, &MainWindow::refresh);
    connect(&workspaces, &WorkspaceService::connectionChanged, this, [this](bool connected) {
        if (connected)
            readCheckUp();
    });
    connect(&desk.services().policy, &PolicyService::changed, this, &MainWindow::readManaged);
    addShortcuts();
    refresh();
    readManaged();
    readCheckUp();
}

MainWindow::~MainWindow()
{
    m_desk.state().setGeometry(saveGeometry());
}

void MainWindow::addShortcuts()
{
    const auto on = [this](const QKeySequence& keys, auto act) { connect(new QShortcut(keys, this), &QShortcut::activated, this, act); };
    const auto tab = [this](WorkspacePage::Tab which) {
        m_stack->setCurrentWidget(m_page);
        m_sidebar->showCheckUpChosen(false);
        m_sidebar->select(m_current);
        m_page->showTab(which);
    };
    on(Qt::CTRL | Qt::Key_K, [this] {
        m_stack->setCurrentWidget(m_page);
        m_sidebar->showCheckUpChosen(false);
        m_sidebar->select(m_current);
        m_page->focusField();
    });
    on(Qt::CTRL | Qt::Key_1, [tab] { tab(WorkspacePage::Apps); });
    on(Qt::CTRL | Qt::Key_2, [tab] { tab(WorkspacePage::Settings); });
    on(Qt::CTRL | Qt::Key_3, [tab] { tab(WorkspacePage::Activity); });
    on(Qt::CTRL | Qt::Key_N, [this] { newWorkspace(); });
    on(Qt::CTRL | Qt::Key_O, [this] { m_desk.chooseFile(m_current, this); });
    on(Qt::CTRL | Qt::Key_F, [this] {
        if (m_stack->currentWidget() == m_page)
            m_page->focusSearch();
    });
    on(Qt::CTRL | Qt::Key_W, [this] { close(); });
    on(Qt::CTRL | Qt::Key_Q, [this] { Q_EMIT quitWanted(); });
    on(Qt::CTRL | Qt::Key_Tab, [this] { m_sidebar->selectNext(1); });
    on(Qt::CTRL | Qt::SHIFT | Qt::Key_Tab, [this] { m_sidebar->selectNext(-1); });
    on(Qt::Key_F6, [this] { nextPane(1); });
    on(Qt::SHIFT | Qt::Key_F6, [this] { nextPane(-1); });
    on(Qt::Key_F5, [this] {
        if (m_stack->currentWidget() == m_checkUp)
            m_checkUp->run();
        else
            m_page->checkAgain();
    });
    on(Qt::Key_F1, [this] { Q_EMIT aboutWanted(); });
}

void MainWindow::nextPane(int step)
{
    // Panes in reading order: the sidebar's list, the tabs, the page.
    const bool onPage = m_stack->currentWidget() == m_page;
    QVector<QWidget*> panes{m_sidebar->list()};
    if (onPage)
        panes << m_page->tabs() << m_page->currentPage();
    else
        panes << m_checkUp;
    int at = 0;
    for (int index = 0; index < panes.size(); ++index) {
        const QWidget* focus = QApplication::focusWidget();
        if (focus && (panes[index] == focus || panes[index]->isAncestorOf(focus)))
            at = index;
    }
    QWidget* pane = panes[(at + step + panes.size()) % panes.size()];
    QWidget* target = pane;
    if (pane->focusPolicy() == Qt::NoFocus) {
        target = pane->nextInFocusChain();
        while (target && target != pane
               && (!(target->focusPolicy() & Qt::TabFocus) || !target->isVisibleTo(pane) || !target->isEnabled() || !pane->isAncestorOf(target)))
            target = target->nextInFocusChain();
    }
    if (target)
        target->setFocus(Qt::TabFocusReason);
}

void MainWindow::refresh()
{
    const QVector<Workspace> all = m_desk.services().workspaces.workspaces();
    m_sidebar->setWorkspaces(all);
    if (!m_desk.find(m_current))
        m_current = all.isEmpty() ? QString() : all.first().id;
    // Until the broker has told what there is, an empty page says nothing wrong.
    if (m_stack->currentWidget() != m_checkUp)
        m_stack->setCurrentWidget(m_current.isEmpty() ? m_blank : static_cast<QWidget*>(m_page));
    if (m_stack->currentWidget() == m_page)
        m_sidebar->select(m_current);
    if (const std::optional<Workspace> workspace = m_desk.find(m_current))
        m_page->setWorkspace(*workspace);
}

void MainWindow::onChanged(const Workspace& workspace)
{
    refresh();
    if (workspace.id == m_current && isVisible()) {
        QAccessibleEvent spoken(m_page, QAccessible::DescriptionChanged);
        m_page->setAccessibleDescription(WorkspacePresenter::announcement(workspace));
        QAccessible::updateAccessibility(&spoken);
    }
}

void MainWindow::choose(const QString& id)
{
    const std::optional<Workspace> workspace = m_desk.find(id);
    if (!workspace)
        return;
    const bool wasCurrent = id == m_current && m_stack->currentWidget() == m_page;
    m_current = id;
    m_stack->setCurrentWidget(m_page);
    m_sidebar->showCheckUpChosen(false);
    m_sidebar->select(id);
    if (wasCurrent && workspace->state == WorkspaceState::Failed && workspace->error)
        m_desk.showFailure(*workspace->error, m_desk.contextOf(id));
    m_page->setWorkspace(*workspace);
}

void MainWindow::showCheckUp()
{
    m_stack->setCurrentWidget(m_checkUp);
    m_sidebar->showCheckUpChosen(true);
    m_checkUp->run();
}

void MainWindow::showPage(const QString& page, const QString& workspace, const QString& argument)
{
    if (page == QLatin1String("check-up")) {
        showCheckUp();
        return;
    }
    if (!workspace.isEmpty())
        choose(workspace);
    if (m_current.isEmpty())
        return;
    m_stack->setCurrentWidget(m_page);
    m_sidebar->showCheckUpChosen(false);
    m_sidebar->select(m_current);
    if (page == QLatin1String("settings"))
        m_page->showSetting(argument);
    else if (page == QLatin1String("activity") && !argument.isEmpty())
        m_page->showRecord(argument.toLongLong());
    else
        m_page->showTab(page == QLatin1String("activity") ? WorkspacePage::Activity : WorkspacePage::Apps);
}

void MainWindow::newWorkspace()
{
    auto* dialog = new NewWorkspaceDialog(m_desk, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NewWorkspaceDialog::created, this, [this](const Workspace& workspace) {
        refresh();
        choose(workspace.id);
    });
    dialog->open();
}

void MainWindow::workspaceMenu(const QString& id, const QPoint& globalPosition)
{
    const std::optional<Workspace> workspace = m_desk.find(id);
    if (!workspace)
        return;
    const HeaderActions actions = WorkspacePresenter::actions(*workspace);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](bool offered, const char* iconName, const QString& words, auto act) {
        if (offered)
            connect(menu->addAction(icon(QString::fromLatin1(iconName), look().text2), words), &QAction::triggered, this, act);
    };
    add(workspace->windows > 0, "full-screen", tr("Bring windows to front"),
        [this, id] { m_desk.services().workspaces.activate(id, QString(), [](const Outcome<Done>&) {}); });
    add(actions.start, "play", tr("Start"), [this, id] { m_desk.start(id); });
    add(actions.cancel, "close", tr("Cancel the start"), [this, id] { m_desk.cancelStart(id); });
    add(actions.pause, "pause", tr("Pause"), [this, id] { m_desk.pause(id); });
    add(actions.resume, "play", tr("Resume"), [this, id] { m_desk.resume(id); });
    add(actions.stop, "stop", tr("Stop"), [this, id] { m_desk.stop(id); });
    add(actions.reset, "reset", tr("Reset…"), [this, id] { m_desk.askReset(id, this); });
    add(true, "settings", tr("Settings"), [this, id] { showPage(QStringLiteral("settings"), id, {}); });
    add(actions.remove, "disposable", tr("Remove…"), [this, id] { m_desk.askRemove(id, this); });
    menu->popup(globalPosition);
}

void MainWindow::readManaged()
{
    m_desk.services().policy.state([self = QPointer<MainWindow>(this)](const Outcome<PolicyState>& state) {
        if (!self || !state)
            return;
        self->m_sidebar->setManaged(*state);
        if (!state->storeSetAside) {
            self->m_page->infoBar()->clear(QStringLiteral("store"));
            return;
        }
        const PolicyState known = *state;
        self->m_page->infoBar()->show({QStringLiteral("store"), Notice::Weight::Warning, ErrorPresenter::storeSetAsideBar(), tr("Choose…"),
                                       [self, known] { self->m_desk.chooseStore(known); }, {}, false});
    });
}

void MainWindow::readCheckUp()
{
    m_checkUp->run();
}

void MainWindow::showManaged()
{
    if (m_current.isEmpty())
        return;
    showPage(QStringLiteral("settings"), m_current, QStringLiteral("locked"));
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_desk.state().setGeometry(saveGeometry());
    event->ignore();
    if (m_hasTray) {
        hide();
        Q_EMIT hiddenIntoTray();
        return;
    }
    const QVector<Workspace> all = m_desk.services().workspaces.workspaces();
    const bool runs = std::any_of(all.begin(), all.end(), [](const Workspace& one) { return WorkspacePresenter::isLive(one.state); });
    if (runs)
        showMinimized();
    else
        Q_EMIT quitWanted();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    m_sidebar->setNarrow(width() < metric::kNarrowWidth);
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    if (plain && !event->text().isEmpty() && event->text().at(0).isPrint() && m_stack->currentWidget() == m_page) {
        m_page->typeAhead(event->text());
        return;
    }
    QMainWindow::keyPressEvent(event);
}

} // namespace annex::ui

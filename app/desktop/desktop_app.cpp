// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/desktop_app.h"

#include <QApplication>
#include <QPixmapCache>
#include <QTimer>

#include "app/api/client_connection.h"
#include "app/desktop/x11/active_window.h"
#include "base/log.h"
#include "ui/pages/about_dialog.h"
#include "ui/pages/main_window.h"
#include "ui/pages/question_dialog.h"
#include "ui/pages/window_info_dialog.h"
#include "ui/presenters/apps_presenter.h"
#include "ui/presenters/error_presenter.h"
#include "ui/presenters/workspace_presenter.h"
#include "ui/widgets/annex_style.h"

#include <malloc.h>

namespace annex::desktop {

namespace {

using namespace Qt::StringLiterals;

constexpr int kFreeWindowAfter_ms = 60 * 1000; // hidden for a minute: most likely not opened again soon
constexpr int kTrayDelay_ms = 50;              // a burst of events makes one menu

} // namespace

DesktopApp::DesktopApp(const Options& options, QObject* parent)
    : QObject(parent), m_link(*options.broker), m_workspaces(m_link), m_apps(m_link), m_policy(m_link), m_audit(m_link), m_system(m_link),
      m_state(options.stateFile), m_desk({m_workspaces, m_apps, m_policy, m_audit, m_system}, m_state),
      m_requests(m_clipboard, activeWindowProcess), m_viewers(m_link, options.viewerProgram, options.uncapped), m_freeWindow(new QTimer(this)),
      m_trayDelay(new QTimer(this)), m_background(options.background)
{
    applyLook();
    connect(&m_look, &ui::DesktopLook::changed, this, [this] {
        applyLook();
        registerDesktop(); // frames follow
    });
    m_freeWindow->setSingleShot(true);
    m_trayDelay->setSingleShot(true);
    connect(m_freeWindow, &QTimer::timeout, this, [this] {
        m_window.reset();
        QPixmapCache::clear();
        malloc_trim(0); // what a window of pages and icons used goes back to the system
    });
    connect(m_trayDelay, &QTimer::timeout, this, &DesktopApp::refreshTray);
    const auto trayLater = [this] { m_trayDelay->start(kTrayDelay_ms); };

    connect(&m_link, &BrokerLink::opened, this, &DesktopApp::onOpened);
    connect(&m_link, &BrokerLink::event, this, &DesktopApp::onEvent);
    connect(&m_link, &BrokerLink::brokerRequest, this, [this](const QString& id, const QString& method, const QJsonObject& parameters) {
        m_link.answer(id, m_requests.handle(method, parameters).value_or(QJsonObject{}));
    });
    connect(&m_requests, &DesktopRequests::showWanted, this, &DesktopApp::onShowWanted);
    connect(&m_requests, &DesktopRequests::fileDialogWanted, this, [this](const QString& workspace) { m_desk.chooseFile(workspace, nullptr); });
    connect(&m_viewers, &Viewers::redrawn, this, [this](const QString& workspace) {
        const ui::ErrorContext context = m_desk.contextOf(workspace);
        m_desk.showFailure(ui::ErrorPresenter::viewerDied(context.workspaceName), context);
    });
    connect(&m_viewers, &Viewers::startFailed, this, [this](const QString& workspace, const QString& reason) {
        m_desk.showFailure({u"viewer.unavailable"_s, tr("No windows can be shown"), tr("The program that draws them could not be started."), {}, reason},
                           m_desk.contextOf(workspace));
    });
    connect(&m_workspaces, &ui::WorkspaceService::changed, this, [this, trayLater](const ui::Workspace& workspace) {
        for (const ui::OpenWindow& window : workspace.openWindows)
            if (window.active)
                m_front = workspace.id;
        trayLater();
    });
    connect(&m_workspaces, &ui::WorkspaceService::removed, this, [this, trayLater](const QString& id) {
        m_viewers.forget(id);
        trayLater();
    });
    connect(&m_workspaces, &ui::WorkspaceService::listed, this, trayLater);
    connect(&m_workspaces, &ui::WorkspaceService::listed, this, &DesktopApp::readTraySettings);
    connect(&m_workspaces, &ui::WorkspaceService::connectionChanged, this, trayLater);
    connect(&m_policy, &ui::PolicyService::changed, this, &DesktopApp::readTraySettings);
    connect(&m_tray, &ui::Tray::chosen, this, &DesktopApp::onTray);
    connect(&m_tray, &ui::Tray::activated, this, [this] {
        if (m_window && m_window->isActiveWindow())
            m_window->close();
        else
            show(u"main"_s);
    });
    connect(&m_tray, &ui::Tray::middleClicked, this, [this] {
        const ui::Workspace* front = ui::TrayPresenter::target(trayInput());
        if (!front)
            return;
        const ui::HeaderActions actions = ui::WorkspacePresenter::actions(*front);
        if (actions.pause)
            m_desk.pause(front->id);
        else if (actions.resume)
            m_desk.resume(front->id);
    });
    connect(&m_tray, &ui::Tray::hostChanged, this, [this](bool hasHost) {
        if (m_window)
            m_window->setHasTray(hasHost);
        registerDesktop();
    });
    connect(&m_desk, &ui::Desk::pageWanted, this, [this](const QString& page, const QString& workspace, const QString& argument) {
        ensureWindow();
        m_window->showPage(page, workspace, argument);
        show(QString());
    });
}

DesktopApp::~DesktopApp() = default;

void DesktopApp::start()
{
    m_link.open();
    if (!m_background)
        show(u"main"_s);
}

void DesktopApp::applyLook()
{
    ui::applyTheme(m_look.theme(), m_look.reducedMotion());
}

void DesktopApp::onOpened()
{
    registerDesktop();
}

void DesktopApp::registerDesktop()
{
    const QString platform = QGuiApplication::platformName();
    m_link.request(u"desktop.register"_s, {{u"theme"_s, ui::nameOf(m_look.theme())},
                                           {u"tray"_s, m_tray.hasHost()},
                                           {u"display"_s, platform == "xcb"_L1 ? u"x11"_s : platform}});
}

void DesktopApp::onEvent(const QString& type, const QJsonObject& parameters)
{
    if (type == "viewer.wanted"_L1)
        m_viewers.want(parameters["workspace"_L1].toString());
}

void DesktopApp::onShowWanted(const QString& page, const QString& workspace)
{
    if (page == "what-is-this"_L1) {
        const std::optional<ui::Workspace> found = m_desk.find(workspace);
        if (!found)
            return;
        ui::WindowFacts facts{*found, std::nullopt};
        for (const ui::OpenWindow& window : found->openWindows)
            if (window.active)
                facts.window = window;
        auto* dialog = new ui::WindowInfoDialog(facts);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->show();
        dialog->raise();
        dialog->activateWindow();
        return;
    }
    ensureWindow();
    m_window->showPage(page, workspace, QString());
    show(QString());
}

void DesktopApp::ensureWindow()
{
    m_freeWindow->stop();
    if (m_window)
        return;
    m_window = std::make_unique<ui::MainWindow>(m_desk);
    m_window->setHasTray(m_tray.hasHost());
    connect(m_window.get(), &ui::MainWindow::hiddenIntoTray, this, &DesktopApp::onHidden);
    connect(m_window.get(), &ui::MainWindow::quitWanted, this, &DesktopApp::askQuit);
    connect(m_window.get(), &ui::MainWindow::aboutWanted, this, [this] {
        auto* dialog = new ui::AboutDialog(m_desk, m_window.get());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
}

void DesktopApp::show(const QString& page)
{
    ensureWindow();
    if (page == "check-up"_L1)
        m_window->showCheckUp();
    if (m_window->isMinimized())
        m_window->showNormal();
    m_window->show();
    m_window->raise();
    m_window->activateWindow();
}

void DesktopApp::onHidden()
{
    m_freeWindow->start(kFreeWindowAfter_ms);
    if (m_state.isDismissed(u"stays-in-tray"_s))
        return;
    m_state.dismiss(u"stays-in-tray"_s);
    m_tray.notify(tr("Annex stays in the tray"), tr("Workspaces keep running. Quit from its menu."));
}

ui::TrayInput DesktopApp::trayInput() const
{
    return {m_workspaces.workspaces(), m_front, m_traySettings, m_trayApps, m_maximum, m_workspaces.connected() || m_link.isOpen()};
}

void DesktopApp::refreshTray()
{
    if (m_tray.hasHost())
        m_tray.show(ui::TrayPresenter::model(trayInput()));
}

void DesktopApp::readTraySettings()
{
    if (!m_tray.hasHost())
        return;
    for (const ui::Workspace& workspace : m_workspaces.workspaces()) {
        const QString id = workspace.id;
        m_policy.list(id, [this, id](const ui::Outcome<QVector<ui::Setting>>& settings) {
            if (!settings)
                return;
            // Only what the menu shows is kept.
            QVector<ui::Setting> kept;
            for (const ui::Setting& setting : *settings) {
                if (setting.key == "workspace.maximum"_L1)
                    m_maximum = int(setting.value.toDouble(m_maximum));
                if (setting.key.startsWith("clipboard."_L1))
                    kept.push_back(setting);
            }
            m_traySettings[id] = kept;
            m_trayDelay->start(kTrayDelay_ms);
        });
        m_apps.list(id, [this, id](const ui::Outcome<QVector<ui::AppEntry>>& apps) {
            if (!apps)
                return;
            QVector<ui::AppEntry> most;
            for (const ui::AppTile& tile : ui::AppsPresenter::tiles(*apps, {}, {}, ui::AppOrder::MostUsed, m_state.uses()).mid(0, ui::kTrayApps))
                most.push_back({tile.id, tile.name, tile.comment, tile.icon, {}, {}});
            m_trayApps[id] = most;
            m_trayDelay->start(kTrayDelay_ms);
        });
    }
}

void DesktopApp::onTray(const ui::TrayItem& item)
{
    using Command = ui::TrayCommand;
    switch (item.command) {
    case Command::None: break;
    case Command::OpenMain: show(u"main"_s); break;
    case Command::CheckUp: show(u"check-up"_s); break;
    case Command::Quit: askQuit(); break;
    case Command::NewWorkspace:
        m_workspaces.create({{}, u"quarantine"_s, ui::Colour::Amber, ui::Pattern::Dots}, [this](const ui::Outcome<ui::Workspace>& made) {
            if (made)
                m_desk.start(made->id);
            else
                m_desk.showFailure(made.error(), {});
        });
        break;
    case Command::StopAll: m_desk.stopAll(); break;
    case Command::ShowFailure: {
        const std::optional<ui::Workspace> workspace = m_desk.find(item.workspace);
        m_desk.showFailure(workspace && workspace->error ? *workspace->error : ui::ErrorPresenter::brokerAway(), m_desk.contextOf(item.workspace));
        break;
    }
    case Command::BringToFront: m_workspaces.activate(item.workspace, {}, [](const ui::Outcome<ui::Done>&) {}); break;
    case Command::OpenApp: m_desk.openApp(item.workspace, item.argument, false); break;
    case Command::FlipSetting:
        for (const ui::Setting& setting : m_traySettings.value(item.workspace))
            if (setting.key == item.argument)
                m_desk.flip(item.workspace, setting, !item.checked);
        break;
    case Command::ExplainSetting:
    case Command::ShowSettings:
        ensureWindow();
        m_window->showPage(u"settings"_s, item.workspace, item.argument);
        show(QString());
        break;
    case Command::Start: m_desk.start(item.workspace); break;
    case Command::Pause: m_desk.pause(item.workspace); break;
    case Command::Resume: m_desk.resume(item.workspace); break;
    case Command::Stop: m_desk.stop(item.workspace); break;
    case Command::Reset: m_desk.askReset(item.workspace, nullptr); break;
    }
}

void DesktopApp::askQuit()
{
    int running = 0;
    ui::Identity first;
    for (const ui::Workspace& workspace : m_workspaces.workspaces()) {
        if (!ui::WorkspacePresenter::isLive(workspace.state))
            continue;
        if (running++ == 0)
            first = ui::identityOf(workspace);
    }
    if (running == 0 || !m_link.isOpen()) {
        quit();
        return;
    }
    ui::QuestionDialog::ask(ui::WorkspacePresenter::quitQuestion(running), first, m_window && m_window->isVisible() ? m_window.get() : nullptr, this, [this] {
        m_link.request(u"broker.shutdown"_s, {{u"force"_s, true}}, [this](const BrokerAnswer&) { quit(); });
    });
}

void DesktopApp::quit()
{
    m_window.reset();
    QCoreApplication::quit();
}

} // namespace annex::desktop

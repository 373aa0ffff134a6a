// SPDX-License-Identifier: Apache-2.0
#include "ui/pages/desk.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QTimer>
#include <QUrl>

#include "ui/pages/error_dialog.h"
#include "ui/pages/question_dialog.h"
#include "ui/pages/start_window.h"
#include "ui/presenters/settings_presenter.h"
#include "ui/presenters/start_presenter.h"
#include "ui/presenters/workspace_presenter.h"

namespace annex::ui {

namespace {

constexpr int kQuietStart_ms = 400; // ui.md section 9: a start that is faster than this shows nothing
constexpr int kFirstWindow_ms = 5000; // a program that shows nothing by then most likely has no window

} // namespace

Desk::Desk(const Services& services, UiState& state, QObject* parent) : QObject(parent), m_services(services), m_state(state)
{
    connect(&services.workspaces, &WorkspaceService::changed, this, &Desk::onChanged);
    connect(&services.workspaces, &WorkspaceService::stage, this, &Desk::onStage);
    connect(&services.workspaces, &WorkspaceService::removed, this, [this](const QString& id) { endStart(id, false); });
    connect(&services.workspaces, &WorkspaceService::notice, this, [this](const Failure& failure, const QString& workspace) {
        showFailure(failure, contextOf(workspace));
    });
}

Desk::~Desk()
{
    for (const Start& start : std::as_const(m_starts))
        delete start.window.data();
    for (const QPointer<ErrorDialog>& dialog : std::as_const(m_errors))
        delete dialog.data();
}

std::optional<Workspace> Desk::find(const QString& id) const
{
    for (const Workspace& workspace : m_services.workspaces.workspaces())
        if (workspace.id == id)
            return workspace;
    return std::nullopt;
}

ErrorContext Desk::contextOf(const QString& workspace, const QString& filePath) const
{
    const std::optional<Workspace> found = find(workspace);
    return {workspace, found ? found->name : tr("The workspace"), filePath};
}

template <class T>
Reply<T> Desk::report(const QString& workspace, const QString& filePath)
{
    return [self = QPointer<Desk>(this), workspace, filePath](Outcome<T> outcome) {
        if (!self)
            return;
        self->m_purposes.remove(workspace);
        self->m_bareStarts.remove(workspace);
        if (const auto start = self->m_starts.constFind(workspace); !outcome && start != self->m_starts.cend() && start->ready_ms >= 0)
            self->endStart(workspace, false); // the workspace runs, the program does not: no window will come
        if (!outcome && !ErrorPresenter::isCancelled(outcome.error()))
            self->showFailure(outcome.error(), self->contextOf(workspace, filePath));
    };
}

void Desk::openApp(const QString& workspace, const QString& app, bool fresh)
{
    m_state.countUse(app);
    Q_EMIT usesChanged();
    m_services.apps.open(workspace, app, fresh, report<Opened>(workspace));
}

void Desk::openFile(const QString& workspace, const QString& path, bool fresh)
{
    m_purposes.insert(workspace, QFileInfo(path).fileName());
    m_services.apps.openFile(workspace, path, fresh, report<Opened>(workspace, path));
}

void Desk::run(const QString& workspace, const QStringList& argv, bool fresh)
{
    m_purposes.insert(workspace, argv.value(0));
    m_services.apps.run(workspace, argv, fresh, report<Opened>(workspace));
}

void Desk::chooseFile(const QString& workspace, QWidget* parent)
{
    auto* dialog = new QFileDialog(parent, tr("Send a file in"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setLabelText(QFileDialog::Accept, tr("Send in"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, workspace](const QString& path) { openFile(workspace, path, false); });
    dialog->open();
}

void Desk::start(const QString& workspace)
{
    m_bareStarts.insert(workspace);
    m_services.workspaces.start(workspace, report<Done>(workspace));
}

void Desk::cancelStart(const QString& workspace)
{
    m_services.workspaces.cancelStart(workspace, report<Done>(workspace));
}

void Desk::stop(const QString& workspace)
{
    m_services.workspaces.stop(workspace, false, report<Done>(workspace));
}

void Desk::pause(const QString& workspace)
{
    m_services.workspaces.pause(workspace, report<Done>(workspace));
}

void Desk::resume(const QString& workspace)
{
    m_services.workspaces.resume(workspace, report<Done>(workspace));
}

void Desk::stopAll()
{
    for (const Workspace& workspace : m_services.workspaces.workspaces())
        if (WorkspacePresenter::isLive(workspace.state))
            stop(workspace.id);
}

void Desk::askReset(const QString& id, QWidget* parent)
{
    const std::optional<Workspace> workspace = find(id);
    if (!workspace)
        return;
    QuestionDialog::ask(WorkspacePresenter::resetQuestion(*workspace), identityOf(*workspace), parent, this,
                        [this, id] { m_services.workspaces.reset(id, report<qint64>(id)); });
}

void Desk::askRemove(const QString& id, QWidget* parent)
{
    const std::optional<Workspace> workspace = find(id);
    if (!workspace || !WorkspacePresenter::actions(*workspace).remove)
        return;
    QuestionDialog::ask(WorkspacePresenter::removeQuestion(*workspace), identityOf(*workspace), parent, this,
                        [this, id] { m_services.workspaces.remove(id, report<Done>(id)); });
}

void Desk::flip(const QString& workspace, const Setting& setting, bool on)
{
    m_services.policy.set(workspace, setting.key, SettingsPresenter::flipped(setting, on, std::nullopt), report<Done>(workspace));
}

void Desk::onChanged(const Workspace& workspace)
{
    const bool starting = workspace.state == WorkspaceState::Starting;
    if (starting && !m_starts.contains(workspace.id))
        beginStart(workspace.id);
    else if (!starting && m_starts.contains(workspace.id))
        runs(workspace);
}

void Desk::runs(const Workspace& workspace)
{
    Start& start = m_starts[workspace.id];
    const bool running = workspace.state == WorkspaceState::Running;
    if (!running || !start.expectsWindow || !workspace.openWindows.isEmpty()) {
        endStart(workspace.id, running);
    } else if (start.ready_ms < 0) {
        // Somebody opened something: to a person it is there when its first window stands.
        start.ready_ms = int(start.since.elapsed());
        QTimer::singleShot(kFirstWindow_ms, this, [this, id = workspace.id, number = start.number] {
            if (const auto found = m_starts.constFind(id); found != m_starts.cend() && found->number == number)
                endStart(id, true);
        });
    }
}

void Desk::onStage(const QString& id, Stage stage, int elapsed_ms)
{
    if (!m_starts.contains(id))
        beginStart(id);
    Start& start = m_starts[id];
    start.stages_ms.push_back({stage, elapsed_ms});
    if (start.window)
        start.window->enter(stage, elapsed_ms);
}

void Desk::beginStart(const QString& id)
{
    Start& start = m_starts[id];
    start.since.start();
    start.number = ++m_startNumber;
    start.purpose = m_purposes.value(id);
    start.expectsWindow = !m_bareStarts.remove(id);
    QTimer::singleShot(kQuietStart_ms, this, [this, id] { showStart(id); });
}

void Desk::showStart(const QString& id)
{
    const auto found = m_starts.find(id);
    const std::optional<Workspace> workspace = find(id);
    if (found == m_starts.end() || found->window || !workspace)
        return;
    auto* window = new StartWindow(*workspace, found->purpose, m_state.starts_ms(workspace->engine));
    found->window = window;
    window->setAttribute(Qt::WA_DeleteOnClose);
    for (const auto& [stage, elapsed_ms] : std::as_const(found->stages_ms))
        window->enter(stage, elapsed_ms);
    connect(window, &StartWindow::cancelled, this, [this, id] { cancelStart(id); });
    window->begin(int(found->since.elapsed()));
}

void Desk::endStart(const QString& id, bool ready)
{
    const auto found = m_starts.find(id);
    if (found == m_starts.end())
        return;
    if (ready) {
        const std::optional<Workspace> workspace = find(id);
        const bool windowCame = !workspace || !workspace->openWindows.isEmpty();
        // Waiting in vain for a window says nothing of how long a start takes.
        m_state.rememberStart(workspace ? workspace->engine : QString(), !windowCame && found->ready_ms >= 0 ? found->ready_ms : int(found->since.elapsed()));
    }
    if (found->window)
        found->window->finish();
    m_starts.erase(found);
}

void Desk::showFailure(const Failure& failure, const ErrorContext& context)
{
    showError(failure.id + QLatin1Char(' ') + context.workspaceId, ErrorPresenter::view(failure, context), context);
}

void Desk::chooseStore(const PolicyState& state)
{
    showError(QStringLiteral("policy.store-corrupt"), ErrorPresenter::storeSetAside(state), {});
}

void Desk::showError(const QString& key, const ErrorView& view, const ErrorContext& context)
{
    if (m_errors.value(key)) {
        m_errors[key]->raise();
        return;
    }
    auto* dialog = new ErrorDialog(view);
    m_errors[key] = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ErrorDialog::wanted, this, [this, context](ErrorAction action, const QString& argument) { act(action, argument, context); });
    dialog->show();
}

void Desk::act(ErrorAction action, const QString& argument, const ErrorContext& context)
{
    switch (action) {
    case ErrorAction::ShowCheckUp: Q_EMIT pageWanted(QStringLiteral("check-up"), context.workspaceId, {}); break;
    case ErrorAction::ShowApps: Q_EMIT pageWanted(QStringLiteral("apps"), context.workspaceId, {}); break;
    case ErrorAction::ShowActivity: Q_EMIT pageWanted(QStringLiteral("activity"), context.workspaceId, {}); break;
    case ErrorAction::ShowSettings: Q_EMIT pageWanted(QStringLiteral("settings"), context.workspaceId, argument); break;
    case ErrorAction::StartAgain: start(context.workspaceId); break;
    case ErrorAction::Reset: askReset(context.workspaceId, nullptr); break;
    case ErrorAction::TryAgain: m_services.workspaces.reconnect(); break;
    case ErrorAction::OpenFile: chooseFile(context.workspaceId, nullptr); break;
    case ErrorAction::RunFile:
        m_purposes.insert(context.workspaceId, QFileInfo(context.filePath).fileName());
        m_services.apps.runFile(context.workspaceId, context.filePath, false, report<Opened>(context.workspaceId));
        break;
    case ErrorAction::RestoreStore: m_services.policy.repair(argument, report<Done>(QString())); break;
    case ErrorAction::ShowFolder: QDesktopServices::openUrl(QUrl::fromLocalFile(argument)); break;
    case ErrorAction::CopyReport:
    case ErrorAction::None: break;
    }
}

} // namespace annex::ui

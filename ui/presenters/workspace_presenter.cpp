// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/workspace_presenter.h"

#include <algorithm>

#include "ui/presenters/words.h"

namespace annex::ui {

namespace {

QString windowCount(int windows)
{
    if (windows == 1)
        return WorkspacePresenter::tr("1 window");
    return WorkspacePresenter::tr("%n windows", nullptr, windows);
}

bool sameProfile(const Workspace& a, const Workspace& b)
{
    return a.profile == b.profile && a.colour == b.colour;
}

} // namespace

QString WorkspacePresenter::stateLine(const Workspace& workspace)
{
    switch (workspace.state) {
    case WorkspaceState::Running:
        if (workspace.windows == 0)
            return tr("Running · no window");
        return tr("Running · %1", "%1 is a number of windows").arg(windowCount(workspace.windows));
    case WorkspaceState::Starting: return tr("Starting…");
    case WorkspaceState::Pausing: return tr("Pausing…");
    case WorkspaceState::Paused: return tr("Paused");
    case WorkspaceState::Resuming: return tr("Resuming…");
    case WorkspaceState::Stopping: return tr("Stopping…");
    case WorkspaceState::Failed: return tr("Failed · see why");
    case WorkspaceState::Stopped: break;
    }
    return tr("Stopped");
}

StateSign WorkspacePresenter::stateSign(WorkspaceState state)
{
    switch (state) {
    case WorkspaceState::Running: return StateSign::Disc;
    case WorkspaceState::Starting:
    case WorkspaceState::Resuming:
    case WorkspaceState::Pausing:
    case WorkspaceState::Stopping: return StateSign::Ring;
    case WorkspaceState::Paused: return StateSign::Bars;
    case WorkspaceState::Failed: return StateSign::Triangle;
    case WorkspaceState::Stopped: break;
    }
    return StateSign::HollowSquare;
}

bool WorkspacePresenter::isLive(WorkspaceState state)
{
    return state != WorkspaceState::Stopped && state != WorkspaceState::Failed;
}

QString WorkspacePresenter::accessibleRow(const Workspace& workspace)
{
    QStringList parts{workspace.name};
    switch (workspace.state) {
    case WorkspaceState::Running:
        parts << tr("running", "state, spoken") << windowCount(workspace.windows);
        break;
    case WorkspaceState::Failed: parts << tr("failed", "state, spoken"); break;
    case WorkspaceState::Stopped: parts << tr("stopped", "state, spoken"); break;
    case WorkspaceState::Paused: parts << tr("paused", "state, spoken"); break;
    default: parts << stateLine(workspace).remove(QChar(0x2026)).toLower(); break;
    }
    parts << tr("level %1", "spoken").arg(wordOf(workspace.level));
    parts << Words::persistence(workspace.disposable).toLower();
    return parts.join(tr(", ", "between the parts of a spoken row"));
}

SidebarRow WorkspacePresenter::row(const Workspace& workspace)
{
    SidebarRow row;
    row.id = workspace.id;
    row.identity = identityOf(workspace);
    row.stateLine = stateLine(workspace);
    row.sign = stateSign(workspace.state);
    row.live = workspace.state == WorkspaceState::Running;
    row.failed = workspace.state == WorkspaceState::Failed;
    row.child = workspace.fresh;
    row.startable = !isLive(workspace.state);
    row.accessible = accessibleRow(workspace);
    return row;
}

QVector<SidebarRow> WorkspacePresenter::rows(const QVector<Workspace>& workspaces)
{
    QVector<Workspace> ordered;
    for (const Workspace& workspace : workspaces)
        if (!workspace.fresh)
            ordered.push_back(workspace);
    for (const Workspace& workspace : workspaces) {
        if (!workspace.fresh)
            continue;
        auto parent = std::find_if(ordered.begin(), ordered.end(),
                                   [&](const Workspace& other) { return !other.fresh && sameProfile(other, workspace); });
        if (parent == ordered.end()) {
            ordered.push_back(workspace);
            continue;
        }
        auto place = parent + 1;
        while (place != ordered.end() && place->fresh)
            ++place;
        ordered.insert(place, workspace);
    }
    QVector<SidebarRow> rows;
    for (const Workspace& workspace : ordered)
        rows.push_back(row(workspace));
    return rows;
}

QVector<Fact> WorkspacePresenter::facts(const Workspace& workspace)
{
    QVector<Fact> facts;
    facts.push_back({Words::levelIcon(workspace.level), wordOf(workspace.level), sentenceOf(workspace.level)});
    facts.push_back(workspace.disposable
                        ? Fact{QStringLiteral("disposable"), Words::persistence(true), tr("Everything is thrown away when it stops.")}
                        : Fact{QStringLiteral("kept"), Words::persistence(false), tr("Files and programs stay when it stops.")});
    facts.push_back({QStringLiteral("network-off"), tr("Offline"), tr("Programs here reach no network.")});
    if (workspace.unlimited.contains(QStringLiteral("memory.maximum")))
        facts.push_back({QStringLiteral("memory"), tr("Memory unlimited"),
                         tr("This computer hands Annex no control group, so the default limit does not hold.")});
    if (workspace.state == WorkspaceState::Running && workspace.startedAt)
        facts.push_back({QStringLiteral("clock"), tr("Running since %1").arg(Words::timeOfDay(*workspace.startedAt)), QString()});
    else if (workspace.state != WorkspaceState::Running)
        facts.push_back({workspace.state == WorkspaceState::Paused ? QStringLiteral("pause") : QStringLiteral("clock"),
                         stateLine(workspace), QString()});
    return facts;
}

HeaderActions WorkspacePresenter::actions(const Workspace& workspace)
{
    HeaderActions actions;
    switch (workspace.state) {
    case WorkspaceState::Stopped:
    case WorkspaceState::Failed:
        actions.start = true;
        actions.remove = true;
        break;
    case WorkspaceState::Starting: actions.cancel = true; break;
    case WorkspaceState::Running:
        actions.pause = workspace.canPause;
        actions.stop = true;
        break;
    case WorkspaceState::Paused:
        actions.resume = true;
        actions.stop = true;
        break;
    case WorkspaceState::Pausing:
    case WorkspaceState::Resuming: actions.stop = true; break;
    case WorkspaceState::Stopping: break;
    }
    actions.reset = workspace.state == WorkspaceState::Running || workspace.state == WorkspaceState::Paused;
    return actions;
}

QString WorkspacePresenter::announcement(const Workspace& workspace)
{
    return tr("%1: %2", "workspace: its state, spoken when it changes").arg(workspace.name, stateLine(workspace));
}

Question WorkspacePresenter::resetQuestion(const Workspace& workspace)
{
    return {tr("Reset %1?").arg(workspace.name),
            tr("Its programs end and all its files are deleted for good. It starts empty the next time."), tr("Reset"), tr("Cancel")};
}

Question WorkspacePresenter::removeQuestion(const Workspace& workspace)
{
    return {tr("Remove %1?").arg(workspace.name),
            tr("Its settings and all its files are deleted for good. Records in Activity stay."), tr("Remove"), tr("Cancel")};
}

Question WorkspacePresenter::quitQuestion(int running)
{
    const QString title = running == 1 ? tr("Quit and stop 1 workspace?") : tr("Quit and stop %n workspaces?", nullptr, running);
    return {title, tr("What disposable workspaces hold is thrown away."), tr("Stop and quit"), tr("Stay")};
}

QString WorkspacePresenter::freeName(const QVector<Workspace>& workspaces)
{
    const auto taken = [&](const QString& name) {
        return std::any_of(workspaces.begin(), workspaces.end(),
                           [&](const Workspace& other) { return other.name.compare(name, Qt::CaseInsensitive) == 0; });
    };
    QString name = tr("Workspace", "name of a new workspace");
    for (int number = 2; taken(name); ++number)
        name = tr("Workspace %1", "name of a new workspace, with a number").arg(number);
    return name;
}

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/tray_presenter.h"

#include <algorithm>
#include <iterator>

#include "ui/presenters/settings_presenter.h"
#include "ui/presenters/words.h"
#include "ui/presenters/workspace_presenter.h"

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;
using Kind = TrayItem::Kind;

/// The switches that exist in this version, in ui.md's order.
constexpr QLatin1StringView kSwitches[] = {"clipboard.to_workspace"_L1, "clipboard.from_workspace"_L1};

int count(const QVector<Workspace>& workspaces, WorkspaceState state)
{
    return int(std::count_if(workspaces.begin(), workspaces.end(), [&](const Workspace& one) { return one.state == state; }));
}

int live(const QVector<Workspace>& workspaces)
{
    return int(std::count_if(workspaces.begin(), workspaces.end(), [](const Workspace& one) { return WorkspacePresenter::isLive(one.state); }));
}

qint64 memory_bytes(const QVector<Workspace>& workspaces)
{
    qint64 sum = 0;
    for (const Workspace& one : workspaces)
        if (WorkspacePresenter::isLive(one.state))
            sum += one.memory_bytes.value_or(0);
    return sum;
}

const Workspace* failed(const QVector<Workspace>& workspaces)
{
    const auto found = std::find_if(workspaces.begin(), workspaces.end(), [](const Workspace& one) { return one.state == WorkspaceState::Failed; });
    return found == workspaces.end() ? nullptr : &*found;
}

TrayItem line(QString text, TrayCommand command, QString workspace = {}, QString icon = {})
{
    TrayItem item;
    item.text = std::move(text);
    item.command = command;
    item.workspace = std::move(workspace);
    item.icon = std::move(icon);
    return item;
}

TrayItem heading(QString text)
{
    TrayItem item;
    item.kind = Kind::Heading;
    item.text = std::move(text);
    item.enabled = false;
    return item;
}

TrayItem separator()
{
    TrayItem item;
    item.kind = Kind::Separator;
    return item;
}

TrayItem settingLine(const Setting& setting, const QString& workspace)
{
    TrayItem item;
    item.workspace = workspace;
    item.argument = setting.key;
    if (setting.locked) {
        item.kind = Kind::Locked;
        item.icon = u"lock"_s;
        item.command = TrayCommand::ExplainSetting;
        item.text = setting.organisation.isEmpty() ? TrayPresenter::tr("%1 — locked by your organisation").arg(setting.title)
                                                   : TrayPresenter::tr("%1 — locked by %2").arg(setting.title, setting.organisation);
        return item;
    }
    item.kind = Kind::Switch;
    item.command = TrayCommand::FlipSetting;
    item.text = setting.title;
    item.checked = !SettingsPresenter::isOff(setting, setting.value);
    return item;
}

std::vector<TrayItem> switchLines(const TrayInput& input, const QString& workspace)
{
    std::vector<TrayItem> lines;
    const QVector<Setting> settings = input.settings.value(workspace);
    for (const QLatin1StringView key : kSwitches)
        for (const Setting& setting : settings)
            if (setting.key == key)
                lines.push_back(settingLine(setting, workspace));
    return lines;
}

void addLifeLines(std::vector<TrayItem>& lines, const Workspace& workspace)
{
    const HeaderActions actions = WorkspacePresenter::actions(workspace);
    if (actions.start)
        lines.push_back(line(TrayPresenter::tr("Start"), TrayCommand::Start, workspace.id));
    if (actions.pause)
        lines.push_back(line(TrayPresenter::tr("Pause"), TrayCommand::Pause, workspace.id));
    if (actions.resume)
        lines.push_back(line(TrayPresenter::tr("Resume"), TrayCommand::Resume, workspace.id));
    if (actions.stop)
        lines.push_back(line(TrayPresenter::tr("Stop"), TrayCommand::Stop, workspace.id));
    if (actions.reset)
        lines.push_back(line(TrayPresenter::tr("Reset…"), TrayCommand::Reset, workspace.id));
}

TrayItem workspaceLine(const TrayInput& input, const Workspace& workspace)
{
    TrayItem item;
    item.swatch = identityOf(workspace);
    item.workspace = workspace.id;
    item.text = workspace.state == WorkspaceState::Running
                    ? workspace.name
                    : TrayPresenter::tr("%1 · %2", "workspace, its state").arg(workspace.name, WorkspacePresenter::stateLine(workspace).toLower());
    if (workspace.windows > 0)
        item.children.push_back(line(TrayPresenter::tr("Bring windows to front"), TrayCommand::BringToFront, workspace.id));
    const QVector<AppEntry> apps = input.mostUsed.value(workspace.id);
    if (!apps.isEmpty()) {
        TrayItem menu = line(TrayPresenter::tr("Apps"), TrayCommand::None, workspace.id);
        for (const AppEntry& app : apps.mid(0, kTrayApps)) {
            TrayItem entry = line(app.name, TrayCommand::OpenApp, workspace.id);
            entry.argument = app.id;
            menu.children.push_back(entry);
        }
        item.children.push_back(menu);
    }
    std::ranges::copy(switchLines(input, workspace.id), std::back_inserter(item.children));
    addLifeLines(item.children, workspace);
    item.children.push_back(line(TrayPresenter::tr("Settings"), TrayCommand::ShowSettings, workspace.id));
    return item;
}

TrayItem headLine(const TrayInput& input)
{
    if (!input.connected)
        return line(TrayPresenter::tr("Annex's service does not answer · see why"), TrayCommand::ShowFailure);
    if (const Workspace* bad = failed(input.workspaces))
        return line(TrayPresenter::tr("%1 failed · see why").arg(bad->name), TrayCommand::ShowFailure, bad->id);
    const int running = live(input.workspaces);
    if (running == 0)
        return heading(TrayPresenter::tr("Nothing is running"));
    const QString words = running == 1 ? TrayPresenter::tr("1 workspace running") : TrayPresenter::tr("%n workspaces running", nullptr, running);
    const qint64 bytes = memory_bytes(input.workspaces);
    return heading(bytes > 0 ? TrayPresenter::tr("%1 · %2", "workspaces running, memory").arg(words, Words::bytes(bytes)) : words);
}

void addWorkspaceLines(std::vector<TrayItem>& items, const TrayInput& input)
{
    QVector<Workspace> ordered = input.workspaces;
    if (ordered.size() > kTrayWorkspaces) // what runs is what a person looks for here
        std::stable_partition(ordered.begin(), ordered.end(), [](const Workspace& one) { return WorkspacePresenter::isLive(one.state); });
    const qsizetype shown = ordered.size() > kTrayWorkspaces ? kTrayWorkspaces - 1 : ordered.size();
    for (const Workspace& workspace : ordered.mid(0, shown))
        items.push_back(workspaceLine(input, workspace));
    if (shown < ordered.size())
        items.push_back(line(TrayPresenter::tr("%n more in Annex…", nullptr, int(ordered.size() - shown)), TrayCommand::OpenMain));
}

} // namespace

const Workspace* TrayPresenter::target(const TrayInput& input)
{
    for (const Workspace& one : input.workspaces)
        if (one.id == input.front)
            return &one;
    for (const Workspace& one : input.workspaces)
        if (!one.fresh)
            return &one;
    return input.workspaces.isEmpty() ? nullptr : &input.workspaces.first();
}

TrayState TrayPresenter::state(const TrayInput& input)
{
    if (!input.connected || failed(input.workspaces))
        return TrayState::Problem;
    const int alive = live(input.workspaces);
    if (alive == 0)
        return TrayState::Ready;
    return count(input.workspaces, WorkspaceState::Paused) == alive ? TrayState::Paused : TrayState::Running;
}

QString TrayPresenter::tooltip(const TrayInput& input)
{
    if (!input.connected)
        return tr("Annex · its service does not answer");
    if (const Workspace* bad = failed(input.workspaces))
        return tr("Annex · %1 failed").arg(bad->name);
    const int running = live(input.workspaces);
    if (running == 0)
        return tr("Annex · nothing is running");
    const qint64 bytes = memory_bytes(input.workspaces);
    return bytes > 0 ? tr("Annex · %1 running · %2").arg(running).arg(Words::bytes(bytes)) : tr("Annex · %1 running").arg(running);
}

TrayModel TrayPresenter::model(const TrayInput& input)
{
    TrayModel model;
    model.state = state(input);
    model.tooltip = tooltip(input);
    std::vector<TrayItem>& items = model.items;
    items.push_back(headLine(input));
    items.push_back(separator());
    if (input.connected) {
        addWorkspaceLines(items, input);
        const int running = live(input.workspaces);
        items.push_back(running < input.maximum ? line(tr("New disposable workspace"), TrayCommand::NewWorkspace, {}, u"plus"_s)
                                                : heading(tr("%1 of %2 workspaces running").arg(running).arg(input.maximum)));
        items.push_back(separator());
        if (const Workspace* front = target(input)) {
            const std::vector<TrayItem> switches = switchLines(input, front->id);
            if (!switches.empty()) {
                items.push_back(heading(front->id == input.front ? tr("%1, in front").arg(front->name) : front->name));
                std::ranges::copy(switches, std::back_inserter(items));
                items.push_back(separator());
            }
            const HeaderActions actions = WorkspacePresenter::actions(*front);
            if (actions.pause)
                items.push_back(line(tr("Pause %1").arg(front->name), TrayCommand::Pause, front->id));
            if (actions.resume)
                items.push_back(line(tr("Resume %1").arg(front->name), TrayCommand::Resume, front->id));
            if (actions.reset)
                items.push_back(line(tr("Reset %1…").arg(front->name), TrayCommand::Reset, front->id));
        }
        if (running > 0) {
            items.push_back(line(tr("Stop all workspaces"), TrayCommand::StopAll));
            items.push_back(separator());
        }
    }
    items.push_back(line(tr("Open Annex"), TrayCommand::OpenMain));
    items.push_back(line(tr("Check-up"), TrayCommand::CheckUp));
    items.push_back(line(tr("Quit Annex…"), TrayCommand::Quit));
    return model;
}

QStringList TrayPresenter::asText(std::span<const TrayItem> items)
{
    QStringList lines;
    for (const TrayItem& item : items) {
        QString mark = u"  "_s;
        if (item.kind == Kind::Switch)
            mark = item.checked ? u"x "_s : u"o "_s;
        else if (item.kind == Kind::Locked)
            mark = u"# "_s;
        else if (item.kind == Kind::Heading)
            mark = u"= "_s;
        QString text = item.kind == Kind::Separator ? u"---"_s : mark + item.text;
        if (!item.enabled && item.kind != Kind::Heading && item.kind != Kind::Separator)
            text += u" (off)"_s;
        if (!item.children.empty())
            text += u" >"_s;
        lines << text;
    }
    return lines;
}

} // namespace annex::ui

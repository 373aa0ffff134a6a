// SPDX-License-Identifier: Apache-2.0
#include "app/broker/doctor.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/broker/broker.h"
#include "app/broker/views.h"

namespace annex::broker {

namespace {

using nlohmann::json;
using State = Check::State;

const char* word(State state)
{
    return state == State::Fine ? "fine" : state == State::Look ? "look" : "broken";
}

Check engineCheck(const isolation::Engine& engine, const Result<void>& works)
{
    Check out{State::Fine, "engine." + engine.name(), fmt::format("Engine {}", engine.name()), fmt::format("It works here, at level {}.", views::levelName(engine.level())), {}};
    if (works)
        return out;
    const Problem told = api::problemFrom(works.error(), {{"workspace", "Workspaces"}, {"reason", works.error().context}});
    out.state = State::Broken;
    out.id = works.error().id.empty() ? out.id : works.error().id;
    out.finding = works.error().id.empty() ? "It does not work here." : told.why;
    out.cure = works.error().context;
    return out;
}

Check fromHost(isolation::HostCheck check)
{
    const State state = check.state == isolation::HostCheck::State::Fine ? State::Fine : check.state == isolation::HostCheck::State::Look ? State::Look : State::Broken;
    return {state, std::move(check.id), std::move(check.title), std::move(check.finding), std::move(check.cure)};
}

void addPolicy(Broker& broker, std::vector<Check>& checks)
{
    const auto store = broker.policy().store();
    if (store.setAside)
        checks.push_back({State::Broken, "policy.store", "Settings", "They could not be read; strict defaults hold.", "Restore a backup or start with defaults: annexctl policy repair"});
    else
        checks.push_back({State::Fine, "policy.store", "Settings", "They are readable and are kept safe against a crash.", {}});
    const auto managed = broker.policy().managed();
    if (managed.state == policy::ManagedPolicy::State::Invalid) {
        std::string what;
        for (const auto& problem : managed.problems)
            what += (what.empty() ? "" : " ") + problem.file + ": " + problem.what + ".";
        checks.push_back({State::Broken, "policy.managed", "Policy of your organisation", "It cannot be trusted or read, so the strictest values hold. " + what, "Ask who looks after /etc/annex/policy.d."});
    } else if (managed.state == policy::ManagedPolicy::State::Valid) {
        checks.push_back({State::Fine, "policy.managed", "Policy of your organisation", fmt::format("In force: {} files{}.", managed.files.size(), managed.organisation.empty() ? "" : " of " + managed.organisation), {}});
    }
}

void addViewers(Broker& broker, std::vector<Check>& checks)
{
    for (const auto& workspace : broker.workspaces().all()) {
        const auto session = broker.session(workspace->row.id);
        if (!session || !session->viewerBox())
            continue;
        const auto& box = *session->viewerBox();
        if (!box.seccomp)
            checks.push_back({State::Broken, "viewer.seccomp", "Box of the viewer", "What shows the windows of " + workspace->row.name + " could not shut itself in.", "Use a kernel with seccomp filters."});
        else if (!box.landlock)
            checks.push_back({State::Look, "viewer.landlock", "Box of the viewer", "What shows the windows of " + workspace->row.name + " is held by its system call filter alone.",
                              "Boot with a kernel that has Landlock (lsm=landlock,…)."});
    }
}

void addDesktop(Broker& broker, std::vector<Check>& checks)
{
    if (!broker.desktop().isHere()) {
        checks.push_back({State::Look, "desktop.none", "Desktop", "No desktop is connected: windows are not shown and the clipboard is off.", "Start it from a session with a display: annex"});
        return;
    }
    checks.push_back({State::Fine, "desktop", "Desktop", "It is connected; windows are shown beside your own.", {}});
    if (broker.desktop().display() == "wayland")
        checks.push_back({State::Look, "desktop.wayland", "Kind of display", "On Wayland the desktop does not let Annex place or raise windows.", "Nothing is to be done; on X11 windows behave as your own."});
    if (broker.desktop().tray() == false)
        checks.push_back({State::Look, "desktop.tray", "Tray", "This desktop shows no tray icons. Everything is in the main window.", "Install an extension that shows tray icons (GNOME: AppIndicator)."});
}

void addLimits(Broker& broker, std::vector<Check>& checks)
{
    for (const auto& workspace : broker.workspaces().all())
        if (!workspace->unlimited.empty())
            checks.push_back({State::Look, "limits.unheld", "Limits of " + workspace->row.name, fmt::format("It runs without {} of its limits.", workspace->unlimited.size()),
                              "Give Annex a control group of its own: start it from a systemd user session, or use ./dev."});
}

} // namespace

json report(std::vector<Check> checks)
{
    std::stable_sort(checks.begin(), checks.end(), [](const Check& a, const Check& b) { return a.state > b.state; });
    json rows = json::array();
    for (const auto& check : checks)
        rows.push_back({{"id", check.id}, {"title", check.title}, {"finding", check.finding}, {"cure", check.cure}, {"state", word(check.state)}});
    return {{"verdict", checks.empty() ? "fine" : word(checks.front().state)}, {"checks", std::move(rows)}};
}

asio::awaitable<json> examine(Broker& broker)
{
    std::vector<Check> checks;
    for (const auto& engine : broker.workspaces().engines()) {
        auto found = co_await engine->examine();
        for (auto& check : found)
            checks.push_back(fromHost(std::move(check)));
        if (!found.empty())
            continue;
        const auto works = co_await engine->probe();
        checks.push_back(engineCheck(*engine, works));
    }
    addPolicy(broker, checks);
    addLimits(broker, checks);
    addViewers(broker, checks);
    addDesktop(broker, checks);
    co_return report(std::move(checks));
}

} // namespace annex::broker

// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "app/broker/core/off_loop.h"
#include "app/broker/methods/methods.h"
#include "app/broker/session/app_list.h"
#include "base/log.h"

namespace annex::broker {

namespace {

using nlohmann::json;
using Apps = std::vector<App>;

std::string language()
{
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const char* value = std::getenv(name); value && *value)
            return value;
    return {};
}

asio::awaitable<Apps> apps(Broker& broker)
{
    auto work = [folders = broker.options().applicationFolders, locale = language()] { return listApps(folders, locale); };
    co_return co_await offLoop<Apps>(broker.pool(), work);
}

Answer list(Broker& broker, CallPointer call)
{
    std::string workspaceId;
    if (call->parameters.contains("workspace")) {
        const auto workspace = broker.workspaces().find(call->text("workspace"));
        if (!workspace)
            co_return api::Refused(workspace.error());
        workspaceId = (*workspace)->row.id;
    }
    const Apps all = co_await apps(broker);
    std::map<std::string, std::int64_t> uses;
    if (const auto used = broker.policy().mostUsed(workspaceId); used && !workspaceId.empty())
        for (const auto& each : *used)
            uses[each.app] = each.uses;
    json out = json::array();
    for (const auto& app : all)
        out.push_back({{"id", app.id}, {"name", app.name}, {"comment", app.comment}, {"icon", app.icon}, {"exec", app.exec}, {"keywords", app.keywords}, {"uses", uses[app.id]}});
    co_return api::Reply{{{"apps", std::move(out)}}, {}, {}};
}

Answer open(Broker& broker, CallPointer call)
{
    const std::string id = call->text("id");
    const Apps all = co_await apps(broker);
    const auto found = std::find_if(all.begin(), all.end(), [&id](const App& app) { return app.id == id || app.id == id + ".desktop"; });
    if (found == all.end())
        co_return api::refuse("app.unknown", {{"program", shown(id)}});
    const auto place = placeFor(broker, *call, false);
    if (!place)
        co_return api::Refused(place.error());
    Undo undo(broker, *place);
    const auto& workspace = place->workspace->row;
    const policy::action::ProgramRun action{shown(found->name), std::nullopt};
    if (auto permitted = permit(broker, *call, action, workspace.id); !permitted)
        co_return api::Refused(std::move(permitted.error()));
    const auto session = co_await ready(broker, place->workspace, subjectOf(*call));
    if (!session)
        co_return api::Refused(session.error());
    control::Spawn what;
    what.arguments = found->exec;
    (*session)->expectWindow();
    std::vector<UniqueFd> noStreams; // named: GCC 12 and braces beside a co_await
    const auto report = std::make_shared<ExitReport>(broker, call->client, workspace.id);
    auto number = co_await (*session)->link().spawn(std::move(what), std::move(noStreams), report->onEnd());
    if (!number)
        co_return api::refuse("app.failed", {{"program", shown(found->name)}}, number.error().describe());
    undo.kept = true;
    if (auto counted = broker.policy().countAppUse(workspace.id, found->id); !counted)
        log("broker").debug("app use not counted: {}", counted.error().describe());
    co_return api::Reply{{{"workspace", workspace.id}, {"program", *number}}, {}, report->afterwards(*number)};
}

} // namespace

void registerAppMethods(Broker& broker)
{
    broker.method("app.list", list);
    broker.method("app.open", open);
}

} // namespace annex::broker

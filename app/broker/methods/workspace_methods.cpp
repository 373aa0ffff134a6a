// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/broker/methods/methods.h"

namespace annex::broker {

namespace {

using nlohmann::json;

api::Reply described(Broker& broker, const Workspace& workspace)
{
    return {broker.describe(workspace), {}, {}};
}

Answer list(Broker& broker, CallPointer)
{
    json out = json::array();
    for (const auto& workspace : broker.workspaces().all())
        out.push_back(broker.describe(*workspace));
    co_return api::Reply{{{"workspaces", std::move(out)}}, {}, {}};
}

Answer get(Broker& broker, CallPointer call)
{
    const auto workspace = broker.workspaces().find(call->text("workspace"));
    if (!workspace)
        co_return api::Refused(workspace.error());
    co_return described(broker, **workspace);
}

Answer create(Broker& broker, CallPointer call)
{
    policy::NewWorkspace wish;
    wish.name = call->text("name");
    wish.profile = call->parameters.value("profile", wish.profile);
    if (call->parameters.contains("colour"))
        wish.colour = call->text("colour");
    if (call->parameters.contains("pattern"))
        wish.pattern = call->text("pattern");
    const auto made = broker.workspaces().create(wish);
    if (!made)
        co_return api::Refused(made.error());
    co_return described(broker, **made);
}

Answer remove(Broker& broker, CallPointer call)
{
    const auto workspace = broker.workspaces().find(call->text("workspace"));
    if (!workspace)
        co_return api::Refused(workspace.error());
    if (auto removed = broker.workspaces().remove(*workspace); !removed)
        co_return api::Refused(removed.error());
    co_return api::Reply{};
}

Answer start(Broker& broker, CallPointer call)
{
    const auto workspace = broker.workspaces().find(call->text("workspace"));
    if (!workspace)
        co_return api::Refused(workspace.error());
    auto started = co_await broker.workspaces().start(*workspace, subjectOf(*call));
    if (!started)
        co_return api::Refused(std::move(started.error()));
    co_return described(broker, **workspace);
}

Answer cancel(Broker& broker, CallPointer call)
{
    const auto workspace = broker.workspaces().find(call->text("workspace"));
    if (!workspace)
        co_return api::Refused(workspace.error());
    if (auto cancelled = broker.workspaces().cancelStart(*workspace); !cancelled)
        co_return api::Refused(std::move(cancelled.error()));
    co_return api::Reply{};
}

Answer stop(Broker& broker, CallPointer call)
{
    const auto workspace = broker.workspaces().find(call->text("workspace"));
    if (!workspace)
        co_return api::Refused(workspace.error());
    const auto how = call->flag("force") ? isolation::StopHow::Kill : isolation::StopHow::Ask;
    auto stopped = co_await broker.workspaces().stop(*workspace, subjectOf(*call), how);
    if (!stopped)
        co_return api::Refused(std::move(stopped.error()));
    co_return api::Reply{};
}

Answer pause(Broker& broker, CallPointer call)
{
    const auto workspace = broker.workspaces().find(call->text("workspace"));
    if (!workspace)
        co_return api::Refused(workspace.error());
    auto paused = co_await broker.workspaces().pause(*workspace, subjectOf(*call));
    if (!paused)
        co_return api::Refused(std::move(paused.error()));
    co_return described(broker, **workspace);
}

Answer resume(Broker& broker, CallPointer call)
{
    const auto workspace = broker.workspaces().find(call->text("workspace"));
    if (!workspace)
        co_return api::Refused(workspace.error());
    auto resumed = co_await broker.workspaces().resume(*workspace, subjectOf(*call));
    if (!resumed)
        co_return api::Refused(std::move(resumed.error()));
    co_return described(broker, **workspace);
}

Answer reset(Broker& broker, CallPointer call)
{
    const auto found = broker.workspaces().find(call->text("workspace"));
    if (!found)
        co_return api::Refused(found.error());
    const auto workspace = *found;
    const bool runs = hasGuest(workspace->state);
    auto stopped = co_await broker.workspaces().stop(workspace, subjectOf(*call), isolation::StopHow::Kill);
    if (!stopped)
        co_return api::Refused(std::move(stopped.error()));
    if (runs && !workspace->row.fresh) {
        auto started = co_await broker.workspaces().start(workspace, subjectOf(*call));
        if (!started)
            co_return api::Refused(std::move(started.error()));
    }
    co_return api::Reply{};
}

} // namespace

void registerWorkspaceMethods(Broker& broker)
{
    broker.method("workspace.list", list);
    broker.method("workspace.get", get);
    broker.method("workspace.create", create);
    broker.method("workspace.remove", remove);
    broker.method("workspace.start", start);
    broker.method("workspace.cancel", cancel);
    broker.method("workspace.stop", stop);
    broker.method("workspace.pause", pause);
    broker.method("workspace.resume", resume);
    broker.method("workspace.reset", reset);
}

} // namespace annex::broker

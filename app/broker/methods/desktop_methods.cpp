// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <nlohmann/json.hpp>

#include "app/broker/methods/methods.h"
#include "app/broker/views.h"
#include "base/log.h"

namespace annex::broker {

namespace {

using nlohmann::json;

Answer attach(Broker& broker, CallPointer call)
{
    const auto session = runningSession(broker, *call);
    if (!session)
        co_return api::refuse("viewer.unavailable", {{"reason", session.error().why}});
    const auto workspace = *broker.workspaces().find(call->text("workspace"));
    const auto endpoint = workspace->guest->display();
    if (endpoint.stream == kNoHandle)
        co_return api::refuse("viewer.unavailable", {{"reason", "This workspace has no display"}});
    auto stream = duplicate(static_cast<int>(endpoint.stream));
    auto frame = (*session)->attachViewer();
    if (!stream || !frame)
        co_return api::refuse("viewer.unavailable", {{"reason", "There is no descriptor left"}});
    api::Reply reply{{{"pool_bytes", endpoint.pool_bytes}, {"pool", endpoint.pool != kNoHandle}}, {}, {}};
    reply.descriptors.push_back(std::move(*stream));
    if (endpoint.pool != kNoHandle) {
        auto pool = duplicate(static_cast<int>(endpoint.pool));
        if (!pool)
            co_return api::refuse("viewer.unavailable", {{"reason", "There is no descriptor left"}});
        reply.descriptors.push_back(std::move(*pool));
    }
    reply.descriptors.push_back(std::move(*frame));
    co_return reply;
}

Answer gone(Broker& broker, CallPointer call)
{
    const auto workspace = broker.workspaces().find(call->text("workspace"));
    if (!workspace)
        co_return api::Refused(workspace.error());
    const auto session = broker.session((*workspace)->row.id);
    log("broker").info("[{}] viewer ended with status {}", (*workspace)->row.name, call->parameters.value("status", 0));
    if (session && session->hasViewer())
        session->viewerGone();
    else if (session) // its link had ended before; whoever reports it may have missed that a new viewer is wanted
        broker.server().publish("viewer.wanted", {{"workspace", (*workspace)->row.id}});
    co_return api::Reply{};
}

Answer registerDesktop(Broker& broker, CallPointer call)
{
    std::optional<bool> tray;
    if (call->parameters.contains("tray"))
        tray = call->flag("tray");
    broker.desktop().registerClient(call->client, call->text("theme"), tray, call->text("display"));
    broker.server().publish("desktop.changed", {{"registered", true}});
    api::Reply reply;
    reply.afterwards = [&broker] {
        for (const auto& workspace : broker.workspaces().all()) {
            const auto session = broker.session(workspace->row.id);
            if (!session)
                continue;
            session->setAppearance(views::appearance(*workspace, broker.policy(), broker.desktop().theme()));
            if (!session->hasViewer())
                broker.desktop().tell("viewer.wanted", {{"workspace", workspace->row.id}});
        }
    };
    co_return reply;
}

Answer unregisterDesktop(Broker& broker, CallPointer call)
{
    if (broker.desktop().forget(call->client))
        broker.server().publish("desktop.changed", {{"registered", false}});
    co_return api::Reply{};
}

Answer toWindow(Broker& broker, CallPointer call, const char* message)
{
    const auto session = runningSession(broker, *call);
    if (!session)
        co_return api::Refused(session.error());
    if (!(*session)->hasViewer())
        co_return api::refuse("viewer.unavailable", {{"reason", "Nobody shows its windows"}});
    (*session)->send({{"m", message}, {"window", call->parameters.value("window", std::uint32_t{0})}});
    co_return api::Reply{};
}

Answer activate(Broker& broker, CallPointer call)
{
    co_return co_await toWindow(broker, call, "activate");
}

Answer closeWindow(Broker& broker, CallPointer call)
{
    co_return co_await toWindow(broker, call, "close");
}

} // namespace

void registerDesktopMethods(Broker& broker)
{
    broker.method("viewer.attach", attach);
    broker.method("viewer.gone", gone);
    broker.method("desktop.register", registerDesktop);
    broker.method("desktop.unregister", unregisterDesktop);
    broker.method("window.activate", activate);
    broker.method("window.close", closeWindow);
}

} // namespace annex::broker

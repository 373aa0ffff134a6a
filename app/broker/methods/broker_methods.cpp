// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/broker/methods/methods.h"
#include "app/broker/doctor.h"
#include "app/broker/views.h"

namespace annex::broker {

namespace {

using nlohmann::json;

Answer hello(Broker& broker, CallPointer)
{
    co_return api::Reply{{{"version", api::kProtocolVersion}, {"product", broker.options().product}, {"pid", ::getpid()}, {"desktop", broker.desktop().isHere()}}, {}, {}};
}

Answer version(Broker& broker, CallPointer)
{
    json engines = json::array();
    for (const auto& engine : broker.workspaces().engines()) {
        auto works = co_await engine->probe();
        engines.push_back({{"name", engine->name()}, {"level", views::levelName(engine->level())}, {"available", works.has_value()}, {"reason", works ? std::string() : works.error().context}});
    }
    co_return api::Reply{{{"product", broker.options().product}, {"protocol", api::kProtocolVersion}, {"engines", std::move(engines)}}, {}, {}};
}

Answer shutDown(Broker& broker, CallPointer call)
{
    const auto running = broker.workspaces().runningCount();
    if (running > 0 && !call->flag("force"))
        co_return api::refuse("broker.busy", {{"n", std::to_string(running)}});
    for (const auto& workspace : broker.workspaces().all())
        if (hasGuest(workspace->state)) {
            auto stopped = co_await broker.workspaces().stop(workspace, subjectOf(*call), isolation::StopHow::Ask);
            if (!stopped)
                co_return api::Refused(std::move(stopped.error()));
        }
    api::Reply reply;
    reply.afterwards = [&broker] { broker.finish(); };
    co_return reply;
}

Answer doctor(Broker& broker, CallPointer)
{
    json found = co_await examine(broker); // named: GCC 12 loses temporaries of a co_await inside braces
    co_return api::Reply{std::move(found), {}, {}};
}

} // namespace

void registerBrokerMethods(Broker& broker)
{
    broker.method("hello", hello);
    broker.method("version", version);
    broker.method("broker.shutdown", shutDown);
    broker.method("doctor.run", doctor);
}

} // namespace annex::broker

// SPDX-License-Identifier: Apache-2.0
#include "app/broker/methods/methods.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/text.h"

namespace annex::broker {

namespace {

constexpr std::size_t kMaxClientName_characters = 40;
constexpr std::size_t kMaxShownName = 60;

} // namespace

void registerAll(Broker& broker)
{
    registerWorkspaceMethods(broker);
    registerProgramMethods(broker);
    registerFileMethods(broker);
    registerAppMethods(broker);
    registerPolicyMethods(broker);
    registerAuditMethods(broker);
    registerDesktopMethods(broker);
    registerBrokerMethods(broker);
}

policy::Subject subjectOf(const api::Call& call)
{
    policy::Subject out;
    out.kind = policy::Subject::Kind::Person;
    out.name = sanitiseLine(call.clientName, kMaxClientName_characters);
    return out;
}

Problem refusal(const policy::Decision& decision)
{
    Problem out = api::problem("policy.refused", {{"reason", decision.reason}, {"key", decision.rule.key}});
    out.id = decision.id;
    out.title = decision.title;
    out.why = decision.reason;
    out.todo = decision.toDo;
    return out;
}

Outcome<void> permit(Broker& broker, const api::Call& call, const policy::Action& action, const std::string& workspace)
{
    auto decision = broker.policy().decideAndRecord(subjectOf(call), action, workspace);
    if (!decision)
        return api::Refused(api::problemFrom(decision.error(), {{"reason", decision.error().context}}));
    return decision->allowed ? Outcome<void>() : Outcome<void>(api::Refused(refusal(*decision)));
}

std::string shown(std::string_view name)
{
    return sanitiseLine(name, kMaxShownName);
}

Problem fileProblem(const Error& error, const std::string& name)
{
    const api::Arguments arguments{{"file", shown(name)}, {"reason", error.cause ? error.cause.message() : error.context}};
    if (error.code == Errc::Malformed)
        return api::problem("file.changed", arguments, error.describe());
    return api::problem("file.failed", arguments, error.describe());
}

Outcome<Place> placeFor(Broker& broker, const api::Call& call, bool freshByDefault)
{
    const bool named = call.parameters.contains("workspace");
    const bool fresh = call.parameters.contains("fresh") ? call.flag("fresh") : !named && freshByDefault && broker.policy().value(policy::keys::kOpenFresh);
    if (!fresh) {
        auto workspace = named ? broker.workspaces().find(call.text("workspace")) : broker.workspaces().defaultWorkspace();
        if (!workspace)
            return api::Refused(std::move(workspace.error()));
        return Place{std::move(*workspace), false};
    }
    policy::NewWorkspace wish;
    wish.fresh = true;
    if (named) {
        const auto like = broker.workspaces().find(call.text("workspace"));
        if (!like)
            return api::Refused(like.error());
        wish.freshOf = (*like)->row.name;
        wish.profile = (*like)->row.profile;
    }
    auto made = broker.workspaces().create(wish);
    if (!made)
        return api::Refused(std::move(made.error()));
    return Place{std::move(*made), true};
}

asio::awaitable<Outcome<std::shared_ptr<GuestSession>>> ready(Broker& broker, std::shared_ptr<Workspace> workspace, policy::Subject subject)
{
    auto started = co_await broker.workspaces().start(workspace, std::move(subject));
    if (!started)
        co_return api::Refused(std::move(started.error()));
    auto session = broker.session(workspace->row.id);
    if (!session)
        co_return api::refuse("guest.gone", {{"workspace", workspace->row.name}});
    co_return session;
}

void abandon(Broker& broker, const Place& place)
{
    if (!place.made)
        return;
    if (!hasGuest(place.workspace->state))
        return (void)broker.workspaces().remove(place.workspace).has_value();
    policy::Subject annexItself;
    annexItself.kind = policy::Subject::Kind::Broker;
    asio::co_spawn(broker.executor(), broker.workspaces().stop(place.workspace, annexItself, isolation::StopHow::Kill), asio::detached);
}

Outcome<std::shared_ptr<GuestSession>> runningSession(Broker& broker, const api::Call& call)
{
    const auto workspace = broker.workspaces().find(call.text("workspace"));
    if (!workspace)
        return api::Refused(workspace.error());
    auto session = broker.session((*workspace)->row.id);
    if (!session || (*workspace)->state != State::Running)
        return api::refuse("workspace.state", {{"workspace", (*workspace)->row.name}, {"state", std::string(toString((*workspace)->state))}});
    return session;
}

void toggleCrossing(Broker& broker, const std::string& workspace, const std::string& item, const policy::Subject& subject)
{
    const bool in = item == "copy-in-toggle";
    const auto key = in ? policy::keys::kClipboardToWorkspace : policy::keys::kClipboardFromWorkspace;
    const bool on = broker.policy().value(key, workspace) != "off";
    auto changed = broker.policy().setText(subject, key.name, on ? "off" : "text", workspace);
    if (!changed)
        log("broker").warn("{}: {}", item, changed.error().describe());
    const auto session = broker.session(workspace);
    if (session && changed && !changed->allowed)
        session->send({{"m", "strip"}, {"id", in ? "paste-locked" : "copy-locked"}, {"arguments", {{"organisation", changed->rule.organisation}}}, {"window", 0}});
    broker.settingsChanged(std::string(key.name), workspace);
}

GuestLink::OnEnd ExitReport::onEnd()
{
    return [self = shared_from_this()](ProgramEnd end) {
        self->m_end = end;
        self->report();
    };
}

std::function<void()> ExitReport::afterwards(std::uint32_t program)
{
    return [self = shared_from_this(), program] {
        self->m_program = program;
        self->report();
    };
}

void ExitReport::report()
{
    if (!m_program || !m_end)
        return;
    if (const auto session = m_broker.session(m_workspace))
        session->disown(*m_program);
    m_broker.server().tell(m_client, "program.exited", {{"workspace", m_workspace}, {"program", *m_program}, {"status", m_end->status}, {"signalled", m_end->signalled}});
}

} // namespace annex::broker

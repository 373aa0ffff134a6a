// SPDX-License-Identifier: Apache-2.0
// The part of Workspaces that handles guests: starting, stopping, finding them again, and what they do by themselves.
#include <algorithm>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>

#include "app/broker/core/compose.h"
#include "app/broker/core/workspaces.h"
#include "base/log.h"

namespace annex::broker {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kWorkspaceId_digits = 16;

policy::Level policyLevel(isolation::Level level)
{
    return level == isolation::Level::Hypervisor ? policy::Level::Hypervisor : level == isolation::Level::Emulated ? policy::Level::Emulated : policy::Level::Process;
}

Problem problemOf(const policy::Decision& decision)
{
    Problem out = api::problem(decision.id, {{"reason", decision.reason}});
    if (out.id == "internal")
        out = api::problem("policy.refused", {{"reason", decision.reason}, {"key", decision.rule.key}});
    out.id = decision.id;
    out.title = decision.title;
    out.why = decision.reason;
    out.todo = decision.toDo;
    out.detail.clear();
    return out;
}

api::Arguments argumentsFor(const Workspace& workspace, const Error& error)
{
    return {{"workspace", workspace.row.name}, {"engine", workspace.engine}, {"reason", error.context}, {"seconds", std::to_string(kStartTime.count())}};
}

/// @param fromGuest  the guest's own words broke a rule, not ours
Problem startProblem(const Workspace& workspace, const Error& error, bool fromGuest)
{
    if (error.code == Errc::Cancelled)
        return api::problem("request.cancelled");
    if (!error.id.empty() || error.code == Errc::NoSpace)
        return api::problemFrom(error, argumentsFor(workspace, error));
    const auto id = error.code == Errc::TimedOut ? "guest.start-timeout" : fromGuest && error.code == Errc::Malformed ? "guest.hostile" : "guest.start-failed";
    return api::problem(id, argumentsFor(workspace, error), error.describe());
}

} // namespace

std::string workspaceOfGuest(std::string_view guestId)
{
    if (guestId.size() <= kWorkspaceId_digits || guestId[kWorkspaceId_digits] != '-')
        return {};
    return std::string(guestId.substr(0, kWorkspaceId_digits));
}

std::vector<isolation::Engine*> byStrength(const std::vector<std::unique_ptr<isolation::Engine>>& engines)
{
    std::vector<isolation::Engine*> out;
    for (const auto& engine : engines)
        out.push_back(engine.get());
    std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->level() > b->level(); });
    return out;
}

// ---- start

asio::awaitable<Outcome<isolation::Engine*>> Workspaces::chooseEngine(Pointer workspace)
{
    const std::string wish = m_policy.value(policy::keys::kIsolationEngine, workspace->row.id);
    Error last{Errc::Unsupported, "There is none", {}, {}};
    bool known = false;
    for (isolation::Engine* engine : byStrength(m_engines)) {
        // An engine for tests is there only because somebody asked for it on annexd's command line; then it is what `auto` means.
        if (wish != "auto" && wish != engine->name())
            continue;
        known = true;
        if (m_probed[engine->name()])
            co_return engine;
        auto works = co_await engine->probe();
        m_probed[engine->name()] = works.has_value();
        if (works)
            co_return engine;
        log("broker").info("engine {} is not to be had: {}", engine->name(), works.error().describe());
        last = works.error();
    }
    workspace->engine = wish;
    if (!known && wish != "auto")
        co_return api::refuse("engine.unknown", argumentsFor(*workspace, last));
    if (api::Problem told = api::problemFrom(last, argumentsFor(*workspace, last)); !last.id.empty() && told.id == last.id)
        co_return api::Refused(std::move(told));
    co_return api::refuse(wish == "auto" ? "engine.none" : "engine.unavailable", argumentsFor(*workspace, last), last.describe());
}

Outcome<void> Workspaces::permit(Workspace& workspace, const isolation::Engine& engine, const policy::Subject& subject)
{
    policy::action::WorkspaceStart action;
    action.level = policyLevel(engine.level());
    action.engine = engine.name();
    action.running = static_cast<unsigned>(runningCount() - 1); // itself is starting already
    auto decision = m_policy.decideAndRecord(subject, action, workspace.row.id);
    if (!decision)
        return api::Refused(api::problemFrom(decision.error(), argumentsFor(workspace, decision.error())));
    return decision->allowed ? Outcome<void>() : Outcome<void>(api::Refused(problemOf(*decision)));
}

asio::awaitable<Outcome<void>> Workspaces::doStart(Pointer workspace, policy::Subject subject)
{
    const auto begun = steady_clock::now();
    m_hooks.stage(*workspace, "prepare", {});
    auto engine = co_await chooseEngine(workspace);
    if (!engine)
        co_return api::Refused(std::move(engine.error()));
    if (auto permitted = permit(*workspace, **engine, subject); !permitted)
        co_return permitted;
    auto appearance = m_policy.appearanceFor(workspace->row.id, wornBesides(workspace.get()));
    if (!appearance)
        co_return api::Refused(api::problemFrom(appearance.error(), argumentsFor(*workspace, appearance.error())));
    workspace->appearance = *appearance;
    co_return co_await bringUp(workspace, *engine, begun);
}

asio::awaitable<Outcome<void>> Workspaces::bringUp(Pointer workspace, isolation::Engine* engine, steady_clock::time_point begun)
{
    isolation::GuestSpec spec = composeSpec(m_policy, workspace->row, {m_options.guestProgramFolder, m_options.environment, m_options.weakenedForTest});
    workspace->engine = engine->name();
    isolation::StageHandler stage = [this, workspace, begun](std::string_view name) {
        if (name != "prepare")
            m_hooks.stage(*workspace, name, std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun));
    };
    auto guest = co_await engine->start(std::move(spec), stage, begun + kStartTime);
    if (!guest) {
        m_probed[engine->name()] = false; // what worked before may have been taken away: look again next time
        co_return api::Refused(startProblem(*workspace, guest.error(), false));
    }
    workspace->guest = std::move(*guest);
    workspace->level = workspace->guest->level();
    workspace->unlimited = workspace->guest->unheldLimits();
    watch(workspace);

    std::optional<Problem> failure;
    try {
        stage("connect");
        auto connected = co_await m_hooks.connect(workspace->row.id, *workspace->guest, begun + kStartTime);
        if (!connected && connected.error().code == Errc::Malformed)
            noteCutOff(*workspace, api::problem("guest.hostile", {{"workspace", workspace->row.name}}));
        if (!connected)
            failure = startProblem(*workspace, connected.error(), true);
        else if (!workspace->guest)
            failure = api::problem("guest.start-failed", {{"workspace", workspace->row.name}});
    } catch (const asio::system_error&) {
        failure = api::problem("request.cancelled");
    }
    if (!failure) {
        workspace->startedAt = m_clock.systemNow();
        co_return Outcome<void>();
    }
    // What was begun is taken back, and nobody can cancel that.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (workspace->guest) {
        auto stopped = co_await workspace->guest->stop(isolation::StopHow::Kill, steady_clock::now() + kStopTime);
        if (!stopped)
            log("broker").error("[{}] left something behind: {}", workspace->row.name, stopped.error().describe());
    }
    dropGuest(*workspace);
    co_return api::Refused(std::move(*failure));
}

// ---- stop, pause

asio::awaitable<Outcome<void>> Workspaces::doStop(Pointer workspace, std::shared_ptr<Job> before, isolation::StopHow how)
{
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (before && !before->result) // it was told to give up, or takes a moment
        co_await before->done.wait();
    Outcome<void> out;
    if (workspace->guest) {
        const auto deadline = steady_clock::now() + (how == isolation::StopHow::Ask ? kStopGrace : kStopTime);
        auto stopped = co_await workspace->guest->stop(how, deadline);
        if (!stopped)
            out = api::refuse("guest.stop-failed", argumentsFor(*workspace, stopped.error()), stopped.error().describe());
    }
    dropGuest(*workspace);
    workspace->error.reset();
    co_return out;
}

asio::awaitable<Outcome<void>> Workspaces::doPause(Pointer workspace, bool pause)
{
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto deadline = steady_clock::now() + kPauseTime;
    auto work = pause ? workspace->guest->pause(deadline) : workspace->guest->resume(deadline);
    auto done = co_await std::move(work);
    if (!done)
        co_return api::Refused(api::problemFrom(done.error(), argumentsFor(*workspace, done.error())));
    co_return Outcome<void>();
}

void Workspaces::dropGuest(Workspace& workspace)
{
    if (!workspace.guest)
        return;
    m_hooks.guestGone(workspace);
    workspace.guest.reset();
    workspace.startedAt.reset();
    workspace.unlimited.clear();
}

// ---- what guests do by themselves

void Workspaces::watch(const Pointer& workspace)
{
    // The handler is called from inside the guest, which therefore must not be destroyed there.
    std::weak_ptr<Workspace> weak = workspace;
    const isolation::Guest* guest = workspace->guest.get();
    workspace->guest->onEvent([this, weak, guest, ours = m_scope.executor()](isolation::GuestEvent event) {
        asio::post(ours, [this, weak, guest, event] {
            if (const auto known = weak.lock(); known && known->guest.get() == guest)
                onGuestEvent(known, event);
        });
    });
}

void Workspaces::onGuestEvent(const Pointer& workspace, const isolation::GuestEvent& event)
{
    log("broker").info("[{}] guest event: {}", workspace->row.name, GuestText{event.reason});
    if (event.kind == isolation::GuestEvent::Kind::Pressure || workspace->state == State::Stopping)
        return;
    if (workspace->state == State::Starting) // its start finds out by itself: the channel ends
        return;
    cutOff(workspace, api::problem("guest.crashed", {{"workspace", workspace->row.name}}, event.reason));
}

void Workspaces::noteCutOff(const Workspace& workspace, const Problem& why)
{
    policy::Subject guest;
    guest.kind = policy::Subject::Kind::Guest;
    if (auto noted = m_policy.note(policy::NoteKind::Always, guest, workspace.row.id, why.id, why.title); !noted)
        log("broker").warn("no audit record: {}", noted.error().describe());
}

void Workspaces::cutOff(const Pointer& workspace, Problem why)
{
    if (workspace->state == State::Starting) {
        workspace->endsWithStart = std::move(why); // a start that is under way finds out by itself; one that has its answer does not look again
        return;
    }
    if (!next(workspace->state, Happening::GuestEnded) || workspace->state == State::Stopping)
        return;
    noteCutOff(*workspace, why);
    const auto before = workspace->job;
    workspace->error = why;
    move(*workspace, Happening::GuestEnded);
    // Whatever is left of it goes; the workspace stays failed, with its reason.
    auto work = [](Workspaces* self, Pointer w, std::shared_ptr<Job> earlier, Problem reason) -> asio::awaitable<Outcome<void>> {
        auto result = co_await self->doStop(w, earlier, isolation::StopHow::Kill);
        w->error = std::move(reason);
        co_return result;
    }(this, workspace, before, std::move(why));
    begin(workspace, Job::Kind::Stop, std::move(work));
}

// ---- guests of an earlier broker

asio::awaitable<void> Workspaces::adoptFrom(isolation::Engine* engine)
{
    auto guests = co_await engine->adopt();
    if (!guests) {
        log("broker").warn("engine {} cannot tell what runs: {}", engine->name(), guests.error().describe());
        co_return;
    }
    for (auto& guest : *guests) {
        const auto found = m_workspaces.find(workspaceOfGuest(guest->id()));
        std::optional<Error> failure;
        if (found == m_workspaces.end() || found->second->guest)
            failure = Error{Errc::NotFound, "no workspace of this id", {}, {}};
        else {
            // One that was paused cannot answer; whether it was, only the broker before us knew. It goes on.
            if (guest->canPause()) {
                auto resumed = co_await guest->resume(steady_clock::now() + kPauseTime);
                if (!resumed)
                    log("broker").debug("guest {} was not resumed: {}", guest->id(), resumed.error().describe());
            }
            auto connected = co_await m_hooks.connect(found->first, *guest, steady_clock::now() + kConnectTime);
            if (!connected)
                failure = connected.error();
        }
        if (failure) {
            log("broker").warn("guest {} ends: {}", guest->id(), failure->describe());
            auto stopped = co_await guest->stop(isolation::StopHow::Kill, steady_clock::now() + kStopTime);
            if (!stopped)
                log("broker").error("guest {} left something behind: {}", guest->id(), stopped.error().describe());
            continue;
        }
        const Pointer workspace = found->second;
        workspace->guest = std::move(guest);
        workspace->engine = engine->name();
        workspace->level = workspace->guest->level();
        workspace->unlimited = workspace->guest->unheldLimits();
        workspace->startedAt = m_clock.systemNow();
        watch(workspace);
        move(*workspace, Happening::Adopted);
    }
}

asio::awaitable<void> Workspaces::adopt()
{
    for (const auto& engine : m_engines)
        co_await adoptFrom(engine.get());
    for (const auto& workspace : all())
        if (workspace->row.fresh && !hasGuest(workspace->state))
            (void)remove(workspace).has_value();
}

} // namespace annex::broker

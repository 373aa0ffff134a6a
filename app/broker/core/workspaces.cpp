// SPDX-License-Identifier: Apache-2.0
#include "app/broker/core/workspaces.h"

#include <algorithm>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/post.hpp>

#include "base/log.h"

namespace annex::broker {

namespace {

constexpr std::string_view kDefaultName = "Untrusted";

Problem stateProblem(const Workspace& workspace)
{
    return api::problem("workspace.state", {{"workspace", workspace.row.name}, {"state", std::string(toString(workspace.state))}});
}

bool equalName(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

Workspaces::Workspaces(asio::io_context& loop, const Clock& clock, policy::PolicyEngine& policy, std::vector<std::unique_ptr<isolation::Engine>> engines, Options options)
    : m_loop(loop), m_clock(clock), m_policy(policy), m_engines(std::move(engines)), m_options(std::move(options))
{
    if (auto rows = m_policy.workspaces())
        for (auto& row : *rows)
            adoptRow(std::move(row));
}

Workspaces::~Workspaces() = default;

Workspaces::Pointer Workspaces::adoptRow(policy::WorkspaceRow row)
{
    auto workspace = std::make_shared<Workspace>();
    workspace->row = std::move(row);
    workspace->appearance = m_policy.appearanceFor(workspace->row.id, {}).value_or(policy::Appearance{workspace->row.colour, workspace->row.pattern});
    m_workspaces[workspace->row.id] = workspace;
    return workspace;
}

std::vector<std::shared_ptr<Workspace>> Workspaces::all() const
{
    std::vector<Pointer> out;
    for (const auto& [id, workspace] : m_workspaces)
        out.push_back(workspace);
    std::sort(out.begin(), out.end(), [](const Pointer& a, const Pointer& b) {
        return std::tuple(a->row.fresh, a->row.created, a->row.name) < std::tuple(b->row.fresh, b->row.created, b->row.name);
    });
    return out;
}

Outcome<std::shared_ptr<Workspace>> Workspaces::find(std::string_view idOrName) const
{
    if (const auto found = m_workspaces.find(std::string(idOrName)); found != m_workspaces.end())
        return found->second;
    for (const auto& [id, workspace] : m_workspaces)
        if (equalName(workspace->row.name, idOrName))
            return workspace;
    return api::refuse("workspace.unknown", {{"workspace", std::string(idOrName)}});
}

Outcome<std::shared_ptr<Workspace>> Workspaces::defaultWorkspace()
{
    auto row = m_policy.defaultWorkspace();
    if (!row)
        return api::Refused(api::problemFrom(row.error(), {{"reason", row.error().context}}));
    if (const auto found = m_workspaces.find(row->id); found != m_workspaces.end())
        return found->second;
    const auto workspace = adoptRow(std::move(*row));
    m_hooks.changed(*workspace);
    return workspace;
}

std::vector<policy::Appearance> Workspaces::wornBesides(const Workspace* workspace) const
{
    std::vector<policy::Appearance> out;
    for (const auto& [id, each] : m_workspaces)
        if (each.get() != workspace && hasGuest(each->state))
            out.push_back(each->appearance);
    return out;
}

void Workspaces::refreshLooks(Workspace& workspace)
{
    if (auto looks = m_policy.appearanceFor(workspace.row.id, wornBesides(&workspace)))
        workspace.appearance = *looks; // where both are locked and worn already it keeps its own until its next start says so
}

Outcome<std::shared_ptr<Workspace>> Workspaces::create(const policy::NewWorkspace& wish)
{
    auto row = m_policy.addWorkspace(wish, wornBesides(nullptr));
    if (!row) {
        const auto& error = row.error();
        if (error.code == Errc::AlreadyExists)
            return api::refuse("workspace.exists", {{"workspace", wish.name}});
        if (error.code == Errc::Malformed)
            return api::refuse("workspace.name", {{"reason", error.context}});
        return api::Refused(api::problemFrom(error));
    }
    const auto workspace = adoptRow(std::move(*row));
    m_hooks.changed(*workspace);
    return workspace;
}

Outcome<void> Workspaces::remove(const std::shared_ptr<Workspace>& workspace)
{
    if (equalName(workspace->row.name, kDefaultName))
        return api::refuse("workspace.default", {{"workspace", workspace->row.name}});
    if (hasGuest(workspace->state) || workspace->job)
        return api::Refused(stateProblem(*workspace));
    if (auto removed = m_policy.removeWorkspace(workspace->row.id); !removed)
        return api::Refused(api::problemFrom(removed.error()));
    m_workspaces.erase(workspace->row.id);
    m_hooks.removed(workspace->row.id);
    return {};
}

std::size_t Workspaces::runningCount() const
{
    return static_cast<std::size_t>(std::count_if(m_workspaces.begin(), m_workspaces.end(), [](const auto& entry) { return hasGuest(entry.second->state); }));
}

// ---- states and jobs

bool Workspaces::move(Workspace& workspace, Happening happening)
{
    const auto to = next(workspace.state, happening);
    if (!to)
        return false;
    log("broker").info("[{}] {}: {} → {}", workspace.row.name, toString(happening), toString(workspace.state), toString(*to));
    workspace.state = *to;
    m_hooks.changed(workspace);
    return true;
}

Outcome<void> Workspaces::ask(Workspace& workspace, Happening happening)
{
    return move(workspace, happening) ? Outcome<void>() : Outcome<void>(api::Refused(stateProblem(workspace)));
}

std::shared_ptr<Job> Workspaces::begin(const Pointer& workspace, Job::Kind kind, asio::awaitable<Outcome<void>> work)
{
    auto job = std::make_shared<Job>(kind, m_loop);
    workspace->job = job;
    auto done = [this, workspace, job](std::exception_ptr thrown, Outcome<void> result) {
        // The only thing that is thrown on purpose is the end of a cancelled wait.
        finished(workspace, job, thrown ? Outcome<void>(api::refuse("request.cancelled")) : std::move(result));
    };
    asio::co_spawn(m_scope.executor(), std::move(work), asio::bind_cancellation_slot(job->cancel.slot(), std::move(done)));
    return job;
}

void Workspaces::finished(const Pointer& workspace, const std::shared_ptr<Job>& job, Outcome<void> result)
{
    job->result = result;
    if (workspace->job == job)
        workspace->job.reset();
    const bool cancelled = !result && result.error().id == "request.cancelled";
    if (!result && !cancelled)
        log("broker").warn("[{}] {} ({})", workspace->row.name, result.error().title, result.error().detail);
    switch (job->kind) {
    case Job::Kind::Start:
        if (!result && !cancelled && workspace->state == State::Starting)
            workspace->error = result.error();
        move(*workspace, result ? Happening::StartDone : cancelled ? Happening::StartCancelled : Happening::StartFailed);
        if (auto why = std::exchange(workspace->endsWithStart, std::nullopt); why && result)
            asio::post(m_scope.executor(), [this, workspace, why = std::move(*why)] { cutOff(workspace, why); });
        break;
    case Job::Kind::Pause: move(*workspace, result ? Happening::PauseDone : Happening::PauseFailed); break;
    case Job::Kind::Resume: move(*workspace, result ? Happening::ResumeDone : Happening::ResumeFailed); break;
    case Job::Kind::Stop: move(*workspace, Happening::StopDone); break;
    }
    job->done.all();
    // A workspace made for one file goes with its guest, however that ended.
    if (workspace->row.fresh && !hasGuest(workspace->state) && !workspace->job)
        asio::post(m_scope.executor(), [this, workspace] {
            if (!hasGuest(workspace->state) && !workspace->job && m_workspaces.contains(workspace->row.id))
                (void)remove(workspace).has_value();
        });
}

asio::awaitable<Outcome<void>> Workspaces::join(std::shared_ptr<Job> job)
{
    struct Waiter {
        Job& job;
        explicit Waiter(Job& j) : job(j) { ++job.waiters; }
        ~Waiter()
        {
            if (--job.waiters == 0 && !job.result && job.kind == Job::Kind::Start)
                job.cancel.emit(asio::cancellation_type::terminal); // nobody wants it any more
        }
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
    };
    const Waiter waiter(*job);
    while (!job->result)
        co_await job->done.wait();
    co_return *job->result;
}

asio::awaitable<Outcome<void>> Workspaces::start(Pointer workspace, policy::Subject subject)
{
    while (true) {
        if (workspace->state == State::Running)
            co_return Outcome<void>();
        if (workspace->state == State::Paused)
            co_return co_await resume(workspace, subject);
        const auto job = workspace->job;
        if (!job)
            break;
        auto result = co_await join(job);
        if (job->kind == Job::Kind::Start || (!result && job->kind != Job::Kind::Stop))
            co_return result;
    }
    if (!m_workspaces.contains(workspace->row.id))
        co_return api::refuse("workspace.unknown", {{"workspace", workspace->row.name}});
    if (auto asked = ask(*workspace, Happening::StartAsked); !asked)
        co_return asked;
    workspace->error.reset();
    auto work = doStart(workspace, subject);
    const auto job = begin(workspace, Job::Kind::Start, std::move(work));
    co_return co_await join(job);
}

Outcome<void> Workspaces::cancelStart(const Pointer& workspace)
{
    if (workspace->state != State::Starting || !workspace->job)
        return api::Refused(stateProblem(*workspace));
    const auto job = workspace->job;
    job->cancel.emit(asio::cancellation_type::terminal);
    return {};
}

asio::awaitable<Outcome<void>> Workspaces::stop(Pointer workspace, policy::Subject subject, isolation::StopHow how)
{
    if (workspace->state == State::Stopped)
        co_return Outcome<void>();
    auto job = workspace->job;
    if (!job || job->kind != Job::Kind::Stop) {
        if (auto asked = ask(*workspace, Happening::StopAsked); !asked)
            co_return asked;
        note(*workspace, subject, "workspace.stop", workspace->row.name + " stopped");
        if (job && job->kind == Job::Kind::Start)
            job->cancel.emit(asio::cancellation_type::terminal);
        auto work = doStop(workspace, job, how);
        job = begin(workspace, Job::Kind::Stop, std::move(work));
    }
    co_return co_await join(job);
}

asio::awaitable<Outcome<void>> Workspaces::pause(Pointer workspace, policy::Subject subject)
{
    if (workspace->state == State::Paused)
        co_return Outcome<void>();
    if (workspace->guest && !workspace->guest->canPause())
        co_return api::refuse("workspace.no-pause", {{"workspace", workspace->row.name}});
    auto job = workspace->job;
    if (workspace->state != State::Pausing || !job) {
        if (auto asked = ask(*workspace, Happening::PauseAsked); !asked)
            co_return asked;
        note(*workspace, subject, "workspace.pause", workspace->row.name + " paused");
        auto work = doPause(workspace, true);
        job = begin(workspace, Job::Kind::Pause, std::move(work));
    }
    co_return co_await join(job);
}

asio::awaitable<Outcome<void>> Workspaces::resume(Pointer workspace, policy::Subject subject)
{
    if (workspace->state == State::Running)
        co_return Outcome<void>();
    auto job = workspace->job;
    if (workspace->state != State::Resuming || !job) {
        if (auto asked = ask(*workspace, Happening::ResumeAsked); !asked)
            co_return asked;
        note(*workspace, subject, "workspace.resume", workspace->row.name + " resumed");
        auto work = doPause(workspace, false);
        job = begin(workspace, Job::Kind::Resume, std::move(work));
    }
    co_return co_await join(job);
}

void Workspaces::note(const Workspace& workspace, const policy::Subject& subject, std::string_view action, std::string sentence)
{
    auto noted = m_policy.note(policy::NoteKind::LifeCycle, subject, workspace.row.id, action, std::move(sentence));
    if (!noted)
        log("broker").warn("no audit record: {}", noted.error().describe());
}

} // namespace annex::broker

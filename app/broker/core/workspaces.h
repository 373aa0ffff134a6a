// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>

#include "app/api/problem.h"
#include "app/api/scope.h"
#include "app/broker/core/lifecycle.h"
#include "app/broker/core/wakeup.h"
#include "base/clock.h"
#include "isolation/engine.h"
#include "policy/policy_engine.h"

namespace annex::broker {

using api::Outcome;
using api::Problem;
using isolation::Deadline;

inline constexpr std::chrono::seconds kStartTime{60};  // a cold disk and a slow machine; whoever does not want to wait cancels
inline constexpr std::chrono::seconds kConnectTime{20};// of it, for annex-init's first word
inline constexpr std::chrono::seconds kStopGrace{3};   // programs of a disposable workspace have nothing to save
inline constexpr std::chrono::seconds kStopTime{20};   // until the engine has to have removed everything
inline constexpr std::chrono::seconds kPauseTime{10};

/// Something under way with a workspace: at most one at a time.
struct Job {
    enum class Kind { Start, Stop, Pause, Resume } kind;
    asio::cancellation_signal cancel;
    std::optional<Outcome<void>> result;
    Wakeup done;
    unsigned waiters = 0;
    Job(Kind k, asio::io_context& loop) : kind(k), done(loop) {}
};

/// One workspace as the broker knows it now.
struct Workspace {
    policy::WorkspaceRow row;
    State state = State::Stopped;
    std::unique_ptr<isolation::Guest> guest;
    std::string engine;                      ///< of the guest, or of the last one
    isolation::Level level = isolation::Level::None;
    policy::Appearance appearance;           ///< what it wears, or would wear
    std::optional<std::chrono::system_clock::time_point> startedAt;
    std::optional<Problem> error;            ///< why it is Failed
    std::vector<std::string> unlimited;      ///< limits that this host does not hold
    std::shared_ptr<Job> job;
    std::optional<Problem> endsWithStart;    ///< what its guest did between its answer and the end of its start
};

/// All workspaces: what exists, what runs, and the one place that changes either. Asks policy before each start; asks the table of lifecycle.h
/// before each change of state. Knows nothing of clients, windows or crossings: whoever does gives it hooks. Lives on the broker's loop.
class Workspaces {
public:
    struct Hooks {
        /// Last part of a start: the guest must answer. Called again for each guest found running.
        std::function<asio::awaitable<Result<void>>(std::string workspace, isolation::Guest& guest, Deadline deadline)> connect;
        std::function<void(const Workspace&)> guestGone;  ///< the guest is about to go, or has gone; its Guest still exists
        std::function<void(const Workspace&)> changed;
        std::function<void(const std::string& workspace)> removed;
        std::function<void(const Workspace&, std::string_view stage, std::chrono::milliseconds elapsed)> stage;
    };
    struct Options {
        std::string guestProgramFolder;        ///< where annex-init and annex-display lie
        std::vector<std::string> environment;  ///< for every annex-init
        std::vector<std::string> weakenedForTest;
    };

    Workspaces(asio::io_context& loop, const Clock& clock, policy::PolicyEngine& policy, std::vector<std::unique_ptr<isolation::Engine>> engines, Options options);
    ~Workspaces();
    void setHooks(Hooks hooks) { m_hooks = std::move(hooks); }

    /// Takes over what an earlier broker left: guests whose workspace is known go on, others are ended; fresh workspaces without a guest are removed.
    asio::awaitable<void> adopt();

    std::vector<std::shared_ptr<Workspace>> all() const; ///< by number, then name; fresh ones behind
    /// @param idOrName  case does not matter for a name
    Outcome<std::shared_ptr<Workspace>> find(std::string_view idOrName) const;
    Outcome<std::shared_ptr<Workspace>> defaultWorkspace();
    Outcome<std::shared_ptr<Workspace>> create(const policy::NewWorkspace& wish);
    Outcome<void> remove(const std::shared_ptr<Workspace>& workspace);

    /// Until programs can be started in it. One that runs is left alone, a paused one goes on, one that starts is waited for; if the last one who
    /// waits is cancelled, so is the start.
    asio::awaitable<Outcome<void>> start(std::shared_ptr<Workspace> workspace, policy::Subject subject);
    Outcome<void> cancelStart(const std::shared_ptr<Workspace>& workspace);
    /// Until it is gone with everything it left. Whatever else was under way is given up. A fresh workspace is then removed.
    asio::awaitable<Outcome<void>> stop(std::shared_ptr<Workspace> workspace, policy::Subject subject, isolation::StopHow how);
    asio::awaitable<Outcome<void>> pause(std::shared_ptr<Workspace> workspace, policy::Subject subject);
    asio::awaitable<Outcome<void>> resume(std::shared_ptr<Workspace> workspace, policy::Subject subject);
    /// Settings of its looks may have changed.
    void refreshLooks(Workspace& workspace);
    /// The guest did something that ends it: it is killed, the workspace has failed with this problem.
    void cutOff(const std::shared_ptr<Workspace>& workspace, Problem why);

    std::size_t runningCount() const;
    std::vector<std::unique_ptr<isolation::Engine>>& engines() { return m_engines; }

private:
    using Pointer = std::shared_ptr<Workspace>;
    bool move(Workspace& workspace, Happening happening);
    Outcome<void> ask(Workspace& workspace, Happening happening);
    std::shared_ptr<Job> begin(const Pointer& workspace, Job::Kind kind, asio::awaitable<Outcome<void>> work);
    void finished(const Pointer& workspace, const std::shared_ptr<Job>& job, Outcome<void> result);
    asio::awaitable<Outcome<void>> join(std::shared_ptr<Job> job);
    asio::awaitable<Outcome<void>> doStart(Pointer workspace, policy::Subject subject);
    asio::awaitable<Outcome<void>> doStop(Pointer workspace, std::shared_ptr<Job> before, isolation::StopHow how);
    asio::awaitable<Outcome<void>> doPause(Pointer workspace, bool pause);
    asio::awaitable<Outcome<isolation::Engine*>> chooseEngine(Pointer workspace);
    Outcome<void> permit(Workspace& workspace, const isolation::Engine& engine, const policy::Subject& subject);
    asio::awaitable<Outcome<void>> bringUp(Pointer workspace, isolation::Engine* engine, std::chrono::steady_clock::time_point begun);
    asio::awaitable<void> adoptFrom(isolation::Engine* engine);
    void watch(const Pointer& workspace);
    void onGuestEvent(const Pointer& workspace, const isolation::GuestEvent& event);
    void noteCutOff(const Workspace& workspace, const Problem& why);
    void dropGuest(Workspace& workspace);
    void note(const Workspace& workspace, const policy::Subject& subject, std::string_view action, std::string sentence);
    std::vector<policy::Appearance> wornBesides(const Workspace* workspace) const;
    Pointer adoptRow(policy::WorkspaceRow row);

    asio::io_context& m_loop;
    const Clock& m_clock;
    policy::PolicyEngine& m_policy;
    std::vector<std::unique_ptr<isolation::Engine>> m_engines;
    Options m_options;
    Hooks m_hooks;
    std::map<std::string, Pointer> m_workspaces; ///< by id
    std::map<std::string, bool> m_probed;        ///< engines that worked when they were last asked
    api::Scope m_scope{m_loop}; ///< of the jobs
};

/// The workspace's id in a guest's id ("0123456789abcdef-1a2b3c4d"); empty where it is no guest of ours.
std::string workspaceOfGuest(std::string_view guestId);

/// Orders engines for `auto`: strongest level first, else as given. Pure.
std::vector<isolation::Engine*> byStrength(const std::vector<std::unique_ptr<isolation::Engine>>& engines);

} // namespace annex::broker

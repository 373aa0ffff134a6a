// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/thread_pool.hpp>

#include "app/api/server.h"
#include "app/broker/core/idle_watch.h"
#include "app/broker/core/workspaces.h"
#include "app/broker/desktop.h"
#include "app/broker/session/guest_session.h"
#include "base/clock.h"
#include "base/paths.h"
#include "policy/policy_engine.h"

namespace annex::broker {

struct BrokerOptions {
    Paths paths;
    std::string product;
    std::string guestProgramFolder;
    std::vector<std::string> guestEnvironment;
    std::vector<std::string> weakenedForTest;
    std::chrono::seconds emptyTime{300}; ///< without workspace and client, until annexd ends
    std::function<Result<void>(const Credentials&)> writerCheck = checkWriter;
    std::vector<std::filesystem::path> applicationFolders{"/usr/local/share/applications", "/usr/share/applications"}; ///< the guest's are the host's
};

/// annexd without its main(): joins workspaces, sessions, policy, desktop and API. One loop; file contents are read in a pool of their own.
class Broker {
public:
    Broker(asio::io_context& loop, const Clock& clock, std::unique_ptr<policy::PolicyEngine> policy, std::vector<std::unique_ptr<isolation::Engine>> engines, BrokerOptions options);
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;
    ~Broker();

    /// Takes over running guests, then listens.
    asio::awaitable<Result<void>> open();
    /// Called once when the broker has nothing more to do, or was told to end.
    void onFinished(std::function<void()> handler) { m_onFinished = std::move(handler); }
    /// Ends the API and lets go of running guests; they go on.
    void close();

    // For the method groups (methods/*.cpp)
    asio::io_context& loop() { return m_loop; }
    /// Where the broker's coroutines run: none of them outlives it.
    auto executor() const { return m_scope.executor(); }
    std::shared_ptr<const bool> alive() const { return m_scope.open(); }
    const Clock& clock() const { return m_clock; }
    const BrokerOptions& options() const { return m_options; }
    policy::PolicyEngine& policy() { return *m_policy; }
    Workspaces& workspaces() { return m_workspaces; }
    api::Server& server() { return m_server; }
    Desktop& desktop() { return m_desktop; }
    asio::thread_pool& pool() { return m_pool; }
    /// Null where no guest runs.
    std::shared_ptr<GuestSession> session(const std::string& workspace) const;
    /// Registers a method; afterwards audit records and upkeep are looked after.
    void method(std::string_view name, std::function<asio::awaitable<Outcome<api::Reply>>(Broker&, std::shared_ptr<api::Call>)> handler);

    nlohmann::json describe(const Workspace& workspace) const;
    void changed(const Workspace& workspace);
    void notice(const Problem& problem, const std::string& workspace = {});
    void settingsChanged(const std::string& key, const std::string& workspace);
    /// Looks whether something is due: idle workspaces, upkeep of the trail, the broker's own end. Also the tests' door.
    void lookAround();
    void finish();

private:
    asio::awaitable<Result<void>> connectGuest(std::string workspace, isolation::Guest& guest, Deadline deadline);
    GuestSession::Events eventsFor(const std::string& workspace);
    ClipboardPorts portsFor(const std::string& workspace);
    void wireWorkspaces();
    void guestGone(const Workspace& workspace);
    void onHostile(const std::string& workspace, const std::string& reason);
    void onMenu(const std::string& workspace, const frame::Menu& menu);
    void afterPolicy();
    void changedSoon(const std::string& workspace);
    void stopIdle(const std::string& workspace);
    bool isBusy(const Workspace& workspace) const;
    void armTimer();
    /// On the loop, after what runs now; not at all once this object has gone.
    void later(std::function<void()> work);
    bool isEmpty() const;

    asio::io_context& m_loop;
    const Clock& m_clock;
    BrokerOptions m_options;
    std::unique_ptr<policy::PolicyEngine> m_policy;
    asio::thread_pool m_pool;
    api::Server m_server;
    Workspaces m_workspaces;
    Desktop m_desktop;
    std::map<std::string, std::shared_ptr<GuestSession>> m_sessions;
    IdleWatch m_idle;
    asio::steady_timer m_timer;
    asio::steady_timer m_changeTimer;
    std::set<std::string> m_changeWaits; ///< workspaces whose windows or programs changed just now
    std::optional<std::chrono::steady_clock::time_point> m_emptySince;
    std::optional<std::chrono::steady_clock::time_point> m_upkeepAt;
    std::int64_t m_auditHead = 0;
    std::function<void()> m_onFinished;
    bool m_closed = false;
    api::Scope m_scope{m_loop};
};

} // namespace annex::broker

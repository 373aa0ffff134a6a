// SPDX-License-Identifier: Apache-2.0
#include "app/broker/broker.h"

#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <nlohmann/json.hpp>

#include "app/broker/methods/methods.h"
#include "app/broker/views.h"
#include "base/log.h"

namespace annex::broker {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kFileThreads = 2; // one slow disk does not hold up a quick one
constexpr std::chrono::milliseconds kChangeTime{40};
constexpr std::chrono::seconds kChannelGrace{3}; // between the end of a guest's channel and the engine's word about it

policy::Subject annexItself()
{
    policy::Subject out;
    out.kind = policy::Subject::Kind::Broker;
    return out;
}

} // namespace

Broker::Broker(asio::io_context& loop, const Clock& clock, std::unique_ptr<policy::PolicyEngine> policy, std::vector<std::unique_ptr<isolation::Engine>> engines, BrokerOptions options)
    : m_loop(loop), m_clock(clock), m_options(std::move(options)), m_policy(std::move(policy)), m_pool(kFileThreads),
      m_server(loop, {m_options.writerCheck, m_options.product, api::kMaxClients}),
      m_workspaces(loop, clock, *m_policy, std::move(engines), {m_options.guestProgramFolder, m_options.guestEnvironment, m_options.weakenedForTest}), m_desktop(m_server), m_timer(loop), m_changeTimer(loop)
{
    m_auditHead = m_policy->auditHead();
    wireWorkspaces();
    m_server.onClientGone([this](api::ClientId client) {
        for (const auto& [id, session] : m_sessions)
            session->clientGone(client);
        if (m_desktop.forget(client))
            m_server.publish("desktop.changed", {{"registered", false}});
    });
    m_server.onClientCount([this] { later([this] { lookAround(); }); });
    registerAll(*this);
}

Broker::~Broker()
{
    close();
}

asio::awaitable<Result<void>> Broker::open()
{
    if (auto made = m_workspaces.defaultWorkspace(); !made)
        log("broker").warn("no default workspace: {}", made.error().detail);
    co_await m_workspaces.adopt();
    auto listening = m_server.listen(m_options.paths.brokerSocket());
    if (!listening)
        co_return listening;
    lookAround();
    co_return Result<void>();
}

void Broker::close()
{
    if (std::exchange(m_closed, true))
        return;
    m_timer.cancel();
    m_changeTimer.cancel();
    m_server.close();
    for (auto& [id, session] : std::exchange(m_sessions, {}))
        session->close();
    if (auto finished = m_policy->finish(); !finished)
        log("broker").warn("the trail could not be anchored: {}", finished.error().describe());
    m_pool.stop();
}

void Broker::later(std::function<void()> work)
{
    asio::post(executor(), std::move(work));
}

void Broker::finish()
{
    if (auto told = std::exchange(m_onFinished, nullptr))
        asio::post(m_loop, std::move(told)); // after the answers that are on their way
}

std::shared_ptr<GuestSession> Broker::session(const std::string& workspace) const
{
    const auto found = m_sessions.find(workspace);
    return found == m_sessions.end() ? nullptr : found->second;
}

void Broker::method(std::string_view name, std::function<asio::awaitable<Outcome<api::Reply>>(Broker&, std::shared_ptr<api::Call>)> handler)
{
    // Not a coroutine itself: the handler is kept by the server as long as calls may come.
    m_server.handle(name, [this, handler = std::move(handler)](std::shared_ptr<api::Call> call) { return handler(*this, std::move(call)); });
}

// ---- workspaces and their sessions

void Broker::wireWorkspaces()
{
    Workspaces::Hooks hooks;
    hooks.connect = [this](std::string workspace, isolation::Guest& guest, Deadline deadline) { return connectGuest(std::move(workspace), guest, deadline); };
    hooks.guestGone = [this](const Workspace& workspace) { guestGone(workspace); };
    hooks.changed = [this](const Workspace& workspace) { changed(workspace); };
    hooks.removed = [this](const std::string& id) {
        m_idle.forget(id);
        m_server.publish("workspace.removed", {{"id", id}});
    };
    hooks.stage = [this](const Workspace& workspace, std::string_view stage, std::chrono::milliseconds elapsed) {
        m_server.publish("workspace.stage", {{"workspace", workspace.row.id}, {"stage", stage}, {"elapsed_ms", elapsed.count()}});
    };
    m_workspaces.setHooks(std::move(hooks));
}

GuestSession::Events Broker::eventsFor(const std::string& id)
{
    GuestSession::Events events;
    events.changed = [this, id] { changedSoon(id); };
    events.hostile = [this, id](std::string reason) {
        // Later: the session that tells it goes with its guest.
        later([this, id, reason = std::move(reason)] { onHostile(id, reason); });
    };
    events.guestGone = [this, id] {
        // The engine tells how the guest ended; if it has nothing to say, a guest without a channel is of no use.
        auto timer = std::make_shared<asio::steady_timer>(m_loop, kChannelGrace);
        const auto gone = session(id);
        auto look = [this, id, gone, timer](asio::error_code) {
            const auto workspace = m_workspaces.find(id);
            if (workspace && gone && session(id) == gone)
                m_workspaces.cutOff(*workspace, api::problem("guest.crashed", {{"workspace", (*workspace)->row.name}}, "the control channel ended"));
        };
        timer->async_wait(asio::bind_executor(executor(), std::move(look)));
    };
    events.viewerLost = [this, id] { m_server.publish("viewer.wanted", {{"workspace", id}}); };
    events.menu = [this, id](const frame::Menu& menu) { onMenu(id, menu); };
    events.hostFirst = [this, id] { asio::co_spawn(executor(), m_desktop.show("main", id), asio::detached); };
    events.displayGivenUp = [this, id] {
        if (const auto workspace = m_workspaces.find(id))
            notice(api::problem("guest.display-given-up", {{"workspace", (*workspace)->row.name}}), id);
    };
    return events;
}

void Broker::onHostile(const std::string& id, const std::string& reason)
{
    const auto workspace = m_workspaces.find(id);
    if (!workspace)
        return;
    const Problem problem = api::problem("guest.hostile", {{"workspace", (*workspace)->row.name}}, reason);
    m_workspaces.cutOff(*workspace, problem);
    notice(problem, id);
}

ClipboardPorts Broker::portsFor(const std::string& id)
{
    ClipboardPorts ports{id, *m_policy, {}, {}, {}, {}, {}, {}};
    ports.hostText = [this, id](std::uint64_t maximum) {
        const auto current = session(id);
        return m_desktop.clipboardText(id, current ? current->viewerPid() : 0, maximum);
    };
    ports.setHostText = [this, id](std::string text, std::optional<std::chrono::seconds> expire) { return m_desktop.setClipboard(std::move(text), id, expire); };
    ports.recorded = [this] { afterPolicy(); };
    return ports;
}

asio::awaitable<Result<void>> Broker::connectGuest(std::string id, isolation::Guest& guest, Deadline deadline)
{
    auto stream = duplicate(static_cast<int>(guest.control().stream));
    if (!stream)
        co_return while_("take the control stream", std::move(stream));
    auto session = std::make_shared<GuestSession>(m_loop, m_pool, std::move(*stream), portsFor(id), eventsFor(id));
    m_sessions[id] = session;
    // Whoever is cancelled or fails here leaves no session behind.
    struct Withdraw {
        std::map<std::string, std::shared_ptr<GuestSession>>& sessions;
        const std::string& id;
        std::shared_ptr<GuestSession> session;
        std::shared_ptr<const bool> alive; // a start that waits when the broker ends is destroyed afterwards
        bool armed = true;
        ~Withdraw()
        {
            if (!armed)
                return;
            session->close();
            if (*alive)
                sessions.erase(id);
        }
    } withdraw{m_sessions, id, session, alive()};
    const auto own = std::min(deadline, steady_clock::now() + kConnectTime);
    auto connected = co_await session->link().connect(own);
    if (!connected)
        co_return connected;
    withdraw.armed = false;
    m_server.publish("viewer.wanted", {{"workspace", id}});
    co_return Result<void>();
}

void Broker::guestGone(const Workspace& workspace)
{
    m_idle.forget(workspace.row.id);
    if (auto node = m_sessions.extract(workspace.row.id))
        node.mapped()->close();
}

void Broker::onMenu(const std::string& id, const frame::Menu& menu)
{
    const auto workspace = m_workspaces.find(id);
    if (!workspace)
        return;
    policy::Subject viewer;
    viewer.kind = policy::Subject::Kind::Viewer;
    asio::awaitable<void> work;
    if (menu.item == "settings" || menu.item == "what-is-this")
        work = m_desktop.show(menu.item == "settings" ? "settings" : "what-is-this", id);
    else if (menu.item == "send-file-in")
        work = m_desktop.openFileDialog(id);
    else if (menu.item == "stop-workspace")
        return asio::co_spawn(executor(), m_workspaces.stop(*workspace, viewer, isolation::StopHow::Ask), asio::detached);
    else
        return toggleCrossing(*this, id, menu.item, viewer);
    asio::co_spawn(executor(), std::move(work), asio::detached);
}

// ---- what others are told

nlohmann::json Broker::describe(const Workspace& workspace) const
{
    return views::workspace(workspace, session(workspace.row.id).get(), *m_policy);
}

bool Broker::isBusy(const Workspace& workspace) const
{
    const auto current = session(workspace.row.id);
    return workspace.state != State::Running || !current || current->link().programCount() > 0 || !current->windows().empty();
}

void Broker::changed(const Workspace& workspace)
{
    const auto current = session(workspace.row.id);
    if (hasGuest(workspace.state))
        m_idle.set(workspace.row.id, isBusy(workspace), m_clock.steadyNow());
    if (current) {
        current->setAppearance(views::appearance(workspace, *m_policy, m_desktop.theme()));
        current->setMenu(views::menuState(workspace, *m_policy));
        current->setPaused(workspace.state == State::Paused || workspace.state == State::Pausing);
    }
    m_server.publish("workspace.changed", {{"workspace", describe(workspace)}});
    later([this] { lookAround(); });
}

// A guest can change its titles as often as it likes; people and policy look at most so often.
void Broker::changedSoon(const std::string& id)
{
    if (!m_changeWaits.insert(id).second || m_changeWaits.size() > 1)
        return;
    m_changeTimer.expires_after(kChangeTime);
    auto tell = [this](asio::error_code error) {
        if (error)
            return;
        for (const auto& each : std::exchange(m_changeWaits, {}))
            if (const auto workspace = m_workspaces.find(each))
                changed(**workspace);
    };
    m_changeTimer.async_wait(asio::bind_executor(executor(), std::move(tell)));
}

void Broker::notice(const Problem& problem, const std::string& workspace)
{
    nlohmann::json event{{"id", problem.id}, {"title", problem.title}, {"why", problem.why}, {"do", problem.todo}};
    if (!workspace.empty())
        event["workspace"] = workspace;
    m_server.publish("notice", event);
}

void Broker::settingsChanged(const std::string& key, const std::string& workspace)
{
    nlohmann::json event{{"key", key}};
    if (!workspace.empty())
        event["workspace"] = workspace;
    m_server.publish("policy.changed", event);
    for (const auto& each : m_workspaces.all())
        if (workspace.empty() || each->row.id == workspace) {
            m_workspaces.refreshLooks(*each);
            changed(*each);
        }
}

void Broker::afterPolicy()
{
    const auto head = m_policy->auditHead();
    if (std::exchange(m_auditHead, head) != head)
        m_server.publish("audit.added", {{"seq", head}});
}

// ---- what is due

bool Broker::isEmpty() const
{
    return m_server.clientCount() == 0 && m_workspaces.runningCount() == 0;
}

void Broker::stopIdle(const std::string& id)
{
    const auto workspace = m_workspaces.find(id);
    m_idle.forget(id);
    if (!workspace || isBusy(**workspace)) // a program that has just begun: the watch has not been told yet
        return;
    asio::co_spawn(executor(), m_workspaces.stop(*workspace, annexItself(), isolation::StopHow::Ask), asio::detached);
}

void Broker::lookAround()
{
    if (m_closed)
        return;
    afterPolicy();
    const auto now = m_clock.steadyNow();
    const auto limit = [this](const std::string& id) { return m_policy->value(policy::keys::kWorkspaceIdleStop, id); };
    for (const auto& id : m_idle.due(limit, now))
        stopIdle(id);
    if (m_upkeepAt && now >= *m_upkeepAt) {
        m_upkeepAt.reset();
        if (auto done = m_policy->maintain(); !done)
            log("broker").warn("upkeep of the trail: {}", done.error().describe());
        afterPolicy();
    }
    if (const auto due = m_policy->maintenanceDue(); due && !m_upkeepAt)
        m_upkeepAt = now + *due;
    if (!isEmpty())
        m_emptySince.reset();
    else if (!m_emptySince)
        m_emptySince = now;
    else if (now - *m_emptySince >= m_options.emptyTime)
        return finish();
    armTimer();
}

void Broker::armTimer()
{
    const auto limit = [this](const std::string& id) { return m_policy->value(policy::keys::kWorkspaceIdleStop, id); };
    std::optional<steady_clock::time_point> at = m_idle.nextDue(limit);
    const auto earlier = [&](std::optional<steady_clock::time_point> other) {
        if (other)
            at = std::min(at.value_or(*other), *other);
    };
    earlier(m_upkeepAt);
    if (m_emptySince)
        earlier(*m_emptySince + m_options.emptyTime);
    if (!at) {
        m_timer.cancel();
        return;
    }
    m_timer.expires_after(*at - m_clock.steadyNow());
    auto look = [this](asio::error_code error) {
        if (!error)
            lookAround();
    };
    m_timer.async_wait(asio::bind_executor(executor(), std::move(look))); // one that has run out already cannot be cancelled
}

} // namespace annex::broker

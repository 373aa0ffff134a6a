// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/namespaces_engine.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/channel/posix/local_socket.h"
#include "base/files.h"
#include "base/log.h"
#include "isolation/namespaces/host_checks.h"
#include "isolation/namespaces/host_layout.h"
#include "isolation/namespaces/leftovers.h"
#include "isolation/namespaces/namespaces_guest.h"
#include "isolation/namespaces/probe.h"
#include "isolation/namespaces/readiness.h"
#include "isolation/namespaces/system_call_filter.h"

namespace annex::isolation {
namespace fs = std::filesystem;
namespace {

constexpr auto kTakePatience = std::chrono::seconds(10); // adopting: a keeper answers in a millisecond

Result<UniqueFd> memoryFileWith(ByteSpan content)
{
    UniqueFd file(::memfd_create("annex-specification", MFD_CLOEXEC));
    if (!file)
        return failErrno("hand over the specification");
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t written = ::write(file.get(), content.data() + done, content.size() - done);
        if (written <= 0)
            return failErrno("hand over the specification");
        done += static_cast<std::size_t>(written);
    }
    return file;
}

Result<std::array<UniqueFd, 2>> makePipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return failErrno("make a pipe");
    return std::array<UniqueFd, 2>{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// `ready` is closed here afterwards, so that the keeper's end is the only one.
Result<ChildProcess> spawnKeeper(
    const NamespacesOptions& options, const std::string& guestId, const keeper::Specification& specification, UniqueFd ready)
{
    auto file = memoryFileWith(keeper::encode(specification));
    if (!file)
        return tl::unexpected<Error>(std::move(file.error()));
    SpawnOptions spawnOptions;
    spawnOptions.program = options.keeperProgram.string();
    spawnOptions.arguments = {"annex-keeper", "--guest-id", guestId, "--socket", (options.keeperFolder / (guestId + ".sock")).string(),
                              "--ready-fd", "3", "--spec-fd", "4"};
    spawnOptions.descriptors = {{ready.get(), 3}, {file->get(), 4}};
    spawnOptions.newSession = true;
    spawnOptions.workingFolder = "/";
    auto keeper = spawn(spawnOptions);
    if (!keeper)
        return while_("start the keeper", std::move(keeper));
    return keeper;
}

/// The keeper writes its report in one piece and closes the pipe.
asio::awaitable<Result<void>> readReport(asio::any_io_executor executor, UniqueFd pipe, Deadline deadline)
{
    ByteVector bytes;
    for (;;) {
        std::uint8_t buffer[4096];
        const ssize_t got = ::read(pipe.get(), buffer, sizeof buffer);
        if (got == 0 || bytes.size() > keeper::kMaxBody_bytes)
            co_return keeper::decodeReady(bytes);
        if (got > 0) {
            bytes.insert(bytes.end(), buffer, buffer + got);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            co_return failErrno("read the keeper's report");
        auto ready = co_await waitReadable(executor, pipe.get(), deadline);
        if (!ready)
            co_return while_("wait for the keeper", std::move(ready));
    }
}

/// Reaps a keeper whenever it ends, so that a long-lived broker collects no dead children. One that was killed has left things behind; at
/// this point all its descriptors are closed, so nothing answers in its name any more.
asio::awaitable<void> reap(asio::any_io_executor executor, ChildProcess keeper, std::function<void()> sweep)
{
    auto ended = co_await waitReadable(executor, keeper.pidfd(), Deadline::max());
    if (!ended)
        co_return;
    auto status = keeper.tryWait();
    if (status && *status && (*status)->signal != 0)
        sweep();
}

/// Until it is disarmed: a start that does not come to its end, by an error, a cancellation or the end of the loop, takes the keeper along.
/// The keeper, asked so, ends the guest and removes everything.
class KeeperGuard {
public:
    /// @param sweep  called when the keeper was killed, now or later
    KeeperGuard(asio::any_io_executor executor, ChildProcess keeper, std::function<void()> sweep)
        : m_executor(std::move(executor)), m_keeper(std::move(keeper)), m_sweep(std::move(sweep))
    {
    }
    ~KeeperGuard()
    {
        if (!m_keeper)
            return;
        if (m_armed)
            (void)m_keeper.signal(SIGTERM);
        asio::co_spawn(m_executor, reap(m_executor, std::move(m_keeper), std::move(m_sweep)), asio::detached);
    }
    KeeperGuard(const KeeperGuard&) = delete;
    KeeperGuard& operator=(const KeeperGuard&) = delete;
    void disarm() { m_armed = false; }
    ChildProcess release() { return std::move(m_keeper); }

private:
    asio::any_io_executor m_executor;
    ChildProcess m_keeper;
    std::function<void()> m_sweep;
    bool m_armed = true;
};

} // namespace

struct NamespacesEngine::State : std::enable_shared_from_this<State> {
    State(asio::any_io_executor loop, fs::path folder, bool undelegated)
        : executor(std::move(loop)), keeperFolder(std::move(folder)), ignoreDelegation(undelegated)
    {
    }

    Delegation delegation() const { return ignoreDelegation ? Delegation{} : findDelegation(::geteuid()); }

    Sweep sweep() { return sweepLeftovers(keeperFolder, delegation(), starting); }

    /// Whether a sweep would spare this guest: its start has not returned yet, or its keeper still answers.
    bool spares(const Sweep& sweep, const std::string& guestId) const
    {
        const auto& alive = sweep.alive;
        return starting.contains(guestId) || std::find(alive.begin(), alive.end(), keeperFolder / (guestId + ".sock")) != alive.end();
    }

    /// Processes that were just killed need a moment to leave their groups.
    /// @param ending  a guest whose keeper is known to be ending; its other descriptors may close a moment later. Empty: none
    static asio::awaitable<Sweep> sweepThoroughly(std::shared_ptr<State> state, std::string ending)
    {
        constexpr int kAttempts = 200;
        constexpr auto kBetween = std::chrono::milliseconds(10);
        Sweep sweep = state->sweep();
        for (int attempt = 0; attempt < kAttempts && (sweep.again || (!ending.empty() && state->spares(sweep, ending))); ++attempt) {
            (void)co_await pauseUntil(state->executor, std::chrono::steady_clock::now() + kBetween);
            sweep = state->sweep();
        }
        if (sweep.again)
            log("namespaces").warn("something of an ended guest is still there; it is looked at again at the next start");
        co_return sweep;
    }

    static asio::awaitable<void> sweepAfter(std::shared_ptr<State> state, std::string guestId)
    {
        (void)co_await sweepThoroughly(state, guestId);
    }

    /// What to do when this guest's keeper has ended without cleaning up.
    std::function<void()> sweeper(const std::string& guestId)
    {
        return [weak = weak_from_this(), guestId] {
            if (auto state = weak.lock())
                asio::co_spawn(state->executor, sweepAfter(state, guestId), asio::detached);
        };
    }

    asio::any_io_executor executor;
    fs::path keeperFolder;
    bool ignoreDelegation;
    std::set<std::string> starting; ///< ids whose keeper may not listen yet
    std::vector<ByteVector> filters;
};

NamespacesEngine::NamespacesEngine(asio::any_io_executor executor, NamespacesOptions options)
    : m_executor(executor), m_options(std::move(options)),
      m_state(std::make_shared<State>(executor, m_options.keeperFolder, m_options.ignoreDelegation))
{
}

NamespacesEngine::~NamespacesEngine() = default;

asio::awaitable<Result<void>> NamespacesEngine::probe()
{
    const HostFacts facts = co_await probeHost(m_executor, m_options);
    co_return canRun(facts);
}

asio::awaitable<std::vector<HostCheck>> NamespacesEngine::examine()
{
    const HostFacts facts = co_await probeHost(m_executor, m_options);
    co_return hostChecks(facts);
}

/// Works out what to run, starts the keeper with it and waits for its report.
asio::awaitable<Result<ChildProcess>> NamespacesEngine::startKeeper(GuestSpec spec, StageHandler stages, Deadline deadline)
{
    auto executor = m_executor;
    const NamespacesOptions options = m_options;
    auto state = m_state;
    if (auto made = ensurePrivateFolder(options.keeperFolder); !made)
        co_return tl::unexpected<Error>(std::move(made.error()));
    state->sweep();
    if (state->filters.empty()) {
        auto filters = compileSystemCallFilters();
        if (!filters)
            co_return tl::unexpected<Error>(std::move(filters.error()));
        state->filters = std::move(*filters);
    }
    const HostLayout layout = readHostLayout();
    for (const std::string& omitted : layout.omitted)
        log("namespaces").info("not shown to guests: {}", omitted);
    auto specification = keeperSpecification(
        spec, options, layout, state->delegation(), readHostSize(), state->filters);
    if (!specification)
        co_return tl::unexpected<Error>(std::move(specification.error()));
    if (stages)
        stages("start");
    auto ready = makePipe();
    if (!ready)
        co_return tl::unexpected<Error>(std::move(ready.error()));
    auto keeper = spawnKeeper(options, spec.guestId, *specification, std::move((*ready)[1]));
    if (!keeper)
        co_return tl::unexpected<Error>(std::move(keeper.error()));
    KeeperGuard guard(executor, std::move(*keeper), state->sweeper(spec.guestId));
    auto report = co_await readReport(executor, std::move((*ready)[0]), deadline);
    if (!report)
        co_return tl::unexpected<Error>(std::move(report.error()));
    co_return guard.release();
}

asio::awaitable<Result<std::unique_ptr<Guest>>> NamespacesEngine::start(GuestSpec spec, StageHandler stages, Deadline deadline)
{
    auto executor = m_executor;
    auto state = m_state;
    const std::string id = spec.guestId;
    const fs::path socket = m_options.keeperFolder / (id + ".sock");
    const std::string action = "start guest '" + id + "'";
    auto stage = [&stages](std::string_view name) {
        if (stages)
            stages(name);
    };

    if (!state->starting.insert(id).second)
        co_return fail(Errc::AlreadyExists, action + ": it is being started");
    const std::shared_ptr<void> noLongerStarting(nullptr, [state, id](void*) { state->starting.erase(id); });
    stage("prepare");
    auto keeper = co_await startKeeper(std::move(spec), stages, deadline);
    if (!keeper)
        co_return while_(action, std::move(keeper));
    KeeperGuard guard(executor, std::move(*keeper), state->sweeper(id));
    stage("connect");
    auto taken = co_await askKeeper(executor, socket, keeper::Verb::Take, deadline);
    if (!taken)
        co_return while_(action, std::move(taken));
    auto guest = NamespacesGuest::create(executor, id, socket, std::move(*taken), state->sweeper(id));
    if (!guest)
        co_return while_(action, std::move(guest));
    guard.disarm();
    std::unique_ptr<Guest> started = std::move(*guest);
    co_return started;
}

asio::awaitable<Result<std::vector<std::unique_ptr<Guest>>>> NamespacesEngine::adopt()
{
    auto executor = m_executor;
    auto state = m_state;
    if (auto made = ensurePrivateFolder(state->keeperFolder); !made)
        co_return while_("look for running guests", std::move(made));
    const Sweep sweep = co_await State::sweepThoroughly(state, {});
    std::vector<std::unique_ptr<Guest>> guests;
    for (const fs::path& socket : sweep.alive) {
        const Deadline deadline = std::chrono::steady_clock::now() + kTakePatience;
        auto taken = co_await askKeeper(executor, socket, keeper::Verb::Take, deadline);
        if (!taken) {
            log("namespaces").warn("a keeper does not hand its guest over: {}", taken.error().describe());
            continue;
        }
        const std::string id = socket.stem().string();
        auto guest = NamespacesGuest::create(executor, id, socket, std::move(*taken), state->sweeper(id));
        if (guest)
            guests.push_back(std::move(*guest));
        else
            log("namespaces").warn("{}", guest.error().describe());
    }
    co_return guests;
}

} // namespace annex::isolation

// SPDX-License-Identifier: Apache-2.0
#include "app/keeper/guest_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/keeper/scratch_limits.h"
#include "isolation/namespaces/control_group_files.h"

namespace annex::keeper {
namespace {

using namespace annex::isolation;
using namespace std::chrono_literals;

/// The pool: sealed against shrinking and growing before anybody else has it, so that no reader of it can be made to fault.
Result<UniqueFd> makePool(std::uint64_t bytes)
{
    UniqueFd pool(::memfd_create("annex-pool", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!pool)
        return failErrno("make the pixel pool");
    if (::ftruncate(pool.get(), static_cast<off_t>(bytes)) != 0
        || ::fcntl(pool.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return failErrno("seal the pixel pool");
    return pool;
}

/// The score is inherited: raised for the fork, lowered again afterwards.
class RaisedOomScore {
public:
    explicit RaisedOomScore(int score)
    {
        if (auto old = readGroupFile(kFile))
            m_old = *old;
        (void)writeGroupFile(kFile, std::to_string(score));
    }
    ~RaisedOomScore() { (void)writeGroupFile(kFile, m_old); }
    RaisedOomScore(const RaisedOomScore&) = delete;
    RaisedOomScore& operator=(const RaisedOomScore&) = delete;

private:
    static constexpr const char* kFile = "/proc/self/oom_score_adj";
    std::string m_old = "0";
};

} // namespace

GuestProcess::GuestProcess(Specification specification) : m_specification(std::move(specification))
{
    // Whatever loses bubblewrap as its parent becomes our child, and so can be found and ended.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

GuestProcess::~GuestProcess()
{
    (void)end();
}

Result<void> GuestProcess::start(std::chrono::steady_clock::time_point deadline)
{
    auto control = streamPair();
    auto display = streamPair();
    if (!control || !display)
        return fail(Errc::SystemFailed, "make the guest's streams: no descriptor left");
    if (m_specification.pool_bytes != 0) {
        auto pool = makePool(m_specification.pool_bytes);
        if (!pool)
            return tl::unexpected<Error>(std::move(pool.error()));
        m_pool = std::move(*pool);
    }
    if (auto made = makeGroup(); !made)
        return made;
    {
        const RaisedOomScore raised(m_specification.oomScore);
        const GuestEnds ends{(*control)[1].get(), (*display)[1].get(), m_pool.get()};
        auto bubblewrap = startBubblewrap(m_specification, ends, -1);
        if (!bubblewrap)
            return tl::unexpected<Error>(std::move(bubblewrap.error()));
        m_bubblewrap = std::move(*bubblewrap);
    }
    m_control = std::move((*control)[0]);
    m_display = std::move((*display)[0]);
    if (auto confined = confine(deadline); !confined) {
        // Whatever step met it: a first process that is gone means that bubblewrap gave up, and bubblewrap knows why.
        if (firstEnded() || bubblewrapEnded(0))
            return fail(Errc::EngineFailed, "bubblewrap could not set the guest up");
        return confined;
    }
    const char go = 1;
    if (::write(m_bubblewrap.block.get(), &go, 1) != 1)
        return failErrno("let the guest run");
    m_bubblewrap.block.reset();
    m_bubblewrap.info.reset();
    return {};
}

/// Everything that limits the guest and that bubblewrap cannot do: while its first process waits, before it has loaded anything.
Result<void> GuestProcess::confine(std::chrono::steady_clock::time_point deadline)
{
    auto first = firstProcessOf(m_bubblewrap, deadline);
    if (!first)
        return tl::unexpected<Error>(std::move(first.error()));
    m_firstReported = true;
    m_firstHandle.reset(static_cast<int>(::syscall(SYS_pidfd_open, *first, 0)));
    if (!m_firstHandle)
        return failErrno("hold the guest's first process");
    m_first = *first;
    // bubblewrap itself stays out: frozen with the guest it could not be ended, and it runs no code of the guest.
    if (auto joined = joinGroup(m_first); !joined)
        return joined;
    if (auto limited = limitFirst(); !limited)
        return limited;
    return waitForScratch(deadline);
}

Result<void> GuestProcess::makeGroup()
{
    for (const std::string& folder : m_specification.group.folders) {
        if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
            return failErrno("make the control group " + folder);
    }
    for (const FileSetting& setting : m_specification.group.settings) {
        if (auto set = writeGroupFile(setting.file, setting.value); !set) {
            auto& error = set.error();
            error.id = "engine.limit-not-held";
            return while_("set a limit", std::move(set));
        }
    }
    return {};
}

Result<void> GuestProcess::joinGroup(pid_t pid)
{
    for (const std::string& folder : m_specification.group.folders) {
        if (auto joined = writeGroupFile(folder + "/cgroup.procs", std::to_string(pid)); !joined)
            return while_("put the guest into its control group", std::move(joined));
    }
    return {};
}

Result<void> GuestProcess::limitFirst()
{
    for (const isolation::keeper::ResourceLimit& limit : m_specification.limits) {
        const auto resource = static_cast<__rlimit_resource>(limit.resource);
        rlimit now{};
        if (::prlimit(m_first, resource, nullptr, &now) != 0)
            return failErrno("read resource limit " + std::to_string(limit.resource) + " of the guest");
        const rlimit wanted{std::min<rlim_t>(limit.soft, now.rlim_max), std::min<rlim_t>(limit.hard, now.rlim_max)};
        if (::prlimit(m_first, resource, &wanted, nullptr) != 0)
            return failErrno("set resource limit " + std::to_string(limit.resource) + " of the guest");
    }
    return {};
}

bool GuestProcess::bubblewrapEnded(int patience_ms) const
{
    pollfd wait{m_bubblewrap.process.pidfd(), POLLIN, 0};
    return ::poll(&wait, 1, patience_ms) > 0;
}

/// Only after its number was read; without a handle it had ended before it could be held.
bool GuestProcess::firstEnded() const
{
    pollfd wait{m_firstHandle.get(), POLLIN, 0};
    return m_firstReported && (!m_firstHandle || ::poll(&wait, 1, 0) > 0);
}

/// There is no event for "bubblewrap waits for its block descriptor", so this looks each millisecond, some ten times.
Result<void> GuestProcess::waitForScratch(std::chrono::steady_clock::time_point deadline)
{
    for (;;) {
        auto limited = limitScratch(m_first, m_specification.scratch);
        if (limited || limited.error().code != Errc::Busy)
            return limited;
        if (bubblewrapEnded(1))
            return fail(Errc::EngineFailed, "bubblewrap could not set the guest up");
        if (std::chrono::steady_clock::now() > deadline)
            return fail(Errc::TimedOut, "limit the guest's files: " + limited.error().context);
    }
}

Result<void> GuestProcess::pause()
{
    const auto& group = m_specification.group;
    if (!group.freeze)
        return fail(Errc::Unsupported, "pause: no freezer was delegated");
    if (auto set = writeGroupFile(group.freeze->file, group.freeze->value); !set)
        return while_("pause the guest", std::move(set));
    auto frozen = waitFrozen();
    if (!frozen)
        (void)resume();
    return frozen;
}

Result<void> GuestProcess::waitFrozen()
{
    const auto& group = m_specification.group;
    constexpr auto kPatience = 5s; // a process in a long system call is frozen when it comes back
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
        const auto state = readGroupFile(group.frozenFile);
        if (state && state->find(group.frozenText) != std::string::npos)
            return {};
        if (bubblewrapEnded(1))
            return fail(Errc::Disconnected, "pause: the guest has ended");
    }
    return fail(Errc::TimedOut, "pause: the guest does not stop");
}

Result<void> GuestProcess::resume()
{
    const auto& group = m_specification.group;
    if (!group.thaw)
        return fail(Errc::Unsupported, "resume: no freezer was delegated");
    return writeGroupFile(group.thaw->file, group.thaw->value);
}

Result<void> GuestProcess::ask()
{
    if (::syscall(SYS_pidfd_send_signal, m_firstHandle.get(), SIGTERM, nullptr, 0) != 0)
        return failErrno("ask the guest to end");
    return {};
}

void GuestProcess::kill()
{
    if (m_firstHandle)
        ::syscall(SYS_pidfd_send_signal, m_firstHandle.get(), SIGKILL, nullptr, 0);
    if (m_specification.group.thaw) // a frozen process of version 1 dies only when it runs again; it runs nothing before that
        (void)resume();
}

int GuestProcess::end()
{
    kill();
    int code = 0;
    if (m_bubblewrap.process) {
        if (!bubblewrapEnded(0) && m_firstHandle) {
            // Its first process was just killed; bubblewrap then tells how it ended. Not waited for longer than it can take.
            (void)bubblewrapEnded(5'000);
        }
        (void)m_bubblewrap.process.signal(SIGKILL);
        if (auto status = m_bubblewrap.process.wait())
            code = status->shellCode();
        m_bubblewrap.process = {};
    }
    endAllChildren();
    m_firstHandle.reset();
    removeGroup();
    return code;
}

void GuestProcess::removeGroup()
{
    std::vector<std::filesystem::path> folders(m_specification.group.folders.begin(), m_specification.group.folders.end());
    for (int attempt = 0; attempt < 500; ++attempt) { // processes leave their group a moment after they were reaped
        if (removeGroups(folders))
            return;
        std::this_thread::sleep_for(2ms);
    }
}

} // namespace annex::keeper

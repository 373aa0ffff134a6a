// SPDX-License-Identifier: Apache-2.0
#include "base/process/process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <set>

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process/linux/child.h"

namespace annex {
namespace {

bool hasZeroByte(const std::string& text)
{
    return text.find('\0') != std::string::npos;
}

Result<void> checkOptions(const SpawnOptions& options)
{
    if (options.program.find('/') == std::string::npos)
        return fail(Errc::Malformed, "start a program: its path has no '/'");
    auto bad = [](const std::vector<std::string>& texts) { return std::any_of(texts.begin(), texts.end(), hasZeroByte); };
    if (hasZeroByte(options.program) || hasZeroByte(options.workingFolder) || bad(options.arguments) || bad(options.environment))
        return fail(Errc::Malformed, "start a program: a text has a zero byte");
    std::set<int> targets;
    for (auto [here, there] : options.descriptors) {
        if (here < 0 || there < 0 || there > kMaxChildDescriptor || !targets.insert(there).second)
            return fail(Errc::Malformed, "start a program: a descriptor number is out of range or named twice");
    }
    return {};
}

std::vector<char*> pointersTo(const std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (const std::string& text : texts)
        pointers.push_back(const_cast<char*>(text.c_str())); // execve does not write
    pointers.push_back(nullptr);
    return pointers;
}

/// No handler of ours may run in the child before it has reset them.
class BlockedSignals {
public:
    BlockedSignals()
    {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &m_old);
    }
    ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &m_old, nullptr); }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;

private:
    sigset_t m_old{};
};

/// Like fork(), with the child's pidfd made in the same step. Kernels or sandboxes without clone3 get the pidfd right after: the
/// child is ours and not reaped, so its number is its own until then.
pid_t forkWithPidfd(int& pidfd)
{
    clone_args arguments{};
    arguments.flags = CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
    arguments.exit_signal = SIGCHLD;
    auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid >= 0 || (errno != ENOSYS && errno != EPERM))
        return pid;
    pid = ::fork();
    if (pid > 0)
        pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    return pid;
}

Result<void> waitForExec(int pipe, const std::string& program)
{
    ChildFailure failure;
    ssize_t got = 0;
    do
        got = ::read(pipe, &failure, sizeof failure);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return {}; // closed by a successful exec
    if (got != static_cast<ssize_t>(sizeof failure))
        return fail(Errc::SystemFailed, "start " + program + ": it ended before it was loaded");
    return failErrno("start " + program + ": " + describe(failure.step), failure.number);
}

} // namespace

Result<ChildProcess> spawn(const SpawnOptions& options)
{
    if (auto good = checkOptions(options); !good)
        return tl::unexpected<Error>(std::move(good.error()));

    // Everything that allocates is done before the fork: another thread may hold the heap's lock at that instant.
    std::vector<std::string> arguments = options.arguments;
    if (arguments.empty())
        arguments.push_back(options.program);
    std::vector<char*> argv = pointersTo(arguments);
    std::vector<char*> envp = pointersTo(options.environment);
    ChildPlan plan;
    plan.program = options.program.c_str();
    plan.argv = argv.data();
    plan.envp = envp.data();
    plan.workingFolder = options.workingFolder.empty() ? nullptr : options.workingFolder.c_str();
    plan.newSession = options.newSession;
    plan.parent = options.endWithParent ? ::getpid() : 0;
    for (auto [here, there] : options.descriptors)
        plan.moves.push_back({here, there});
    for (int standard : {0, 1, 2}) {
        if (std::none_of(plan.moves.begin(), plan.moves.end(), [&](const ChildPlan::Move& m) { return m.target == standard; }))
            plan.moves.push_back({-1, standard});
    }
    std::sort(plan.moves.begin(), plan.moves.end(), [](const auto& a, const auto& b) { return a.target < b.target; });

    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return failErrno("start " + options.program);
    UniqueFd readEnd(ends[0]);
    UniqueFd writeEnd(ends[1]);
    plan.report = writeEnd.get();

    int pidfd = -1;
    pid_t pid = -1;
    {
        BlockedSignals blocked;
        pid = forkWithPidfd(pidfd);
        if (pid == 0)
            runChild(plan);
    }
    if (pid < 0)
        return failErrno("start " + options.program);
    writeEnd.reset();
    if (pidfd < 0) {
        const int number = errno;
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return failErrno("start " + options.program + ": hold the process", number);
    }
    ChildProcess child(pid, UniqueFd(pidfd));
    if (auto loaded = waitForExec(readEnd.get(), options.program); !loaded) {
        (void)child.wait(); // it has reported its failure and is ending
        return tl::unexpected<Error>(std::move(loaded.error()));
    }
    return child;
}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept
{
    if (this != &other) {
        reapIfEnded();
        m_pid = std::exchange(other.m_pid, -1);
        m_pidfd = std::move(other.m_pidfd);
        m_status = std::exchange(other.m_status, std::nullopt);
    }
    return *this;
}

ChildProcess::~ChildProcess()
{
    reapIfEnded();
}

void ChildProcess::reapIfEnded()
{
    if (m_pidfd && !m_status)
        (void)waitWith(WNOHANG);
}

Result<void> ChildProcess::signal(int number)
{
    if (!m_pidfd || m_status)
        return fail(Errc::NotFound, "signal a process: it has ended");
    if (::syscall(SYS_pidfd_send_signal, m_pidfd.get(), number, nullptr, 0) == 0)
        return {};
    if (errno == ESRCH)
        return fail(Errc::NotFound, "signal a process: it has ended");
    return failErrno("signal a process");
}

Result<std::optional<ExitStatus>> ChildProcess::waitWith(int options)
{
    if (m_status)
        return m_status;
    if (!m_pidfd)
        return fail(Errc::NotFound, "wait for a process: there is none");
    siginfo_t info{};
    int waited = 0;
    do
        waited = ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(m_pidfd.get()), &info, WEXITED | options);
    while (waited != 0 && errno == EINTR);
    if (waited != 0)
        return failErrno("wait for a process");
    if (info.si_pid == 0)
        return std::optional<ExitStatus>{};
    m_status = info.si_code == CLD_EXITED ? ExitStatus{info.si_status, 0} : ExitStatus{0, info.si_status};
    return m_status;
}

Result<ExitStatus> ChildProcess::wait()
{
    auto status = waitWith(0);
    if (!status)
        return tl::unexpected<Error>(std::move(status.error()));
    return **status;
}

Result<std::optional<ExitStatus>> ChildProcess::tryWait()
{
    return waitWith(WNOHANG);
}

} // namespace annex

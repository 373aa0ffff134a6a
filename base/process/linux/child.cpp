// SPDX-License-Identifier: Apache-2.0
#include "base/process/linux/child.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace annex {

const char* describe(ChildStep step)
{
    switch (step) {
    case ChildStep::Parent: return "end with the parent";
    case ChildStep::Session: return "new session";
    case ChildStep::Folder: return "working folder";
    case ChildStep::Descriptors: return "hand over descriptors";
    case ChildStep::Exec: return "load the program";
    }
    return "start";
}

namespace {

[[noreturn]] void giveUp(int report, ChildStep step)
{
    const ChildFailure failure{step, errno};
    // Smaller than PIPE_BUF: written whole or not at all.
    [[maybe_unused]] ssize_t written = ::write(report, &failure, sizeof failure);
    ::_exit(127);
}

void resetSignals()
{
    struct sigaction plain {};
    plain.sa_handler = SIG_DFL;
    for (int number = 1; number < _NSIG; ++number)
        ::sigaction(number, &plain, nullptr); // SIGKILL, SIGSTOP and libc's own refuse; nothing to do about them
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Sources first move above every target, so that no dup2 can overwrite one that is still needed.
bool liftSources(ChildPlan& plan)
{
    for (ChildPlan::Move& move : plan.moves) {
        if (move.source < 0) {
            move.source = ::open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
            if (move.source < 0)
                return false;
        }
        move.source = ::fcntl(move.source, F_DUPFD_CLOEXEC, kMaxChildDescriptor + 1);
        if (move.source < 0)
            return false;
    }
    plan.report = ::fcntl(plan.report, F_DUPFD_CLOEXEC, kMaxChildDescriptor + 1);
    return plan.report >= 0;
}

/// For kernels without close_range: /proc/self/fd by plain system calls. The descriptors found are closed, except the two kept.
void closeByListing(unsigned first, unsigned last)
{
    const int folder = ::open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    struct Entry { // struct linux_dirent64
        ino64_t inode;
        off64_t offset;
        unsigned short length;
        unsigned char type;
        char name[];
    };
    alignas(Entry) char buffer[2048];
    for (long got = 0; (got = ::syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0;) {
        for (long at = 0; at < got;) {
            const auto* entry = reinterpret_cast<const Entry*>(buffer + at);
            at += entry->length;
            unsigned number = 0;
            const char* digit = entry->name;
            for (; *digit >= '0' && *digit <= '9'; ++digit)
                number = number * 10 + static_cast<unsigned>(*digit - '0');
            if (digit != entry->name && number >= first && number <= last && static_cast<int>(number) != folder)
                ::close(static_cast<int>(number));
        }
    }
    ::close(folder);
}

void closeBetween(unsigned first, unsigned last)
{
    if (first <= last && ::syscall(SYS_close_range, first, last, 0) != 0)
        closeByListing(first, last);
}

bool placeDescriptors(ChildPlan& plan)
{
    for (const ChildPlan::Move& move : plan.moves) {
        if (::dup2(move.source, move.target) < 0) // clears close-on-exec
            return false;
    }
    unsigned next = 0;
    for (const ChildPlan::Move& move : plan.moves) {
        const auto target = static_cast<unsigned>(move.target);
        if (target > next)
            closeBetween(next, target - 1);
        next = target + 1;
    }
    const auto report = static_cast<unsigned>(plan.report); // above every target; closes itself at exec
    closeBetween(next, report - 1);
    closeBetween(report + 1, ~0u);
    return true;
}

} // namespace

void runChild(ChildPlan& plan)
{
    if (plan.parent != 0) {
        if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
            giveUp(plan.report, ChildStep::Parent);
        if (::getppid() != plan.parent) // it ended before the kernel was told
            ::_exit(127);
    }
    if (plan.newSession && ::setsid() < 0)
        giveUp(plan.report, ChildStep::Session);
    if (!liftSources(plan) || !placeDescriptors(plan))
        giveUp(plan.report, ChildStep::Descriptors);
    if (plan.workingFolder != nullptr && ::chdir(plan.workingFolder) != 0)
        giveUp(plan.report, ChildStep::Folder);
    resetSignals();
    ::execve(plan.program, plan.argv, plan.envp);
    giveUp(plan.report, ChildStep::Exec);
}

} // namespace annex

// SPDX-License-Identifier: Apache-2.0
#include "app/keeper/scratch_limits.h"

#include <cerrno>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/posix/unique_fd.h"

namespace annex::keeper {
namespace {

struct Remount {
    std::string path;
    std::string options;
};

std::vector<Remount> remounts(const std::vector<isolation::ScratchPlace>& places)
{
    std::vector<Remount> all;
    for (const isolation::ScratchPlace& place : places)
        all.push_back({place.path, "size=" + std::to_string(place.size.count) + ",nr_inodes=" + std::to_string(place.inodes)});
    return all;
}

/// In a child of ours: it enters the guest's namespaces, makes a few system calls and ends. No code or file of the guest takes part.
[[noreturn]] void remountInside(pid_t keeper, int userNamespace, int mountNamespace, const std::vector<Remount>& all)
{
    // It has our sockets: a keeper that is killed must not go on answering through it.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != keeper)
        ::_exit(3);
    if (::setns(userNamespace, CLONE_NEWUSER) != 0 || ::setns(mountNamespace, CLONE_NEWNS) != 0)
        ::_exit(1);
    for (const Remount& one : all) {
        if (::mount("none", one.path.c_str(), nullptr, MS_REMOUNT | MS_NOSUID | MS_NODEV, one.options.c_str()) != 0)
            ::_exit(2);
    }
    ::_exit(0);
}

} // namespace

Result<void> limitScratch(pid_t first, const std::vector<isolation::ScratchPlace>& places)
{
    if (places.empty())
        return {};
    // bubblewrap makes its child inspectable again as the last thing before it waits for us.
    UniqueFd mounts(::open(("/proc/" + std::to_string(first) + "/ns/mnt").c_str(), O_RDONLY | O_CLOEXEC));
    if (!mounts)
        return fail(Errc::Busy, "the guest is still being set up");
    // The namespace that owns the mounts, not the one below it in which the guest's programs run.
    UniqueFd user(::ioctl(mounts.get(), NS_GET_USERNS));
    if (!user)
        return failErrno("find the owner of the guest's mounts");
    const std::vector<Remount> all = remounts(places);
    const pid_t keeper = ::getpid();
    const pid_t helper = ::fork();
    if (helper < 0)
        return failErrno("limit the guest's files");
    if (helper == 0)
        remountInside(keeper, user.get(), mounts.get(), all);
    int status = 0;
    while (::waitpid(helper, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return {};
    return fail(Errc::Busy, "the number of the guest's files could not be limited");
}

} // namespace annex::keeper

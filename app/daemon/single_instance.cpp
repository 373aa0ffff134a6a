// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/single_instance.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <string>

#include "base/files.h"

namespace annex::daemon {

Result<UniqueFd> takeLock(const Paths& paths, int inherited)
{
    if (auto made = ensurePrivateFolder(paths.runtime); !made)
        return while_("make the runtime folder", std::move(made));
    UniqueFd lock(inherited >= 0 ? inherited : ::open(paths.brokerLock().c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock)
        return failErrno("open the lock");
    if (::fcntl(lock.get(), F_SETFD, FD_CLOEXEC) != 0) // keepers outlive us and must not hold it
        return failErrno("keep the lock to itself");
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return fail(Errc::Busy, "another annexd of this account runs already");
    return lock;
}

void tellStarter(int readyFd, std::string_view line)
{
    if (readyFd < 0)
        return;
    const std::string whole = std::string(line) + "\n";
    // Nobody who could act on it if the starter has gone meanwhile.
    [[maybe_unused]] const auto written = ::write(readyFd, whole.data(), whole.size());
    ::close(readyFd);
}

Result<void> detach()
{
    const pid_t child = ::fork();
    if (child < 0)
        return failErrno("fork");
    if (child > 0)
        ::_exit(0);
    return {};
}

} // namespace annex::daemon

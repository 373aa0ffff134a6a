// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/channel/posix/local_socket.h"

namespace annex {
namespace {

struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
};

Result<Identity> namespaceOf(int processFolder, const char* name)
{
    struct stat info {};
    const std::string link = std::string("ns/") + name;
    if (::fstatat(processFolder, link.c_str(), &info, 0) != 0)
        return failErrno("read the writer's " + std::string(name) + " namespace");
    return Identity{info.st_dev, info.st_ino};
}

bool hasEnded(int pidfd)
{
    pollfd wait{pidfd, POLLIN, 0};
    return ::poll(&wait, 1, 0) != 0;
}

/// Start of a process on CLOCK_BOOTTIME, rounded down to a clock tick; field 22 of /proc/PID/stat.
Result<std::uint64_t> startTime_ns(int processFolder)
{
    UniqueFd file(::openat(processFolder, "stat", O_RDONLY | O_CLOEXEC));
    if (!file)
        return failErrno("read the writer's start time");
    char text[1024];
    const ssize_t got = ::read(file.get(), text, sizeof text - 1);
    if (got <= 0)
        return failErrno("read the writer's start time");
    text[got] = '\0';
    const char* at = std::strrchr(text, ')'); // the name before it may hold anything, blanks and brackets included
    for (int field = 2; at != nullptr && field < 22; ++field)
        at = std::strchr(at + 1, ' ');
    unsigned long long ticks = 0;
    if (at == nullptr || std::sscanf(at, " %llu", &ticks) != 1)
        return fail(Errc::Malformed, "the writer's start time is unreadable");
    return ticks * (1'000'000'000ull / static_cast<unsigned long long>(::sysconf(_SC_CLK_TCK)));
}

Result<void> checkNamespaces(int processFolder)
{
    UniqueFd own(::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!own)
        return failErrno("look at our own namespaces");
    for (const char* name : {"user", "pid"}) {
        auto theirs = namespaceOf(processFolder, name);
        auto ours = namespaceOf(own.get(), name);
        if (!theirs)
            return while_("check a writer", std::move(theirs));
        if (!ours)
            return while_("check a writer", std::move(ours));
        if (!(*theirs == *ours))
            return fail(Errc::Denied, std::string("the writer lives in another ") + name + " namespace");
    }
    return {};
}

Result<void> check(const Credentials& writer)
{
    if (writer.uid != ::geteuid())
        return fail(Errc::Denied, "the writer is another account");
    if (writer.pid <= 0)
        return fail(Errc::Denied, "the writer has ended or is not visible from here");
    // Holding the process while its files are read: alive at the end means that the number was its own all along.
    UniqueFd opened;
    int pidfd = -1;
    if (writer.process) {
        pidfd = writer.process->get();
    } else {
        opened.reset(static_cast<int>(::syscall(SYS_pidfd_open, writer.pid, 0)));
        if (!opened)
            return failErrno("hold the writer");
        pidfd = opened.get();
    }
    const std::string folderName = "/proc/" + std::to_string(writer.pid);
    UniqueFd folder(::open(folderName.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder)
        return failErrno("look at the writer");
    if (auto same = checkNamespaces(folder.get()); !same)
        return same;
    auto started_ns = startTime_ns(folder.get());
    if (!started_ns)
        return while_("check a writer", std::move(started_ns));
    if (*started_ns > writer.received_ns)
        return fail(Errc::Denied, "the writer's number belongs to a later process");
    if (hasEnded(pidfd))
        return fail(Errc::Denied, "the writer has ended");
    return {};
}

} // namespace

Result<void> checkWriter(const Credentials& writer)
{
    auto checked = check(writer);
    if (!checked)
        checked.error().code = Errc::Denied; // whatever could not be found out is a refusal, never a pass
    return checked;
}

} // namespace annex

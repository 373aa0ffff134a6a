// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/leftover_files.h"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/files.h"
#include "base/posix/unique_fd.h"
#include "isolation/namespaces/control_group_files.h"

namespace annex::isolation {
namespace fs = std::filesystem;
namespace {

fs::path guestFile(fs::path socket)
{
    return socket.replace_extension(".guest");
}

/// Field 22 of /proc/PID/stat, in clock ticks since the host started.
std::optional<unsigned long long> startTime(pid_t pid)
{
    auto text = readGroupFile("/proc/" + std::to_string(pid) + "/stat");
    if (!text)
        return std::nullopt;
    const char* at = std::strrchr(text->c_str(), ')'); // the name before it may hold anything
    for (int field = 2; at != nullptr && field < 22; ++field)
        at = std::strchr(at + 1, ' ');
    unsigned long long ticks = 0;
    if (at == nullptr || std::sscanf(at, " %llu", &ticks) != 1)
        return std::nullopt;
    return ticks;
}

} // namespace

Result<void> writeGuestFile(const fs::path& socket, pid_t first)
{
    const auto started = startTime(first);
    if (!started)
        return fail(Errc::EngineFailed, "the guest ended at once");
    const std::string text = std::to_string(first) + " " + std::to_string(*started) + "\n";
    // In one write, and without a file in between that a killed keeper would leave under a name that nobody sweeps. It lies in memory: nothing
    // has to survive the host.
    UniqueFd file(::open(guestFile(socket).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return failErrno("note the guest's first process");
    return {};
}

void killByGuestFile(const fs::path& socket)
{
    auto text = readTextFile(guestFile(socket), 256);
    int pid = 0;
    unsigned long long started = 0;
    if (!text || std::sscanf(text->c_str(), "%d %llu", &pid, &started) != 2 || pid <= 1)
        return;
    // Held before it is judged: what is judged is what gets the signal.
    UniqueFd held(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (held && startTime(pid) == started)
        ::syscall(SYS_pidfd_send_signal, held.get(), SIGKILL, nullptr, 0);
}

void removeKeeperFiles(const fs::path& socket)
{
    std::error_code ignored;
    fs::remove(guestFile(socket), ignored);
    fs::remove(socket, ignored);
}

} // namespace annex::isolation

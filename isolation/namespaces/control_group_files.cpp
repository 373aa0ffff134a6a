// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/control_group_files.h"

#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "base/posix/unique_fd.h"

namespace annex::isolation {

Result<void> writeGroupFile(const std::filesystem::path& file, std::string_view value)
{
    UniqueFd opened(::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!opened)
        return failErrno("open " + file.string());
    const ssize_t written = ::write(opened.get(), value.data(), value.size());
    if (written != static_cast<ssize_t>(value.size()))
        return failErrno("write '" + std::string(value) + "' to " + file.string());
    return {};
}

Result<std::string> readGroupFile(const std::filesystem::path& file)
{
    constexpr std::size_t kLimit_bytes = 64 * 1024;
    UniqueFd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!opened)
        return failErrno("open " + file.string());
    std::string text;
    char buffer[4096];
    ssize_t got = 0;
    while (text.size() < kLimit_bytes && (got = ::read(opened.get(), buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<std::size_t>(got));
    if (got < 0)
        return failErrno("read " + file.string());
    return text;
}

std::vector<pid_t> processesIn(const std::filesystem::path& folder)
{
    std::vector<pid_t> pids;
    auto text = readGroupFile(folder / "cgroup.procs");
    if (!text)
        return pids;
    std::istringstream lines(*text);
    for (long pid = 0; lines >> pid;) {
        if (pid > 1) // 0 is a process that is not visible from here, and kill(0) would mean ourselves
            pids.push_back(static_cast<pid_t>(pid));
    }
    return pids;
}

} // namespace annex::isolation

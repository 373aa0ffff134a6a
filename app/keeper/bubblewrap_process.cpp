// SPDX-License-Identifier: Apache-2.0
#include "app/keeper/bubblewrap_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "isolation/namespaces/control_group_files.h"

namespace annex::keeper {
namespace {

using namespace annex::isolation;

struct Pipe {
    UniqueFd readEnd;
    UniqueFd writeEnd;
};

Result<Pipe> makePipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return failErrno("make a pipe");
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

ByteVector zeroSeparated(const std::vector<std::string>& words)
{
    ByteVector bytes;
    for (const std::string& word : words) {
        bytes.insert(bytes.end(), word.begin(), word.end());
        bytes.push_back(0);
    }
    return bytes;
}

} // namespace

Result<UniqueFd> memoryFile(const char* name, ByteSpan content)
{
    UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
    if (!file)
        return failErrno("make a file in memory");
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t written = ::write(file.get(), content.data() + done, content.size() - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return failErrno("fill a file in memory");
        done += static_cast<std::size_t>(written);
    }
    if (::lseek(file.get(), 0, SEEK_SET) != 0)
        return failErrno("fill a file in memory");
    return file;
}

Result<BubblewrapProcess> startBubblewrap(const Specification& specification, const GuestEnds& ends, int errorOutput)
{
    auto info = makePipe();
    auto block = makePipe();
    auto options = memoryFile("annex-options", zeroSeparated(specification.options));
    if (!info || !block || !options)
        return fail(Errc::SystemFailed, "prepare bubblewrap: no descriptor left");

    SpawnOptions spawnOptions;
    spawnOptions.program = specification.bubblewrap;
    spawnOptions.arguments = {"bwrap", "--args", std::to_string(kArgumentsDescriptor), "--"};
    spawnOptions.arguments.insert(spawnOptions.arguments.end(), specification.command.begin(), specification.command.end());
    spawnOptions.environment = specification.environment;
    spawnOptions.workingFolder = "/";
    spawnOptions.endWithParent = true; // bubblewrap ties its life to ours only some milliseconds after it was loaded
    spawnOptions.descriptors = {{ends.control, kControlDescriptor},
                                {ends.display, kDisplayDescriptor},
                                {info->writeEnd.get(), kInfoDescriptor},
                                {block->readEnd.get(), kBlockDescriptor},
                                {options->get(), kArgumentsDescriptor}};
    if (ends.pool >= 0)
        spawnOptions.descriptors.emplace_back(ends.pool, kPoolDescriptor);
    if (errorOutput >= 0)
        spawnOptions.descriptors.emplace_back(errorOutput, STDERR_FILENO);
    std::vector<UniqueFd> contents;
    for (const DescriptorContent& content : specification.contents) {
        auto file = memoryFile("annex-content", content.bytes);
        if (!file)
            return while_("prepare bubblewrap", std::move(file));
        spawnOptions.descriptors.emplace_back(file->get(), content.number);
        contents.push_back(std::move(*file));
    }
    auto process = spawn(spawnOptions);
    if (!process)
        return while_("start bubblewrap", std::move(process));
    return BubblewrapProcess{std::move(*process), std::move(info->readEnd), std::move(block->writeEnd)};
}

namespace {

/// bubblewrap writes `{ "child-pid": 123, …}`; only that number is looked for.
std::optional<pid_t> pidIn(std::string_view text)
{
    constexpr std::string_view kKey = "\"child-pid\":";
    const std::size_t at = text.find(kKey);
    const std::size_t end = at == std::string_view::npos ? at : text.find_first_of(",}\n", at);
    if (end == std::string_view::npos)
        return std::nullopt; // the number may still be cut short
    const long pid = std::strtol(std::string(text.substr(at + kKey.size(), end - at - kKey.size())).c_str(), nullptr, 10);
    return pid > 1 ? std::optional<pid_t>(static_cast<pid_t>(pid)) : std::nullopt;
}

int remaining_ms(std::chrono::steady_clock::time_point deadline)
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

} // namespace

Result<pid_t> firstProcessOf(const BubblewrapProcess& bubblewrap, std::chrono::steady_clock::time_point deadline)
{
    constexpr std::size_t kLimit_bytes = 4'096; // it writes some 250
    std::string text;
    while (text.size() < kLimit_bytes) {
        std::array<pollfd, 2> waits{pollfd{bubblewrap.info.get(), POLLIN, 0}, pollfd{bubblewrap.process.pidfd(), POLLIN, 0}};
        const int ready = ::poll(waits.data(), waits.size(), remaining_ms(deadline));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return fail(Errc::TimedOut, "wait for bubblewrap");
        char buffer[512];
        const ssize_t got = (waits[0].revents & POLLIN) ? ::read(bubblewrap.info.get(), buffer, sizeof buffer) : 0;
        if (got <= 0)
            return fail(Errc::EngineFailed, "bubblewrap ended before the guest existed");
        text.append(buffer, static_cast<std::size_t>(got));
        if (const auto pid = pidIn(text))
            return *pid;
    }
    return fail(Errc::EngineFailed, "bubblewrap's report is unreadable");
}

void endAllChildren()
{
    const std::string list = "/proc/self/task/" + std::to_string(::gettid()) + "/children";
    for (;;) {
        if (auto text = isolation::readGroupFile(list)) {
            const char* at = text->c_str();
            for (char* end = nullptr;; at = end) {
                const long pid = std::strtol(at, &end, 10);
                if (end == at)
                    break;
                if (pid > 1)
                    ::kill(static_cast<pid_t>(pid), SIGKILL); // ours and not reaped: the number cannot mean another
            }
        }
        const pid_t reaped = ::waitpid(-1, nullptr, 0);
        if (reaped < 0 && errno == ECHILD)
            return;
    }
}

} // namespace annex::keeper

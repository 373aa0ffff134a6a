// SPDX-License-Identifier: Apache-2.0
#include "app/keeper/failure_report.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "app/keeper/bubblewrap_process.h"
#include "base/channel/posix/local_socket.h"

namespace annex::keeper {
namespace {

constexpr int kPatience_ms = 2'000;      // it failed at once a moment ago
constexpr std::size_t kLimit_bytes = 2'048; // a line or two

std::string readUntilEnd(int pipe, int process)
{
    std::string text;
    for (;;) {
        std::array<pollfd, 2> waits{pollfd{pipe, POLLIN, 0}, pollfd{process, POLLIN, 0}};
        if (::poll(waits.data(), waits.size(), kPatience_ms) <= 0)
            return text;
        char buffer[512];
        const ssize_t got = (waits[0].revents & POLLIN) ? ::read(pipe, buffer, sizeof buffer) : 0;
        if (got <= 0 || text.size() >= kLimit_bytes)
            return text;
        text.append(buffer, static_cast<std::size_t>(got));
    }
}

} // namespace

std::string askBubblewrapWhy(const isolation::keeper::Specification& specification)
{
    auto control = streamPair();
    auto display = streamPair();
    int errors[2];
    if (!control || !display || ::pipe2(errors, O_CLOEXEC) != 0)
        return {};
    UniqueFd readEnd(errors[0]);
    UniqueFd writeEnd(errors[1]);
    auto pool = memoryFile("annex-pool", {});
    if (!pool)
        return {};
    const GuestEnds ends{(*control)[1].get(), (*display)[1].get(), specification.pool_bytes != 0 ? pool->get() : -1};
    auto again = startBubblewrap(specification, ends, writeEnd.get());
    if (!again)
        return {};
    writeEnd.reset();
    std::string text = readUntilEnd(readEnd.get(), again->process.pidfd());
    endAllChildren(); // before `again` lets go of the pipe on which the guest's first process waits
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

} // namespace annex::keeper

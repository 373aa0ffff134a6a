// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/program_output.h"

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

#include "isolation/namespaces/readiness.h"

namespace annex::isolation {
namespace {

constexpr std::size_t kLimit_bytes = 4'096; // and less than a pipe holds: the program never waits for us

/// Kills what is not over when the coroutine is.
class Running {
public:
    explicit Running(ChildProcess process) : m_process(std::move(process)) {}
    ~Running()
    {
        if (m_process && m_process.signal(SIGKILL))
            (void)m_process.wait();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ChildProcess& process() { return m_process; }

private:
    ChildProcess m_process;
};

std::string readWhatIsThere(int pipe)
{
    std::string text(kLimit_bytes, '\0');
    const ssize_t got = ::read(pipe, text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    return text;
}

} // namespace

asio::awaitable<Result<ProgramOutput>> runProgram(asio::any_io_executor executor, SpawnOptions options, Deadline deadline)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        co_return failErrno("run " + options.program);
    UniqueFd readEnd(ends[0]);
    UniqueFd writeEnd(ends[1]);
    options.descriptors = {{writeEnd.get(), STDOUT_FILENO}, {writeEnd.get(), STDERR_FILENO}};
    options.workingFolder = "/";
    auto started = spawn(options);
    writeEnd.reset();
    if (!started)
        co_return tl::unexpected<Error>(std::move(started.error()));
    Running running(std::move(*started));
    auto ended = co_await waitReadable(executor, running.process().pidfd(), deadline);
    if (!ended)
        co_return while_("run " + options.program, std::move(ended));
    auto status = running.process().wait();
    if (!status)
        co_return tl::unexpected<Error>(std::move(status.error()));
    co_return ProgramOutput{*status, readWhatIsThere(readEnd.get())};
}

} // namespace annex::isolation

// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <thread>

#include "app/api/client_connection.h"
#include "app/api/message.h"
#include "base/channel/posix/local_socket.h"
#include "base/files.h"
#include "base/paths.h"
#include "base/process/process.h"

extern char** environ;

namespace annex::api {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kRetry{10}; // somebody else starts the broker: as good as at once for a person

Refused away(std::string reason)
{
    return refuse("broker.away", {{"reason", std::move(reason)}});
}

// What a broker, and the programs it starts on its own, may know of the session that happened to start it: no secrets of one shell.
bool isPassedOn(std::string_view entry)
{
    constexpr std::string_view kNames[] = {"HOME=", "USER=", "LOGNAME=", "PATH=", "LANG=", "LANGUAGE=", "TZ=", "XDG_", "LC_", "XCURSOR_", "GTK_THEME=",
                                           "ASAN_OPTIONS=", "UBSAN_OPTIONS="};
    for (const auto name : kNames)
        if (entry.starts_with(name))
            return true;
    return false;
}

std::vector<std::string> brokerEnvironment()
{
    std::vector<std::string> out;
    for (char** entry = environ; *entry; ++entry)
        if (isPassedOn(*entry))
            out.emplace_back(*entry);
    return out;
}

// annexd writes one line when it listens, or one that says why it does not.
Outcome<void> waitUntilReady(int pipe, Clock::time_point deadline)
{
    std::string line;
    while (line.find('\n') == std::string::npos) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd watched{pipe, POLLIN, 0};
        const int ready = left.count() > 0 ? ::poll(&watched, 1, static_cast<int>(left.count())) : 0;
        if (ready == 0)
            return away("It did not become ready in time");
        std::array<char, 512> buffer;
        const ssize_t got = ready > 0 ? ::read(pipe, buffer.data(), buffer.size()) : -1;
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0 || line.size() > 4096)
            return away("It ended while it started");
        line.append(buffer.data(), static_cast<std::size_t>(got));
    }
    line.resize(line.find('\n'));
    return line == "ready" ? Outcome<void>() : Outcome<void>(away(line));
}

Outcome<std::filesystem::path> brokerProgram(const OpenOptions& options)
{
    if (!options.brokerProgram.empty())
        return options.brokerProgram;
    auto folder = programFolder();
    auto found = folder ? findSibling(*folder, "annexd") : std::nullopt;
    return found ? Outcome<std::filesystem::path>(*found) : Outcome<std::filesystem::path>(away("The program annexd is not installed beside this one"));
}

// The lock travels into annexd, which holds it as long as it lives; so there is never a moment at which two may start one.
Outcome<void> startBroker(const OpenOptions& options, UniqueFd lock, Clock::time_point deadline)
{
    auto program = brokerProgram(options);
    if (!program)
        return Refused(std::move(program.error()));
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return away("There is no descriptor left for it");
    UniqueFd reading(ends[0]), writing(ends[1]);

    SpawnOptions spawning;
    spawning.program = program->string();
    spawning.arguments = {"annexd", "--ready-fd", "3", "--lock-fd", "4"};
    if (!options.runtimeFolder.empty())
        spawning.arguments.insert(spawning.arguments.end(), {"--runtime-dir", options.runtimeFolder.string()});
    spawning.arguments.insert(spawning.arguments.end(), options.brokerArguments.begin(), options.brokerArguments.end());
    spawning.environment = brokerEnvironment();
    spawning.descriptors = {{writing.get(), 3}, {lock.get(), 4}};
    spawning.newSession = true;
    spawning.workingFolder = "/";
    auto child = spawn(spawning);
    if (!child)
        return away("It could not be started: " + child.error().describe());
    writing.reset();
    lock.reset();
    auto ready = waitUntilReady(reading.get(), deadline);
    (void)child->tryWait(); // it forked itself away by now; what is left of the first process is reaped here
    return ready;
}

} // namespace

std::optional<std::filesystem::path> findSibling(const std::filesystem::path& folder, std::string_view program)
{
    for (const auto& candidate : {folder / program, folder.parent_path() / "libexec" / "annex" / program})
        if (::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    return std::nullopt;
}

Outcome<std::unique_ptr<ClientConnection>> ClientConnection::connect(const OpenOptions& options)
{
    auto runtime = options.runtimeFolder;
    if (runtime.empty()) {
        auto paths = accountPaths();
        if (!paths)
            return away(paths.error().describe());
        runtime = paths->runtime;
    }
    const auto deadline = Clock::now() + options.deadline;
    while (true) {
        auto socket = connectLocal(runtime / "annexd.sock");
        if (socket)
            return std::make_unique<ClientConnection>(std::move(*socket));
        if (!options.startBroker || (socket.error().code != Errc::NotFound && socket.error().code != Errc::Busy))
            return away(socket.error().code == Errc::NotFound ? "It does not run" : socket.error().describe());
        if (Clock::now() >= deadline)
            return away("It holds its lock but does not answer");
        if (auto made = ensurePrivateFolder(runtime); !made)
            return away(made.error().describe());
        UniqueFd lock(::open((runtime / "annexd.lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!lock)
            return away("Its lock cannot be opened");
        if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
            std::this_thread::sleep_for(kRetry);
            continue;
        }
        if (auto started = startBroker(options, std::move(lock), deadline); !started)
            return Refused(std::move(started.error()));
    }
}

Outcome<std::unique_ptr<ClientConnection>> ClientConnection::open(OpenOptions options)
{
    auto link = connect(options);
    if (!link)
        return link;
    std::optional<Problem> refusal;
    bool answered = false;
    (*link)->sayHello(options.client, [&](Answer answer) {
        answered = true;
        if (answer.problem)
            refusal = *answer.problem;
    });
    const auto deadline = Clock::now() + options.deadline;
    while (!answered) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0 || !(*link)->waitOnce(left))
            break;
    }
    if (refusal)
        return Refused(std::move(*refusal));
    if (!answered) {
        (*link)->core().ended("it did not answer in time"); // the callback refers to this frame
        return away("It did not answer in time");
    }
    return link;
}

} // namespace annex::api

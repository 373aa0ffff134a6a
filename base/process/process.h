// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "base/posix/unique_fd.h"
#include "base/result.h"

/// Starting programs on Linux: no shell, no search path, nothing inherited that was not named.
namespace annex {

struct ExitStatus {
    int code = 0;         ///< of exit(), when signal is 0
    int signal = 0;       ///< that ended the process, else 0
    bool succeeded() const { return code == 0 && signal == 0; }
    /// As a shell reports it: the code, or 128 + signal.
    int shellCode() const { return signal != 0 ? 128 + signal : code; }
    friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

/// A child of this process, held by a pidfd: the number cannot come to mean another process.
/// Destroying it leaves the process alone (a finished one is reaped); move-only.
class ChildProcess {
public:
    ChildProcess() = default;
    ChildProcess(pid_t pid, UniqueFd pidfd) : m_pid(pid), m_pidfd(std::move(pidfd)) {}
    ChildProcess(ChildProcess&&) noexcept = default;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess();

    explicit operator bool() const { return static_cast<bool>(m_pidfd); }
    pid_t pid() const { return m_pid; }
    /// Becomes readable when the process has ended.
    int pidfd() const { return m_pidfd.get(); }

    /// @errors NotFound: it has ended
    Result<void> signal(int number);
    /// Blocks until the process has ended.
    Result<ExitStatus> wait();
    /// Nothing while it runs; the same answer each time once it has ended.
    Result<std::optional<ExitStatus>> tryWait();

private:
    Result<std::optional<ExitStatus>> waitWith(int options);
    void reapIfEnded();

    pid_t m_pid = -1;
    UniqueFd m_pidfd;
    std::optional<ExitStatus> m_status;
};

struct SpawnOptions {
    std::string program;                              ///< path with a '/'
    std::vector<std::string> arguments;               ///< argv with argv[0]; empty: the program alone
    std::vector<std::string> environment;             ///< all of it, NAME=VALUE
    std::vector<std::pair<int, int>> descriptors;     ///< number here → number in the child; 0, 1 and 2 are /dev/null unless named
    bool newSession = false;                          ///< setsid: no controlling terminal
    /// SIGKILL when the thread that started it ends, from the fork on: no moment in which it could outlive us. The program keeps it unless it
    /// changes its user or clears it.
    bool endWithParent = false;
    std::string workingFolder;                        ///< empty: as here
};

/// Starts a program. Every descriptor that is not named is closed in it, its signal mask is empty, and every signal has its default disposition.
/// Returns after the new program was really loaded.
/// @errors NotFound, Denied, SystemFailed: the program could not be loaded (context says which step failed);
///         Malformed: program without '/', a zero byte in a text, or one number in the child named twice
Result<ChildProcess> spawn(const SpawnOptions& options);

} // namespace annex

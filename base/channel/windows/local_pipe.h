// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/windows/unique_winhandle.h"

/// Named pipes between programs of one account on one machine: what local_socket.h is on Linux. Handles are overlapped (for asio's
/// stream_handle) and not inherited. Compiled by the build; run on Windows in a later issue.
namespace annex {

/// Connections of one pipe at once: a person's programs, not a server's clients.
inline constexpr DWORD kMaxPipeConnections = 64;

/// `\\.\pipe\annex-NAME` of a name made of [A-Za-z0-9-]{1,64}.
/// @errors Malformed: another name
Result<std::wstring> pipePath(std::string_view name);

/// Offers a pipe that only this account and the system can open, from this machine only.
class PipeListener {
public:
    /// @errors Denied, AlreadyExists: the name is taken, perhaps by somebody who hopes to be taken for us
    static Result<PipeListener> listen(std::string_view name);
    /// Waits for a client of this account.
    /// @errors TimedOut; Denied: the client is another account (its connection is closed)
    Result<UniqueWinHandle> accept(std::chrono::milliseconds deadline);

private:
    static Result<UniqueWinHandle> newInstance(const std::wstring& path, bool first);

    std::wstring m_path;
    UniqueWinHandle m_next; ///< the instance that the next client gets: there is one at any time, so that nobody else can take the name
};

/// Connects as a client that lets the server see who it is and nothing more (identification level): a false server cannot act in our name.
/// @errors NotFound: nobody listens; TimedOut: all connections are taken; Denied: the pipe belongs to another account
Result<UniqueWinHandle> connectPipe(std::string_view name, std::chrono::milliseconds deadline);

} // namespace annex

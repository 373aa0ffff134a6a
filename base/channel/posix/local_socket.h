// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <sys/types.h>

#include "base/bytes.h"
#include "base/posix/unique_fd.h"
#include "base/result.h"

/// AF_UNIX stream sockets: descriptor passing and the identity of whoever wrote. Every socket made here is close-on-exec and
/// non-blocking; Errc::Busy means "would block, wait for readiness". No call here raises SIGPIPE.
namespace annex {

/// Longest socket path (sun_path with its ending zero).
inline constexpr std::size_t kMaxSocketPath_bytes = 107;
/// Descriptors in one message; the kernel's own limit is 253, we never send more than a handful.
inline constexpr std::size_t kMaxDescriptorsPerMessage = 16;

/// A listening socket, mode 0600, that asks for writers' credentials (accepted sockets inherit that). A stale socket file that
/// nobody listens on is replaced.
/// @errors AlreadyExists: somebody listens there, or the path is something else; TooLarge: path too long; Denied, NotFound
Result<UniqueFd> listenLocal(const std::filesystem::path& path);
/// @errors NotFound: no socket, or nobody listens; Denied; Busy: the listener's queue is full
Result<UniqueFd> connectLocal(const std::filesystem::path& path);
/// @errors Busy: nobody waits
Result<UniqueFd> acceptLocal(int listener);
/// Two connected ends.
Result<std::array<UniqueFd, 2>> streamPair();

/// Who wrote the bytes of one receive (not who once connected: a descriptor can be handed on).
struct Credentials {
    pid_t pid = 0; ///< as seen in our pid namespace; 0: not visible there
    uid_t uid = static_cast<uid_t>(-1);
    gid_t gid = static_cast<gid_t>(-1);
    std::uint64_t received_ns = 0;           ///< CLOCK_BOOTTIME when we read it: guards against a number used again
    std::shared_ptr<const UniqueFd> process; ///< pidfd of the writer, where the kernel gives one (Linux 6.5)
};

struct Received {
    std::size_t bytes = 0;
    std::vector<UniqueFd> descriptors;  ///< close-on-exec
    std::optional<Credentials> writer;  ///< present when askForCredentials was called; the kernel never mixes two writers in one receive
    bool closed = false;                ///< the other end is gone; bytes is 0
};

/// Sends what fits; the descriptors go with the first byte.
/// @return bytes sent, at least 1; when it is less than asked for, the descriptors are gone already: send the rest without them
/// @errors Busy, Disconnected, Malformed (descriptors without a byte), TooLarge (too many descriptors)
Result<std::size_t> sendWith(int socket, ByteSpan bytes, std::span<const int> descriptors = {});

/// Reads once.
/// @param maxDescriptors  0 … kMaxDescriptorsPerMessage; more than that in one message closes them all and is an error
/// @errors Busy, TooLarge (descriptors), Disconnected, SystemFailed
Result<Received> receive(int socket, std::span<std::uint8_t> buffer, std::size_t maxDescriptors = 0);

/// From now on `receive` tells who wrote (SO_PASSCRED).
Result<void> askForCredentials(int socket);

/// Whether the writer is our own account and lives in our own user and pid namespace, so that no guest speaks to us even when
/// it holds a stolen descriptor. Whatever cannot be read is refused; so is a writer that has ended.
///
/// What remains: before Linux 6.5 the kernel names the writer by number only. If the writer ended between its write and our read and
/// its number was used again by an honest process in that time, the check judges that one. A number used again *after* our read is found out.
/// @errors Denied
Result<void> checkWriter(const Credentials& writer);

} // namespace annex

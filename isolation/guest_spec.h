// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

/// What to run, as plain values. Composed by the broker from policy, resources and vgpu/render; read by exactly one engine.
namespace annex::isolation {

enum class Level : std::uint8_t { None = 0, Process = 1, Emulated = 2, Hypervisor = 3 };
std::string_view toString(Level level);

/// A limit and where it came from. A limit that a person or IT chose must hold or the start is refused ("this policy needs …");
/// a default that this host cannot hold is reported as not held (Guest::unheldLimits).
template <class T> struct Limit {
    T value{};
    bool chosen = false;
};

struct ProcessorLimits {
    Limit<std::uint32_t> maximum_percent{100}; ///< of the whole host, 5 … 100
    Limit<std::uint32_t> weight{100};          ///< 1 … 10 000, host programs count 200
};

struct MemoryLimits {
    Limit<Bytes> maximum;
};

struct StorageLimits {
    Bytes quota{};           ///< scratch layer (home, tmp); the guest sees a full disk
    std::uint64_t inodes = 0; ///< 0: derived from the quota, one for each 4 KiB, at most 1 Mi
};

inline constexpr std::size_t kMaxGuestId_characters = 64;     // a socket path with it stays under sun_path
inline constexpr std::size_t kMaxHostname_characters = 63;    // one DNS label
inline constexpr std::size_t kMaxEnvironmentEntries = 256;    // a desktop session has some 60
inline constexpr std::size_t kMaxEnvironmentEntry_bytes = 8'192; // longest useful value: a PATH-like list
inline constexpr Bytes kMinScratch{16u << 20};                // less cannot hold a session
inline constexpr std::uint32_t kMinProcesses = 16;            // init, display, bus, a shell and its pipeline
inline constexpr std::uint32_t kMaxProcesses = 1u << 20;      // pid_max of Linux is 4 Mi for the whole host
inline constexpr std::uint64_t kMaxPool_bytes = 4ull << 30;   // sixteen double-buffered 8K windows

struct GuestSpec {
    std::string guestId;       ///< [a-z0-9-]{1,64}, unique for the user, names folder, socket and control group
    std::string workspaceName; ///< for people and for the guest's host name
    std::string hostname;      ///< [a-z0-9-]{1,63}
    std::string machineId;     ///< 32 lower-case hexadecimal digits, fresh for each start
    MemoryLimits memory;
    ProcessorLimits processor;
    StorageLimits storage;
    std::uint32_t maximumProcesses = 4096; ///< RLIMIT_NPROC in the guest's own user namespace: a browser needs some 500
    std::uint64_t pool_bytes = 0;          ///< shared pixels, host-made; 0: inline frames

    /// Where the guest's own programs (annex-init, annex-display) are on the host.
    std::string guestProgramFolder;
    /// The host's font cache, theme names and the like, by value, so that the mapping to arguments stays pure.
    std::vector<std::string> environment; ///< "NAME=value", for annex-init
    /// Turns single defences off, for positive controls in tests/security only. Refused unless the broker was started with --test-hooks.
    std::vector<std::string> weakenedForTest;
};

/// Whether the values are inside their ranges, so that engines need not ask again.
/// @errors Malformed, TooLarge
Result<void> checkSpec(const GuestSpec& spec);

} // namespace annex::isolation

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

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

} // namespace annex::isolation

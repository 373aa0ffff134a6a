// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "isolation/guest_spec.h"
#include "resources/limits/host_capacity.h"

/// What a guest may consume: from the settings of its workspace and the size of the host to the limits of its specification. Pure. How an
/// engine holds a limit (control groups, a VM's memory) is the engine's business; what it cannot hold it says (Guest::unheldLimits).
namespace annex::resources {

/// Settings as policy resolved them, each with whether somebody chose it: a person or IT, in contrast to a default.
struct LimitSettings {
    isolation::Limit<Bytes> memoryMaximum;
    isolation::Limit<std::int64_t> processorMaximum_percent{100};
    isolation::Limit<std::int64_t> processorWeight{100};
    Bytes storageQuota{};
};

struct GuestLimits {
    isolation::MemoryLimits memory;
    isolation::ProcessorLimits processor;
    isolation::StorageLimits storage;
    std::uint32_t maximumProcesses = 0;
};

inline constexpr std::uint32_t kFewestProcesses = 512;   // a browser with some tabs
inline constexpr std::uint32_t kMostProcesses = 4'096;   // what a whole desktop session of a person has, three times
inline constexpr Bytes kMemoryForEachProcess{256u << 10}; // stack, page tables and the kernel's own record of the smallest program

/// @param host  memory 0: not known, nothing is cut to it
GuestLimits guestLimits(const LimitSettings& settings, const HostCapacity& host);

/// A process costs memory that no program of the guest asked for: as many as fit the limit, inside kFewestProcesses … kMostProcesses.
std::uint32_t processesFor(Bytes memory);

} // namespace annex::resources

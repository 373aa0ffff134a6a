// SPDX-License-Identifier: Apache-2.0
#include "resources/limits/guest_limits.h"

#include <algorithm>

namespace annex::resources {
namespace {

// The settings' own limits (policy/settings) are the same or narrower: these guard the specification against a value from elsewhere.
constexpr std::int64_t kSmallestShare_percent = 5; // less starves annex-init, and the guest cannot even be ended politely
constexpr std::int64_t kLargestShare_percent = 100;
constexpr std::int64_t kSmallestWeight = 1;
constexpr std::int64_t kLargestWeight = 10'000;

isolation::Limit<std::uint32_t> within(const isolation::Limit<std::int64_t>& wish, std::int64_t least, std::int64_t most)
{
    return {static_cast<std::uint32_t>(std::clamp(wish.value, least, most)), wish.chosen};
}

/// One policy for many machines may name more than this one has. Then the machine is the limit, and the choice stands.
isolation::Limit<Bytes> withinHost(isolation::Limit<Bytes> wish, Bytes host)
{
    if (host.count != 0 && wish.value.count > host.count)
        wish.value = host;
    return wish;
}

} // namespace

std::uint32_t processesFor(Bytes memory)
{
    if (memory.count == 0)
        return kMostProcesses;
    const std::uint64_t fit = memory.count / kMemoryForEachProcess.count;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(fit, kFewestProcesses, kMostProcesses));
}

GuestLimits guestLimits(const LimitSettings& settings, const HostCapacity& host)
{
    GuestLimits limits;
    limits.memory.maximum = withinHost(settings.memoryMaximum, host.memory);
    limits.processor.maximum_percent = within(settings.processorMaximum_percent, kSmallestShare_percent, kLargestShare_percent);
    limits.processor.weight = within(settings.processorWeight, kSmallestWeight, kLargestWeight);
    limits.storage.quota = std::max(settings.storageQuota, isolation::kMinScratch);
    limits.maximumProcesses = processesFor(limits.memory.maximum.value);
    return limits;
}

} // namespace annex::resources

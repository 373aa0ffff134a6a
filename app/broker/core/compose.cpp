// SPDX-License-Identifier: Apache-2.0
#include "app/broker/core/compose.h"

#include "base/random.h"
#include "policy/settings/keys.h"
#include "vgpu/display/protocol/limits.h"

namespace annex::broker {

namespace {

constexpr std::size_t kGuestIdSuffix_bytes = 4; // tells two runs of one workspace apart
constexpr std::size_t kMachineId_bytes = 16;
constexpr std::size_t kMaxHostName = 63;

template <class T> isolation::Limit<T> limitOf(const policy::PolicyEngine& policy, std::string_view key, const std::string& workspace, T value)
{
    return {value, policy.resolved(key, workspace).chosen()};
}

} // namespace

std::string hostNameFor(std::string_view name)
{
    std::string out;
    for (const char c : name) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9'))
            out += lower;
        else if (!out.empty() && out.back() != '-')
            out += '-';
    }
    out.resize(std::min(out.size(), kMaxHostName));
    while (!out.empty() && out.back() == '-')
        out.pop_back();
    return out.empty() ? "workspace" : out;
}

isolation::GuestSpec composeSpec(const policy::PolicyEngine& policy, const policy::WorkspaceRow& row, const SpecBasis& basis)
{
    namespace keys = policy::keys;
    isolation::GuestSpec spec;
    spec.guestId = row.id + "-" + randomHex(kGuestIdSuffix_bytes);
    spec.workspaceName = row.name;
    spec.hostname = hostNameFor(row.name);
    spec.machineId = randomHex(kMachineId_bytes);
    spec.memory.maximum = limitOf(policy, keys::kMemoryMaximum.name, row.id, policy.value(keys::kMemoryMaximum, row.id));
    spec.processor.maximum_percent = limitOf(policy, keys::kProcessorMaximum.name, row.id, static_cast<std::uint32_t>(policy.value(keys::kProcessorMaximum, row.id)));
    spec.processor.weight = limitOf(policy, keys::kProcessorWeight.name, row.id, static_cast<std::uint32_t>(policy.value(keys::kProcessorWeight, row.id)));
    spec.storage.quota = policy.value(keys::kStorageQuota, row.id);
    spec.pool_bytes = display::kDefaultPool_bytes;
    spec.guestProgramFolder = basis.guestProgramFolder;
    spec.environment = basis.environment;
    spec.weakenedForTest = basis.weakenedForTest;
    return spec;
}

} // namespace annex::broker

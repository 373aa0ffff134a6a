// SPDX-License-Identifier: Apache-2.0
#include "app/broker/core/compose.h"

#include "base/random.h"
#include "policy/settings/keys.h"
#include "resources/limits/guest_limits.h"
#include "vgpu/display/protocol/limits.h"

namespace annex::broker {

namespace {

constexpr std::size_t kGuestIdSuffix_bytes = 4; // tells two runs of one workspace apart
constexpr std::size_t kMachineId_bytes = 16;
constexpr std::size_t kMaxHostName = 63;

template <class T> isolation::Limit<T> limitOf(const policy::PolicyEngine& policy, const policy::Key<T>& key, const std::string& workspace)
{
    return {policy.value(key, workspace), policy.resolved(key.name, workspace).chosen()};
}

resources::GuestLimits limitsOf(const policy::PolicyEngine& policy, const std::string& workspace)
{
    namespace keys = policy::keys;
    resources::LimitSettings settings;
    settings.memoryMaximum = limitOf(policy, keys::kMemoryMaximum, workspace);
    settings.processorMaximum_percent = limitOf(policy, keys::kProcessorMaximum, workspace);
    settings.processorWeight = limitOf(policy, keys::kProcessorWeight, workspace);
    settings.storageQuota = policy.value(keys::kStorageQuota, workspace);
    return resources::guestLimits(settings, resources::readHostCapacity());
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
    isolation::GuestSpec spec;
    spec.guestId = row.id + "-" + randomHex(kGuestIdSuffix_bytes);
    spec.workspaceName = row.name;
    spec.hostname = hostNameFor(row.name);
    spec.machineId = randomHex(kMachineId_bytes);
    const resources::GuestLimits limits = limitsOf(policy, row.id);
    spec.memory = limits.memory;
    spec.processor = limits.processor;
    spec.storage = limits.storage;
    spec.maximumProcesses = limits.maximumProcesses;
    spec.pool_bytes = display::kDefaultPool_bytes;
    spec.guestProgramFolder = basis.guestProgramFolder;
    spec.environment = basis.environment;
    spec.weakenedForTest = basis.weakenedForTest;
    return spec;
}

} // namespace annex::broker

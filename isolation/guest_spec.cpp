// SPDX-License-Identifier: Apache-2.0
#include "isolation/guest_spec.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace annex::isolation {
namespace {

bool isLowerLetterOrDigit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool isNameOf(std::string_view text, std::size_t longest)
{
    return !text.empty() && text.size() <= longest && text.front() != '-'
        && std::all_of(text.begin(), text.end(), [](char c) { return isLowerLetterOrDigit(c) || c == '-'; });
}

bool isMachineId(std::string_view text)
{
    return text.size() == 32
        && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<void> checkEnvironment(const std::vector<std::string>& environment)
{
    if (environment.size() > kMaxEnvironmentEntries)
        return fail(Errc::TooLarge, "guest specification: too many environment entries");
    for (const std::string& entry : environment) {
        const std::size_t equals = entry.find('=');
        if (equals == std::string::npos || equals == 0 || entry.find('\0') != std::string::npos)
            return fail(Errc::Malformed, "guest specification: an environment entry is not NAME=value");
        if (entry.size() > kMaxEnvironmentEntry_bytes)
            return fail(Errc::TooLarge, "guest specification: an environment entry is too long");
    }
    return {};
}

} // namespace

std::string_view toString(Level level)
{
    switch (level) {
    case Level::None: return "none";
    case Level::Process: return "process";
    case Level::Emulated: return "emulated";
    case Level::Hypervisor: return "hypervisor";
    }
    return "none";
}

Result<void> checkSpec(const GuestSpec& spec)
{
    if (!isNameOf(spec.guestId, kMaxGuestId_characters))
        return fail(Errc::Malformed, "guest specification: the guest id is not [a-z0-9-]{1,64}");
    if (!isNameOf(spec.hostname, kMaxHostname_characters))
        return fail(Errc::Malformed, "guest specification: the host name is not [a-z0-9-]{1,63}");
    if (!isMachineId(spec.machineId))
        return fail(Errc::Malformed, "guest specification: the machine id is not 32 lower-case hexadecimal digits");
    if (spec.storage.quota < kMinScratch)
        return fail(Errc::Malformed, "guest specification: the storage quota is below 16 MiB");
    if (spec.maximumProcesses < kMinProcesses || spec.maximumProcesses > kMaxProcesses)
        return fail(Errc::Malformed, fmt::format("guest specification: {} processes are not in {} … {}", spec.maximumProcesses,
                                         kMinProcesses, kMaxProcesses));
    if (spec.processor.maximum_percent.value < 1 || spec.processor.maximum_percent.value > 100)
        return fail(Errc::Malformed, "guest specification: the processor's share is not 1 … 100 %");
    if (spec.processor.weight.value < 1 || spec.processor.weight.value > 10'000)
        return fail(Errc::Malformed, "guest specification: the processor's weight is not 1 … 10000");
    if (spec.pool_bytes > kMaxPool_bytes)
        return fail(Errc::TooLarge, "guest specification: the pixel pool is over its limit");
    if (spec.guestProgramFolder.empty() || spec.guestProgramFolder.front() != '/')
        return fail(Errc::Malformed, "guest specification: the folder of the guest's programs is not an absolute path");
    return checkEnvironment(spec.environment);
}

} // namespace annex::isolation

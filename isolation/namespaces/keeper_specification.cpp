// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <thread>

#include <sys/resource.h>
#include <sys/sysinfo.h>

#include "isolation/namespaces/namespaces_engine.h"

namespace annex::isolation {
namespace {

// 1 and not 0: a core of 1 byte is no file, and it is the one value at which the kernel does not start the host's core handler
// (a root process that would read the guest's memory) either.
constexpr std::uint64_t kCore_bytes = 1;
constexpr std::uint64_t kUsualOpenFiles = 1'024;        // programs that use select() break above it
constexpr std::uint64_t kOpenFiles = 65'536;         // a browser asks for some 4,096
constexpr std::uint64_t kLockedMemory_bytes = 8u << 20; // the kernel's default since 5.16
constexpr std::uint64_t kMessageQueue_bytes = 819'200;  // the kernel's default
constexpr int kOomScore = 300; // before the desktop's own programs (0 … 200), after what asked to be killed first (1000)

Result<void> checkWeakenings(const GuestSpec& spec, bool testHooks)
{
    if (!spec.weakenedForTest.empty() && !testHooks)
        return fail(Errc::Denied, "a defence may be turned off only where tests run (--test-hooks)");
    const auto& known = knownWeakenings();
    for (const std::string& name : spec.weakenedForTest) {
        if (std::find(known.begin(), known.end(), name) == known.end())
            return fail(Errc::Malformed, "no defence is called '" + name + "'");
    }
    return {};
}

std::vector<keeper::ResourceLimit> resourceLimits(const GuestSpec& spec)
{
    return {{RLIMIT_NPROC, spec.maximumProcesses, spec.maximumProcesses},
            {RLIMIT_CORE, kCore_bytes, kCore_bytes},
            {RLIMIT_NOFILE, kUsualOpenFiles, kOpenFiles},
            {RLIMIT_MEMLOCK, kLockedMemory_bytes, kLockedMemory_bytes},
            {RLIMIT_MSGQUEUE, kMessageQueue_bytes, kMessageQueue_bytes}};
}

} // namespace

HostSize readHostSize()
{
    HostSize size;
    size.processors = std::max(std::thread::hardware_concurrency(), 1u);
    struct sysinfo info {};
    if (::sysinfo(&info) == 0)
        size.memory.count = static_cast<std::uint64_t>(info.totalram) * info.mem_unit;
    return size;
}

Bytes memoryScratch(const GuestSpec& spec, Bytes hostMemory)
{
    Bytes scratch = spec.storage.quota;
    if (spec.memory.maximum.value.count != 0)
        scratch = std::min(scratch, Bytes{spec.memory.maximum.value.count / 2});
    if (hostMemory.count != 0)
        scratch = std::min(scratch, Bytes{hostMemory.count / 4});
    return std::max(scratch, kMinScratch);
}

Result<keeper::Specification> keeperSpecification(const GuestSpec& asked, const NamespacesOptions& options, const HostLayout& layout,
    const Delegation& delegation, const HostSize& host, const std::vector<ByteVector>& filters)
{
    if (auto good = checkSpec(asked); !good)
        return tl::unexpected<Error>(std::move(good.error()));
    GuestSpec spec = asked;
    spec.storage.quota = memoryScratch(asked, host.memory);
    if (auto good = checkWeakenings(spec, options.testHooks); !good)
        return tl::unexpected<Error>(std::move(good.error()));
    const bool limited = !isWeakened(spec, "limits");
    const std::string group = groupName(groupTag(options.keeperFolder), spec.guestId);
    auto groups = decideControlGroups(spec, group, limited && !isWeakened(spec, "delegation") ? delegation : Delegation{}, host.processors);
    if (!groups)
        return tl::unexpected<Error>(std::move(groups.error()));

    BubblewrapPlan plan = bubblewrapPlan(spec, layout, filters);
    keeper::Specification out;
    out.guestId = spec.guestId;
    out.bubblewrap = options.bubblewrap.string();
    out.options = std::move(plan.options);
    out.command = std::move(plan.command);
    out.contents = std::move(plan.contents);
    if (!isWeakened(spec, "scratch"))
        out.scratch = std::move(plan.scratch);
    if (limited) {
        out.limits = resourceLimits(spec);
        out.oomScore = kOomScore;
    }
    if (isWeakened(spec, "clearenv"))
        out.environment = {"ANNEX_TEST_LEAK=host"};
    keeper::GuestInfo info;
    info.unheld = groups->unheld;
    info.canPause = groups->plan.freeze.has_value();
    info.pool_bytes = spec.pool_bytes;
    info.memoryUsageFile = groups->memoryUsageFile;
    info.processesUsageFile = groups->processesUsageFile;
    out.group = std::move(groups->plan);
    out.pool_bytes = spec.pool_bytes;
    out.info = keeper::encode(info);
    return out;
}

} // namespace annex::isolation

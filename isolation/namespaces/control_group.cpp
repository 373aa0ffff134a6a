// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/control_group.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "isolation/namespaces/control_group_files.h"

namespace annex::isolation {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kPeriod_us = 100'000; // the kernel's default; shorter ones cost more switches than they smooth
constexpr std::uint32_t kHostWeight = 200;    // what host programs count (settings.md), the kernel's default share of a group
constexpr std::uint32_t kDefaultShares = 1024; // cpu.shares of a group that nobody changed
constexpr std::uint32_t kDefaultWeight = 100;  // cpu.weight of a group that nobody changed

Unexpected notHeld(const char* key, const char* what)
{
    auto error = fail(Errc::Unsupported,
        fmt::format("this policy needs {} ({}), and this host does not let the account hold it: no control group was delegated", what, key));
    error.value().id = "engine.limit-not-held";
    return error;
}

/// Turns one specification into settings; remembers what is not held.
class Decider {
public:
    Decider(const GuestSpec& spec, const std::string& group, const Delegation& delegation, unsigned processors)
        : m_spec(spec), m_group(group), m_where(delegation), m_processors(std::max(processors, 1u))
    {
    }

    Result<ControlGroupDecision> decide()
    {
        if (auto held = memory(); !held)
            return tl::unexpected<Error>(std::move(held.error()));
        if (auto held = processorCap(); !held)
            return tl::unexpected<Error>(std::move(held.error()));
        if (auto held = processorWeight(); !held)
            return tl::unexpected<Error>(std::move(held.error()));
        processes();
        freezer();
        return std::move(m_decision);
    }

private:
    /// The guest's folder under one delegated place, made known to the plan once.
    std::string folder(const fs::path& place)
    {
        const std::string path = (place / m_group).string();
        auto& folders = m_decision.plan.folders;
        if (std::find(folders.begin(), folders.end(), path) == folders.end())
            folders.push_back(path);
        return path;
    }

    void set(const std::string& file, std::string value) { m_decision.plan.settings.push_back({file, std::move(value)}); }

    Result<void> unheld(const char* key, const char* what, bool chosen)
    {
        if (chosen)
            return notHeld(key, what);
        m_decision.unheld.emplace_back(key);
        return {};
    }

    Result<void> memory()
    {
        const std::uint64_t bytes = m_spec.memory.maximum.value.count;
        if (bytes == 0)
            return {};
        if (m_where.memory.empty())
            return unheld("memory.maximum", "a memory limit", m_spec.memory.maximum.chosen);
        const std::string path = folder(m_where.memory);
        const std::string value = std::to_string(bytes);
        if (m_where.unified) {
            set(path + "/memory.max", value);
            if (m_where.canLimitSwap)
                set(path + "/memory.swap.max", "0");
            set(path + "/memory.oom.group", "0");
            m_decision.memoryUsageFile = path + "/memory.current";
            return {};
        }
        set(path + "/memory.limit_in_bytes", value);
        if (m_where.canLimitSwap)
            set(path + "/memory.memsw.limit_in_bytes", value); // memory and swap together: swap adds nothing
        m_decision.memoryUsageFile = path + "/memory.usage_in_bytes";
        return {};
    }

    Result<void> processorCap()
    {
        const auto& cap = m_spec.processor.maximum_percent;
        if (cap.value >= 100)
            return {}; // the whole host: nothing to hold
        if (m_where.processor.empty() || !m_where.canCapProcessor)
            return unheld("processor.maximum", "a processor limit", cap.chosen);
        const std::string path = folder(m_where.processor);
        const std::uint64_t quota_us = std::max<std::uint64_t>(kPeriod_us * m_processors * cap.value / 100, 1'000);
        if (m_where.unified) {
            set(path + "/cpu.max", fmt::format("{} {}", quota_us, kPeriod_us));
        } else {
            set(path + "/cpu.cfs_period_us", std::to_string(kPeriod_us));
            set(path + "/cpu.cfs_quota_us", std::to_string(quota_us));
        }
        return {};
    }

    Result<void> processorWeight()
    {
        const auto& weight = m_spec.processor.weight;
        if (m_where.processor.empty())
            return unheld("processor.weight", "a processor weight", weight.chosen);
        const std::string path = folder(m_where.processor);
        if (m_where.unified)
            set(path + "/cpu.weight", std::to_string(std::clamp(weight.value * kDefaultWeight / kHostWeight, 1u, 10'000u)));
        else
            set(path + "/cpu.shares", std::to_string(std::clamp(weight.value * kDefaultShares / kHostWeight, 2u, 262'144u)));
        return {};
    }

    /// RLIMIT_NPROC holds it everywhere; the group holds it a second time.
    void processes()
    {
        if (m_where.processes.empty())
            return;
        const std::string path = folder(m_where.processes);
        set(path + "/pids.max", std::to_string(m_spec.maximumProcesses));
        m_decision.processesUsageFile = path + "/pids.current";
    }

    void freezer()
    {
        if (m_where.freezer.empty())
            return;
        const std::string path = folder(m_where.freezer);
        auto& plan = m_decision.plan;
        if (m_where.unified) {
            plan.freeze = FileSetting{path + "/cgroup.freeze", "1"};
            plan.thaw = FileSetting{path + "/cgroup.freeze", "0"};
            plan.frozenFile = path + "/cgroup.events";
            plan.frozenText = "frozen 1";
        } else {
            plan.freeze = FileSetting{path + "/freezer.state", "FROZEN"};
            plan.thaw = FileSetting{path + "/freezer.state", "THAWED"};
            plan.frozenFile = path + "/freezer.state";
            plan.frozenText = "FROZEN";
        }
    }

    const GuestSpec& m_spec;
    const std::string& m_group;
    const Delegation& m_where;
    unsigned m_processors;
    ControlGroupDecision m_decision;
};

std::vector<fs::path> places(const Delegation& delegation)
{
    std::vector<fs::path> all;
    for (const fs::path& place : {delegation.memory, delegation.processes, delegation.processor, delegation.freezer}) {
        if (!place.empty() && std::find(all.begin(), all.end(), place) == all.end())
            all.push_back(place);
    }
    return all;
}

} // namespace

Result<ControlGroupDecision> decideControlGroups(
    const GuestSpec& spec, const std::string& group, const Delegation& delegation, unsigned processors)
{
    return Decider(spec, group, delegation, processors).decide();
}

std::string groupTag(const fs::path& runtimeFolder)
{
    std::uint64_t hash = 0xcbf29ce484222325ull; // FNV-1a: the tag keeps honest brokers apart, nothing more
    for (const char c : runtimeFolder.lexically_normal().string())
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    return fmt::format("{:08x}", static_cast<std::uint32_t>(hash ^ (hash >> 32)));
}

std::string groupName(const std::string& tag, const std::string& guestId)
{
    return tag + "." + guestId;
}

std::vector<std::string> guestsWithGroups(const Delegation& delegation, const std::string& tag)
{
    std::set<std::string> names;
    const std::string prefix = tag + ".";
    for (const fs::path& place : places(delegation)) {
        std::error_code error;
        for (fs::directory_iterator it(place, error), end; !error && it != end; it.increment(error)) {
            const std::string name = it->path().filename().string();
            if (name.starts_with(prefix) && it->is_directory(error) && !error)
                names.insert(name.substr(prefix.size()));
        }
    }
    return {names.begin(), names.end()};
}

std::vector<fs::path> groupFolders(const Delegation& delegation, const std::string& group)
{
    std::vector<fs::path> folders;
    for (const fs::path& place : places(delegation))
        folders.push_back(place / group);
    return folders;
}

Result<void> removeGroups(const std::vector<fs::path>& folders)
{
    bool busy = false;
    for (const fs::path& folder : folders) {
        if (::rmdir(folder.c_str()) == 0 || errno == ENOENT)
            continue;
        // Kill first, thaw afterwards: on version 1 a frozen process takes the signal only when it runs again, and then before anything else.
        (void)writeGroupFile(folder / "cgroup.kill", "1");
        for (pid_t pid : processesIn(folder))
            ::kill(pid, SIGKILL);
        (void)writeGroupFile(folder / "freezer.state", "THAWED");
        (void)writeGroupFile(folder / "cgroup.freeze", "0");
        if (::rmdir(folder.c_str()) != 0 && errno != ENOENT)
            busy = true;
    }
    if (busy)
        return fail(Errc::Busy, "remove a control group: its processes have not ended yet");
    return {};
}

} // namespace annex::isolation

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include "isolation/namespaces/control_group.h"
#include "isolation/namespaces/control_group_files.h"

namespace annex::isolation {
namespace fs = std::filesystem;
namespace {

constexpr const char* kGuestsGroup = "annex-guests";

std::vector<std::string> words(const std::string& text, char separator)
{
    std::vector<std::string> found;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, separator);) {
        if (!word.empty())
            found.push_back(word);
    }
    return found;
}

/// Mounts of control groups as /proc/self/mountinfo tells: controller → folder; "2" for version 2.
std::map<std::string, fs::path> groupMounts(const fs::path& proc)
{
    std::map<std::string, fs::path> mounts;
    auto text = readGroupFile(proc / "self/mountinfo");
    if (!text)
        return mounts;
    for (const std::string& line : words(*text, '\n')) {
        const std::vector<std::string> fields = words(line, ' ');
        const auto dash = std::find(fields.begin(), fields.end(), "-");
        if (fields.size() < 7 || fields.end() - dash < 4)
            continue;
        const std::string& type = *(dash + 1);
        if (type == "cgroup2")
            mounts.emplace("2", fields[4]);
        if (type != "cgroup")
            continue;
        for (const std::string& option : words(*(dash + 3), ','))
            mounts.emplace(option, fields[4]);
    }
    return mounts;
}

bool mayChange(const fs::path& folder)
{
    return ::access(folder.c_str(), W_OK | X_OK) == 0 && ::access((folder / "cgroup.procs").c_str(), W_OK) == 0;
}

/// Our own group of version 2, as a folder.
std::optional<fs::path> ownGroup(const fs::path& proc, const fs::path& mount)
{
    auto text = readGroupFile(proc / "self/cgroup");
    if (!text)
        return std::nullopt;
    for (const std::string& line : words(*text, '\n')) {
        if (line.starts_with("0::/"))
            return mount / fs::path(line.substr(4));
    }
    return std::nullopt;
}

/// The highest group above (or at) our own that we may change. A process may move between two groups when the account may write to the
/// nearest group above both, so everything below that one is ours.
std::optional<fs::path> highestChangeable(fs::path group, const fs::path& mount)
{
    std::optional<fs::path> found;
    while (group != mount && group.string().size() > mount.string().size()) {
        if (group.has_filename() && mayChange(group))
            found = group;
        group = group.parent_path();
    }
    return found;
}

/// Switches on the controllers for groups below; harmless where they are on.
std::set<std::string> controllersBelow(const fs::path& group)
{
    std::set<std::string> enabled;
    for (const char* name : {"memory", "pids", "cpu"})
        (void)writeGroupFile(group / "cgroup.subtree_control", std::string("+") + name);
    if (auto text = readGroupFile(group / "cgroup.subtree_control")) {
        std::istringstream stream(*text);
        for (std::string name; stream >> name;)
            enabled.insert(name);
    }
    return enabled;
}

Delegation unifiedDelegation(const fs::path& proc, const fs::path& mount)
{
    Delegation delegation;
    const auto own = ownGroup(proc, mount);
    const auto highest = own ? highestChangeable(*own, mount) : std::nullopt;
    if (!highest)
        return delegation;
    // A group of our own between theirs and the guests': whatever lies in it is ours to kill and remove.
    const std::optional<fs::path> place = *highest / kGuestsGroup;
    if (::mkdir(place->c_str(), 0755) != 0 && errno != EEXIST)
        return delegation;
    delegation.unified = true;
    (void)controllersBelow(*highest);
    const std::set<std::string> enabled = controllersBelow(*place);
    if (enabled.contains("memory"))
        delegation.memory = *place;
    if (enabled.contains("pids"))
        delegation.processes = *place;
    if (enabled.contains("cpu"))
        delegation.processor = *place;
    delegation.freezer = *place; // part of version 2 itself
    delegation.canLimitSwap = enabled.contains("memory") && ::access((*place / "memory.swap.max").c_str(), F_OK) == 0;
    delegation.canCapProcessor = enabled.contains("cpu") && ::access((*place / "cpu.max").c_str(), F_OK) == 0;
    return delegation;
}

Delegation separateDelegation(uid_t user, const std::map<std::string, fs::path>& mounts)
{
    Delegation delegation;
    const std::string name = "annex-" + std::to_string(user);
    auto place = [&](const char* controller) {
        const auto mount = mounts.find(controller);
        if (mount == mounts.end() || !mayChange(mount->second / name))
            return fs::path();
        return mount->second / name;
    };
    delegation.memory = place("memory");
    delegation.processes = place("pids");
    delegation.processor = place("cpu");
    delegation.freezer = place("freezer");
    delegation.canLimitSwap =
        !delegation.memory.empty() && ::access((delegation.memory / "memory.memsw.limit_in_bytes").c_str(), F_OK) == 0;
    delegation.canCapProcessor = !delegation.processor.empty() && ::access((delegation.processor / "cpu.cfs_quota_us").c_str(), F_OK) == 0;
    return delegation;
}

} // namespace

Delegation findDelegation(uid_t user, const fs::path& proc)
{
    const auto mounts = groupMounts(proc);
    // A hybrid host mounts version 2 without controllers beside version 1: the controllers decide which one counts.
    if (mounts.contains("memory") || mounts.contains("pids"))
        return separateDelegation(user, mounts);
    const auto unified = mounts.find("2");
    return unified == mounts.end() ? Delegation{} : unifiedDelegation(proc, unified->second);
}

} // namespace annex::isolation

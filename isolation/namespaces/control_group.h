// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "isolation/guest_spec.h"

/// Control groups: where this account may make some, and what goes into the files of one for a guest. Deciding is separate from doing: a
/// ControlGroupPlan is plain data that the keeper carries out without understanding it.
namespace annex::isolation {

/// Where the account may make groups. An empty path: that controller was not delegated.
struct Delegation {
    bool unified = false; ///< version 2: one tree for all controllers, all paths equal
    std::filesystem::path memory;
    std::filesystem::path processes;
    std::filesystem::path processor;
    std::filesystem::path freezer;
    bool canLimitSwap = false;    ///< memory.memsw.* or memory.swap.max exist
    bool canCapProcessor = false; ///< the kernel has CPU bandwidth control
    friend bool operator==(const Delegation&, const Delegation&) = default;
};

/// Finds the delegated groups. Version 2: `annex-guests` (made if missing) in the highest group above our own that the account may change.
/// Version 1: `annex-UID` under the mount of each controller (made by tests/tools/delegate_cgroups.sh or by an administrator).
/// @param proc  "/proc" except in tests
Delegation findDelegation(uid_t user, const std::filesystem::path& proc = "/proc");

struct FileSetting {
    std::string file; ///< absolute
    std::string value;
    friend bool operator==(const FileSetting&, const FileSetting&) = default;
};

/// What the keeper does: make the folders, write the settings, put the guest's first processes into each folder, and at the end kill what is
/// left in them and remove them.
struct ControlGroupPlan {
    std::vector<std::string> folders;
    std::vector<FileSetting> settings;
    std::optional<FileSetting> freeze;
    std::optional<FileSetting> thaw;
    std::string frozenFile;     ///< read after freezing, until it contains frozenText
    std::string frozenText;
    friend bool operator==(const ControlGroupPlan&, const ControlGroupPlan&) = default;
};

struct ControlGroupDecision {
    ControlGroupPlan plan;
    std::string memoryUsageFile; ///< empty: not known here
    std::string processesUsageFile;
    std::vector<std::string> unheld; ///< default limits that this host does not hold, by their setting's key
};

/// @param group  name of the guest's group, below each delegated place
/// @param processors  of the host
/// @errors Unsupported (id engine.limit-not-held): a limit that was chosen cannot be held here
Result<ControlGroupDecision> decideControlGroups(const GuestSpec& spec, const std::string& group, const Delegation& delegation,
    unsigned processors);

/// A guest's group: `TAG.ID`, where the tag stands for the runtime folder, so that two brokers of one account (one is a test's) never sweep
/// each other's guests.
std::string groupTag(const std::filesystem::path& runtimeFolder);
std::string groupName(const std::string& tag, const std::string& guestId);

/// Guest ids that have a group with this tag: what a killed keeper may have left.
std::vector<std::string> guestsWithGroups(const Delegation& delegation, const std::string& tag);
/// Folders that this group has, whether or not they exist.
std::vector<std::filesystem::path> groupFolders(const Delegation& delegation, const std::string& group);

/// Kills everything in these groups (thawing what is frozen) and removes them. Processes need a moment to end: call again while it says Busy.
/// @errors Busy: something still runs in one of them
Result<void> removeGroups(const std::vector<std::filesystem::path>& folders);

} // namespace annex::isolation

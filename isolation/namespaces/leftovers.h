// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "isolation/namespaces/control_group.h"

/// What killed keepers left: guests that outlived them, control groups, sockets.
namespace annex::isolation {

struct Sweep {
    std::vector<std::filesystem::path> alive; ///< sockets of keepers that answer
    std::vector<std::string> swept;           ///< guest ids of which something was removed
    bool again = false;                       ///< something is still ending; sweep once more in a moment
};

/// Removes everything in `keeperFolder`, and every group with its tag, that has no living keeper.
/// @param starting  guest ids to leave alone: their keeper may not listen yet
Sweep sweepLeftovers(
    const std::filesystem::path& keeperFolder, const Delegation& delegation, const std::set<std::string>& starting = {});

} // namespace annex::isolation

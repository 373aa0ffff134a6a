// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "isolation/guest_spec.h"
#include "policy/policy_engine.h"

namespace annex::broker {

/// What does not come from policy.
struct SpecBasis {
    std::string guestProgramFolder;
    std::vector<std::string> environment;
    std::vector<std::string> weakenedForTest;
};

/// What to run for this workspace now, from its settings: limits with where they came from, names and fresh identifiers.
isolation::GuestSpec composeSpec(const policy::PolicyEngine& policy, const policy::WorkspaceRow& row, const SpecBasis& basis);

/// A host name from a workspace's name: [a-z0-9-]{1,63}.
std::string hostNameFor(std::string_view name);

} // namespace annex::broker

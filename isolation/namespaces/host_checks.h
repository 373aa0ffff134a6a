// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "isolation/engine.h"
#include "isolation/namespaces/host_facts.h"

/// What a host's facts mean for a person. Pure.
namespace annex::isolation {

inline constexpr const char* kOldestBubblewrap = "0.8.0"; // the first with --disable-userns
inline constexpr const char* kOldestKernel = "5.14";      // RLIMIT_NPROC counts per user namespace from here on

/// Everything, in the order in which it builds on each other.
std::vector<HostCheck> hostChecks(const HostFacts& facts);

/// Whether the engine can run.
/// @errors Unsupported with the id and cure of the first thing that is broken: engine.no-bubblewrap, engine.old-bubblewrap, engine.no-userns,
///         engine.apparmor-userns, engine.in-chroot, engine.no-seccomp, engine.programs-missing, engine.bubblewrap-failed
Result<void> canRun(const HostFacts& facts);

} // namespace annex::isolation

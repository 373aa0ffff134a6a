// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "base/posix/unique_fd.h"
#include "base/process/process.h"
#include "isolation/namespaces/keeper_protocol.h"

namespace annex::keeper {

using Specification = isolation::keeper::Specification;

/// The guest's ends of what it inherits.
struct GuestEnds {
    int control = -1;
    int display = -1;
    int pool = -1; ///< -1: none
};

/// bubblewrap, started and waiting: it has set up (or is setting up) the guest, and loads nothing of it before `release`.
struct BubblewrapProcess {
    ChildProcess process;
    UniqueFd info;  ///< it writes the number of the guest's first process here
    UniqueFd block; ///< a byte written here lets it go on
};

/// A file in memory with this content, read from its beginning.
Result<UniqueFd> memoryFile(const char* name, ByteSpan content);

/// @param errorOutput  -1: /dev/null, as always when the guest will run (it inherits it)
Result<BubblewrapProcess> startBubblewrap(const Specification& specification, const GuestEnds& ends, int errorOutput);

/// Waits for the number of the guest's first process.
/// @errors TimedOut; EngineFailed: bubblewrap ended before it had one
Result<pid_t> firstProcessOf(const BubblewrapProcess& bubblewrap, std::chrono::steady_clock::time_point deadline);

/// Ends all children of this process and reaps them: bubblewrap, and (this process being the subreaper) whatever lost it as parent. A child
/// in a pid namespace takes everything in it along.
void endAllChildren();

} // namespace annex::keeper

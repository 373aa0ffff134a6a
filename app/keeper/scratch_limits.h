// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <sys/types.h>

#include "base/result.h"
#include "isolation/namespaces/bubblewrap_arguments.h"

namespace annex::keeper {

/// Gives each of the guest's in-memory places its number of files, which bubblewrap cannot: tmpfs' own default is half of the host's
/// memory in pages, a gigabyte or more of kernel memory per place. Called while the guest's first process waits to be released.
/// @param first  the guest's first process
/// @errors Busy: bubblewrap has not finished setting up; call again
Result<void> limitScratch(pid_t first, const std::vector<isolation::ScratchPlace>& places);

} // namespace annex::keeper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <sys/types.h>

#include "base/result.h"

/// What a keeper leaves beside its socket keepers/ID.sock: keepers/ID.guest names the guest's first process, so that it can be found
/// when the keeper was killed and the guest's own death signal did not reach it.
namespace annex::isolation {

/// Writes number and start time of `first`: both together name one process for ever.
Result<void> writeGuestFile(const std::filesystem::path& socket, pid_t first);
/// Kills the process named there if it still is that one.
void killByGuestFile(const std::filesystem::path& socket);
/// Removes socket and guest file; what is missing is fine.
void removeKeeperFiles(const std::filesystem::path& socket);

} // namespace annex::isolation

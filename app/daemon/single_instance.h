// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/paths.h"
#include "base/posix/unique_fd.h"
#include "base/result.h"

namespace annex::daemon {

/// The lock that says "the broker of this account runs". Held as long as the descriptor lives.
/// @param inherited  the lock as the starter took it, or -1: take it here
/// @errors Busy: another annexd holds it
Result<UniqueFd> takeLock(const Paths& paths, int inherited);

/// Tells whoever started us; once. @param line  "ready", or a sentence that says why not
void tellStarter(int readyFd, std::string_view line);

/// Goes on in a child of init, so that the starter is not our parent for ever. Before any thread or loop exists.
Result<void> detach();

} // namespace annex::daemon

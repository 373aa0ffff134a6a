// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"

/// The viewer shuts itself in: it parses what a hostile guest sends, so it keeps only what painting and input need.
namespace annex::viewer {

struct BoxResult {
    int landlockAbi = 0; ///< 0: this kernel has no Landlock; the box is seccomp alone then, and says so
    bool seccomp = false;
};

/// Closes every inherited descriptor from `first` on. To be called before anything of ours opens one.
void closeDescriptorsFrom(unsigned first);

/// The first wall, for the whole process: to be called while there is only one thread, because each later one inherits Landlock and no call changes
/// it for threads that exist. Files are read beneath system folders alone and nowhere written; no home but the X authority file. Qt and the X
/// connection open under it what they need. The second wall, enterBox, narrows it for the thread that parses.
/// @errors SystemFailed
Result<void> enterOuterBox();

/// no_new_privs, not dumpable, limits, Landlock (fonts, cursors and locale data for reading; nothing else, no home), then seccomp for
/// all threads by allow-list: no new sockets, programs, processes, executable memory or files opened for writing. There is no way back.
/// @param pool_bytes  mapped already; counts against the limit of address space
/// @errors SystemFailed: the filter could not be loaded: the caller must not go on
Result<BoxResult> enterBox(std::uint64_t pool_bytes);

} // namespace annex::viewer

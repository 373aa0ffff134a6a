// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "app/control/messages.h"
#include "app/init/environment.h"
#include "base/posix/unique_fd.h"

namespace annex::init {

/// How one process of the guest begins.
struct StartRequest {
    std::vector<std::string> arguments; ///< argv; a first one without '/' is looked up in PATH of `environment`
    Environment environment;            ///< whole
    std::string workingFolder;          ///< falls back to / when it cannot be entered
    control::Stdio stdio = control::Stdio::None;
    std::uint16_t rows = 24, columns = 80;
    bool expendable = true;                       ///< first to go when memory runs out
    std::vector<std::pair<int, int>> descriptors; ///< ours → theirs, for annex-display and the bus; only with Stdio::None
};

/// The parent's ends. A terminal has one descriptor for both directions, in `input`; its duplicate in `output`.
struct StartedProcess {
    pid_t pid = -1; ///< leader of a session and process group of its own
    UniqueFd input, output, error;
};

/// Starts a process with default signals, an empty mask, and no descriptor but those named.
/// @return the process, or the errno that kept it from running (ENOENT: no such program)
std::pair<StartedProcess, int> startProcess(const StartRequest& request);

/// Remembers this process' own descriptor limit for its children, then raises it as far as allowed: each program takes up to three.
void raiseDescriptorLimit();

/// The file that `name` means: itself with a '/', else the first executable file of that name in `path` (colon-separated folders).
/// @return empty when there is none
std::string findProgram(const std::string& name, std::string_view path);

} // namespace annex::init

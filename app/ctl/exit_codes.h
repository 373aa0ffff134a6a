// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/api/problem.h"

namespace annex::ctl {

/// annexctl's exit codes, as its man page lists them. `exec` gives the program's own code instead, or 125 … 127.
enum ExitCode : int {
    kDone = 0,
    kFailed = 1,
    kUsage = 2,
    kRefusedByPolicy = 3,
    kNotAvailable = 4,
    kNoBroker = 5,
    // Of `exec` alone, as env(1) and docker-exec(1):
    kExecFailed = 125,        ///< annexctl or Annex failed before the program ran
    kExecNotExecutable = 126, ///< the program is there but could not be started
    kExecNotFound = 127,
};

int exitCodeFor(const api::Problem& problem);
int execExitCodeFor(const api::Problem& problem);

} // namespace annex::ctl

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/ctl/context.h"

namespace annex::ctl {

struct ExecRequest {
    std::string workspace; ///< empty: the default one
    std::vector<std::string> command;
    std::vector<std::string> environment; ///< NAME=value
    bool terminal = false;
};

/// Runs a program in a workspace with this process's streams until it has ended. Signals go to it; with a terminal also the window's size.
/// @return the program's own exit code, or 125 … 127
int runExec(Context& context, const ExecRequest& request);

} // namespace annex::ctl

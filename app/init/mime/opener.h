// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/control/messages.h"
#include "app/init/environment.h"

namespace annex::init::mime {

/// How a file would be opened.
struct OpenPlan {
    control::OpenProblem problem = control::OpenProblem::None;
    std::string mimeType, desktopId;
    std::vector<std::string> arguments; ///< what to start, without a problem
    std::string workingFolder;          ///< empty: the home folder
};

/// Decides what opens a file of the guest. Starts nothing.
/// A program (ELF, "#!") is never opened, whatever its name says: running it needs `run`.
/// @param path  absolute
/// @param environment  of the guest's programs: HOME, PATH, LANG and the XDG_* folders count
OpenPlan planToOpen(const std::string& path, const Environment& environment);

} // namespace annex::init::mime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "app/ctl/context.h"

/// annexctl's verbs, in groups. Each adds sub-commands whose callbacks leave the work to do in `run`; main() calls it after parsing.
namespace annex::ctl {

struct Command {
    Context context;
    std::function<int()> run;
};

void addWorkspaceVerbs(CLI::App& app, Command& command);
void addProgramVerbs(CLI::App& app, Command& command);
void addPolicyVerbs(CLI::App& app, Command& command);
void addAuditVerbs(CLI::App& app, Command& command);
void addOtherVerbs(CLI::App& app, Command& command);

} // namespace annex::ctl

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace annex::ctl {

/// Puts "--" before the program of `run` and `exec`, so that what follows is the program's, whatever it looks like:
/// "run -w W foot -e vim" → "run -w W -- foot -e vim". Pure.
std::vector<std::string> separateProgram(std::vector<std::string> arguments);

} // namespace annex::ctl

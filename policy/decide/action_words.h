// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "policy/decide/decide.h"

/// How the trail words an action.
namespace annex::policy::words {

/// Thing + past verb: "Text pasted in, 214 characters"; refused: "Text asked to come in, 214 characters".
std::string sentenceFor(const Action& action, bool allowed);
/// A name from outside, fit for one line, or what stands for it when nothing is left.
std::string shown(std::string_view name, std::string_view otherwise);

} // namespace annex::policy::words

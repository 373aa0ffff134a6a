// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace annex::init {

/// "NAME=value" lines, each name once.
using Environment = std::vector<std::string>;

/// The value of a name, or an empty view.
std::string_view valueOf(const Environment& environment, std::string_view name);
/// Sets or replaces one line.
void assign(Environment& environment, std::string_view name, std::string_view value);
/// Sets a line unless the name is there already.
void assignDefault(Environment& environment, std::string_view name, std::string_view value);

/// What every program of the guest sees, made from what the engine gave to annex-init (theme, language, home) and what holds in every guest.
/// Lines from the engine win over the defaults; the display and the bus are set when they are known.
/// @param given  annex-init's own environment
/// @param uid    the guest's user, names the runtime folder when none is given
Environment guestEnvironment(Environment given, unsigned uid);

/// `base` with the lines of `extra` in place of its own. A line without '=' or with an empty name is left out.
Environment merged(Environment base, const Environment& extra);

} // namespace annex::init

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace annex::display::guest {

/// One line on standard error, which annex-init collects. Never given a text that a guest program chose.
void note(std::string_view text);

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace annex::init {

/// One line on stderr. In production that is /dev/null: whatever happens in a guest is its own business, and the broker hears what matters
/// as messages. Tests and a person who starts annex-init by hand see it.
void note(std::string_view line);

} // namespace annex::init

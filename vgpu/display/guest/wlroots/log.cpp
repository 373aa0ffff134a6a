// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/log.h"

#include <cstdio>

namespace annex::display::guest {

void note(std::string_view text)
{
    std::fprintf(stderr, "annex-display: %.*s\n", static_cast<int>(text.size()), text.data());
}

} // namespace annex::display::guest

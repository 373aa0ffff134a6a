// SPDX-License-Identifier: Apache-2.0
#include "app/init/note.h"

#include <string>

#include <unistd.h>

namespace annex::init {

void note(std::string_view line)
{
    std::string text = "annex-init: ";
    text.append(line).push_back('\n');
    [[maybe_unused]] auto ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

} // namespace annex::init

// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <cerrno>
#include <cstdlib>

#include <sys/random.h>

namespace annex {

void fillRandom(std::span<std::uint8_t> out)
{
    while (!out.empty()) {
        ssize_t got = ::getrandom(out.data(), out.size(), 0);
        if (got > 0)
            out = out.subspan(static_cast<std::size_t>(got));
        else if (errno != EINTR)
            std::abort(); // no generator: nothing that needs a nonce may go on
    }
}

} // namespace annex

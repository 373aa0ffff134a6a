// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <algorithm>
#include <cstdlib>

#include "base/windows/unique_winhandle.h"

#include <bcrypt.h>

namespace annex {

void fillRandom(std::span<std::uint8_t> out)
{
    constexpr std::size_t kMost = 1u << 30; // the length is a ULONG
    while (!out.empty()) {
        const std::size_t some = std::min(out.size(), kMost);
        if (::BCryptGenRandom(nullptr, out.data(), static_cast<ULONG>(some), BCRYPT_USE_SYSTEM_PREFERRED_RNG) != 0)
            std::abort(); // no generator: nothing that needs a nonce may go on
        out = out.subspan(some);
    }
}

} // namespace annex

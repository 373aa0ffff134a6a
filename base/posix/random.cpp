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

std::string randomHex(std::size_t bytes)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string raw(bytes, '\0');
    fillRandom({reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()});
    std::string text;
    for (char c : raw) {
        text += kDigits[static_cast<std::uint8_t>(c) >> 4];
        text += kDigits[static_cast<std::uint8_t>(c) & 15];
    }
    return text;
}

} // namespace annex

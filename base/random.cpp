// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

namespace annex {

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

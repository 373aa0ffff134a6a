// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace annex {

/// Fills `out` from the system's generator. Does not fail on any system Annex supports; a system without entropy ends the process.
void fillRandom(std::span<std::uint8_t> out);

/// `bytes` random bytes as lower-case hexadecimal.
std::string randomHex(std::size_t bytes);

} // namespace annex

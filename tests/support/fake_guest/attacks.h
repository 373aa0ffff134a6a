// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tests/support/fake_guest/fake_guest.h"

namespace annex::test {

/// One way in which a guest breaks, or stretches, the window protocol.
struct Attack {
    const char* name;
    const char* says;
    void (*run)(FakeGuest&, std::uint32_t window); ///< `window` stands and has shown a frame
};

std::span<const Attack> attacks();
const Attack* findAttack(std::string_view name); ///< null: none of that name
std::string listOfAttacks();

} // namespace annex::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/fake_guest/fake_guest.h"

namespace annex::test {

/// In the guest: what a hostile display is told to do, one order a line, and what it heard, one thing a line.
///
///     window TITLE WIDTH HEIGHT RRGGBB   shows a toplevel (blanks in the title as _)
///     attack NAME                        see attacks.h; on the newest toplevel, one is made if there is none
///     follow                             from now on each window takes the sizes that the host asks for
///     select TEXT                        claims that a program took the selection, and offers TEXT unasked too
///     relay-garbage | relay-flood        breaks the relay's rules
inline constexpr const char* kOrdersPath = "/tmp/orders";
inline constexpr const char* kHeardPath = "/tmp/heard"; ///< `key CODE`, `focus 0|1`, `offer TEXT`, `read`, `connected`, `did ORDER`

/// Plays annex-display for annex-init until the display stream ends. @param relay  socket to annex-init
int serveOrders(FakeGuest& guest, UniqueFd relay);

} // namespace annex::test

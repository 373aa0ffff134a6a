// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "isolation/namespaces/keeper_protocol.h"

namespace annex::keeper {

/// Why bubblewrap cannot set up this guest, in its own words (one line; empty when it can after all). Starts it once more with its errors
/// readable; it waits before the guest and is ended there, so that no program of the guest ever holds that pipe. Ends all children.
std::string askBubblewrapWhy(const isolation::keeper::Specification& specification);

} // namespace annex::keeper

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace annex::keeper {

/// The command line (docs/architecture.md): all four are needed.
struct Arguments {
    std::string guestId;
    std::string socket;
    int readyDescriptor = -1;
    int specificationDescriptor = -1;
};

/// @errors Malformed
Result<Arguments> parseArguments(int argc, char** argv);

} // namespace annex::keeper

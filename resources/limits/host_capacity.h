// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

namespace annex::resources {

/// How large the host is. What could not be read is 0.
struct HostCapacity {
    Bytes memory{}; ///< main memory, without swap
    friend bool operator==(const HostCapacity&, const HostCapacity&) = default;
};

HostCapacity readHostCapacity();

} // namespace annex::resources

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "isolation/guest_spec.h"

namespace annex::test {

/// A specification in which nothing is wrong.
inline isolation::GuestSpec aSpec()
{
    isolation::GuestSpec spec;
    spec.guestId = "mail-1a2b3c4d";
    spec.workspaceName = "Mail";
    spec.hostname = "mail";
    spec.machineId = "0123456789abcdef0123456789abcdef";
    spec.memory.maximum.value = Bytes{512u << 20};
    spec.storage.quota = Bytes{256u << 20};
    spec.maximumProcesses = 1'024;
    spec.pool_bytes = 64u << 20;
    spec.guestProgramFolder = "/usr/libexec/annex";
    spec.environment = {"XKB_DEFAULT_LAYOUT=de", "EMPTY="};
    return spec;
}

} // namespace annex::test

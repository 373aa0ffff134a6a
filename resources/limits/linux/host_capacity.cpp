// SPDX-License-Identifier: Apache-2.0
#include "resources/limits/host_capacity.h"

#include <sys/sysinfo.h>

namespace annex::resources {

HostCapacity readHostCapacity()
{
    HostCapacity capacity;
    struct sysinfo info {};
    if (::sysinfo(&info) == 0)
        capacity.memory.count = static_cast<std::uint64_t>(info.totalram) * info.mem_unit;
    return capacity;
}

} // namespace annex::resources

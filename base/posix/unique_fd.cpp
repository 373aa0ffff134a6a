// SPDX-License-Identifier: Apache-2.0
#include "base/posix/unique_fd.h"

#include <fcntl.h>

namespace annex {

Result<UniqueFd> duplicate(int fd)
{
    // From 3 on: a copy must never land on a standard stream that happens to be closed.
    UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy)
        return failErrno("duplicate a descriptor");
    return copy;
}

} // namespace annex

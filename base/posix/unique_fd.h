// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include "base/handle.h"
#include "base/result.h"

namespace annex {

/// Owns one file descriptor.
using UniqueFd = UniqueHandle<int, &::close, -1>;

/// A second descriptor for the same open file, close-on-exec.
/// @errors SystemFailed (no descriptor left, or `fd` is not open)
Result<UniqueFd> duplicate(int fd);

} // namespace annex

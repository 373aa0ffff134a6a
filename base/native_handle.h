// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace annex {

/// A descriptor (POSIX) or HANDLE (Windows) as a number: wide enough for both, so that headers above need no system header.
using NativeHandle = std::intptr_t;
inline constexpr NativeHandle kNoHandle = -1;

} // namespace annex

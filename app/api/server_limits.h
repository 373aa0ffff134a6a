// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>

#include "app/api/line_decoder.h"

/// What one client can make the broker hold.
namespace annex::api {

inline constexpr std::size_t kMaxClients = 64;                   // a person's terminals and scripts; more is a mistake or an attack
inline constexpr std::size_t kMaxOpenCalls = 32;                 // of one client
inline constexpr std::size_t kMaxOutgoing_bytes = 8 * kMaxLine_bytes; // a client that does not read is let go
inline constexpr std::chrono::seconds kAskDeadline{5};           // `annex` answers at once or is stuck

} // namespace annex::api

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "app/api/problem.h"

/// The one table of errors that a client can get. docs/api.md is made from it.
namespace annex::api {

/// Codes. -32700 … -32600 are JSON-RPC's own; the rest are classes that a program may act on.
namespace code {
inline constexpr int kParse = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternal = -32603;
inline constexpr int kFailed = -32001;      ///< it was tried and did not work
inline constexpr int kNotFound = -32002;    ///< no such workspace, program, setting
inline constexpr int kRefused = -32003;     ///< policy says no
inline constexpr int kUnavailable = -32004; ///< this host, or this state of the desktop, cannot do it
inline constexpr int kWrongState = -32005;  ///< right request, wrong moment
inline constexpr int kTimedOut = -32006;
inline constexpr int kCancelled = -32007;
inline constexpr int kLimit = -32008;       ///< over a limit
inline constexpr int kNotYou = -32009;      ///< the writer is not this user, or not in the broker's own namespaces
} // namespace code

struct ErrorEntry {
    int code;
    std::string_view id;
    std::string_view title;
    std::string_view why;
    std::string_view todo[3]; ///< empty ones are left out
};

std::span<const ErrorEntry> errorTable();
/// @return nullptr if the table has no such id
const ErrorEntry* findError(std::string_view id);

} // namespace annex::api

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "base/result.h"
#include "isolation/engine.h"

namespace annex::isolation {

/// Waits on the loop until `descriptor` (borrowed; kept open by the caller) can be read or its other end is gone.
/// @errors TimedOut, Cancelled
asio::awaitable<Result<void>> waitReadable(asio::any_io_executor executor, int descriptor, Deadline deadline);

/// @errors Cancelled
asio::awaitable<Result<void>> pauseUntil(asio::any_io_executor executor, Deadline deadline);

} // namespace annex::isolation

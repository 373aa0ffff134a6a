// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "base/process/process.h"
#include "isolation/engine.h"

namespace annex::isolation {

struct ProgramOutput {
    ExitStatus status;
    std::string text; ///< both streams, at most 4 KiB
};

/// Runs a short program to its end on the loop and keeps what it said. Killed at the deadline.
/// @errors those of spawn; TimedOut, Cancelled
asio::awaitable<Result<ProgramOutput>> runProgram(asio::any_io_executor executor, SpawnOptions options, Deadline deadline);

} // namespace annex::isolation

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "base/posix/unique_fd.h"
#include "isolation/engine.h"
#include "isolation/namespaces/keeper_protocol.h"

/// The broker's end of keepers/ID.sock.
namespace annex::isolation {

struct KeeperAnswer {
    keeper::Reply reply;
    std::vector<UniqueFd> descriptors;
};

/// Reads one reply from a keeper's socket. What belongs to the next reply stays in the socket.
/// @errors Disconnected: the keeper ended without one; Malformed, TooLarge, TimedOut, Cancelled
asio::awaitable<Result<KeeperAnswer>> readAnswer(asio::any_io_executor executor, int socket, Deadline deadline);

/// One request on a connection of its own.
/// @errors those of the keeper; NotFound: it does not listen; those of readAnswer
asio::awaitable<Result<KeeperAnswer>> askKeeper(
    asio::any_io_executor executor, std::filesystem::path socket, keeper::Verb verb, Deadline deadline);

} // namespace annex::isolation

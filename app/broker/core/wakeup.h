// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <set>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

namespace annex::broker {

/// Wakes the coroutines that wait for something to change; each then looks again at what it waits for. One loop.
class Wakeup {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    explicit Wakeup(asio::io_context& loop) : m_loop(loop), m_waiting(std::make_shared<Waiting>()) {}

    /// Resumes all who wait now.
    void all();
    /// Waits for the next all() or until the deadline. Throws (operation_aborted) when the coroutine was cancelled.
    asio::awaitable<void> wait(Deadline deadline = Deadline::max());

private:
    using Waiting = std::set<asio::steady_timer*>;
    static asio::awaitable<void> waitIn(asio::io_context& loop, std::shared_ptr<Waiting> waiting, Deadline deadline);

    asio::io_context& m_loop;
    std::shared_ptr<Waiting> m_waiting; ///< outlives this object while a coroutine is inside
};

} // namespace annex::broker

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>

namespace annex::broker {

/// Runs `work` in the pool and resumes on the loop with what it returned (default-constructible and movable). For calls that may block: a
/// file on a sleeping disk or a network share must not hold up everybody's windows.
template <class R, class Work> asio::awaitable<R> offLoop(asio::thread_pool& pool, Work work)
{
    auto begin = [&pool](auto handler, Work job) {
        asio::post(pool, [handler = std::move(handler), job = std::move(job)]() mutable {
            R result = job();
            const auto executor = asio::get_associated_executor(handler);
            asio::post(executor, [handler = std::move(handler), result = std::move(result)]() mutable { std::move(handler)(std::move(result)); });
        });
    };
    return asio::async_initiate<const asio::use_awaitable_t<>, void(R)>(std::move(begin), asio::use_awaitable, std::move(work));
}

} // namespace annex::broker

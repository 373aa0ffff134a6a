// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/readiness.h"

#include <memory>

#include <asio/experimental/as_tuple.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

namespace annex::isolation {
namespace {

constexpr auto kAwaited = asio::experimental::as_tuple(asio::use_awaitable);

/// Shared between the waiting coroutine and the timer's handler, which may still be queued when the coroutine is gone.
struct Wait {
    explicit Wait(const asio::any_io_executor& executor) : descriptor(executor), timer(executor) {}
    ~Wait()
    {
        if (descriptor.is_open())
            descriptor.release(); // borrowed
    }
    asio::posix::stream_descriptor descriptor;
    asio::steady_timer timer;
    bool expired = false;
};

} // namespace

asio::awaitable<Result<void>> waitReadable(asio::any_io_executor executor, int descriptor, Deadline deadline)
{
    auto wait = std::make_shared<Wait>(executor);
    std::error_code bad;
    wait->descriptor.assign(descriptor, bad);
    if (bad)
        co_return fail(Errc::SystemFailed, "wait for a descriptor", bad);
    wait->timer.expires_at(deadline);
    wait->timer.async_wait([weak = std::weak_ptr<Wait>(wait)](std::error_code cancelled) {
        auto alive = weak.lock();
        if (cancelled || !alive)
            return;
        alive->expired = true;
        std::error_code ignored;
        alive->descriptor.cancel(ignored);
    });
    auto [error] = co_await wait->descriptor.async_wait(asio::posix::descriptor_base::wait_read, kAwaited);
    wait->timer.cancel();
    if (!error)
        co_return Result<void>();
    co_return wait->expired ? fail(Errc::TimedOut, "the deadline has passed") : fail(Errc::Cancelled, "cancelled");
}

asio::awaitable<Result<void>> pauseUntil(asio::any_io_executor executor, Deadline deadline)
{
    asio::steady_timer timer(executor);
    timer.expires_at(deadline);
    auto [error] = co_await timer.async_wait(kAwaited);
    if (error)
        co_return fail(Errc::Cancelled, "cancelled");
    co_return Result<void>();
}

} // namespace annex::isolation

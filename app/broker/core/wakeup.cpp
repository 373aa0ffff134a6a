// SPDX-License-Identifier: Apache-2.0
#include "app/broker/core/wakeup.h"

#include <asio/experimental/as_tuple.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace annex::broker {

namespace {

struct Entry {
    std::set<asio::steady_timer*>& waiting;
    asio::steady_timer& timer;
    Entry(std::set<asio::steady_timer*>& w, asio::steady_timer& t) : waiting(w), timer(t) { waiting.insert(&timer); }
    ~Entry() { waiting.erase(&timer); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
};

} // namespace

void Wakeup::all()
{
    const auto waiting = *m_waiting;
    for (auto* timer : waiting)
        timer->cancel();
}

asio::awaitable<void> Wakeup::wait(Deadline deadline)
{
    return waitIn(m_loop, m_waiting, deadline);
}

asio::awaitable<void> Wakeup::waitIn(asio::io_context& loop, std::shared_ptr<Waiting> waiting, Deadline deadline)
{
    asio::steady_timer timer(loop);
    timer.expires_at(deadline);
    const Entry entry(*waiting, timer);
    constexpr auto quietly = asio::experimental::as_tuple(asio::use_awaitable);
    co_await timer.async_wait(quietly);
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (cancelled != asio::cancellation_type::none)
        throw asio::system_error(asio::error::operation_aborted);
}

} // namespace annex::broker

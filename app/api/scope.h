// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <asio/execution.hpp>
#include <asio/io_context.hpp>
#include <asio/prefer.hpp>
#include <asio/query.hpp>
#include <asio/require.hpp>

namespace annex::api {

/// Runs work of a Scope on the loop; drops it once the scope has ended. Models an asio executor, after asio::strand.
template <class Inner> class ScopedExecutor {
public:
    ScopedExecutor(Inner inner, std::shared_ptr<const bool> open) noexcept : m_inner(std::move(inner)), m_open(std::move(open)) {}

    template <class Property>
        requires asio::can_query_v<const Inner&, Property>
    decltype(auto) query(const Property& property) const noexcept(asio::is_nothrow_query_v<const Inner&, Property>)
    {
        return asio::query(m_inner, property);
    }

    template <class Property>
        requires asio::can_require_v<const Inner&, Property>
    auto require(const Property& property) const
    {
        return wrap(asio::require(m_inner, property));
    }

    template <class Property>
        requires asio::can_prefer_v<const Inner&, Property>
    auto prefer(const Property& property) const
    {
        return wrap(asio::prefer(m_inner, property));
    }

    template <class Work> void execute(Work&& work) const
    {
        if (!*m_open)
            return;
        auto ifOpen = [open = m_open, work = std::decay_t<Work>(std::forward<Work>(work))]() mutable {
            if (*open)
                std::move(work)();
        };
        asio::execution::execute(m_inner, std::move(ifOpen));
    }

    friend bool operator==(const ScopedExecutor& a, const ScopedExecutor& b) noexcept { return a.m_inner == b.m_inner && a.m_open == b.m_open; }
    friend bool operator!=(const ScopedExecutor& a, const ScopedExecutor& b) noexcept { return !(a == b); }

private:
    template <class Other> auto wrap(Other&& inner) const { return ScopedExecutor<std::decay_t<Other>>(std::forward<Other>(inner), m_open); }

    Inner m_inner;
    std::shared_ptr<const bool> m_open;
};

/// The work of one owner on a loop that outlives it. What is spawned or posted on executor() and comes after the owner's end is not run but
/// destroyed: a coroutine that waits at that time ends where it waits, so that it never meets members that have gone. One loop, one thread.
/// An owner declares it last, so that it is the first of its members to go.
class Scope {
public:
    explicit Scope(asio::io_context& loop) : m_loop(loop) {}
    ~Scope() { *m_open = false; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    ScopedExecutor<asio::io_context::executor_type> executor() const { return {m_loop.get_executor(), m_open}; }
    /// Whether the owner is there, for destructors in coroutines: those that end where they wait run after it has gone.
    std::shared_ptr<const bool> open() const { return m_open; }

private:
    asio::io_context& m_loop;
    std::shared_ptr<bool> m_open = std::make_shared<bool>(true);
};

} // namespace annex::api

// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/namespaces_guest.h"

#include <algorithm>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/channel/posix/local_socket.h"
#include "isolation/namespaces/control_group_files.h"
#include "isolation/namespaces/readiness.h"

namespace annex::isolation {

using namespace std::chrono_literals;

/// Reads the one connection that stays open for the guest's life: Ended, or its end without a word, is the guest's end.
struct NamespacesGuest::Watch {
    explicit Watch(asio::any_io_executor loop) : executor(std::move(loop)), changed(executor) {}

    void finish(GuestEvent what)
    {
        event = std::move(what);
        ended = true;
        changed.cancel(); // wakes whoever waits in stop()
        deliver();
    }

    void deliver()
    {
        if (!event || !handler)
            return;
        // Not from inside onEvent() or stop(): the handler may destroy the guest.
        asio::post(executor, [handler = handler, event = *event] { handler(event); });
        event.reset();
    }

    asio::any_io_executor executor;
    UniqueFd socket;
    asio::steady_timer changed; ///< never expires while the guest lives
    std::function<void(GuestEvent)> handler;
    std::function<void()> sweep;
    std::optional<GuestEvent> event; ///< happened, and nobody listened yet
    bool ended = false;
    bool abandoned = false; ///< the Guest object is gone: nobody wants to know
};

NamespacesGuest::NamespacesGuest(asio::any_io_executor executor, std::string guestId, std::filesystem::path socket)
    : m_executor(executor), m_id(std::move(guestId)), m_socket(std::move(socket)), m_watch(std::make_shared<Watch>(executor))
{
}

NamespacesGuest::~NamespacesGuest()
{
    m_watch->abandoned = true;
    m_watch->handler = nullptr;
    // The coroutine wakes by the end of the connection and lets go of the rest.
    ::shutdown(m_watch->socket.get(), SHUT_RDWR);
}

Result<std::unique_ptr<NamespacesGuest>> NamespacesGuest::create(
    asio::any_io_executor executor, std::string guestId, std::filesystem::path socket, KeeperAnswer taken, SweepHandler sweep)
{
    auto info = keeper::decodeGuestInfo(taken.reply.body);
    if (!info)
        return while_("take guest '" + guestId + "' over", std::move(info));
    const std::size_t expected = info->pool_bytes != 0 ? 3 : 2;
    if (taken.descriptors.size() != expected)
        return fail(Errc::Malformed, "take guest '" + guestId + "' over: its keeper sent the wrong descriptors");
    auto watching = connectLocal(socket);
    if (!watching)
        return while_("watch the keeper", std::move(watching));
    std::unique_ptr<NamespacesGuest> guest(new NamespacesGuest(executor, std::move(guestId), std::move(socket)));
    guest->m_info = std::move(*info);
    guest->m_control = std::move(taken.descriptors[0]);
    guest->m_display = std::move(taken.descriptors[1]);
    if (expected == 3)
        guest->m_pool = std::move(taken.descriptors[2]);
    guest->m_watch->socket = std::move(*watching);
    guest->m_watch->sweep = std::move(sweep);
    guest->m_watch->changed.expires_at(Deadline::max());
    asio::co_spawn(executor, watchKeeper(guest->m_watch), asio::detached);
    return guest;
}

asio::awaitable<void> NamespacesGuest::watchKeeper(std::shared_ptr<Watch> watch)
{
    for (;;) {
        auto answer = co_await readAnswer(watch->executor, watch->socket.get(), Deadline::max());
        if (watch->abandoned)
            co_return;
        if (!answer) {
            if (watch->sweep)
                watch->sweep();
            watch->finish({GuestEvent::Kind::Crashed, "its keeper ended: " + answer.error().describe()});
            co_return;
        }
        if (answer->reply.verb != keeper::Verb::Ended)
            continue;
        auto ending = keeper::decodeEnding(answer->reply.body);
        const bool orderly = ending && (ending->asked || ending->exitCode == 0);
        watch->finish({orderly ? GuestEvent::Kind::Exited : GuestEvent::Kind::Crashed,
            fmt::format("its first process ended with {}", ending ? ending->exitCode : -1)});
        co_return;
    }
}

DisplayEndpoint NamespacesGuest::display()
{
    DisplayEndpoint endpoint;
    endpoint.stream = m_display.get();
    if (m_pool) {
        endpoint.pool = m_pool.get();
        endpoint.pool_bytes = m_info.pool_bytes;
    }
    return endpoint;
}

asio::awaitable<Result<void>> NamespacesGuest::command(keeper::Verb verb, Deadline deadline)
{
    auto answer = co_await askKeeper(m_executor, m_socket, verb, deadline);
    if (!answer)
        co_return tl::unexpected<Error>(std::move(answer.error()));
    co_return Result<void>();
}

asio::awaitable<Result<void>> NamespacesGuest::pause(Deadline deadline)
{
    return command(keeper::Verb::Pause, deadline);
}

asio::awaitable<Result<void>> NamespacesGuest::resume(Deadline deadline)
{
    return command(keeper::Verb::Resume, deadline);
}

namespace {

/// Waits until the watch has seen the end, or the deadline.
template <class Watch> asio::awaitable<bool> waitForEnd(std::shared_ptr<Watch> watch, Deadline deadline)
{
    while (!watch->ended && std::chrono::steady_clock::now() < deadline) {
        asio::steady_timer patience(watch->executor);
        patience.expires_at(deadline);
        patience.async_wait([weak = std::weak_ptr<Watch>(watch)](std::error_code cancelled) {
            if (auto alive = weak.lock(); alive && !cancelled)
                alive->changed.cancel();
        });
        constexpr auto kAwaited = asio::experimental::as_tuple(asio::use_awaitable);
        co_await watch->changed.async_wait(kAwaited); // always cancelled, never expired
    }
    co_return watch->ended;
}

} // namespace

asio::awaitable<Result<void>> NamespacesGuest::stop(StopHow how, Deadline deadline)
{
    constexpr auto kKillPatience = 15s; // SIGKILL works at once; this is for a host that swaps
    auto watch = m_watch;
    const std::filesystem::path socket = m_socket;
    auto executor = m_executor;
    if (watch->ended)
        co_return Result<void>();
    if (how == StopHow::Ask) {
        (void)co_await askKeeper(executor, socket, keeper::Verb::Ask, deadline); // if it does not hear, it is killed below
        if (co_await waitForEnd(watch, deadline))
            co_return Result<void>();
    }
    const Deadline last = std::max(deadline, std::chrono::steady_clock::now() + kKillPatience);
    (void)co_await askKeeper(executor, socket, keeper::Verb::Kill, last); // answered by Ended, which the watch hears as well
    if (co_await waitForEnd(watch, last))
        co_return Result<void>();
    co_return fail(Errc::TimedOut, "end the guest: its keeper does not answer");
}

GuestUsage NamespacesGuest::usage() const
{
    GuestUsage usage;
    if (!m_info.memoryUsageFile.empty()) {
        if (auto memory = readGroupFile(m_info.memoryUsageFile))
            usage.memory = Bytes{std::strtoull(memory->c_str(), nullptr, 10)};
    }
    if (!m_info.processesUsageFile.empty()) {
        if (auto count = readGroupFile(m_info.processesUsageFile))
            usage.processes = static_cast<std::uint32_t>(std::strtoul(count->c_str(), nullptr, 10));
    }
    return usage;
}

void NamespacesGuest::onEvent(std::function<void(GuestEvent)> handler)
{
    m_watch->handler = std::move(handler);
    m_watch->deliver();
}

} // namespace annex::isolation

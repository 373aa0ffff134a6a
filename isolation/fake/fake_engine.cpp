// SPDX-License-Identifier: Apache-2.0
#include "isolation/fake/fake_engine.h"

#include <asio/experimental/as_tuple.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "base/channel/posix/local_socket.h"
#include "isolation/fake/fake_guest.h"

namespace annex::isolation {

std::vector<FakeGuestEnd> FakeWorld::guests() const
{
    std::vector<FakeGuestEnd> running;
    for (const auto& [id, state] : m_guests) {
        if (state->running)
            running.emplace_back(state);
    }
    return running;
}

std::optional<FakeGuestEnd> FakeWorld::guest(const std::string& id) const
{
    const auto found = m_guests.find(id);
    if (found == m_guests.end())
        return std::nullopt;
    return FakeGuestEnd(found->second);
}

FakeEngine::FakeEngine(asio::any_io_executor executor, std::shared_ptr<FakeWorld> world, Level level)
    : m_executor(std::move(executor)), m_world(std::move(world)), m_level(level)
{
}

asio::awaitable<Result<void>> FakeEngine::probe()
{
    if (m_world->script.probeError)
        co_return tl::unexpected<Error>(*m_world->script.probeError);
    co_return Result<void>();
}

asio::awaitable<Result<std::unique_ptr<Guest>>> FakeEngine::start(GuestSpec spec, StageHandler stages, Deadline deadline)
{
    auto world = m_world;
    auto executor = m_executor;
    const Level level = m_level;
    const FakeScript script = world->script;
    if (auto good = checkSpec(spec); !good)
        co_return tl::unexpected<Error>(std::move(good.error()));
    if (auto known = world->guest(spec.guestId); known && known->running())
        co_return fail(Errc::AlreadyExists, "start: this fake guest runs");
    for (const std::string& stage : script.stages) {
        if (stages)
            stages(stage);
    }
    if (script.startHangs) {
        constexpr auto kAwaited = asio::experimental::as_tuple(asio::use_awaitable);
        asio::steady_timer timer(executor, deadline);
        auto [cancelled] = co_await timer.async_wait(kAwaited);
        co_return cancelled ? fail(Errc::Cancelled, "start: cancelled") : fail(Errc::TimedOut, "start: the deadline has passed");
    }
    if (script.startError)
        co_return tl::unexpected<Error>(*script.startError);
    auto control = streamPair();
    auto display = streamPair();
    if (!control || !display)
        co_return fail(Errc::SystemFailed, "start: no descriptor left");
    auto state = std::make_shared<FakeGuestState>(executor);
    state->spec = std::move(spec);
    state->script = script;
    state->hostControl = std::move((*control)[0]);
    state->guestControl = std::move((*control)[1]);
    state->hostDisplay = std::move((*display)[0]);
    state->guestDisplay = std::move((*display)[1]);
    world->m_guests[state->spec.guestId] = state;
    if (world->onStarted)
        world->onStarted(FakeGuestEnd(state));
    std::unique_ptr<Guest> guest = std::make_unique<FakeGuest>(state, level);
    co_return guest;
}

asio::awaitable<Result<std::vector<std::unique_ptr<Guest>>>> FakeEngine::adopt()
{
    std::vector<std::unique_ptr<Guest>> guests;
    for (const auto& [id, state] : m_world->m_guests) {
        if (state->running)
            guests.push_back(std::make_unique<FakeGuest>(state, m_level));
    }
    co_return guests;
}

} // namespace annex::isolation

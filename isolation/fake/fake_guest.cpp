// SPDX-License-Identifier: Apache-2.0
#include "isolation/fake/fake_guest.h"

#include <asio/experimental/as_tuple.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

namespace annex::isolation {

void FakeGuestState::deliver(GuestEvent event)
{
    if (!handler) {
        undelivered.push_back(std::move(event));
        return;
    }
    asio::post(executor, [self = shared_from_this(), event = std::move(event)] {
        if (self->handler)
            self->handler(event);
    });
}

void FakeGuestState::end(GuestEvent event)
{
    if (!running)
        return;
    running = false;
    paused = false;
    guestControl.reset();
    guestDisplay.reset();
    changed.cancel();
    deliver(std::move(event));
}

asio::awaitable<Result<void>> FakeGuest::pause(Deadline)
{
    if (!m_state->script.canPause)
        co_return fail(Errc::Unsupported, "pause: this fake guest cannot");
    if (!m_state->running)
        co_return fail(Errc::Disconnected, "pause: the guest has ended");
    if (m_state->script.pauseError)
        co_return tl::unexpected<Error>(*m_state->script.pauseError);
    m_state->paused = true;
    co_return Result<void>();
}

asio::awaitable<Result<void>> FakeGuest::resume(Deadline)
{
    if (!m_state->script.canPause)
        co_return fail(Errc::Unsupported, "resume: this fake guest cannot");
    if (!m_state->running)
        co_return fail(Errc::Disconnected, "resume: the guest has ended");
    m_state->paused = false;
    co_return Result<void>();
}

asio::awaitable<Result<void>> FakeGuest::stop(StopHow how, Deadline deadline)
{
    auto state = m_state;
    if (!state->running)
        co_return Result<void>();
    if (how == StopHow::Ask) {
        ++state->asked;
        if (!state->script.exitsWhenAsked) {
            constexpr auto kAwaited = asio::experimental::as_tuple(asio::use_awaitable);
            state->changed.expires_at(deadline);
            co_await state->changed.async_wait(kAwaited);
            state->changed.expires_at(Deadline::max());
        }
    }
    state->end({GuestEvent::Kind::Exited, how == StopHow::Ask ? "asked to end" : "killed"});
    co_return Result<void>();
}

void FakeGuest::onEvent(std::function<void(GuestEvent)> handler)
{
    m_state->handler = std::move(handler);
    for (GuestEvent& event : std::exchange(m_state->undelivered, {}))
        m_state->deliver(std::move(event));
}

const std::string& FakeGuestEnd::id() const
{
    return m_state->spec.guestId;
}
const GuestSpec& FakeGuestEnd::spec() const
{
    return m_state->spec;
}
NativeHandle FakeGuestEnd::control() const
{
    return m_state->guestControl.get();
}
NativeHandle FakeGuestEnd::display() const
{
    return m_state->guestDisplay.get();
}
bool FakeGuestEnd::running() const
{
    return m_state->running;
}
bool FakeGuestEnd::paused() const
{
    return m_state->paused;
}
int FakeGuestEnd::asked() const
{
    return m_state->asked;
}
void FakeGuestEnd::exit(std::string reason)
{
    m_state->end({GuestEvent::Kind::Exited, std::move(reason)});
}
void FakeGuestEnd::crash(std::string reason)
{
    m_state->end({GuestEvent::Kind::Crashed, std::move(reason)});
}
void FakeGuestEnd::report(GuestEvent event)
{
    m_state->deliver(std::move(event));
}
void FakeGuestEnd::setUsage(GuestUsage usage)
{
    m_state->usage = usage;
}

} // namespace annex::isolation

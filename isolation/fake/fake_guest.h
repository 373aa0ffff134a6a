// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include "isolation/fake/fake_engine.h"

namespace annex::isolation {

/// One fake guest: shared by the world (it runs), the engine's Guest and the test's FakeGuestEnd.
struct FakeGuestState : std::enable_shared_from_this<FakeGuestState> {
    explicit FakeGuestState(asio::any_io_executor loop) : executor(std::move(loop)), changed(executor)
    {
        changed.expires_at(Deadline::max());
    }
    void end(GuestEvent event);
    void deliver(GuestEvent event);

    asio::any_io_executor executor;
    asio::steady_timer changed; ///< cancelled when the guest ends
    GuestSpec spec;
    FakeScript script;
    UniqueFd hostControl, hostDisplay, guestControl, guestDisplay;
    std::function<void(GuestEvent)> handler;
    std::vector<GuestEvent> undelivered;
    GuestUsage usage;
    bool running = true;
    bool paused = false;
    int asked = 0;
};

class FakeGuest final : public Guest {
public:
    FakeGuest(std::shared_ptr<FakeGuestState> state, Level level) : m_state(std::move(state)), m_level(level) {}
    ~FakeGuest() override { m_state->handler = nullptr; }
    const std::string& id() const override { return m_state->spec.guestId; }
    Level level() const override { return m_level; }
    ControlEndpoint control() override { return {m_state->hostControl.get()}; }
    DisplayEndpoint display() override { return {m_state->hostDisplay.get(), kNoHandle, 0}; }
    std::vector<std::string> unheldLimits() const override { return m_state->script.unheldLimits; }
    bool canPause() const override { return m_state->script.canPause; }
    asio::awaitable<Result<void>> pause(Deadline deadline) override;
    asio::awaitable<Result<void>> resume(Deadline deadline) override;
    asio::awaitable<Result<void>> stop(StopHow how, Deadline deadline) override;
    GuestUsage usage() const override { return m_state->usage; }
    void onEvent(std::function<void(GuestEvent)> handler) override;

private:
    std::shared_ptr<FakeGuestState> m_state;
    Level m_level;
};

} // namespace annex::isolation

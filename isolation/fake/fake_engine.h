// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "base/posix/unique_fd.h"
#include "isolation/engine.h"

/// An engine in memory, for tests: guests are two real socket pairs, and the test plays what runs inside.
namespace annex::isolation {

struct FakeGuestState;

/// The guest's side of one fake guest. A handle: copies mean the same guest; it stays valid after the guest has ended.
class FakeGuestEnd {
public:
    explicit FakeGuestEnd(std::shared_ptr<FakeGuestState> state) : m_state(std::move(state)) {}
    const std::string& id() const;
    const GuestSpec& spec() const;
    /// Non-blocking streams, owned by the guest; closed when it ends.
    NativeHandle control() const;
    NativeHandle display() const;

    bool running() const;
    bool paused() const;
    /// How often stop was called with Ask; a test answers it by `exit`.
    int asked() const;

    /// The guest ends by itself.
    void exit(std::string reason = "ended");
    void crash(std::string reason = "crashed");
    void report(GuestEvent event);
    void setUsage(GuestUsage usage);

private:
    std::shared_ptr<FakeGuestState> m_state;
};

/// What the engine does next. Read at each call, so a test may change it between two starts.
struct FakeScript {
    std::optional<Error> probeError;
    std::vector<std::string> stages{"prepare", "start", "connect"};
    std::optional<Error> startError;         ///< after all stages
    bool startHangs = false;                 ///< until its deadline (TimedOut) or cancellation
    bool exitsWhenAsked = true;              ///< stop(Ask) ends it at once; else only its deadline does
    bool canPause = true;
    std::optional<Error> pauseError;
    std::vector<std::string> unheldLimits;
};

/// What outlives an engine, as keepers do: running guests, to be adopted by the next.
class FakeWorld {
public:
    FakeScript script;
    /// Called on the loop when a guest has started, before start() returns.
    std::function<void(FakeGuestEnd)> onStarted;

    /// Running guests, in the order of their ids.
    std::vector<FakeGuestEnd> guests() const;
    std::optional<FakeGuestEnd> guest(const std::string& id) const;

private:
    friend class FakeEngine;
    std::map<std::string, std::shared_ptr<FakeGuestState>> m_guests;
};

class FakeEngine final : public Engine {
public:
    FakeEngine(asio::any_io_executor executor, std::shared_ptr<FakeWorld> world, Level level = Level::Process);
    std::string name() const override { return "fake"; }
    Level level() const override { return m_level; }
    asio::awaitable<Result<void>> probe() override;
    asio::awaitable<Result<std::unique_ptr<Guest>>> start(GuestSpec spec, StageHandler stages, Deadline deadline) override;
    asio::awaitable<Result<std::vector<std::unique_ptr<Guest>>>> adopt() override;

private:
    asio::any_io_executor m_executor;
    std::shared_ptr<FakeWorld> m_world;
    Level m_level;
};

} // namespace annex::isolation

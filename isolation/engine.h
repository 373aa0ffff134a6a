// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>

#include "base/native_handle.h"
#include "base/result.h"
#include "isolation/guest_spec.h"

/// The one seam between the broker and the ways to run a workspace. Callers ask what an engine or a guest can do, never which one it is.
namespace annex::isolation {

using Deadline = std::chrono::steady_clock::time_point;

/// Full-duplex byte stream to annex-init. The broker reads and writes it; the other end outlives the broker.
struct ControlEndpoint {
    NativeHandle stream = kNoHandle; ///< non-blocking; owned by the Guest
};

/// Full-duplex byte stream to annex-display and, where the engine shares memory, the pixel pool. The broker hands duplicates to a viewer
/// and never reads it. `pool` is mapped PROT_READ by the host; without a pool frames carry their bytes (InlineFrame).
struct DisplayEndpoint {
    NativeHandle stream = kNoHandle;
    NativeHandle pool = kNoHandle;
    std::uint64_t pool_bytes = 0;
};

enum class StopHow { Ask, Kill };

/// Something a guest did without being asked. Delivered on the broker's loop.
struct GuestEvent {
    enum class Kind { Exited, Crashed, Pressure } kind = Kind::Exited;
    std::string reason; ///< for the log
};

struct GuestUsage {
    std::optional<Bytes> memory; ///< what the host pays; nothing where the engine cannot tell
    std::uint32_t processes = 0;
};

/// One running guest. Lives on the broker's loop; nothing here blocks. Destroying it detaches: the guest goes on (its keeper owns it).
class Guest {
public:
    virtual ~Guest() = default;
    virtual const std::string& id() const = 0;
    virtual Level level() const = 0;
    virtual ControlEndpoint control() = 0;
    virtual DisplayEndpoint display() = 0;

    /// Names of GuestSpec limits that this host does not hold ("memory.maximum"); shown as "unlimited".
    virtual std::vector<std::string> unheldLimits() const = 0;
    /// Whether pause and resume exist here at all.
    virtual bool canPause() const = 0;

    virtual asio::awaitable<Result<void>> pause(Deadline) = 0;
    virtual asio::awaitable<Result<void>> resume(Deadline) = 0;
    /// Ends the guest and everything it started, and removes what it left. Ask gives programs the time until the deadline, then kills.
    virtual asio::awaitable<Result<void>> stop(StopHow, Deadline) = 0;
    virtual GuestUsage usage() const = 0;

    virtual void onEvent(std::function<void(GuestEvent)> handler) = 0;
};

/// One thing that an engine looked at on this host, in plain words, for the check-up.
struct HostCheck {
    enum class State { Fine, Look, Broken } state = State::Fine;
    std::string id;      ///< stable: "namespaces.bubblewrap"
    std::string title;   ///< what was looked at
    std::string finding; ///< what is
    std::string cure;    ///< what to do about it, never at the price of the host's own safety; empty where nothing is to be done
    friend bool operator==(const HostCheck&, const HostCheck&) = default;
};

/// A stage of a start, for progress: a stable name ("prepare", "start", "connect").
using StageHandler = std::function<void(std::string_view stage)>;

/// One way of running a workspace. Implementations live in isolation/<name>/ and nowhere else.
class Engine {
public:
    virtual ~Engine() = default;
    virtual std::string name() const = 0;
    virtual Level level() const = 0;

    /// Whether this host can run it now. @errors Unsupported; Error::id and context say what is missing and what enables it.
    virtual asio::awaitable<Result<void>> probe() = 0;
    /// Looks at everything that this engine needs of the host.
    virtual asio::awaitable<std::vector<HostCheck>> examine() { co_return std::vector<HostCheck>(); }
    /// Starts a guest. On any error nothing is left behind. Cancelling the awaiting coroutine does the same.
    virtual asio::awaitable<Result<std::unique_ptr<Guest>>> start(GuestSpec, StageHandler, Deadline) = 0;
    /// Guests of this user that an earlier broker left running.
    virtual asio::awaitable<Result<std::vector<std::unique_ptr<Guest>>>> adopt() = 0;
};

} // namespace annex::isolation

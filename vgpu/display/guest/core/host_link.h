// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <variant>

#include "base/wire.h"
#include "vgpu/display/guest/core/output_queue.h"

namespace annex::display::guest {

using HostMessage = std::variant<Welcome, Keymap, Configure, Position, Key, Modifiers, PointerMotion, PointerButton, PointerAxis, PointerLeave,
                                 Focus, Close, FrameDone, Visibility, DismissPopups, Ping, Screen, KillClient>;

/// @errors Malformed; Unsupported: a type we do not know and may not skip
Result<HostMessage> decodeHostMessage(const wire::Frame& frame);

/// Our end of the display stream: the handshake, and the cutting of what the host says.
///
/// Preamble → echo and Hello → Welcome → everything else. A Preamble may come at any time and starts over; until then a stream that broke is ignored.
class HostLink {
public:
    struct Events {
        std::function<void()> knocked;                                       ///< a Preamble: forget the last viewer; the queue is emptied next
        std::function<void(const Welcome&)> welcomed;                        ///< the viewer is there
        std::function<void(std::uint32_t object, const HostMessage&)> said;  ///< anything after that
    };

    /// @param features  Feature bits offered in Hello
    HostLink(OutputQueue& output, std::uint32_t features, Events events);

    /// Bytes as they came from the stream, at most some 64 KiB.
    /// @errors what was wrong with them; the link then waits for the next Preamble
    Result<void> receive(ByteSpan bytes);

private:
    enum class State { Silent, Greeted, Live };

    void greet(const wire::Preamble::Nonce& nonce);
    Result<void> handle(const wire::Frame& frame);
    Result<void> handleWelcome(const Welcome& welcome);

    OutputQueue& m_output;
    std::uint32_t m_features;
    Events m_events;
    wire::FrameReader m_reader{kMaxHostPayload_bytes};
    State m_state = State::Silent;
};

} // namespace annex::display::guest

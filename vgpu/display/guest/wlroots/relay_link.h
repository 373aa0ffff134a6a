// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/wire.h"
#include "vgpu/display/guest/wlroots/event_loop.h"

namespace annex::display::guest {

/// Frames to and from annex-init over one socket, never blocking. What they mean is app/control/relay.h; its numbers are passed in here as they are,
/// because this folder may not include the application's.
class RelayLink {
public:
    struct Events {
        std::function<void(const wire::Frame&)> received;
        std::function<void()> drained; ///< everything was written
        std::function<void()> closed;
    };
    /// @param maximumPayload_bytes  longest payload believed
    RelayLink(wl_event_loop* loop, UniqueFd fd, std::size_t maximumPayload_bytes, Events events);

    void send(std::uint16_t type, std::uint32_t object, ByteSpan payload);
    std::size_t queued_bytes() const { return m_output.size() - m_written; }

private:
    void ready(std::uint32_t mask);
    void read();
    void write();

    UniqueFd m_fd;
    Events m_events;
    wire::FrameReader m_reader;
    ByteVector m_output, m_input;
    std::size_t m_written = 0;
    bool m_waiting = false; ///< for room in the socket
    FdWatch m_watch;
};

} // namespace annex::display::guest

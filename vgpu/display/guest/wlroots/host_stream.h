// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "vgpu/display/guest/core/host_link.h"
#include "vgpu/display/guest/wlroots/event_loop.h"

namespace annex::display::guest {

/// The display stream in the event loop: reads what comes, writes what is queued, never blocks.
class HostStream {
public:
    struct Events {
        std::function<void(ByteSpan)> received;
        std::function<void()> drained; ///< the queue got short again
        std::function<void()> closed;  ///< nobody can ever come through it again
    };

    HostStream(wl_event_loop* loop, UniqueFd fd, OutputQueue& output, Events events);
    /// Writes as much of the queue as the stream takes, now.
    void write();

private:
    void ready(std::uint32_t mask);
    void read();

    UniqueFd m_fd;
    OutputQueue& m_output;
    Events m_events;
    ByteVector m_buffer;
    FdWatch m_watch;
};

} // namespace annex::display::guest

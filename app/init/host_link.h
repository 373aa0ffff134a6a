// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "app/control/codec.h"
#include "app/init/loop.h"
#include "base/posix/unique_fd.h"
#include "base/wire.h"

namespace annex::init {

/// The guest end of the control stream: frames in, frames out, Preambles answered. The host is trusted, its bytes may still be cut anywhere
/// when a broker dies, hence the resynchronisation.
class HostLink {
public:
    struct Handlers {
        std::function<void(const wire::Frame&)> onFrame;
        /// A (new) broker has taken over: what was queued is gone, its echo is queued; announce everything again.
        std::function<void()> onTakeOver;
        /// The stream has ended: nobody will ever steer this guest again.
        std::function<void()> onEnd;
        /// roomy() has become true again.
        std::function<void()> onRoom;
    };

    HostLink(Loop& loop, UniqueFd stream, Handlers handlers);
    ~HostLink();
    HostLink(const HostLink&) = delete;
    HostLink& operator=(const HostLink&) = delete;

    template <class Message> void send(std::uint32_t object, const Message& message)
    {
        if (!m_open)
            return; // before the first Preamble nobody listens
        control::append(m_out, object, message);
        write();
    }

    /// Whether bulk data (output, relayed clipboard) may be queued; answers and events always may, they are few.
    bool roomy() const { return m_open && queued_bytes() < kFull_bytes; }

    /// Queued bytes at which bulk producers wait. Twice a chunk: the stream never runs dry, and a small answer waits for little.
    static constexpr std::size_t kFull_bytes = 128 * 1024;

private:
    void ready(std::uint32_t events);
    void read();
    void drainReader();
    void write();
    void end();
    std::size_t queued_bytes() const { return m_out.size() - m_outStart; }

    Loop& m_loop;
    UniqueFd m_stream;
    Handlers m_handlers;
    wire::FrameReader m_reader;
    ByteVector m_in;
    ByteVector m_out;
    std::size_t m_outStart = 0;
    bool m_open = false;
    bool m_wasFull = false;
};

} // namespace annex::init

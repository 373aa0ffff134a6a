// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include "app/control/host_control.h"

namespace annex::control {

/// Joins a HostControl to a byte stream: reads into it, writes what it wants written, on the stream's executor.
/// Make it with std::make_shared; it lives while an operation is under way, so close() before the listener dies.
/// @tparam Stream  any asio stream with async_read_some, async_write_some and close (local socket, descriptor, handle)
template <class Stream> class HostChannel : public std::enable_shared_from_this<HostChannel<Stream>> {
public:
    /// @param onClosed  called once, when the stream ended or failed (the guest is gone) or after a protocol error; not after close()
    HostChannel(Stream stream, HostControl& control, std::function<void()> onClosed)
        : m_stream(std::move(stream)), m_control(&control), m_onClosed(std::move(onClosed))
    {
    }

    /// Begins to read. Then call takeOver() of the HostControl.
    void start() { read(); }
    /// HostListener::onOutgoing() leads here.
    void wake()
    {
        if (!m_writing)
            write();
    }
    /// Nothing of HostControl is called any more.
    void close()
    {
        m_control = nullptr;
        m_onClosed = nullptr;
        asio::error_code ignored;
        m_stream.close(ignored);
    }

private:
    void read()
    {
        auto self = this->shared_from_this();
        m_stream.async_read_some(asio::buffer(m_in), [self](asio::error_code error, std::size_t count) { self->didRead(error, count); });
    }
    void didRead(asio::error_code error, std::size_t count)
    {
        if (!m_control)
            return;
        if (error || count == 0 || !m_control->receive(ByteSpan(m_in.data(), count), std::chrono::steady_clock::now()))
            return ended();
        if (m_control) // a handler may have closed us
            read();
    }
    // Takes a copy of at most one buffer: the queue of HostControl may move while the write is under way.
    void write()
    {
        if (!m_control || m_control->outgoing().empty())
            return;
        ByteSpan bytes = m_control->outgoing();
        bytes = bytes.first(std::min(bytes.size(), m_outBuffer.size()));
        std::copy(bytes.begin(), bytes.end(), m_outBuffer.begin());
        m_writing = true;
        auto self = this->shared_from_this();
        m_stream.async_write_some(asio::buffer(m_outBuffer.data(), bytes.size()),
                                  [self](asio::error_code error, std::size_t count) { self->didWrite(error, count); });
    }
    void didWrite(asio::error_code error, std::size_t count)
    {
        m_writing = false;
        if (!m_control)
            return;
        if (error)
            return ended();
        m_control->sent(count);
        if (!m_writing)
            write();
    }
    void ended()
    {
        m_control = nullptr;
        asio::error_code ignored;
        m_stream.close(ignored);
        if (auto handler = std::exchange(m_onClosed, nullptr))
            handler();
    }

    Stream m_stream;
    HostControl* m_control;
    std::function<void()> m_onClosed;
    std::array<std::uint8_t, 64 * 1024> m_in;
    std::array<std::uint8_t, 64 * 1024> m_outBuffer;
    bool m_writing = false;
};

} // namespace annex::control

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/host_stream.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace annex::display::guest {

namespace {
constexpr std::size_t kRead_bytes = 64 * 1024;
}

HostStream::HostStream(wl_event_loop* loop, UniqueFd fd, OutputQueue& output, Events events)
    : m_fd(std::move(fd)), m_output(output), m_events(std::move(events)), m_buffer(kRead_bytes),
      m_watch(loop, m_fd.get(), WL_EVENT_READABLE, [this](std::uint32_t mask) { ready(mask); })
{
    // Whoever made the stream may have meant it to block; we never do.
    ::fcntl(m_fd.get(), F_SETFL, ::fcntl(m_fd.get(), F_GETFL) | O_NONBLOCK);
}

void HostStream::ready(std::uint32_t mask)
{
    if (mask & WL_EVENT_WRITABLE) {
        const bool wasFull = m_output.full();
        write();
        if (wasFull && !m_output.full())
            m_events.drained();
    }
    if (mask & (WL_EVENT_READABLE | WL_EVENT_HANGUP | WL_EVENT_ERROR))
        read();
}

void HostStream::read()
{
    // A plain read: no control buffer, so no descriptor can come in. One read per turn keeps programs and host in step.
    const ssize_t count = ::read(m_fd.get(), m_buffer.data(), m_buffer.size());
    if (count > 0) {
        m_events.received(ByteSpan(m_buffer).first(static_cast<std::size_t>(count)));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        m_watch.setMask(0);
        m_events.closed();
    }
}

void HostStream::write()
{
    while (!m_output.empty()) {
        const ByteSpan bytes = m_output.pending();
        const ssize_t count = ::write(m_fd.get(), bytes.data(), bytes.size());
        if (count < 0) {
            if (errno == EINTR)
                continue;
            break; // EAGAIN: when it is writable again; anything else shows itself at the next read
        }
        m_output.consume(static_cast<std::size_t>(count));
    }
    m_watch.setMask(m_output.empty() ? WL_EVENT_READABLE : WL_EVENT_READABLE | WL_EVENT_WRITABLE);
}

} // namespace annex::display::guest

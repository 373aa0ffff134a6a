// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/relay_link.h"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace annex::display::guest {

namespace {
constexpr std::size_t kRead_bytes = 64 * 1024;
}

RelayLink::RelayLink(wl_event_loop* loop, UniqueFd fd, std::size_t maximumPayload_bytes, Events events)
    : m_fd(std::move(fd)), m_events(std::move(events)), m_reader(maximumPayload_bytes), m_input(kRead_bytes),
      m_watch(loop, m_fd.get(), WL_EVENT_READABLE, [this](std::uint32_t mask) { ready(mask); })
{
}

void RelayLink::ready(std::uint32_t mask)
{
    if (mask & WL_EVENT_WRITABLE)
        write();
    if (mask & (WL_EVENT_READABLE | WL_EVENT_HANGUP | WL_EVENT_ERROR))
        read();
}

void RelayLink::read()
{
    const ssize_t count = ::recv(m_fd.get(), m_input.data(), m_input.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count > 0)
        m_reader.feed(ByteSpan(m_input).first(static_cast<std::size_t>(count)));
    for (;;) {
        auto event = m_reader.next();
        if (count <= 0 || !event) { // init is gone, or speaks nonsense: it made this socket and will make another with the next annex-display
            m_watch.setMask(0);
            m_events.closed();
            return;
        }
        if (!*event)
            return;
        if ((*event)->frame)
            m_events.received(*(*event)->frame);
    }
}

void RelayLink::send(std::uint16_t type, std::uint32_t object, ByteSpan payload)
{
    wire::appendFrame(m_output, type, 0, object, payload);
    write();
}

void RelayLink::write()
{
    while (m_written < m_output.size()) {
        const ssize_t count = ::send(m_fd.get(), m_output.data() + m_written, m_output.size() - m_written, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            break;
        m_written += static_cast<std::size_t>(count);
    }
    const bool empty = m_written == m_output.size();
    const bool wasWaiting = m_waiting;
    m_waiting = !empty;
    if (empty) {
        m_output.clear();
        m_written = 0;
    }
    m_watch.setMask(empty ? WL_EVENT_READABLE : WL_EVENT_READABLE | WL_EVENT_WRITABLE);
    if (empty && wasWaiting)
        m_events.drained();
}

} // namespace annex::display::guest

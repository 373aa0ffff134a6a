// SPDX-License-Identifier: Apache-2.0
#include "app/init/host_link.h"

#include <cerrno>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "app/init/note.h"

namespace annex::init {

HostLink::HostLink(Loop& loop, UniqueFd stream, Handlers handlers)
    : m_loop(loop), m_stream(std::move(stream)), m_handlers(std::move(handlers)), m_reader(control::kMaxPayload_bytes), m_in(64 * 1024)
{
    m_reader.watchForPreamble();
    m_loop.watch(m_stream.get(), EPOLLIN, [this](std::uint32_t events) { ready(events); });
}

HostLink::~HostLink()
{
    m_loop.forget(m_stream.get());
}

void HostLink::ready(std::uint32_t events)
{
    if (events & EPOLLOUT)
        write();
    if (m_stream && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        read();
}

void HostLink::read()
{
    ssize_t count = ::recv(m_stream.get(), m_in.data(), m_in.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0)
        return end();
    m_reader.feed(ByteSpan(m_in).first(static_cast<std::size_t>(count)));
    drainReader();
}

void HostLink::drainReader()
{
    while (m_stream) {
        auto event = m_reader.next();
        if (!event) {
            note("the host announced too large a message; waiting for a Preamble");
            continue; // the reader is broken until a Preamble and yields nothing before it
        }
        if (!*event)
            return;
        if ((*event)->preamble) {
            m_out.clear();
            m_outStart = 0;
            auto echo = wire::Preamble::encode(*(*event)->preamble);
            m_out.assign(echo.begin(), echo.end());
            m_open = true;
            m_handlers.onTakeOver();
            write();
        } else if (m_open) {
            m_handlers.onFrame(*(*event)->frame);
        }
    }
}

void HostLink::write()
{
    while (m_stream && queued_bytes() > 0) {
        ssize_t count = ::send(m_stream.get(), m_out.data() + m_outStart, queued_bytes(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            break; // full: EPOLLOUT tells; broken: reading tells
        m_outStart += static_cast<std::size_t>(count);
    }
    if (queued_bytes() == 0) {
        m_out.clear();
        m_outStart = 0;
    } else if (m_outStart > kFull_bytes) {
        m_out.erase(m_out.begin(), m_out.begin() + static_cast<std::ptrdiff_t>(m_outStart));
        m_outStart = 0;
    }
    m_loop.want(m_stream.get(), queued_bytes() > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
    if (!roomy()) {
        m_wasFull = true;
    } else if (m_wasFull && queued_bytes() < kFull_bytes / 2) {
        m_wasFull = false;
        m_handlers.onRoom();
    }
}

void HostLink::end()
{
    m_loop.forget(m_stream.get());
    m_stream.reset();
    m_open = false;
    m_handlers.onEnd();
}

} // namespace annex::init

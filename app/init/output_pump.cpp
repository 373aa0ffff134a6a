// SPDX-License-Identifier: Apache-2.0
#include "app/init/output_pump.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <sys/epoll.h>
#include <unistd.h>

namespace annex::init {

OutputPump::OutputPump(Loop& loop, HostLink& link, std::uint32_t program, control::Stream stream, UniqueFd fd, std::function<void()> onEnd)
    : m_loop(loop), m_link(link), m_program(program), m_stream(stream), m_fd(std::move(fd)), m_onEnd(std::move(onEnd))
{
    m_loop.watch(m_fd.get(), 0, [this](std::uint32_t) { readPiece(); });
    update();
}

OutputPump::~OutputPump()
{
    if (m_fd)
        m_loop.forget(m_fd.get());
}

void OutputPump::addCredit(std::uint32_t bytes)
{
    m_credit_bytes += std::min(bytes, std::numeric_limits<std::uint32_t>::max() - m_credit_bytes);
    update();
}

void OutputPump::update()
{
    if (m_finishing)
        drain();
    else if (m_fd)
        m_loop.want(m_fd.get(), mayRead() ? std::uint32_t{EPOLLIN} : 0u);
}

void OutputPump::finish()
{
    m_finishing = true;
    if (m_fd)
        m_loop.want(m_fd.get(), 0); // from here on credit and room drive it: an empty pipe must be noticed too
    drain();
}

void OutputPump::drain()
{
    if (m_draining)
        return;
    m_draining = true;
    while (mayRead())
        readPiece();
    m_draining = false;
}

void OutputPump::readPiece()
{
    control::Output piece{m_stream, ByteVector(std::min<std::size_t>(kPiece_bytes, m_credit_bytes))};
    ssize_t count = ::read(m_fd.get(), piece.bytes.data(), piece.bytes.size());
    if (count < 0 && errno == EINTR)
        return;
    if (count < 0 && errno == EAGAIN && !m_finishing)
        return;
    if (count <= 0) // a pipe ends with 0, a terminal with EIO
        return end();
    piece.bytes.resize(static_cast<std::size_t>(count));
    m_credit_bytes -= static_cast<std::uint32_t>(count);
    m_link.send(m_program, piece);
    if (m_finishing) {
        m_afterExit_bytes += static_cast<std::size_t>(count);
        if (m_afterExit_bytes >= kMaxAfterExit_bytes)
            end();
    } else {
        update();
    }
}

void OutputPump::end()
{
    m_loop.forget(m_fd.get());
    m_fd.reset();
    m_link.send(m_program, control::Output{m_stream, {}});
    m_onEnd();
}

} // namespace annex::init

// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/stdio_relay.h"

#include <sys/stat.h>

#include <asio/buffer.hpp>

namespace annex::broker {

Result<void> StdioRelay::check(const std::vector<UniqueFd>& ends)
{
    if (ends.size() != 3)
        return fail(Errc::Malformed, "not three descriptors");
    for (const auto& end : ends) {
        struct stat what {};
        if (::fstat(end.get(), &what) != 0)
            return failErrno("look at a stream");
        // Non-blocking mode belongs to the open file, not to the descriptor: on a terminal it would reach the person's shell.
        if (!S_ISFIFO(what.st_mode) && !S_ISSOCK(what.st_mode))
            return fail(Errc::Malformed, "a stream is neither a pipe nor a socket");
    }
    return {};
}

StdioRelay::StdioRelay(asio::io_context& loop, std::vector<UniqueFd> ends, StdioSink& sink)
    : m_sink(&sink), m_in(loop, ends[0].release()), m_out(loop, control::Stream::Out), m_error(loop, control::Stream::Error)
{
    m_out.pipe.assign(ends[1].release());
    m_error.pipe.assign(ends[2].release());
}

// ---- in

void StdioRelay::readInput()
{
    if (m_reading || !m_sink || !m_in.is_open())
        return;
    m_reading = true;
    m_in.async_read_some(asio::buffer(m_buffer), [self = shared_from_this()](asio::error_code error, std::size_t count) {
        self->m_reading = false;
        if (!self->m_sink)
            return;
        if (error || count == 0)
            return self->endInput();
        self->m_start = 0;
        self->m_end = count;
        self->passInput();
    });
}

void StdioRelay::passInput()
{
    if (m_start < m_end)
        m_start += m_sink->input(ByteSpan(m_buffer).subspan(m_start, m_end - m_start));
    if (m_start == m_end)
        readInput();
}

void StdioRelay::inputRoom()
{
    if (m_sink && !m_reading && m_in.is_open())
        passInput();
}

void StdioRelay::endInput()
{
    asio::error_code ignored;
    m_in.close(ignored);
    m_sink->inputEnd();
}

// ---- out

void StdioRelay::output(control::Stream stream, ByteSpan bytes)
{
    Output& out = outputOf(stream);
    if (out.broken) {
        if (m_sink)
            m_sink->outputTaken(stream, bytes.size());
        return;
    }
    out.waiting.insert(out.waiting.end(), bytes.begin(), bytes.end());
    write(out);
}

void StdioRelay::outputEnd(control::Stream stream)
{
    outputOf(stream).ended = true;
    write(outputOf(stream));
}

void StdioRelay::write(Output& out)
{
    if (!out.writing.empty() || !out.pipe.is_open())
        return;
    if (out.waiting.empty()) {
        asio::error_code ignored;
        if (out.ended)
            out.pipe.close(ignored);
        return;
    }
    out.writing.swap(out.waiting);
    out.pipe.async_write_some(asio::buffer(out.writing), [self = shared_from_this(), &out](asio::error_code error, std::size_t count) {
        if (error)
            return self->breakOff(out);
        // What did not fit goes first again.
        out.writing.erase(out.writing.begin(), out.writing.begin() + static_cast<std::ptrdiff_t>(count));
        out.waiting.insert(out.waiting.begin(), out.writing.begin(), out.writing.end());
        out.writing.clear();
        if (self->m_sink)
            self->m_sink->outputTaken(out.stream, count);
        self->write(out);
    });
}

void StdioRelay::breakOff(Output& out)
{
    const std::size_t lost = out.writing.size() + out.waiting.size();
    out.writing.clear();
    out.waiting.clear();
    out.broken = true;
    asio::error_code ignored;
    out.pipe.close(ignored);
    if (!m_sink)
        return;
    m_sink->outputTaken(out.stream, lost);
    m_sink->readerGone(out.stream);
}

void StdioRelay::finish()
{
    m_sink = nullptr;
    asio::error_code ignored;
    m_in.close(ignored);
    outputEnd(control::Stream::Out);
    outputEnd(control::Stream::Error);
}

} // namespace annex::broker

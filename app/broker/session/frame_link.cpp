// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/frame_link.h"

#include <asio/buffer.hpp>
#include <nlohmann/json.hpp>

#include "app/viewer/frame_link.h"
#include "base/channel/posix/local_socket.h"

namespace annex::broker {

FrameLink::FrameLink(asio::io_context& loop, UniqueFd socket, Handler onMessage, std::function<void(std::string)> onEnd)
    : m_socket(loop, socket.release()), m_onMessage(std::move(onMessage)), m_onEnd(std::move(onEnd))
{
}

void FrameLink::start()
{
    (void)askForCredentials(m_socket.native_handle()).has_value(); // without them the viewer's number stays unknown
    read();
}

void FrameLink::read()
{
    m_socket.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](asio::error_code error) {
        if (!error && self->readOnce())
            self->read();
    });
}

// A viewer sends no descriptors; one that does has been taken over.
bool FrameLink::readOnce()
{
    auto got = receive(m_socket.native_handle(), m_buffer, 0);
    if (!got && got.error().code == Errc::Busy)
        return true;
    if (!got || got->closed) {
        end(got ? "the viewer closed it" : got.error().describe());
        return false;
    }
    if (got->writer)
        m_writerPid = got->writer->pid;
    take(got->bytes);
    return m_socket.is_open();
}

bool FrameLink::withinRate()
{
    const auto now = std::chrono::steady_clock::now();
    if (now - m_since > kFrameWindow) {
        m_since = now;
        m_lines = 0;
    }
    return ++m_lines <= kMaxFrameLines;
}

void FrameLink::take(std::size_t count)
{
    std::string_view bytes(reinterpret_cast<const char*>(m_buffer.data()), count);
    while (!bytes.empty() && m_socket.is_open()) {
        const auto stop = bytes.find('\n');
        m_line += bytes.substr(0, stop);
        if (m_line.size() > viewer::frame_link::kMaxLine_bytes)
            return end("a line is too long");
        if (stop == std::string_view::npos)
            break;
        bytes.remove_prefix(stop + 1);
        auto message = frame::parse(std::exchange(m_line, {}));
        if (!message)
            return end(message.error().context);
        if (!withinRate())
            return end("too many lines");
        if (const auto handler = m_onMessage) // a copy: the handler may close this link
            handler(*message);
    }
}

void FrameLink::send(const nlohmann::json& message)
{
    if (!m_socket.is_open())
        return;
    m_waiting += message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    if (m_waiting.size() > kMaxFrameQueue_bytes)
        return end("the viewer does not read");
    if (m_writing.empty())
        write();
}

void FrameLink::write()
{
    m_writing = std::exchange(m_waiting, {});
    m_socket.async_write_some(asio::buffer(m_writing), [self = shared_from_this()](asio::error_code error, std::size_t count) {
        if (error)
            return self->end("the viewer closed it");
        self->m_waiting.insert(0, self->m_writing.substr(count));
        self->m_writing.clear();
        if (!self->m_waiting.empty())
            self->write();
    });
}

void FrameLink::end(std::string reason)
{
    if (!m_socket.is_open())
        return;
    asio::error_code ignored;
    m_socket.close(ignored);
    m_onMessage = nullptr;
    if (auto told = std::exchange(m_onEnd, nullptr))
        told(std::move(reason));
}

void FrameLink::close()
{
    m_onEnd = nullptr;
    end({});
}

} // namespace annex::broker

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <nlohmann/json_fwd.hpp>

#include "app/broker/session/frame_messages.h"
#include "base/posix/unique_fd.h"

namespace annex::broker {

inline constexpr std::size_t kMaxFrameQueue_bytes = 256 * 1024; // a viewer that does not read is as good as gone
inline constexpr unsigned kMaxFrameLines = 400;                 // in a window of kFrameWindow: a person's hands and an honest guest's titles stay far below
inline constexpr std::chrono::seconds kFrameWindow{2};

/// The broker's end of one viewer's frame link. Strict: the first line that is not on the list ends it, and so does a flood.
class FrameLink : public std::enable_shared_from_this<FrameLink> {
public:
    using Handler = std::function<void(const frame::FromViewer&)>;

    /// @param onEnd  called once when the link ended, with the reason for the log; not after close()
    FrameLink(asio::io_context& loop, UniqueFd socket, Handler onMessage, std::function<void(std::string reason)> onEnd);

    void start();
    void send(const nlohmann::json& message);
    void close();
    /// Process that wrote last; 0 before it wrote.
    std::int64_t writerPid() const { return m_writerPid; }

private:
    void read();
    bool readOnce();
    void take(std::size_t count);
    bool withinRate();
    void write();
    void end(std::string reason);

    asio::posix::stream_descriptor m_socket;
    Handler m_onMessage;
    std::function<void(std::string)> m_onEnd;
    std::array<std::uint8_t, 16 * 1024> m_buffer;
    std::string m_line;
    std::string m_waiting, m_writing;
    std::chrono::steady_clock::time_point m_since{};
    unsigned m_lines = 0;
    std::int64_t m_writerPid = 0;
};

} // namespace annex::broker

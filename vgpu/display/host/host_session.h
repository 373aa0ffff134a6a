// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/wire.h"
#include "vgpu/display/host/host_listener.h"
#include "vgpu/display/host/resize_flow.h"
#include "vgpu/display/host/surface_table.h"
#include "vgpu/display/host/window_model.h"
#include "vgpu/display/protocol/codec.h"

namespace annex::display {

/// The host end of one window-protocol connection: bytes in, checked calls on a listener out; and the bytes to send.
/// No I/O, no clock, no Qt. The guest end is taken to be hostile: the first breach ends the session.
///
///     HostSession session(options, listener);
///     session.start();                                   // queues the Preamble
///     loop: write session.output(), session.sent(n);  read → if (auto ok = session.receive(bytes); !ok) end the connection
class HostSession {
public:
    struct Options {
        ByteSpan pool;                                ///< read-only mapping that outlives the session; empty: inline frames
        std::uint64_t inline_bytes = kDefaultPool_bytes; ///< without a pool: bound of all contents together
        std::int32_t repeatDelay_ms = 600;
        std::int32_t repeatRate_hz = 25;
    };

    HostSession(const Options& options, HostListener& listener);

    /// Queues a Preamble with a fresh nonce; what the guest sends before its echo is discarded. May be called again when the guest's
    /// display was restarted on the same stream: the listener hears that every window ended, and all begins anew.
    void start();
    /// Takes bytes as they came, at most some 64 KiB at a time.
    /// @errors the breach (Malformed, TooLarge, Unsupported); from then on the same error each time, and no more calls on the listener
    Result<void> receive(ByteSpan bytes);
    bool isConnected() const { return m_stage == Stage::Open; }

    // -- to the guest ----------------------------------------------------------------------------------------------------
    /// Queues any host message as it is. Nothing is queued before `connected`.
    template <class Message> void send(WindowId window, const Message& message);
    /// Asks a toplevel for a size and states. @return the serial, for ResizeFlow::sent
    std::uint32_t configure(WindowId window, const ResizeFlow::Ask& ask);
    /// Gives the frame's slot back. A frame that is not in flight (its window ended meanwhile) is no error: nothing is sent.
    void frameDone(WindowId window, std::uint32_t serial);
    /// @return the serial that the Pong will name
    std::uint32_t ping(WindowId window);

    /// Bytes that wait to be written, and how many were. A guest that does not read lets them grow: the caller stops sending what can
    /// be left out (pointer motion) above kOutputHigh_bytes and ends the connection above kOutputLimit_bytes.
    ByteSpan output() const { return ByteSpan(m_output).subspan(m_written); }
    void sent(std::size_t bytes);
    static constexpr std::size_t kOutputHigh_bytes = 64 * 1024;   // some thousand input events: nobody is reading
    static constexpr std::size_t kOutputLimit_bytes = 4u << 20;   // sixteen keymaps

    const WindowModel& windows() const { return m_windows; }
    const SurfaceTable& surfaces() const { return m_surfaces; }

private:
    enum class Stage { AwaitEcho, AwaitHello, Open, Failed };

    Result<void> take(const wire::FrameReader::Event& event);
    Result<void> dispatch(const wire::Frame& frame);
    template <class Message, Sender kSender> Result<void> decodeAndHandle(const wire::Frame& frame);

    Result<void> handle(WindowId object, const Hello& message);
    Result<void> handle(WindowId object, const CreateWindow& message);
    Result<void> handle(WindowId object, const DestroyWindow& message);
    Result<void> handle(WindowId object, const Geometry& message);
    Result<void> handle(WindowId object, const Title& message);
    Result<void> handle(WindowId object, const AppId& message);
    Result<void> handle(WindowId object, Icon message);
    Result<void> handle(WindowId object, const SizeHints& message);
    Result<void> handle(WindowId object, const DefineSlot& message);
    Result<void> handle(WindowId object, const Frame& message);
    Result<void> handle(WindowId object, const InlineFrame& message);
    Result<void> handle(WindowId object, const Unmap& message);
    Result<void> handle(WindowId object, Cursor message);
    Result<void> handle(WindowId object, const Request& message);
    Result<void> handle(WindowId object, const Pong& message);
    Result<void> handle(WindowId object, const Refused& message);

    /// The object of a message is alive (true), or has ended and the message is to be skipped (false).
    Result<bool> checkWindow(WindowId object) const;
    Result<void> checkFrameOrder(WindowId object, std::uint32_t serial, bool last);
    Result<void> checkConfigureSerial(WindowId window, std::uint32_t serial) const;
    void endWindow(WindowId window);

    Options m_options;
    HostListener& m_listener;
    wire::FrameReader m_reader;
    WindowModel m_windows;
    SurfaceTable m_surfaces;
    Stage m_stage = Stage::AwaitEcho;
    std::optional<Error> m_breach;
    struct OpenFrame {
        WindowId window = 0;
        std::uint32_t serial = 0;
    };
    std::uint32_t m_frameSerial = 0;     ///< newest taken
    std::optional<OpenFrame> m_openFrame; ///< inline frame whose last band has not come
    std::uint32_t m_configureSerial = 0; ///< newest sent, over all windows
    std::uint32_t m_pingSerial = 0;
    std::map<WindowId, std::uint32_t> m_configured; ///< newest Configure sent to each living window
    std::map<std::uint32_t, WindowId> m_pings;      ///< not yet answered
    ByteVector m_output;
    std::size_t m_written = 0;
};

template <class Message> void HostSession::send(WindowId window, const Message& message)
{
    if (m_stage == Stage::Open)
        append(m_output, window, message);
}

} // namespace annex::display

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "vgpu/display/host/key_tracker.h"
#include "vgpu/display/host/window_model.h"
#include "vgpu/display/protocol/messages.h"

namespace annex::viewer {

using display::WindowId;

/// Where the seat's messages go: the session in the viewer, a list in tests.
class SeatSink {
public:
    virtual ~SeatSink() = default;
    virtual void send(WindowId window, const display::Focus& message) = 0;
    virtual void send(WindowId window, const display::Modifiers& message) = 0;
    virtual void send(WindowId window, const display::Key& message) = 0;
    virtual void send(WindowId window, const display::PointerMotion& message) = 0;
    virtual void send(WindowId window, const display::PointerButton& message) = 0;
    virtual void send(WindowId window, const display::PointerAxis& message) = 0;
    virtual void send(WindowId window, const display::PointerLeave& message) = 0;
    virtual void send(WindowId window, const display::DismissPopups& message) = 0;
};

/// Keyboard and pointer of one workspace as its guest sees them. Nothing is ever left pressed: whatever takes the focus away releases first.
///
/// A paste chord is held back until the clipboard's offer stands in the guest (or the wait is over); keys that come meanwhile queue behind it,
/// so that the order in which a person typed is kept.
class Seat {
public:
    explicit Seat(SeatSink& sink) : m_sink(sink) {}

    /// @param locks  the host's locks and group at this moment
    void focusIn(WindowId window, const display::Modifiers& locks);
    /// Drops held keys unsent, releases what is down, closes the popups.
    void focusOut();
    std::optional<WindowId> focus() const { return m_focus; }
    /// Locks or group changed on the host.
    void locksChanged(const display::Modifiers& locks);

    void key(std::uint32_t code, bool pressed, std::uint32_t time_ms);
    /// The last key of a paste chord: held under this serial.
    void pasteKey(std::uint32_t code, std::uint32_t time_ms, std::uint32_t serial);
    /// The offer for this serial stands, or nobody waits for it any longer: the held keys go in. Another serial does nothing.
    void letGo(std::uint32_t serial);
    std::optional<std::uint32_t> holding() const { return m_holding; }
    /// Everything up, without leaving the window (the frame menu opens, the stream stalls).
    void releaseAll(std::uint32_t time_ms);

    /// Position in the window's content, 24.8 fixed. While a button is held it belongs to the window of the press.
    void motion(WindowId window, std::int32_t x_fixed, std::int32_t y_fixed, std::uint32_t time_ms);
    void button(WindowId window, std::uint32_t button, bool pressed, std::uint32_t time_ms);
    void axis(WindowId window, const display::PointerAxis& message);
    void leave(WindowId window);
    /// The host sees a button that was pressed in this window's content still held.
    bool isPressedIn(WindowId window) const { return m_buttons.any() && m_pressed == window; }
    bool anyButton() const { return m_buttons.any(); }

    /// The window ended: nothing more is said about it.
    void forget(WindowId window);
    /// The connection was lost: the guest knows nothing of us any more.
    void reset();

private:
    struct QueuedKey {
        std::uint32_t code = 0;
        bool pressed = false;
        std::uint32_t time_ms = 0;
    };
    void sendKey(const QueuedKey& key);
    void releaseButtons(std::uint32_t time_ms);

    SeatSink& m_sink;
    std::optional<WindowId> m_focus;
    display::KeyTracker m_keys, m_buttons;
    std::optional<WindowId> m_pressed; ///< window of the implicit grab
    std::optional<WindowId> m_pointer; ///< window that the pointer is in
    std::optional<std::uint32_t> m_holding;
    std::deque<QueuedKey> m_queue;
    std::uint32_t m_lastTime_ms = 0;
    static constexpr std::size_t kMaxQueued = 256; // 250 ms of typing is under ten; a stuck wait must not collect for ever
};

} // namespace annex::viewer

// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/seat.h"

namespace annex::viewer {

void Seat::focusIn(WindowId window, const display::Modifiers& locks)
{
    if (m_focus == window)
        return;
    if (m_focus)
        focusOut();
    m_focus = window;
    m_sink.send(window, display::Focus{true});
    m_sink.send(window, locks);
}

void Seat::focusOut()
{
    if (!m_focus)
        return;
    m_holding.reset();
    m_queue.clear();
    const WindowId window = *m_focus;
    releaseAll(m_lastTime_ms);
    m_focus.reset();
    m_sink.send(window, display::Focus{false});
    m_sink.send(window, display::DismissPopups{});
}

void Seat::locksChanged(const display::Modifiers& locks)
{
    if (m_focus)
        m_sink.send(*m_focus, locks);
}

void Seat::key(std::uint32_t code, bool pressed, std::uint32_t time_ms)
{
    if (!m_focus)
        return;
    m_lastTime_ms = time_ms;
    if (m_holding) {
        if (m_queue.size() >= kMaxQueued)
            return;
        m_queue.push_back({code, pressed, time_ms});
        return;
    }
    sendKey({code, pressed, time_ms});
}

void Seat::pasteKey(std::uint32_t code, std::uint32_t time_ms, std::uint32_t serial)
{
    if (!m_focus)
        return;
    // A second chord while the first one waits: the newer offer is the one worth waiting for, the order stays.
    m_holding = serial;
    key(code, true, time_ms);
}

void Seat::letGo(std::uint32_t serial)
{
    if (m_holding != serial)
        return;
    m_holding.reset();
    while (!m_queue.empty()) {
        sendKey(m_queue.front());
        m_queue.pop_front();
    }
}

void Seat::sendKey(const QueuedKey& key)
{
    if (!m_focus || !(key.pressed ? m_keys.press(key.code) : m_keys.release(key.code)))
        return;
    m_sink.send(*m_focus, display::Key{key.code, key.pressed, key.time_ms});
}

void Seat::releaseAll(std::uint32_t time_ms)
{
    if (m_focus)
        for (std::uint32_t code : m_keys.releaseAll())
            m_sink.send(*m_focus, display::Key{code, false, time_ms});
    releaseButtons(time_ms);
}

void Seat::releaseButtons(std::uint32_t time_ms)
{
    for (std::uint32_t button : m_buttons.releaseAll())
        if (m_pressed)
            m_sink.send(*m_pressed, display::PointerButton{button, false, time_ms});
    m_pressed.reset();
}

void Seat::motion(WindowId window, std::int32_t x_fixed, std::int32_t y_fixed, std::uint32_t time_ms)
{
    m_lastTime_ms = time_ms;
    if (m_pressed && *m_pressed != window)
        return; // its own window gets the events of a held button; X11 delivers them there
    m_pointer = window;
    m_sink.send(window, display::PointerMotion{x_fixed, y_fixed, time_ms});
}

void Seat::button(WindowId window, std::uint32_t button, bool pressed, std::uint32_t time_ms)
{
    m_lastTime_ms = time_ms;
    if (pressed) {
        if (m_pressed && *m_pressed != window)
            releaseButtons(time_ms); // the release was lost elsewhere
        if (!m_buttons.press(button))
            return;
        m_pressed = window;
        m_sink.send(window, display::PointerButton{button, true, time_ms});
        return;
    }
    if (!m_buttons.release(button))
        return;
    m_sink.send(m_pressed.value_or(window), display::PointerButton{button, false, time_ms});
    if (!m_buttons.any())
        m_pressed.reset();
}

void Seat::axis(WindowId window, const display::PointerAxis& message)
{
    m_lastTime_ms = message.time_ms;
    m_sink.send(window, message);
}

void Seat::leave(WindowId window)
{
    if (m_pointer != window || m_buttons.any())
        return;
    m_pointer.reset();
    m_sink.send(window, display::PointerLeave{});
}

void Seat::forget(WindowId window)
{
    if (m_pressed == window) {
        m_buttons.releaseAll();
        m_pressed.reset();
    }
    if (m_pointer == window)
        m_pointer.reset();
    if (m_focus == window) {
        m_focus.reset();
        m_keys.releaseAll();
        m_holding.reset();
        m_queue.clear();
    }
}

void Seat::reset()
{
    m_focus.reset();
    m_pressed.reset();
    m_pointer.reset();
    m_holding.reset();
    m_queue.clear();
    m_keys.releaseAll();
    m_buttons.releaseAll();
}

} // namespace annex::viewer

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/pointer.h"

#include <algorithm>

#include "vgpu/display/guest/wlroots/event_loop.h"

namespace annex::display::guest {

namespace {

constexpr double kFixed = 256.0; // 24.8
constexpr std::size_t kMaxButtons = 12; // wlr_seat keeps 16 and asserts beyond
constexpr std::uint32_t kLeftButton = 0x110;

wlr_axis_source sourceOf(AxisSource source)
{
    switch (source) {
    case AxisSource::Wheel: return WLR_AXIS_SOURCE_WHEEL;
    case AxisSource::Finger: return WLR_AXIS_SOURCE_FINGER;
    case AxisSource::Continuous: return WLR_AXIS_SOURCE_CONTINUOUS;
    }
    return WLR_AXIS_SOURCE_WHEEL;
}

} // namespace

bool PointerInput::grabbedByPopupOrDrag() const
{
    const auto& state = m_around.seat->pointer_state;
    return state.grab != state.default_grab;
}

// Newest first: menus lie above what they belong to. The window that the host named comes before others that may lie under it.
PointerInput::Target PointerInput::underPointer(GuestWindow& window, Point at) const
{
    const Point origin = window.origin();
    auto look = [&](GuestWindow& candidate) -> Target {
        const Point there = candidate.origin();
        Target target{&candidate, nullptr, {}};
        target.surface = candidate.surfaceAt({at.x + origin.x - there.x, at.y + origin.y - there.y}, target.at);
        return target;
    };
    const auto& windows = m_around.windows;
    for (auto entry = windows.rbegin(); entry != windows.rend(); ++entry) {
        if (entry->second->exported()->kind() == WindowKind::Toplevel)
            continue;
        if (Target target = look(*entry->second); target.surface)
            return target;
    }
    if (Target target = look(window); target.surface)
        return target;
    for (auto entry = windows.rbegin(); entry != windows.rend(); ++entry) {
        if (Target target = look(*entry->second); target.surface)
            return target;
    }
    return {};
}

void PointerInput::point(const Target& target, std::uint32_t time_ms)
{
    if (!target.surface) {
        wlr_seat_pointer_notify_clear_focus(m_around.seat);
        return;
    }
    wlr_seat_pointer_notify_enter(m_around.seat, target.surface, target.at.x, target.at.y);
    wlr_seat_pointer_notify_motion(m_around.seat, time_ms, target.at.x, target.at.y);
    wlr_seat_pointer_notify_frame(m_around.seat);
}

void PointerInput::motion(GuestWindow& window, Point at, std::uint32_t time_ms)
{
    m_window = &window;
    m_at = at;
    if (m_pressed.empty()) {
        Target target{&window, nullptr, {}};
        target.surface = window.surfaceAt(at, target.at);
        point(target, time_ms);
        return;
    }
    if (grabbedByPopupOrDrag()) {
        point(underPointer(window, at), time_ms);
        return;
    }
    if (!m_grabSurface || !m_grabWindow)
        return;
    const Point from = window.origin(), to = m_grabWindow->origin();
    const Point inSurface{at.x + from.x - to.x - m_grabOffset.x, at.y + from.y - to.y - m_grabOffset.y};
    wlr_seat_pointer_notify_motion(m_around.seat, time_ms, inSurface.x, inSurface.y);
    wlr_seat_pointer_notify_frame(m_around.seat);
}

void PointerInput::button(GuestWindow& window, std::uint32_t button, bool pressed, std::uint32_t time_ms)
{
    const auto known = std::ranges::find(m_pressed, button);
    if (pressed == (known != m_pressed.end()))
        return;
    if (pressed) {
        if (m_pressed.size() >= kMaxButtons)
            return;
        if (m_pressed.empty() && m_window && m_around.seat->pointer_state.focused_surface) {
            m_grabSurface = m_around.seat->pointer_state.focused_surface;
            m_grabSurfaceGone.connect(m_grabSurface->events.destroy, [this](void*) {
                m_grabSurface = nullptr;
                m_grabSurfaceGone.disconnect();
            });
            m_grabWindow = m_window;
            m_grabOffset = {m_at.x - m_around.seat->pointer_state.sx, m_at.y - m_around.seat->pointer_state.sy};
        }
        m_pressed.push_back(button);
    } else {
        m_pressed.erase(known);
    }
    wlr_seat_pointer_notify_button(m_around.seat, time_ms, button, pressed ? WLR_BUTTON_PRESSED : WLR_BUTTON_RELEASED);
    wlr_seat_pointer_notify_frame(m_around.seat);
    if (!m_pressed.empty())
        return;
    m_grabSurface = nullptr;
    m_grabWindow = nullptr;
    m_grabSurfaceGone.disconnect();
    if (!pressed && m_window == &window) // the grab is over: the pointer may lie over something else by now
        motion(window, m_at, time_ms);
}

void PointerInput::axis(GuestWindow&, const PointerAxis& event)
{
    const auto orientation = event.axis == Axis::Vertical ? WLR_AXIS_ORIENTATION_VERTICAL : WLR_AXIS_ORIENTATION_HORIZONTAL;
    // A value of zero becomes axis_stop. One frame for each event: wlroots allows one source per frame and ends the process otherwise.
    wlr_seat_pointer_notify_axis(m_around.seat, event.time_ms, orientation, event.value_fixed / kFixed, event.discrete, sourceOf(event.source));
    wlr_seat_pointer_notify_frame(m_around.seat);
}

void PointerInput::leave(GuestWindow& window)
{
    if (!m_pressed.empty() || m_window != &window)
        return;
    m_window = nullptr;
    wlr_seat_pointer_notify_clear_focus(m_around.seat);
    wlr_seat_pointer_notify_frame(m_around.seat);
}

void PointerInput::releaseButtons()
{
    while (!m_pressed.empty()) {
        const std::uint32_t button = m_pressed.back();
        m_pressed.pop_back();
        wlr_seat_pointer_notify_button(m_around.seat, 0, button, WLR_BUTTON_RELEASED);
        wlr_seat_pointer_notify_frame(m_around.seat);
    }
    m_grabSurface = nullptr;
    m_grabWindow = nullptr;
    m_grabSurfaceGone.disconnect();
}

void PointerInput::releaseAll()
{
    releaseButtons();
    m_window = nullptr;
    wlr_seat_pointer_notify_clear_focus(m_around.seat);
}

void PointerInput::clickBeside(GuestWindow& window, Point at)
{
    const auto time_ms = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(steadyNow()).count());
    releaseButtons();
    point({&window, window.surface(), at}, time_ms);
    for (const auto state : {WLR_BUTTON_PRESSED, WLR_BUTTON_RELEASED}) {
        wlr_seat_pointer_notify_button(m_around.seat, time_ms, kLeftButton, state);
        wlr_seat_pointer_notify_frame(m_around.seat);
    }
    m_window = nullptr;
    wlr_seat_pointer_notify_clear_focus(m_around.seat);
    wlr_seat_pointer_notify_frame(m_around.seat);
}

void PointerInput::windowGone(const GuestWindow& window)
{
    if (m_window == &window)
        m_window = nullptr;
    if (m_grabWindow == &window)
        m_grabWindow = nullptr;
}

} // namespace annex::display::guest

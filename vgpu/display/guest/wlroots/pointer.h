// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "vgpu/display/guest/wlroots/guest_window.h"

namespace annex::display::guest {

/// The host's pointer in the guest. While a button is held everything goes to the surface where it went down (implicit grab), except that an
/// open menu of the same program and a drag take what lies under the pointer.
class PointerInput {
public:
    explicit PointerInput(Surroundings& surroundings) : m_around(surroundings) {}

    /// @param at  in the window's content, surface coordinates; outside while a button is held
    void motion(GuestWindow& window, Point at, std::uint32_t time_ms);
    void button(GuestWindow& window, std::uint32_t button, bool pressed, std::uint32_t time_ms);
    void axis(GuestWindow& window, const PointerAxis& event);
    void leave(GuestWindow& window);
    /// Nothing stays pressed.
    void releaseButtons();
    /// The host is gone: nothing stays pressed, nothing is pointed at.
    void releaseAll();
    void windowGone(const GuestWindow& window);
    bool anyPressed() const { return !m_pressed.empty(); }
    GuestWindow* window() const { return m_window; }
    /// A click beside everything: X11 menus hold the pointer and close by it. Afterwards nothing is pointed at.
    /// @param at  in the window's content, surface coordinates
    void clickBeside(GuestWindow& window, Point at);

private:
    struct Target {
        GuestWindow* window = nullptr;
        wlr_surface* surface = nullptr;
        Point at;
    };
    Target underPointer(GuestWindow& window, Point at) const;
    bool grabbedByPopupOrDrag() const;
    void point(const Target& target, std::uint32_t time_ms);

    Surroundings& m_around;
    GuestWindow* m_window = nullptr;      ///< where the pointer was last, and in it …
    Point m_at;                           ///< … where
    GuestWindow* m_grabWindow = nullptr;  ///< where the first button went down
    Point m_grabOffset;                   ///< from that window's content to the surface that took the press
    wlr_surface* m_grabSurface = nullptr;
    Listener m_grabSurfaceGone;
    std::vector<std::uint32_t> m_pressed;
};

} // namespace annex::display::guest

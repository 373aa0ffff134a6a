// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "vgpu/display/guest/wlroots/event_loop.h"
#include "vgpu/display/guest/wlroots/guest_window.h"
#include "vgpu/display/guest/wlroots/x11_side_channel.h"

namespace annex::display::guest {

/// An X11 window by Xwayland: a toplevel, or an override-redirect window (a menu, a tooltip) that places itself in root coordinates.
class X11Window final : public GuestWindow {
public:
    X11Window(Surroundings& surroundings, wlr_xwayland_surface* x11, std::function<X11SideChannel*()> side, std::function<void()> gone);

    ~X11Window() override;

    wlr_surface* surface() const override { return m_x11->surface; }
    Rect crop() const override;
    Point origin() const override;
    void focus(bool focused) override;
    void close() override;
    void kill() override;
    void place(const Position& position) override;
    void dismissPopups() override;
    void ping(std::uint32_t serial) override;
    void configure(const SizeWish& wish) override;
    void hostChanged() override { m_wishOpen = false; }
    /// The program changed its _NET_WM_ICON.
    void fetchIcon();
    std::uint32_t window() const { return m_x11->window_id; }

private:
    void mapped();
    void unmapped();
    void rootCommitted() override;
    void configureAsked(const wlr_xwayland_surface_configure_event& event);
    void connectProperties();
    void connectRequests();
    void tellHints();
    void moveTo(int x, int y, int width, int height);
    void checkPong();
    void holdInput();
    void letInputGo();
    void lookWhetherSettled(std::uint32_t gateNumber, int looks);
    bool isSettled(const X11SideChannel::Place& place) const;
    std::uint32_t parentId() const;
    bool covers(Point root) const;
    bool hasMenu() const;
    std::optional<Point> freePlace() const;

    wlr_xwayland_surface* m_x11;
    std::function<X11SideChannel*()> m_side;
    bool m_placed = false;
    std::uint32_t m_parent = 0; ///< as it was exported with
    SizeWish m_wish;     ///< in logical pixels
    bool m_wishOpen = false;
    std::unique_ptr<DeadlineTimer> m_pongTimer;
    std::uint32_t m_pingSerial = 0;
    Time m_pingDeadline{};
    std::unique_ptr<DeadlineTimer> m_gateTimer; ///< the X server does not answer
    std::uint32_t m_gateNumber = 0;
    Listener m_onMap, m_onUnmap, m_onDestroy, m_onConfigure, m_onGeometry, m_onTitle, m_onClass, m_onHints, m_onOverride;
    Listener m_onMove, m_onResize, m_onMinimise, m_onMaximise, m_onFullscreen, m_onActivate;
};

} // namespace annex::display::guest

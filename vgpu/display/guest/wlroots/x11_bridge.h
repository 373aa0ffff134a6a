// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "vgpu/display/guest/wlroots/x11_side_channel.h"
#include "vgpu/display/guest/wlroots/x11_window.h"

namespace annex::display::guest {

class SurfaceWatch;

/// Xwayland, started at the first X11 connection, and its windows.
class X11Bridge {
public:
    /// @errors EngineFailed: no socket could be made for it
    static Result<std::unique_ptr<X11Bridge>> create(Surroundings& surroundings, wlr_compositor* compositor, SurfaceWatch& watch);
    ~X11Bridge();

    std::string display() const { return m_xwayland->display_name; }

private:
    X11Bridge(Surroundings& surroundings, wlr_xwayland* xwayland, SurfaceWatch& watch);
    void ready();
    void setDefaultCursor();
    void newWindow(wlr_xwayland_surface* x11);
    X11SideChannel* side();

    Surroundings& m_around;
    wlr_xwayland* m_xwayland;
    SurfaceWatch& m_watch;
    std::map<wlr_xwayland_surface*, std::unique_ptr<X11Window>> m_windows;
    std::unique_ptr<X11SideChannel> m_side;
    bool m_sideFailed = false;
    IdleTask m_closeSide;
    Listener m_onReady, m_onNewSurface;
};

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/x11_bridge.h"

#include <cstdlib>

#include "vgpu/display/guest/wlroots/surface_watch.h"

namespace annex::display::guest {

Result<std::unique_ptr<X11Bridge>> X11Bridge::create(Surroundings& surroundings, wlr_compositor* compositor, SurfaceWatch& watch)
{
    wlr_xwayland* xwayland = wlr_xwayland_create(surroundings.display, compositor, true);
    if (!xwayland)
        return fail(Errc::EngineFailed, "make an X11 socket for Xwayland (is /tmp/.X11-unix there, owned by root, mode 1777?)");
    return std::unique_ptr<X11Bridge>(new X11Bridge(surroundings, xwayland, watch));
}

X11Bridge::X11Bridge(Surroundings& surroundings, wlr_xwayland* xwayland, SurfaceWatch& watch)
    : m_around(surroundings), m_xwayland(xwayland), m_watch(watch), m_closeSide(surroundings.loop, [this] {
          if (m_windows.empty())
              m_side.reset();
      })
{
    m_onReady.connect(xwayland->events.ready, [this](void*) { ready(); });
    m_onNewSurface.connect(xwayland->events.new_surface, [this](void* data) { newWindow(static_cast<wlr_xwayland_surface*>(data)); });
}

X11Bridge::~X11Bridge()
{
    m_onReady.disconnect();
    m_onNewSurface.disconnect();
    m_side.reset();
    wlr_xwayland_destroy(m_xwayland); // its windows go with it, one by one
}

void X11Bridge::ready()
{
    m_sideFailed = false;
    wlr_xwayland_set_seat(m_xwayland, m_around.seat);
    m_watch.exempt(m_xwayland->server->client);
    setDefaultCursor();
}

// Windows that set no cursor would show the X server's black cross.
void X11Bridge::setDefaultCursor()
{
    constexpr int kSize_px = 24;
    const char* name = std::getenv("XCURSOR_THEME");
    wlr_xcursor_theme* theme = wlr_xcursor_theme_load(name, kSize_px);
    const wlr_xcursor* arrow = theme ? wlr_xcursor_theme_get_cursor(theme, "left_ptr") : nullptr;
    if (arrow && arrow->image_count > 0) {
        const wlr_xcursor_image* image = arrow->images[0];
        wlr_xwayland_set_cursor(m_xwayland, image->buffer, image->width * 4, image->width, image->height,
                                static_cast<std::int32_t>(image->hotspot_x), static_cast<std::int32_t>(image->hotspot_y));
    }
    if (theme)
        wlr_xcursor_theme_destroy(theme); // Xwayland has its copy
}

void X11Bridge::newWindow(wlr_xwayland_surface* x11)
{
    m_windows[x11] = std::make_unique<X11Window>(
        m_around, x11, [this] { return side(); },
        [this, x11] {
            m_windows.erase(x11);
            // Our connection is of no use to anybody now. Xwayland itself stays: wlroots 0.15's window manager keeps it, and does not bear its end.
            if (m_windows.empty())
                m_closeSide.schedule();
        });
}

X11SideChannel* X11Bridge::side()
{
    if (m_side && m_side->broken())
        m_side.reset();
    if (!m_side && !m_sideFailed) {
        auto side = X11SideChannel::connect(m_around.loop, m_xwayland->display_name);
        if (side)
            m_side = std::move(*side);
        m_sideFailed = !m_side;
    }
    return m_side.get();
}

} // namespace annex::display::guest

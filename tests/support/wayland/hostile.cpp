// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <functional>
#include <map>

#include <unistd.h>

#include "tests/support/wayland/scene.h"
#include "tests/support/wayland/shm_buffer.h"

namespace annex::test {

namespace {

/// A mapped window with as little as possible around it.
struct Victim {
    Connection c = Connection::open();
    wl_surface* surface = nullptr;
    xdg_surface* xdg = nullptr;
    xdg_toplevel* toplevel = nullptr;
    ShmBuffer buffer;
    bool configured = false;

    Victim(int width, int height)
    {
        make(width, height);
    }
    void make(int width, int height)
    {
        surface = wl_compositor_create_surface(c.compositor);
        xdg = xdg_wm_base_get_xdg_surface(c.shell, surface);
        static constexpr xdg_surface_listener kXdg{[](void* data, xdg_surface* x, std::uint32_t serial) {
            xdg_surface_ack_configure(x, serial);
            static_cast<Victim*>(data)->configured = true;
        }};
        xdg_surface_add_listener(xdg, &kXdg, this);
        toplevel = xdg_surface_get_toplevel(xdg);
        wl_surface_commit(surface);
        awaitConfigure();
        buffer = ShmBuffer::make(c, width, height, 0xff112233);
        wl_surface_attach(surface, buffer.buffer, 0, 0);
        wl_surface_damage_buffer(surface, 0, 0, width, height);
        wl_surface_commit(surface);
        c.roundtrip();
    }
    /// After a commit without content. @return false when the compositor has ended us
    bool awaitConfigure()
    {
        configured = false;
        while (!configured) {
            if (wl_display_dispatch(c.display) < 0)
                return false;
        }
        return true;
    }
    void damageAll()
    {
        wl_surface_damage_buffer(surface, 0, 0, buffer.width, buffer.height);
        wl_surface_commit(surface);
    }
    /// Until the compositor has ended us, or has shown that it lives.
    int outcome()
    {
        for (int i = 0; i < 3; ++i) {
            if (wl_display_roundtrip(c.display) < 0) {
                say("disconnected");
                return 0;
            }
        }
        say("tolerated");
        ::pause();
        return 0;
    }
};

int truncate(const std::vector<std::string>&)
{
    Victim v(600, 400);
    [[maybe_unused]] const int cut = ::ftruncate(v.buffer.fd, 0);
    v.damageAll();
    return v.outcome();
}

// wlroots keeps a bare pointer when the buffer object is gone, and libwayland's guard does not know it.
int destroyThenTruncate(const std::vector<std::string>&)
{
    Victim v(600, 400);
    wl_buffer_destroy(v.buffer.buffer);
    v.c.roundtrip();
    [[maybe_unused]] const int cut = ::ftruncate(v.buffer.fd, 0);
    v.damageAll();
    return v.outcome();
}

int deepSubsurfaces(const std::vector<std::string>& arguments)
{
    Victim v(100, 100);
    wl_surface* parent = v.surface;
    for (int i = 0; i < std::atoi(arguments.at(0).c_str()); ++i) {
        wl_surface* child = wl_compositor_create_surface(v.c.compositor);
        wl_subcompositor_get_subsurface(v.c.subcompositor, child, parent);
        parent = child;
        if (i % 64 == 0 && wl_display_roundtrip(v.c.display) < 0)
            break;
    }
    v.damageAll();
    return v.outcome();
}

// The surface goes before its subsurface object, and the window is drawn again.
int subsurfaceWithoutSurface(const std::vector<std::string>&)
{
    Victim v(100, 100);
    wl_surface* child = wl_compositor_create_surface(v.c.compositor);
    wl_subsurface* sub = wl_subcompositor_get_subsurface(v.c.subcompositor, child, v.surface);
    wl_subsurface_set_desync(sub);
    ShmBuffer buffer = ShmBuffer::make(v.c, 40, 40, 0xff445566);
    wl_surface_attach(child, buffer.buffer, 0, 0);
    wl_surface_damage_buffer(child, 0, 0, 40, 40);
    wl_surface_commit(child);
    v.damageAll();
    v.c.roundtrip();
    wl_surface_destroy(child);
    v.damageAll();
    return v.outcome();
}

int manyObjects(const std::vector<std::string>& arguments)
{
    Victim v(100, 100);
    for (int i = 0; i < std::atoi(arguments.at(0).c_str()); ++i) {
        wl_surface_frame(v.surface);
        if (i % 256 == 0 && wl_display_roundtrip(v.c.display) < 0)
            break;
    }
    return v.outcome();
}

int manySurfaces(const std::vector<std::string>& arguments)
{
    Victim v(100, 100);
    for (int i = 0; i < std::atoi(arguments.at(0).c_str()); ++i) {
        wl_compositor_create_surface(v.c.compositor);
        if (i % 256 == 0 && wl_display_roundtrip(v.c.display) < 0)
            break;
    }
    return v.outcome();
}

int manyWindows(const std::vector<std::string>& arguments)
{
    Victim v(16, 16);
    const int count = std::atoi(arguments.at(0).c_str());
    for (int i = 1; i < count; ++i)
        v.make(16, 16);
    return v.outcome();
}

int popupWithoutParent(const std::vector<std::string>&)
{
    Victim v(100, 100);
    xdg_positioner* positioner = xdg_wm_base_create_positioner(v.c.shell);
    xdg_positioner_set_size(positioner, 50, 50);
    xdg_positioner_set_anchor_rect(positioner, 0, 0, 1, 1);
    wl_surface* surface = wl_compositor_create_surface(v.c.compositor);
    xdg_surface* xdg = xdg_wm_base_get_xdg_surface(v.c.shell, surface);
    xdg_surface_get_popup(xdg, nullptr, positioner);
    wl_surface_commit(surface);
    wl_display_roundtrip(v.c.display);
    ShmBuffer buffer = ShmBuffer::make(v.c, 50, 50, 0xffffffff);
    wl_surface_attach(surface, buffer.buffer, 0, 0);
    wl_surface_commit(surface);
    return v.outcome();
}

int size(const std::vector<std::string>& arguments)
{
    Victim v(std::atoi(arguments.at(0).c_str()), std::atoi(arguments.at(1).c_str()));
    return v.outcome();
}

int titleFlood(const std::vector<std::string>& arguments)
{
    Victim v(100, 100);
    const std::string filler(3000, 'x');
    for (int i = 0; i < std::atoi(arguments.at(0).c_str()); ++i) {
        xdg_toplevel_set_title(v.toplevel, (std::to_string(i) + filler).c_str());
        xdg_toplevel_set_maximized(v.toplevel);
        if (wl_display_flush(v.c.display) < 0 && wl_display_roundtrip(v.c.display) < 0)
            break;
    }
    v.c.roundtrip();
    say("flooded");
    return v.outcome();
}

// A geometry that lies far outside of everything, and a buffer scale that shrinks the surface to nothing.
int oddGeometry(const std::vector<std::string>&)
{
    Victim v(100, 100);
    xdg_surface_set_window_geometry(v.xdg, -2'000'000'000, -2'000'000'000, 2'000'000'000, 2'000'000'000);
    v.damageAll();
    wl_display_roundtrip(v.c.display);
    wl_surface_damage_buffer(v.surface, -2'000'000'000, -2'000'000'000, 2'147'483'647, 2'147'483'647);
    wl_surface_commit(v.surface);
    return v.outcome();
}

int unmapStorm(const std::vector<std::string>& arguments)
{
    Victim v(64, 64);
    for (int i = 0; i < std::atoi(arguments.at(0).c_str()); ++i) {
        wl_surface_attach(v.surface, nullptr, 0, 0);
        wl_surface_commit(v.surface);
        wl_surface_commit(v.surface);
        if (!v.awaitConfigure())
            break;
        wl_surface_attach(v.surface, v.buffer.buffer, 0, 0);
        v.damageAll();
        if (wl_display_roundtrip(v.c.display) < 0)
            break;
    }
    return v.outcome();
}

} // namespace

int runHostile(const std::vector<std::string>& arguments)
{
    static const std::map<std::string, std::function<int(const std::vector<std::string>&)>> kDeeds{
        {"truncate", truncate},           {"destroy-truncate", destroyThenTruncate}, {"deep-subsurfaces", deepSubsurfaces},
        {"surfaces", manySurfaces},       {"windows", manyWindows},                  {"popup-without-parent", popupWithoutParent},
        {"size", size},                   {"title-flood", titleFlood},               {"odd-geometry", oddGeometry},
        {"unmap-storm", unmapStorm},
        {"objects", manyObjects},         {"subsurface-without-surface", subsurfaceWithoutSurface},
    };
    const auto deed = kDeeds.find(arguments.at(0));
    if (deed == kDeeds.end())
        return 2;
    return deed->second({arguments.begin() + 1, arguments.end()});
}

} // namespace annex::test

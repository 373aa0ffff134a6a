// SPDX-License-Identifier: Apache-2.0
#include "tests/support/wayland/connection.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace annex::test {

namespace {

template <class Interface> Interface* bindTo(wl_registry* registry, std::uint32_t name, const wl_interface* interface, std::uint32_t version, std::uint32_t wanted)
{
    return static_cast<Interface*>(wl_registry_bind(registry, name, interface, std::min(version, wanted)));
}

void onGlobal(void* data, wl_registry* registry, std::uint32_t name, const char* interface, std::uint32_t version)
{
    auto& c = *static_cast<Connection*>(data);
    c.globals.emplace_back(interface);
    const std::string_view which(interface);
    if (which == "wl_compositor")
        c.compositor = bindTo<wl_compositor>(registry, name, &wl_compositor_interface, version, 4);
    else if (which == "wl_subcompositor")
        c.subcompositor = bindTo<wl_subcompositor>(registry, name, &wl_subcompositor_interface, version, 1);
    else if (which == "wl_shm")
        c.shm = bindTo<wl_shm>(registry, name, &wl_shm_interface, version, 1);
    else if (which == "wl_seat")
        c.seat = bindTo<wl_seat>(registry, name, &wl_seat_interface, version, 7);
    else if (which == "wl_output")
        c.output = bindTo<wl_output>(registry, name, &wl_output_interface, version, 2);
    else if (which == "wl_data_device_manager")
        c.dataManager = bindTo<wl_data_device_manager>(registry, name, &wl_data_device_manager_interface, version, 3);
    else if (which == "xdg_wm_base")
        c.shell = bindTo<xdg_wm_base>(registry, name, &xdg_wm_base_interface, version, 2);
    else if (which == "zxdg_decoration_manager_v1")
        c.decorations = bindTo<zxdg_decoration_manager_v1>(registry, name, &zxdg_decoration_manager_v1_interface, version, 1);
}

void onGlobalGone(void*, wl_registry*, std::uint32_t) {}

void onPing(void*, xdg_wm_base* shell, std::uint32_t serial)
{
    xdg_wm_base_pong(shell, serial);
}

} // namespace

Connection Connection::open()
{
    Connection c;
    c.display = wl_display_connect(nullptr);
    if (!c.display) {
        std::fprintf(stderr, "annex-test-client: no display\n");
        std::exit(2);
    }
    static constexpr wl_registry_listener kRegistry{onGlobal, onGlobalGone};
    wl_registry_add_listener(wl_display_get_registry(c.display), &kRegistry, &c);
    c.roundtrip();
    if (!c.compositor || !c.subcompositor || !c.shm || !c.seat || !c.shell || !c.output || !c.dataManager) {
        std::fprintf(stderr, "annex-test-client: a global is missing\n");
        std::exit(2);
    }
    static constexpr xdg_wm_base_listener kShell{onPing};
    xdg_wm_base_add_listener(c.shell, &kShell, nullptr);
    return c;
}

void say(const std::string& line)
{
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

} // namespace annex::test

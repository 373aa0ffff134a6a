// SPDX-License-Identifier: Apache-2.0
// Full-damage animation as a Wayland client (wl_shm, three buffers, paced by frame callbacks). animation_wayland [--size WxH] [--fps N]
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "bench-xdg-shell-client.h"
#include "tests/bench/animation.h"

using namespace annex::bench;

namespace {

class Client {
public:
    Client(wl_display* display, const AnimationOptions& options) : m_display(display), m_options(options), m_animation(options)
    {
        static constexpr wl_registry_listener kRegistry = {onGlobal, [](void*, wl_registry*, std::uint32_t) {}};
        wl_registry_add_listener(wl_display_get_registry(display), &kRegistry, this);
        wl_display_roundtrip(display);
        if (!m_compositor || !m_shm || !m_shell) {
            std::fprintf(stderr, "animation_wayland: the compositor lacks wl_shm or xdg-shell\n");
            std::exit(1);
        }
        static constexpr xdg_wm_base_listener kShell = {[](void*, xdg_wm_base* shell, std::uint32_t serial) { xdg_wm_base_pong(shell, serial); }};
        xdg_wm_base_add_listener(m_shell, &kShell, this);
        makeWindow();
    }

    void run()
    {
        while (wl_display_dispatch(m_display) >= 0) {
            if (m_owed)
                drawIfPossible();
        }
    }

private:
    struct Buffer {
        wl_buffer* handle = nullptr;
        std::uint32_t* pixels = nullptr;
        bool busy = false;
    };

    static void onGlobal(void* self, wl_registry* registry, std::uint32_t id, const char* name, std::uint32_t)
    {
        auto* client = static_cast<Client*>(self);
        if (!std::strcmp(name, wl_compositor_interface.name))
            client->m_compositor = static_cast<wl_compositor*>(wl_registry_bind(registry, id, &wl_compositor_interface, 4));
        else if (!std::strcmp(name, wl_shm_interface.name))
            client->m_shm = static_cast<wl_shm*>(wl_registry_bind(registry, id, &wl_shm_interface, 1));
        else if (!std::strcmp(name, xdg_wm_base_interface.name))
            client->m_shell = static_cast<xdg_wm_base*>(wl_registry_bind(registry, id, &xdg_wm_base_interface, 1));
    }

    void makeWindow()
    {
        m_surface = wl_compositor_create_surface(m_compositor);
        xdg_surface* surface = xdg_wm_base_get_xdg_surface(m_shell, m_surface);
        static constexpr xdg_surface_listener kSurface = {onConfigure};
        xdg_surface_add_listener(surface, &kSurface, this);
        xdg_toplevel* toplevel = xdg_surface_get_toplevel(surface);
        static constexpr xdg_toplevel_listener kToplevel = {
            [](void*, xdg_toplevel*, std::int32_t, std::int32_t, wl_array*) {}, [](void*, xdg_toplevel*) { std::exit(0); }, nullptr, nullptr};
        xdg_toplevel_add_listener(toplevel, &kToplevel, this);
        xdg_toplevel_set_title(toplevel, "animation");
        xdg_toplevel_set_app_id(toplevel, "animation");
        wl_surface_commit(m_surface);
    }

    static void onConfigure(void* self, xdg_surface* surface, std::uint32_t serial)
    {
        auto* client = static_cast<Client*>(self);
        xdg_surface_ack_configure(surface, serial);
        if (!client->m_buffers[0].handle) {
            for (Buffer& buffer : client->m_buffers)
                client->makeBuffer(buffer);
            client->drawIfPossible();
        }
    }

    void makeBuffer(Buffer& buffer)
    {
        int stride = m_options.width * 4;
        int size = stride * m_options.height;
        int fd = memfd_create("animation", MFD_CLOEXEC);
        if (fd < 0 || ftruncate(fd, size) != 0)
            std::exit(1);
        void* memory = mmap(nullptr, static_cast<std::size_t>(size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (memory == MAP_FAILED)
            std::exit(1);
        buffer.pixels = static_cast<std::uint32_t*>(memory);
        wl_shm_pool* pool = wl_shm_create_pool(m_shm, fd, size);
        buffer.handle = wl_shm_pool_create_buffer(pool, 0, m_options.width, m_options.height, stride, WL_SHM_FORMAT_XRGB8888);
        wl_shm_pool_destroy(pool);
        close(fd);
        static constexpr wl_buffer_listener kBuffer = {[](void* self, wl_buffer*) { static_cast<Buffer*>(self)->busy = false; }};
        wl_buffer_add_listener(buffer.handle, &kBuffer, &buffer);
    }

    void drawIfPossible()
    {
        m_owed = true;
        for (Buffer& buffer : m_buffers) {
            if (buffer.busy)
                continue;
            m_owed = false;
            m_animation.drawNext(buffer.pixels);
            buffer.busy = true;
            wl_surface_attach(m_surface, buffer.handle, 0, 0);
            wl_surface_damage_buffer(m_surface, 0, 0, m_options.width, m_options.height);
            static constexpr wl_callback_listener kFrame = {[](void* self, wl_callback* callback, std::uint32_t) {
                wl_callback_destroy(callback);
                static_cast<Client*>(self)->drawIfPossible();
            }};
            wl_callback_add_listener(wl_surface_frame(m_surface), &kFrame, this);
            wl_surface_commit(m_surface);
            return;
        }
    }

    wl_display* m_display;
    AnimationOptions m_options;
    Animation m_animation;
    wl_compositor* m_compositor = nullptr;
    wl_shm* m_shm = nullptr;
    xdg_wm_base* m_shell = nullptr;
    wl_surface* m_surface = nullptr;
    std::array<Buffer, 3> m_buffers;
    bool m_owed = false;
};

} // namespace

int main(int argc, char** argv)
{
    AnimationOptions options;
    if (!parseAnimation(argc, argv, options)) {
        std::fprintf(stderr, "usage: animation_wayland [--size WxH] [--fps N]\n");
        return 2;
    }
    wl_display* display = wl_display_connect(nullptr);
    if (!display) {
        std::fprintf(stderr, "animation_wayland: no compositor\n");
        return 1;
    }
    Client(display, options).run();
}

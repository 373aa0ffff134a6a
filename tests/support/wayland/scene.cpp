// SPDX-License-Identifier: Apache-2.0
#include "tests/support/wayland/scene.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/wayland/shm_buffer.h"

namespace annex::test {

namespace {

struct Options {
    int width = 300, height = 200, minWidth = 0, minHeight = 0, maxWidth = 0, maxHeight = 0;
    std::string title = "test client", appId = "annex.test";
    std::uint32_t colour = 0xff336699;
    bool popup = false, grab = false, opaque = false;
};

std::uint32_t hex(const std::string& text)
{
    return static_cast<std::uint32_t>(std::stoul(text, nullptr, 16));
}

void sizeOf(const std::string& text, int& width, int& height)
{
    std::sscanf(text.c_str(), "%dx%d", &width, &height);
}

Options parse(const std::vector<std::string>& arguments)
{
    Options o;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& a = arguments[i];
        if (a == "--popup")
            o.popup = true;
        else if (a == "--grab")
            o.grab = true;
        else if (a == "--opaque")
            o.opaque = true;
        else if (a == "--size")
            sizeOf(arguments.at(++i), o.width, o.height);
        else if (a == "--min")
            sizeOf(arguments.at(++i), o.minWidth, o.minHeight);
        else if (a == "--max")
            sizeOf(arguments.at(++i), o.maxWidth, o.maxHeight);
        else if (a == "--title")
            o.title = arguments.at(++i);
        else if (a == "--app-id")
            o.appId = arguments.at(++i);
        else if (a == "--colour")
            o.colour = hex(arguments.at(++i));
    }
    return o;
}

class Scene {
public:
    explicit Scene(const Options& options) : m_options(options), m_c(Connection::open()) {}
    int run();

private:
    void makeWindow();
    void listen();
    void draw(int width, int height);
    void openPopup(std::uint32_t serial);
    void closePopup();
    void obey(const std::string& line);
    void setSubsurface(int x, int y, int w, int h, std::uint32_t colour);
    void setCursor(const std::string& what);
    void copy(const std::string& text);
    void paste();
    void askForCallback(bool animation);

    static Scene& of(void* data) { return *static_cast<Scene*>(data); }

    Options m_options;
    Connection m_c;
    wl_surface* m_surface = nullptr;
    xdg_surface* m_xdg = nullptr;
    xdg_toplevel* m_toplevel = nullptr;
    wl_pointer* m_pointer = nullptr;
    wl_keyboard* m_keyboard = nullptr;
    wl_data_device* m_dataDevice = nullptr;
    wl_data_offer* m_offer = nullptr;
    std::string m_copied;
    ShmBuffer m_buffer;
    int m_scale = 1, m_shadow = 0;
    int m_wishWidth = 0, m_wishHeight = 0;
    wl_surface* m_popupSurface = nullptr;
    xdg_surface* m_popupXdg = nullptr;
    xdg_popup* m_popup = nullptr;
    ShmBuffer m_popupBuffer;
    wl_surface* m_subSurface = nullptr;
    wl_subsurface* m_sub = nullptr;
    ShmBuffer m_subBuffer;
    wl_surface* m_cursorSurface = nullptr;
    ShmBuffer m_cursorBuffer;
    std::uint32_t m_lastSerial = 0, m_enterSerial = 0;
    int m_animate = 0;
    bool m_running = true, m_hung = false, m_mapped = false;
};

void Scene::makeWindow()
{
    m_surface = wl_compositor_create_surface(m_c.compositor);
    m_xdg = xdg_wm_base_get_xdg_surface(m_c.shell, m_surface);
    static constexpr xdg_surface_listener kXdg{[](void* data, xdg_surface* xdg, std::uint32_t serial) {
        Scene& s = of(data);
        if (s.m_hung)
            return;
        xdg_surface_ack_configure(xdg, serial);
        s.draw(s.m_wishWidth ? s.m_wishWidth : s.m_options.width, s.m_wishHeight ? s.m_wishHeight : s.m_options.height);
    }};
    xdg_surface_add_listener(m_xdg, &kXdg, this);
    m_toplevel = xdg_surface_get_toplevel(m_xdg);
    static constexpr xdg_toplevel_listener kToplevel{
        [](void* data, xdg_toplevel*, std::int32_t width, std::int32_t height, wl_array* states) {
            Scene& s = of(data);
            s.m_wishWidth = width;
            s.m_wishHeight = height;
            std::string line = fmt::format("configure {} {}", width, height);
            for (std::size_t i = 0; i < states->size / sizeof(std::uint32_t); ++i)
                line += fmt::format(" {}", static_cast<std::uint32_t*>(states->data)[i]);
            say(line);
        },
        [](void* data, xdg_toplevel*) {
            say("close");
            of(data).m_running = false;
        },
        nullptr, nullptr};
    xdg_toplevel_add_listener(m_toplevel, &kToplevel, this);
    xdg_toplevel_set_title(m_toplevel, m_options.title.c_str());
    xdg_toplevel_set_app_id(m_toplevel, m_options.appId.c_str());
    xdg_toplevel_set_min_size(m_toplevel, m_options.minWidth, m_options.minHeight);
    xdg_toplevel_set_max_size(m_toplevel, m_options.maxWidth, m_options.maxHeight);
    if (m_c.decorations) {
        static constexpr zxdg_toplevel_decoration_v1_listener kDecoration{
            [](void*, zxdg_toplevel_decoration_v1*, std::uint32_t mode) { say(fmt::format("decoration {}", mode)); }};
        auto* decoration = zxdg_decoration_manager_v1_get_toplevel_decoration(m_c.decorations, m_toplevel);
        zxdg_toplevel_decoration_v1_add_listener(decoration, &kDecoration, nullptr);
        zxdg_toplevel_decoration_v1_set_mode(decoration, ZXDG_TOPLEVEL_DECORATION_V1_MODE_CLIENT_SIDE);
    }
    wl_surface_commit(m_surface);
}

void Scene::draw(int width, int height)
{
    m_options.width = width;
    m_options.height = height;
    const int whole = m_scale;
    const int bufferWidth = (width + 2 * m_shadow) * whole, bufferHeight = (height + 2 * m_shadow) * whole;
    if (m_buffer.width != bufferWidth || m_buffer.height != bufferHeight) {
        m_buffer.release();
        m_buffer = ShmBuffer::make(m_c, bufferWidth, bufferHeight, m_options.colour,
                                   m_options.opaque ? WL_SHM_FORMAT_XRGB8888 : WL_SHM_FORMAT_ARGB8888);
        static constexpr wl_buffer_listener kBuffer{[](void*, wl_buffer*) { say("released"); }};
        wl_buffer_add_listener(m_buffer.buffer, &kBuffer, nullptr);
    }
    m_buffer.fill(m_options.colour);
    if (m_shadow) {
        m_buffer.fill(0x80000000);
        m_buffer.fillRect(m_shadow * whole, m_shadow * whole, width * whole, height * whole, m_options.colour);
    }
    xdg_surface_set_window_geometry(m_xdg, m_shadow, m_shadow, width, height);
    wl_surface_set_buffer_scale(m_surface, whole);
    wl_surface_attach(m_surface, m_buffer.buffer, 0, 0);
    wl_surface_damage_buffer(m_surface, 0, 0, bufferWidth, bufferHeight);
    wl_surface_commit(m_surface);
    m_mapped = true;
}

void Scene::askForCallback(bool animation)
{
    static constexpr wl_callback_listener kPlain{[](void*, wl_callback* callback, std::uint32_t) {
        wl_callback_destroy(callback);
        say("frame-callback");
    }};
    static constexpr wl_callback_listener kAnimation{[](void* data, wl_callback* callback, std::uint32_t) {
        Scene& s = of(data);
        wl_callback_destroy(callback);
        if (--s.m_animate <= 0) {
            say("animation-done");
            return;
        }
        s.m_options.colour = 0xff000000u | (s.m_options.colour * 1664525u + 1013904223u);
        s.askForCallback(true);
        s.draw(s.m_options.width, s.m_options.height);
    }};
    wl_callback_add_listener(wl_surface_frame(m_surface), animation ? &kAnimation : &kPlain, this);
}

void Scene::openPopup(std::uint32_t serial)
{
    if (m_popup)
        return;
    xdg_positioner* positioner = xdg_wm_base_create_positioner(m_c.shell);
    xdg_positioner_set_size(positioner, 120, 90);
    xdg_positioner_set_anchor_rect(positioner, 10, 10, 1, 1);
    xdg_positioner_set_anchor(positioner, XDG_POSITIONER_ANCHOR_BOTTOM_RIGHT);
    xdg_positioner_set_gravity(positioner, XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT);
    xdg_positioner_set_constraint_adjustment(positioner,
                                             XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_SLIDE_X | XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_SLIDE_Y);
    m_popupSurface = wl_compositor_create_surface(m_c.compositor);
    m_popupXdg = xdg_wm_base_get_xdg_surface(m_c.shell, m_popupSurface);
    static constexpr xdg_surface_listener kXdg{[](void* data, xdg_surface* xdg, std::uint32_t configured) {
        Scene& s = of(data);
        xdg_surface_ack_configure(xdg, configured);
        if (!s.m_popupBuffer.buffer)
            s.m_popupBuffer = ShmBuffer::make(s.m_c, 120, 90, 0xffcc3300);
        wl_surface_attach(s.m_popupSurface, s.m_popupBuffer.buffer, 0, 0);
        wl_surface_damage_buffer(s.m_popupSurface, 0, 0, 120, 90);
        wl_surface_commit(s.m_popupSurface);
    }};
    xdg_surface_add_listener(m_popupXdg, &kXdg, this);
    m_popup = xdg_surface_get_popup(m_popupXdg, m_xdg, positioner);
    static constexpr xdg_popup_listener kPopup{
        [](void*, xdg_popup*, std::int32_t x, std::int32_t y, std::int32_t w, std::int32_t h) {
            say(fmt::format("popup-configure {} {} {} {}", x, y, w, h));
        },
        [](void* data, xdg_popup*) {
            say("popup-done");
            of(data).closePopup();
        },
        nullptr};
    xdg_popup_add_listener(m_popup, &kPopup, this);
    if (m_options.grab)
        xdg_popup_grab(m_popup, m_c.seat, serial);
    xdg_positioner_destroy(positioner);
    wl_surface_commit(m_popupSurface);
}

void Scene::closePopup()
{
    xdg_popup_destroy(m_popup);
    xdg_surface_destroy(m_popupXdg);
    wl_surface_destroy(m_popupSurface);
    m_popupBuffer.release();
    m_popup = nullptr;
}

void Scene::setSubsurface(int x, int y, int w, int h, std::uint32_t colour)
{
    if (!m_subSurface) {
        m_subSurface = wl_compositor_create_surface(m_c.compositor);
        m_sub = wl_subcompositor_get_subsurface(m_c.subcompositor, m_subSurface, m_surface);
        wl_subsurface_set_desync(m_sub);
    }
    m_subBuffer.release();
    m_subBuffer = ShmBuffer::make(m_c, w, h, colour);
    wl_subsurface_set_position(m_sub, x, y);
    wl_surface_attach(m_subSurface, m_subBuffer.buffer, 0, 0);
    wl_surface_damage_buffer(m_subSurface, 0, 0, w, h);
    wl_surface_commit(m_subSurface);
    wl_surface_commit(m_surface);
}

void Scene::setCursor(const std::string& what)
{
    if (what == "none") {
        wl_pointer_set_cursor(m_pointer, m_enterSerial, nullptr, 0, 0);
        return;
    }
    if (!m_cursorSurface)
        m_cursorSurface = wl_compositor_create_surface(m_c.compositor);
    m_cursorBuffer.release();
    m_cursorBuffer = ShmBuffer::make(m_c, 24, 24, hex(what));
    wl_pointer_set_cursor(m_pointer, m_enterSerial, m_cursorSurface, 5, 7);
    wl_surface_attach(m_cursorSurface, m_cursorBuffer.buffer, 0, 0);
    wl_surface_damage_buffer(m_cursorSurface, 0, 0, 24, 24);
    wl_surface_commit(m_cursorSurface);
}

void Scene::copy(const std::string& text)
{
    m_copied = text;
    wl_data_source* source = wl_data_device_manager_create_data_source(m_c.dataManager);
    static constexpr wl_data_source_listener kSource{
        [](void*, wl_data_source*, const char*) {},
        [](void* data, wl_data_source*, const char*, std::int32_t fd) {
            const std::string& copied = of(data).m_copied;
            if (copied != "never") { // a program that offers and does not deliver
                [[maybe_unused]] const ssize_t written = ::write(fd, copied.data(), copied.size());
                ::close(fd);
            }
        },
        [](void*, wl_data_source* gone) {
            wl_data_source_destroy(gone);
            say("copy-cancelled");
        },
        nullptr, nullptr, nullptr};
    wl_data_source_add_listener(source, &kSource, this);
    wl_data_source_offer(source, "text/plain;charset=utf-8");
    wl_data_source_offer(source, "text/html");
    wl_data_device_set_selection(m_dataDevice, source, m_lastSerial);
}

void Scene::paste()
{
    if (!m_offer) {
        say("paste-nothing");
        return;
    }
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0)
        return;
    wl_data_offer_receive(m_offer, "text/plain;charset=utf-8", ends[1]);
    ::close(ends[1]);
    wl_display_flush(m_c.display);
    std::string text;
    char bytes[4096];
    for (ssize_t count; (count = ::read(ends[0], bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<std::size_t>(count));
    ::close(ends[0]);
    say(text.size() > 200 ? fmt::format("pasted-bytes {}", text.size()) : "pasted " + text);
}

void Scene::obey(const std::string& line)
{
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    std::string colour;
    int x = 0, y = 0, w = 0, h = 0;
    if (verb == "colour") {
        words >> colour;
        m_options.colour = hex(colour);
        draw(m_options.width, m_options.height);
    } else if (verb == "damage") {
        words >> x >> y >> w >> h >> colour;
        m_buffer.fillRect(x * m_scale, y * m_scale, w * m_scale, h * m_scale, hex(colour));
        wl_surface_attach(m_surface, m_buffer.buffer, 0, 0);
        wl_surface_damage_buffer(m_surface, x * m_scale, y * m_scale, w * m_scale, h * m_scale);
        wl_surface_commit(m_surface);
    } else if (verb == "resize") {
        words >> w >> h;
        draw(w, h);
    } else if (verb == "subsurface") {
        words >> x >> y >> w >> h >> colour;
        setSubsurface(x, y, w, h, hex(colour));
    } else if (verb == "move-subsurface") {
        words >> x >> y;
        wl_subsurface_set_position(m_sub, x, y);
        wl_surface_commit(m_surface);
    } else if (verb == "drop-subsurface") {
        wl_subsurface_destroy(m_sub);
        wl_surface_destroy(m_subSurface);
        m_sub = nullptr;
        m_subSurface = nullptr;
    } else if (verb == "title") {
        xdg_toplevel_set_title(m_toplevel, line.substr(6).c_str());
    } else if (verb == "minimise") {
        xdg_toplevel_set_minimized(m_toplevel);
    } else if (verb == "maximise") {
        xdg_toplevel_set_maximized(m_toplevel);
    } else if (verb == "fullscreen") {
        xdg_toplevel_set_fullscreen(m_toplevel, nullptr);
    } else if (verb == "move") {
        xdg_toplevel_move(m_toplevel, m_c.seat, m_lastSerial);
    } else if (verb == "callback") {
        askForCallback(false);
        wl_surface_commit(m_surface);
    } else if (verb == "animate") {
        words >> m_animate;
        askForCallback(true);
        draw(m_options.width, m_options.height);
    } else if (verb == "scale") {
        words >> m_scale;
        draw(m_options.width, m_options.height);
    } else if (verb == "shadow") {
        words >> m_shadow;
        draw(m_options.width, m_options.height);
    } else if (verb == "unmap") {
        wl_surface_attach(m_surface, nullptr, 0, 0);
        wl_surface_commit(m_surface);
    } else if (verb == "map") { // a new initial commit; the configure that follows draws
        wl_surface_commit(m_surface);
    } else if (verb == "cursor") {
        words >> colour;
        setCursor(colour);
    } else if (verb == "copy") {
        copy(line.size() > 5 ? line.substr(5) : "");
    } else if (verb == "paste") {
        paste();
    } else if (verb == "hang") {
        m_hung = true;
    }
    say("did " + verb);
}

void Scene::listen()
{
    m_pointer = wl_seat_get_pointer(m_c.seat);
    static constexpr wl_pointer_listener kPointer{
        [](void* data, wl_pointer*, std::uint32_t serial, wl_surface* surface, wl_fixed_t x, wl_fixed_t y) {
            Scene& s = of(data);
            s.m_enterSerial = serial;
            say(fmt::format("pointer-enter {} {} {}", surface == s.m_popupSurface ? "popup" : surface == s.m_subSurface ? "sub" : "window",
                            wl_fixed_to_double(x), wl_fixed_to_double(y)));
        },
        [](void*, wl_pointer*, std::uint32_t, wl_surface*) { say("pointer-leave"); },
        [](void*, wl_pointer*, std::uint32_t, wl_fixed_t x, wl_fixed_t y) {
            say(fmt::format("motion {} {}", wl_fixed_to_double(x), wl_fixed_to_double(y)));
        },
        [](void* data, wl_pointer*, std::uint32_t serial, std::uint32_t, std::uint32_t button, std::uint32_t state) {
            Scene& s = of(data);
            s.m_lastSerial = serial;
            say(fmt::format("button {} {}", button, state));
            if (s.m_options.popup && button == 0x110 && state)
                s.openPopup(serial);
        },
        [](void*, wl_pointer*, std::uint32_t, std::uint32_t axis, wl_fixed_t value) {
            say(fmt::format("axis {} {}", axis, wl_fixed_to_double(value)));
        },
        [](void*, wl_pointer*) { say("frame"); },
        [](void*, wl_pointer*, std::uint32_t source) { say(fmt::format("axis-source {}", source)); },
        [](void*, wl_pointer*, std::uint32_t, std::uint32_t axis) { say(fmt::format("axis-stop {}", axis)); },
        [](void*, wl_pointer*, std::uint32_t axis, std::int32_t discrete) { say(fmt::format("axis-discrete {} {}", axis, discrete)); },
#ifdef WL_POINTER_AXIS_VALUE120_SINCE_VERSION
        nullptr,
#endif
    };
    wl_pointer_add_listener(m_pointer, &kPointer, this);

    m_keyboard = wl_seat_get_keyboard(m_c.seat);
    static constexpr wl_keyboard_listener kKeyboard{
        [](void*, wl_keyboard*, std::uint32_t, std::int32_t fd, std::uint32_t size) {
            void* text = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
            const bool german = text != MAP_FAILED && std::strstr(static_cast<const char*>(text), "udiaeresis") != nullptr;
            say(fmt::format("keymap {} {}", size, german ? "with-umlauts" : "plain"));
            if (text != MAP_FAILED)
                ::munmap(text, size);
            ::close(fd);
        },
        [](void* data, wl_keyboard*, std::uint32_t serial, wl_surface*, wl_array* keys) {
            of(data).m_lastSerial = serial;
            say(fmt::format("enter {}", keys->size / sizeof(std::uint32_t)));
        },
        [](void*, wl_keyboard*, std::uint32_t, wl_surface*) { say("leave"); },
        [](void* data, wl_keyboard*, std::uint32_t serial, std::uint32_t, std::uint32_t key, std::uint32_t state) {
            of(data).m_lastSerial = serial;
            say(fmt::format("key {} {}", key, state));
        },
        [](void*, wl_keyboard*, std::uint32_t, std::uint32_t depressed, std::uint32_t, std::uint32_t locked, std::uint32_t group) {
            say(fmt::format("modifiers {} {} {}", depressed, locked, group));
        },
        [](void*, wl_keyboard*, std::int32_t rate, std::int32_t delay) { say(fmt::format("repeat {} {}", rate, delay)); }};
    wl_keyboard_add_listener(m_keyboard, &kKeyboard, this);

    static constexpr wl_output_listener kOutput{
        [](void*, wl_output*, std::int32_t, std::int32_t, std::int32_t, std::int32_t, std::int32_t, const char*, const char*, std::int32_t) {},
        [](void*, wl_output*, std::uint32_t, std::int32_t width, std::int32_t height, std::int32_t refresh) {
            say(fmt::format("output {} {} {}", width, height, refresh));
        },
        [](void*, wl_output*) {},
        [](void*, wl_output*, std::int32_t factor) { say(fmt::format("output-scale {}", factor)); },
#ifdef WL_OUTPUT_NAME_SINCE_VERSION
        nullptr, nullptr,
#endif
    };
    wl_output_add_listener(m_c.output, &kOutput, nullptr);

    m_dataDevice = wl_data_device_manager_get_data_device(m_c.dataManager, m_c.seat);
    static constexpr wl_data_device_listener kData{
        [](void*, wl_data_device*, wl_data_offer* offer) {
            static constexpr wl_data_offer_listener kOffer{[](void*, wl_data_offer*, const char* type) { say(fmt::format("offers {}", type)); },
                                                           nullptr, nullptr};
            wl_data_offer_add_listener(offer, &kOffer, nullptr);
        },
        [](void*, wl_data_device*, std::uint32_t, wl_surface*, wl_fixed_t, wl_fixed_t, wl_data_offer*) {},
        [](void*, wl_data_device*) {},
        [](void*, wl_data_device*, std::uint32_t, wl_fixed_t, wl_fixed_t) {},
        [](void*, wl_data_device*) {},
        [](void* data, wl_data_device*, wl_data_offer* offer) {
            of(data).m_offer = offer;
            say(offer ? "selection-offer" : "selection-none");
        }};
    wl_data_device_add_listener(m_dataDevice, &kData, this);
}

int Scene::run()
{
    listen();
    makeWindow();
    std::string partial;
    pollfd polls[2] = {{wl_display_get_fd(m_c.display), POLLIN, 0}, {0, POLLIN, 0}};
    while (m_running) {
        if (m_hung) {
            ::pause();
            continue;
        }
        wl_display_dispatch_pending(m_c.display);
        wl_display_flush(m_c.display);
        if (wl_display_get_error(m_c.display)) {
            say("error");
            return 1;
        }
        if (::poll(polls, 2, -1) < 0)
            break;
        if (polls[0].revents && wl_display_dispatch(m_c.display) < 0) {
            say("error");
            return 1;
        }
        if (polls[1].revents) {
            char bytes[4096];
            const ssize_t count = ::read(0, bytes, sizeof bytes);
            if (count <= 0) {
                polls[1].fd = -1;
                continue;
            }
            partial.append(bytes, static_cast<std::size_t>(count));
            for (std::size_t end; (end = partial.find('\n')) != std::string::npos; partial.erase(0, end + 1))
                obey(partial.substr(0, end));
        }
    }
    return 0;
}

} // namespace

int runScene(const std::vector<std::string>& arguments)
{
    return Scene(parse(arguments)).run();
}

} // namespace annex::test

// SPDX-License-Identifier: Apache-2.0
// A small X11 program for tests of annex-display: one window, a menu that holds the pointer, and everything it hears said on stdout.
//   annex-test-x11-client [--size WxH]      commands on stdin: menu X Y W H · colour RRGGBB · resize W H · tooltip X Y W H
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>
#include <string>

#include <poll.h>
#include <unistd.h>
#include <xcb/xcb.h>

namespace {

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

class Client {
public:
    Client(int width, int height) : m_width(width), m_height(height) {}
    int run();

private:
    xcb_window_t makeWindow(int x, int y, int width, int height, std::uint32_t colour, bool overrideRedirect);
    void openMenu(int x, int y, int width, int height, bool grab);
    void closeMenu();
    void heard(const xcb_generic_event_t& event);
    void obey(const std::string& line);

    int m_width, m_height;
    xcb_connection_t* m_c = nullptr;
    const xcb_screen_t* m_screen = nullptr;
    xcb_window_t m_window = 0, m_menu = 0;
};

xcb_window_t Client::makeWindow(int x, int y, int width, int height, std::uint32_t colour, bool overrideRedirect)
{
    const xcb_window_t window = xcb_generate_id(m_c);
    const std::uint32_t values[]{colour, overrideRedirect ? 1u : 0u,
                                 XCB_EVENT_MASK_STRUCTURE_NOTIFY | XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE | XCB_EVENT_MASK_KEY_PRESS};
    xcb_create_window(m_c, XCB_COPY_FROM_PARENT, window, m_screen->root, static_cast<std::int16_t>(x), static_cast<std::int16_t>(y),
                      static_cast<std::uint16_t>(width), static_cast<std::uint16_t>(height), 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    return window;
}

void Client::openMenu(int x, int y, int width, int height, bool grab)
{
    m_menu = makeWindow(x, y, width, height, 0xcc3300, true);
    xcb_map_window(m_c, m_menu);
    if (!grab)
        return;
    const auto cookie = xcb_grab_pointer(m_c, 1, m_window, XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE, XCB_GRAB_MODE_ASYNC,
                                         XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE, XCB_CURRENT_TIME);
    std::unique_ptr<xcb_grab_pointer_reply_t, Free> reply(xcb_grab_pointer_reply(m_c, cookie, nullptr));
    std::printf("grab %d\n", reply ? reply->status : -1);
}

void Client::closeMenu()
{
    xcb_ungrab_pointer(m_c, XCB_CURRENT_TIME);
    xcb_destroy_window(m_c, m_menu);
    m_menu = 0;
    std::printf("menu-closed\n");
}

void Client::heard(const xcb_generic_event_t& event)
{
    const bool synthetic = event.response_type & 0x80;
    switch (event.response_type & 0x7f) {
    case XCB_MAP_NOTIFY: std::printf("mapped\n"); break;
    case XCB_CONFIGURE_NOTIFY: {
        const auto& at = reinterpret_cast<const xcb_configure_notify_event_t&>(event);
        if (at.window == m_window)
            std::printf("%s %d %d %d %d\n", synthetic ? "told" : "configure", at.x, at.y, at.width, at.height);
        break;
    }
    case XCB_KEY_PRESS: std::printf("key %d\n", reinterpret_cast<const xcb_key_press_event_t&>(event).detail - 8); break;
    case XCB_BUTTON_PRESS: {
        const auto& press = reinterpret_cast<const xcb_button_press_event_t&>(event);
        std::printf("button %d %d %d\n", press.detail, press.root_x, press.root_y);
        if (m_menu != 0 && press.event != m_menu)
            closeMenu();
        break;
    }
    default: break;
    }
}

void Client::obey(const std::string& line)
{
    std::istringstream words(line);
    std::string verb;
    int x = 0, y = 0, width = 0, height = 0;
    words >> verb;
    if (verb == "menu" || verb == "tooltip") {
        words >> x >> y >> width >> height;
        openMenu(x, y, width, height, verb == "menu");
    } else if (verb == "resize") {
        std::uint32_t size[2]{};
        words >> size[0] >> size[1];
        xcb_configure_window(m_c, m_window, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, size);
    } else if (verb == "colour") {
        std::uint32_t colour = 0;
        words >> std::hex >> colour;
        xcb_change_window_attributes(m_c, m_window, XCB_CW_BACK_PIXEL, &colour);
        xcb_clear_area(m_c, 0, m_window, 0, 0, 0, 0);
    }
    std::printf("did %s\n", verb.c_str());
}

int Client::run()
{
    m_c = xcb_connect(nullptr, nullptr);
    if (xcb_connection_has_error(m_c))
        return EXIT_FAILURE;
    m_screen = xcb_setup_roots_iterator(xcb_get_setup(m_c)).data;
    m_window = makeWindow(0, 0, m_width, m_height, 0x336699, false);
    xcb_map_window(m_c, m_window);
    std::string partial;
    pollfd polls[2]{{xcb_get_file_descriptor(m_c), POLLIN, 0}, {0, POLLIN, 0}};
    for (;;) {
        while (std::unique_ptr<xcb_generic_event_t, Free> event{xcb_poll_for_event(m_c)})
            heard(*event);
        if (xcb_connection_has_error(m_c))
            return EXIT_FAILURE;
        xcb_flush(m_c);
        std::fflush(stdout);
        if (::poll(polls, 2, -1) < 0)
            return EXIT_FAILURE;
        if (!polls[1].revents)
            continue;
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

} // namespace

int main(int argc, char** argv)
{
    int width = 300, height = 200;
    if (argc == 3 && std::strcmp(argv[1], "--size") == 0)
        std::sscanf(argv[2], "%dx%d", &width, &height);
    return Client(width, height).run();
}

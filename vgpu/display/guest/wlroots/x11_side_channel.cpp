// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/x11_side_channel.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <xcb/res.h>
#include <xcb/xcbext.h>

#include "vgpu/display/guest/core/x11_icon.h"

namespace annex::display::guest {

namespace {

// 256 x 256 plus the smaller sizes that usually come with it, in 32-bit units.
constexpr std::uint32_t kMaxIconValue = 4 * kMaxIconEdge_px * kMaxIconEdge_px;
constexpr std::size_t kMaxPending = 1'024; // two per window at most; a server that is grabbed answers none

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

} // namespace

Result<std::unique_ptr<X11SideChannel>> X11SideChannel::connect(wl_event_loop* loop, const std::string& display)
{
    xcb_connection_t* connection = xcb_connect(display.c_str(), nullptr);
    if (xcb_connection_has_error(connection)) {
        xcb_disconnect(connection);
        return fail(Errc::Disconnected, "connect to Xwayland");
    }
    return std::unique_ptr<X11SideChannel>(new X11SideChannel(loop, connection));
}

X11SideChannel::X11SideChannel(wl_event_loop* loop, xcb_connection_t* connection)
    : m_connection(connection),
      m_watch(loop, xcb_get_file_descriptor(connection), WL_EVENT_READABLE, [this](std::uint32_t) { collect(); })
{
    askForIconAtom();
}

X11SideChannel::~X11SideChannel()
{
    xcb_disconnect(m_connection);
}

bool X11SideChannel::broken() const
{
    return xcb_connection_has_error(m_connection) != 0;
}

void X11SideChannel::askForIconAtom()
{
    static constexpr char kName[] = "_NET_WM_ICON";
    const auto cookie = xcb_intern_atom(m_connection, 0, sizeof kName - 1, kName);
    await(cookie.sequence, [this](void* reply) {
        if (!reply)
            return;
        m_iconAtom = static_cast<xcb_intern_atom_reply_t*>(reply)->atom;
        std::deque<std::function<void()>> waiting;
        waiting.swap(m_waitingForAtom);
        for (auto& run : waiting)
            run();
    });
}

void X11SideChannel::await(unsigned sequence, std::function<void(void*)> done)
{
    if (m_pending.size() >= kMaxPending) {
        xcb_discard_reply(m_connection, sequence);
        return;
    }
    m_pending.push_back({sequence, std::move(done)});
    xcb_flush(m_connection);
}

void X11SideChannel::collect()
{
    std::unique_ptr<xcb_generic_event_t, Free> event;
    do // no event was selected; this reads the socket and drops errors that belong to nobody
        event.reset(xcb_poll_for_event(m_connection));
    while (event);
    if (broken()) {
        m_watch.setMask(0); // the owner finds out at the next use
        m_pending.clear();
        return;
    }
    while (!m_pending.empty()) {
        void* reply = nullptr;
        xcb_generic_error_t* error = nullptr;
        if (!xcb_poll_for_reply(m_connection, m_pending.front().sequence, &reply, &error))
            return;
        std::unique_ptr<void, Free> ownedReply(reply), ownedError(error);
        Pending pending = std::move(m_pending.front());
        m_pending.pop_front();
        const std::weak_ptr<bool> alive = m_alive;
        pending.done(reply);
        if (alive.expired()) // whoever heard it found us broken
            return;
    }
}

void X11SideChannel::readIcon(xcb_window_t window, std::function<void(Icon)> done)
{
    if (m_iconAtom == XCB_ATOM_NONE) {
        if (m_waitingForAtom.size() < kMaxPending)
            m_waitingForAtom.push_back([this, window, done] { readIcon(window, done); });
        return;
    }
    const auto cookie = xcb_get_property(m_connection, 0, window, m_iconAtom, XCB_ATOM_CARDINAL, 0, kMaxIconValue);
    await(cookie.sequence, [done](void* data) {
        auto* reply = static_cast<xcb_get_property_reply_t*>(data);
        if (!reply || reply->format != 32)
            return;
        std::vector<std::uint32_t> value(static_cast<std::size_t>(xcb_get_property_value_length(reply)) / 4);
        std::memcpy(value.data(), xcb_get_property_value(reply), value.size() * 4);
        if (auto icon = chooseIcon(value))
            done(std::move(*icon));
    });
}

void X11SideChannel::look(xcb_window_t window, std::function<void(std::optional<Place>)> done)
{
    auto place = std::make_shared<Place>();
    const auto focus = xcb_get_input_focus(m_connection);
    await(focus.sequence, [place](void* data) {
        if (data)
            place->focus = static_cast<xcb_get_input_focus_reply_t*>(data)->focus;
    });
    const auto box = xcb_get_geometry(m_connection, window);
    await(box.sequence, [place, done](void* data) {
        if (!data) {
            done({});
            return;
        }
        const auto* reply = static_cast<xcb_get_geometry_reply_t*>(data);
        place->x = reply->x;
        place->y = reply->y;
        done(*place);
    });
}

void X11SideChannel::kill(xcb_window_t window)
{
    // The X server knows the process from its socket; _NET_WM_PID is only what a program says of itself.
    xcb_res_client_id_spec_t spec{window, XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID};
    const auto cookie = xcb_res_query_client_ids(m_connection, 1, &spec);
    await(cookie.sequence, [](void* data) {
        if (!data)
            return;
        auto ids = xcb_res_query_client_ids_ids_iterator(static_cast<xcb_res_query_client_ids_reply_t*>(data));
        for (; ids.rem; xcb_res_client_id_value_next(&ids)) {
            if (ids.data->spec.mask & XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID && xcb_res_client_id_value_value_length(ids.data) > 0) {
                const auto pid = static_cast<pid_t>(*xcb_res_client_id_value_value(ids.data));
                if (pid > 1)
                    ::kill(pid, SIGKILL);
            }
        }
    });
    xcb_kill_client(m_connection, window);
    xcb_flush(m_connection);
}

} // namespace annex::display::guest

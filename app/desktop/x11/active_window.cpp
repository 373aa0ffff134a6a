// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/x11/active_window.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include <QGuiApplication>
#include <xcb/res.h>
#include <xcb/xcb.h>

namespace annex::desktop {

namespace {

constexpr xcb_atom_t kNoAtom = XCB_ATOM_NONE;
constexpr xcb_window_t kNoWindow = XCB_WINDOW_NONE;

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};
template <class T>
using Reply = std::unique_ptr<T, Free>;

xcb_atom_t atom(xcb_connection_t* connection, std::string_view name)
{
    const Reply<xcb_intern_atom_reply_t> reply(
        xcb_intern_atom_reply(connection, xcb_intern_atom(connection, 1, std::uint16_t(name.size()), name.data()), nullptr));
    return reply ? reply->atom : kNoAtom;
}

std::optional<std::uint32_t> property32(xcb_connection_t* connection, xcb_window_t window, std::string_view name, xcb_atom_t type)
{
    const xcb_atom_t property = atom(connection, name);
    if (property == kNoAtom)
        return std::nullopt;
    const Reply<xcb_get_property_reply_t> reply(
        xcb_get_property_reply(connection, xcb_get_property(connection, 0, window, property, type, 0, 1), nullptr));
    if (!reply || reply->format != 32 || xcb_get_property_value_length(reply.get()) < 4)
        return std::nullopt;
    std::uint32_t value = 0;
    std::memcpy(&value, xcb_get_property_value(reply.get()), sizeof value);
    return value;
}

std::optional<pid_t> serverSaysProcess(xcb_connection_t* connection, xcb_window_t window)
{
    const xcb_query_extension_reply_t* extension = xcb_get_extension_data(connection, &xcb_res_id);
    if (!extension || !extension->present)
        return std::nullopt;
    const xcb_res_client_id_spec_t spec{window, XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID};
    const Reply<xcb_res_query_client_ids_reply_t> reply(
        xcb_res_query_client_ids_reply(connection, xcb_res_query_client_ids(connection, 1, &spec), nullptr));
    if (!reply)
        return std::nullopt;
    for (auto id = xcb_res_query_client_ids_ids_iterator(reply.get()); id.rem > 0; xcb_res_client_id_value_next(&id)) {
        if (!(id.data->spec.mask & XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID) || xcb_res_client_id_value_value_length(id.data) < 1)
            continue;
        return pid_t(*xcb_res_client_id_value_value(id.data));
    }
    return std::nullopt;
}

std::optional<pid_t> processOf(xcb_connection_t* connection, xcb_window_t window)
{
    if (const auto pid = serverSaysProcess(connection, window))
        return pid;
    if (const auto pid = property32(connection, window, "_NET_WM_PID", XCB_ATOM_CARDINAL))
        return pid_t(*pid);
    return std::nullopt;
}

xcb_window_t keyboardWindow(xcb_connection_t* connection)
{
    const Reply<xcb_get_input_focus_reply_t> reply(xcb_get_input_focus_reply(connection, xcb_get_input_focus(connection), nullptr));
    return reply && reply->focus > XCB_INPUT_FOCUS_POINTER_ROOT ? reply->focus : kNoWindow;
}

} // namespace

std::optional<pid_t> activeWindowProcess()
{
    const auto* x11 = qGuiApp ? qGuiApp->nativeInterface<QNativeInterface::QX11Application>() : nullptr;
    if (!x11 || !x11->connection())
        return std::nullopt;
    xcb_connection_t* connection = x11->connection();
    const xcb_screen_t* screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
    const auto active = property32(connection, screen->root, "_NET_ACTIVE_WINDOW", XCB_ATOM_WINDOW);
    if (!active || *active == kNoWindow)
        return std::nullopt;
    const auto pid = processOf(connection, *active);
    const xcb_window_t keyboard = keyboardWindow(connection);
    if (!pid || keyboard == kNoWindow)
        return std::nullopt;
    // The keyboard may be at a child or at a window of the window manager's making; the server still knows its client.
    const auto keyboardPid = processOf(connection, keyboard);
    return keyboardPid == pid ? pid : std::nullopt;
}

} // namespace annex::desktop

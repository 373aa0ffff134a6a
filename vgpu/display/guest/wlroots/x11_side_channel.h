// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "vgpu/display/guest/wlroots/event_loop.h"
#include "vgpu/display/protocol/messages.h"

namespace annex::display::guest {

/// Our own connection to Xwayland, for what wlroots' window manager does not do: icons, the end of a program, whether focus and place have
/// arrived. Lives while X11 windows exist. Replies are awaited in the event loop: an X11 program that grabs the
/// server must not stop us.
class X11SideChannel {
public:
    /// @errors Disconnected
    static Result<std::unique_ptr<X11SideChannel>> connect(wl_event_loop* loop, const std::string& display);
    ~X11SideChannel();

    /// @param done  called with the largest image of _NET_WM_ICON that fits kMaxIconEdge_px; not called when there is none
    void readIcon(xcb_window_t window, std::function<void(Icon)> done);
    /// Ends the program that owns the window: its process where it can be known, else its connection.
    void kill(xcb_window_t window);
    struct Place {
        xcb_window_t focus = XCB_WINDOW_NONE; ///< the window that has the X server's input focus
        int x = 0, y = 0;                     ///< of the window that was asked about
    };
    /// @param done  called with what the X server says now; with nothing when the window is gone
    void look(xcb_window_t window, std::function<void(std::optional<Place>)> done);
    bool broken() const;

private:
    struct Pending {
        unsigned sequence = 0;
        std::function<void(void* reply)> done; ///< null: there was none
    };

    X11SideChannel(wl_event_loop* loop, xcb_connection_t* connection);
    void await(unsigned sequence, std::function<void(void*)> done);
    void collect();
    void askForIconAtom();

    xcb_connection_t* m_connection;
    xcb_atom_t m_iconAtom = XCB_ATOM_NONE;
    std::deque<Pending> m_pending;
    std::deque<std::function<void()>> m_waitingForAtom;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
    FdWatch m_watch;
};

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "vgpu/display/guest/wlroots/event_loop.h"
#include "vgpu/display/protocol/messages.h"

namespace annex::display::guest {

/// Our own connection to Xwayland, for what wlroots' window manager does not do: icons, and the end of a program.
/// Lives while X11 windows exist, so that Xwayland can end when the last program leaves. Replies are awaited in the event loop: an X11 program that grabs the
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
    FdWatch m_watch;
};

} // namespace annex::display::guest

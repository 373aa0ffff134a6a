// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "vgpu/display/guest/wlroots/guest_window.h"

namespace annex::display::guest {

/// Exports the pointer image that the focused program chose: each commit of it (animated cursors), and its absence.
class CursorExport {
public:
    explicit CursorExport(Surroundings& surroundings);

private:
    void chosen(const wlr_seat_pointer_request_set_cursor_event& event);
    void send();
    void sendHidden();
    void sendIfNew(Cursor cursor);

    Surroundings& m_around;
    wlr_surface* m_surface = nullptr;
    int m_hotspotX = 0, m_hotspotY = 0;
    Cursor m_last;
    bool m_sent = false;
    Listener m_onRequest, m_onCommit, m_onDestroy;
};

} // namespace annex::display::guest

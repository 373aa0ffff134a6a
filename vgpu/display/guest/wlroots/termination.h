// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "vgpu/display/guest/wlroots/event_loop.h"

namespace annex::display::guest {

/// Ends the event loop on SIGTERM and SIGINT, by a pipe to ourselves: libwayland's own signal source blocks the signal in the process mask, and
/// Xwayland would inherit that.
class Termination {
public:
    static Result<std::unique_ptr<Termination>> create(wl_display* display);
    ~Termination();

private:
    Termination(wl_display* display, UniqueFd reading, UniqueFd writing);
    UniqueFd m_reading, m_writing;
    FdWatch m_watch;
};

} // namespace annex::display::guest

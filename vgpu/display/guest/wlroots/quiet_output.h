// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "vgpu/display/guest/wlroots/wlr.h"

namespace annex::display::guest {

/// The host's virtual desktop as the guest's one output: a wl_output global and nothing else. Nothing is ever drawn to it, so it needs no timer;
/// the headless backend's own output wakes the process 62 times a second for ever.
class QuietOutput {
public:
    QuietOutput(wlr_backend* backend, wl_display* display, wlr_output_layout* layout);
    /// @param refresh_mHz  advertised to programs; 0 is shown as 60 Hz, since some programs divide by it
    void setMode(int width, int height, int scale, int refresh_mHz);
    wlr_output* get() const { return m_output; }
    int scale() const { return m_scale; }
    /// In logical pixels, as programs count.
    int width() const { return m_output->width / m_scale; }
    int height() const { return m_output->height / m_scale; }

private:
    wlr_output* m_output; // freed by wl_display_destroy through its impl
    int m_scale = 1;
};

} // namespace annex::display::guest

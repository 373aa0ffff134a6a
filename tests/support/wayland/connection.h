// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <wayland-client.h>

#include "xdg-decoration-client-protocol.h"
#include "xdg-shell-client-protocol.h"

namespace annex::test {

/// The globals that a small program binds. Ends the process with a line on stderr when one is missing.
struct Connection {
    wl_display* display = nullptr;
    wl_compositor* compositor = nullptr;
    wl_subcompositor* subcompositor = nullptr;
    wl_shm* shm = nullptr;
    wl_seat* seat = nullptr;
    wl_output* output = nullptr;
    wl_data_device_manager* dataManager = nullptr;
    xdg_wm_base* shell = nullptr;
    zxdg_decoration_manager_v1* decorations = nullptr;
    std::vector<std::string> globals; ///< names of all that were offered

    static Connection open();
    void roundtrip() { wl_display_roundtrip(display); }
};

/// One line on standard output, at once: the test reads it.
void say(const std::string& line);

} // namespace annex::test

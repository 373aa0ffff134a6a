// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "vgpu/display/guest/wlroots/listener.h"

namespace annex::display::guest {

/// Tells every program that asks that the frame is not its business: the host draws it.
class Decorations {
public:
    explicit Decorations(wl_display* display);

private:
    struct One {
        Listener requested, destroyed;
    };
    Listener m_onNew;
    std::map<wlr_xdg_toplevel_decoration_v1*, std::unique_ptr<One>> m_all;
};

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/decorations.h"

namespace annex::display::guest {

Decorations::Decorations(wl_display* display)
{
    // GTK 3 and browsers know the older KDE protocol only.
    wlr_server_decoration_manager_set_default_mode(wlr_server_decoration_manager_create(display), WLR_SERVER_DECORATION_MANAGER_MODE_SERVER);

    wlr_xdg_decoration_manager_v1* manager = wlr_xdg_decoration_manager_v1_create(display);
    m_onNew.connect(manager->events.new_toplevel_decoration, [this](void* data) {
        auto* decoration = static_cast<wlr_xdg_toplevel_decoration_v1*>(data);
        auto answer = [decoration](void*) {
            wlr_xdg_toplevel_decoration_v1_set_mode(decoration, WLR_XDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
        };
        auto one = std::make_unique<One>();
        one->requested.connect(decoration->events.request_mode, answer);
        one->destroyed.connect(decoration->events.destroy, [this, decoration](void*) { m_all.erase(decoration); });
        m_all[decoration] = std::move(one);
        answer(nullptr);
    });
}

} // namespace annex::display::guest

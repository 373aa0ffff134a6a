// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/quiet_output.h"

namespace annex::display::guest {

namespace {

bool commitMode(wlr_output* output)
{
    if (output->pending.committed & WLR_OUTPUT_STATE_MODE)
        wlr_output_update_custom_mode(output, output->pending.custom_mode.width, output->pending.custom_mode.height,
                                      output->pending.custom_mode.refresh);
    return true;
}

// Zero-initialised and then filled: newer wlroots has members that 0.15.1 has not.
const wlr_output_impl kImpl = [] {
    wlr_output_impl impl{};
    impl.destroy = [](wlr_output* output) { delete output; };
    impl.commit = commitMode;
    return impl;
}();

constexpr int kUsualRefresh_mHz = 60'000;

} // namespace

QuietOutput::QuietOutput(wlr_backend* backend, wl_display* display, wlr_output_layout* layout) : m_output(new wlr_output{})
{
    wlr_output_init(m_output, backend, &kImpl, display);
    wlr_output_set_name(m_output, "ANNEX-1");
    wlr_output_update_custom_mode(m_output, 1920, 1080, kUsualRefresh_mHz);
    wlr_output_update_enabled(m_output, true);
    wlr_output_layout_add(layout, m_output, 0, 0);
    wlr_output_create_global(m_output);
}

void QuietOutput::setMode(int width, int height, int scale, int refresh_mHz)
{
    m_scale = scale;
    wlr_output_set_custom_mode(m_output, width, height, refresh_mHz > 0 ? refresh_mHz : kUsualRefresh_mHz);
    wlr_output_set_scale(m_output, static_cast<float>(scale));
    wlr_output_commit(m_output);
}

} // namespace annex::display::guest

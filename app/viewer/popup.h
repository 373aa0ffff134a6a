// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/viewer/guest_window.h"

namespace annex::viewer {

/// A menu, tooltip or X11 override-redirect window of a guest: bordered, placed by the host's rules, never focused.
class Popup : public GuestWindow {
    Q_OBJECT
public:
    Popup(WindowContext& context, const display::Window& window);

    void frame(const display::Window& window, const display::SurfaceView& view, std::span<const display::Rect> damage, const display::FrameInfo& info) override;
    void unmapped() override;
    void appearanceChanged() override;
    void geometryChanged(const display::Window& window);
    bool isRefused() const { return m_refused; }

private:
    /// @return where the whole window goes, or nothing when it is refused
    std::optional<QRect> placed(const display::Window& window, QSize content);
    void move(const display::Window& window, const QRect& box);

    bool m_refused = false;
    std::optional<QPoint> m_toldPosition;
};

} // namespace annex::viewer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "vgpu/display/host/surface_view.h"
#include "vgpu/display/host/window_model.h"

namespace annex::display {

struct FrameInfo {
    std::uint32_t serial = 0;          ///< to acknowledge with
    std::uint32_t configureSerial = 0; ///< newest Configure this size answers, 0 for none; never one that was not sent
};

/// What the guest did, checked. Windows are passed as the model holds them after the change; references are valid during the call.
/// Inside a call every sending function of HostSession may be used; `receive` may not, and the session must not be destroyed.
class HostListener {
public:
    virtual ~HostListener() = default;
    /// Hello was accepted and Welcome is queued: send Keymap and Screen now. Windows of an earlier connection are gone.
    virtual void connected() = 0;
    virtual void windowCreated(const Window& window) = 0;
    /// Popups first, then what they hung on. Its frames need no acknowledgement any more.
    virtual void windowDestroyed(WindowId id) = 0;
    virtual void geometryChanged(const Window& window) = 0;
    virtual void titleChanged(const Window& window) = 0;
    virtual void appIdChanged(const Window& window) = 0;
    virtual void hintsChanged(const Window& window) = 0;
    /// An empty image takes the icon away.
    virtual void iconChanged(const Window& window, const Image& icon) = 0;
    /// New content. Show the window if it was not shown, copy the damage, then acknowledge (now or later) by
    /// HostSession::frameDone: until then the guest does not draw into this slot.
    virtual void frameReady(const Window& window, const SurfaceView& view, std::span<const Rect> damage, const FrameInfo& info) = 0;
    /// No content now; the window may come back with a frame.
    virtual void unmapped(const Window& window) = 0;
    /// The pointer's image over any window of this guest; an empty image hides the pointer.
    virtual void cursorChanged(const Image& image, std::int32_t hotspotX, std::int32_t hotspotY) = 0;
    /// A wish only. `edges` is possible: no bits for Move, one side or two that meet for Resize (0 where the program named none).
    virtual void requested(const Window& window, RequestKind kind, std::uint32_t edges) = 0;
    /// The guest could not show something. `window` is 0 where it concerns none.
    virtual void refused(WindowId window, RefusedReason reason) = 0;
    /// The answer to the ping of that serial.
    virtual void pong(WindowId window, std::uint32_t serial) = 0;
};

} // namespace annex::display

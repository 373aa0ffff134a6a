// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGui/qwindowdefs.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "vgpu/display/protocol/messages.h"

namespace annex::viewer {

/// What Qt does not tell of an X11 host: the whole keymap, repeat, locks, who covers a window, who was used last. A connection of its own,
/// so that Qt's events are left alone; silent unless something changes.
class X11Side {
public:
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void keymapChanged() = 0;
        virtual void locksChanged() = 0;
        /// Fully covered by other windows, or not.
        virtual void coveredChanged(WId window, bool covered) = 0;
    };

    /// @errors Unsupported: the server has no XKB; SystemFailed: no connection
    static Result<std::unique_ptr<X11Side>> open();
    ~X11Side();

    /// Readable when something changed: call process.
    int descriptor() const;
    void process(Listener& listener);
    /// Called when events were read along with an answer, so that the descriptor will not announce them: call process soon.
    void setWake(std::function<void()> wake);

    /// The host's keymap as text (format v1), for the core keyboard.
    Result<std::string> keymap() const;
    struct Repeat {
        std::int32_t delay_ms = 660; ///< a bare X server's
        std::int32_t rate_hz = 25;
    };
    Repeat repeat() const;
    /// Held keys repeat as presses only, on Qt's connection too: otherwise a release and a press come, and Qt can tell them from a person's
    /// only when both have arrived already.
    void makeRepeatsDetectable();
    /// Locked modifiers and group now; no pressed ones: keys pressed on the host side must not type into the guest.
    display::Modifiers locks();

    /// From now on coveredChanged tells about this window. The window must exist.
    void watch(WId window);
    /// Class and instance for the taskbar: windows of a workspace stand together.
    void setWindowClass(WId window, const std::string& name);
    /// Whether the pointer's first button is down, whoever has the pointer.
    bool isButtonHeld();
    /// Server time now, ms; 0 where it cannot be had.
    std::uint32_t serverTime();
    /// The window that the window manager calls active now; XCB_NONE where it calls none so, nothing where it does not say.
    std::optional<std::uint32_t> activeWindow();
    /// When the person last used the active window, if it says so and is none of ours.
    std::optional<std::uint32_t> lastUseOfActiveWindow();

private:
    struct Impl;
    explicit X11Side(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// "annex-" and what of the name is fit for a WM_CLASS and a desktop file name.
std::string windowClassFor(std::string_view workspace);

} // namespace annex::viewer

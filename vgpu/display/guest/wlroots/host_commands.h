// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "vgpu/display/guest/core/host_link.h"
#include "vgpu/display/guest/core/input_gate.h"
#include "vgpu/display/guest/wlroots/guest_window.h"

namespace annex::display::guest {

/// Does what the viewer says.
class HostCommands {
public:
    explicit HostCommands(Surroundings& surroundings);
    ~HostCommands();
    void handle(std::uint32_t object, const HostMessage& message);
    /// The viewer is gone: no key stays down, nobody has the focus.
    void forgetHost();
    /// A key or a button is down.
    bool isHolding() const;
    /// Asks the viewer for a sign of life. @return false: there is no window to ask with
    bool poke();
    /// Lets go of every key and button; the focus stays.
    void letGo();

private:
    GuestWindow* window(std::uint32_t object) const;
    void takeFocus();
    Point logical(const PointerMotion& motion) const;

    void on(std::uint32_t object, const Welcome&);
    void on(std::uint32_t object, const Keymap&);
    void on(std::uint32_t object, const Configure&);
    void on(std::uint32_t object, const Position&);
    void on(std::uint32_t object, const Key&);
    void on(std::uint32_t object, const Modifiers&);
    void on(std::uint32_t object, const PointerMotion&);
    void on(std::uint32_t object, const PointerButton&);
    void on(std::uint32_t object, const PointerAxis&);
    void on(std::uint32_t object, const PointerLeave&);
    void on(std::uint32_t object, const Focus&);
    void on(std::uint32_t object, const Close&);
    void on(std::uint32_t object, const FrameDone&);
    void on(std::uint32_t object, const Visibility&);
    void on(std::uint32_t object, const DismissPopups&);
    void on(std::uint32_t object, const Ping&);
    void on(std::uint32_t object, const Screen&);
    void on(std::uint32_t object, const KillClient&);

    void obey(std::uint32_t object, const HostMessage& message);

    Surroundings& m_around;
    InputGate m_gate;
};

} // namespace annex::display::guest

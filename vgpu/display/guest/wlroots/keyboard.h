// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "vgpu/display/guest/wlroots/guest_window.h"

namespace annex::display::guest {

/// The host's keyboard in the guest: its keymap, its locks, and no key that stays down when the host looks elsewhere.
class KeyboardInput {
public:
    /// Until the host sends its own, the layout is "us".
    static Result<std::unique_ptr<KeyboardInput>> create(Surroundings& surroundings, wlr_backend* backend);
    ~KeyboardInput();

    /// @errors Malformed: not an xkb keymap; the old one stays
    Result<void> setKeymap(const std::string& text);
    /// As Welcome carries them. 0 for the rate switches repeat off.
    void setRepeat(int delay_ms, int rate_hz);
    void key(const Key& event);
    void modifiers(const Modifiers& state);
    /// Gives the keyboard to a surface, with no key down: what was pressed on the host's side must not type into the guest.
    void enter(wlr_surface* surface);
    /// Takes it away from whoever has it, after releasing every key.
    void leave();
    void releaseAll();
    bool anyPressed() const { return !m_pressed.empty(); }

private:
    KeyboardInput(Surroundings& surroundings, wlr_input_device* device);

    Surroundings& m_around;
    wlr_input_device* m_device;
    xkb_context* m_context;
    std::set<std::uint32_t> m_pressed;
    Listener m_onKey, m_onModifiers;
};

} // namespace annex::display::guest

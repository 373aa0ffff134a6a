// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

namespace annex::display {

/// Which keys and buttons the guest believes are down, so that none stays down when the focus leaves.
/// Sends are to be made only where a function says so: a release that the guest never saw pressed would confuse programs.
class KeyTracker {
public:
    static constexpr std::uint32_t kLastCode = 0x2ff; // KEY_MAX of evdev: keys and buttons share the space

    /// @return whether to send: a code in 1 … kLastCode that was up (repeats are made in the guest)
    bool press(std::uint32_t code);
    /// @return whether to send: it was down
    bool release(std::uint32_t code);
    bool isDown(std::uint32_t code) const { return code <= kLastCode && m_down.test(code); }
    bool any() const { return m_down.any(); }
    /// All that are down, in rising order; they count as up from then on.
    std::vector<std::uint32_t> releaseAll();

private:
    std::bitset<kLastCode + 1> m_down;
};

} // namespace annex::display

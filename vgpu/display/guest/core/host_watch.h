// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "vgpu/display/guest/core/pacer.h"

namespace annex::display::guest {

/// Finds out, while a key or a button is down, whether somebody is still there to let it go. The broker holds the display stream too, so a killed
/// viewer does not close it, and programs would repeat the key until the next viewer knocks. Costs nothing while nothing is down.
class HostWatch {
public:
    static constexpr Time kAskAfter = std::chrono::seconds(1);  ///< of silence: a person who holds a key is silent, too
    static constexpr Time kLostAfter = std::chrono::seconds(3); ///< of silence: a busy viewer answers a frame well before

    enum class Verdict { Fine, Ask, Lost };

    /// Anything came from the host.
    void heard(Time now);
    void setHolding(bool holding);
    /// @return Ask: send something that a living viewer answers; Lost: let go of everything
    Verdict look(Time now);
    /// Nothing could be asked: no judgement until more time has passed.
    void couldNotAsk(Time now) { heard(now); }
    /// When to look next.
    std::optional<Time> due() const;

private:
    Time m_heard{};
    bool m_holding = false, m_asked = false;
};

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

namespace annex::display::guest {

using Time = std::chrono::nanoseconds; ///< of the steady clock

/// Decides when a window's frame callbacks are answered: the first after a pause at once, then at most one per refresh of the host's screen.
/// Knows no loop and no clock; it is told the time and says when it wants to be asked again.
class Pacer {
public:
    /// @param interval  one refresh; 0 takes the cap away
    void setInterval(Time interval) { m_interval = interval; }

    /// The host took a frame: the program may draw the next one.
    void frameTaken(Time now);
    /// The program asked for a callback without drawing anything: it gets one refresh later, or its animation would stop.
    void nothingDrawn(Time now);
    /// Hidden, or nobody is looking.
    void withhold() { m_due.reset(); }

    std::optional<Time> due() const { return m_due; }
    /// @return true once when the callbacks are to be sent now
    bool fire(Time now);

private:
    static constexpr Time kFallback = std::chrono::milliseconds(16); // "one refresh" when there is no cap
    Time m_interval = std::chrono::nanoseconds(16'666'667);
    Time m_last{-1'000'000'000};
    std::optional<Time> m_due;
};

} // namespace annex::display::guest

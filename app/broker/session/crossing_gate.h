// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace annex::broker {

/// What one workspace's clipboard may do when. Pure: time is handed in.
///
/// A gesture is one key chord of a person. Its serial must be higher than every one before on the same frame link, so that none counts twice; more gestures
/// than hands can make are dropped. A copy gesture opens a window of time in which one selection of the guest may be asked for.
class CrossingGate {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds kCopyWindow{2};    // a program takes the selection at once; a slow one within a second
    static constexpr unsigned kMaxGestures = 20;             // in kGestureWindow: a held key repeats 30 times a second and is no gesture
    static constexpr std::chrono::seconds kGestureWindow{4};

    enum class Verdict { Accepted, Replayed, TooMany };

    /// A new frame link: its serials begin anew, what was open is closed.
    void newLink();
    Verdict gesture(std::uint32_t serial, TimePoint now);

    void openCopy(TimePoint now) { m_copyUntil = now + kCopyWindow; }
    /// The guest took its selection. Remembered for "Copy out" in the menu.
    /// @return whether it may be read now; true at most once for each openCopy()
    bool selectionChanged(std::uint32_t number, bool hasText, TimePoint now);
    /// The selection that is there, if it has text.
    std::optional<std::uint32_t> selection() const { return m_selection; }
    void closeCopy() { m_copyUntil.reset(); }

private:
    std::optional<std::uint32_t> m_lastSerial;
    std::optional<TimePoint> m_copyUntil;
    std::optional<std::uint32_t> m_selection;
    TimePoint m_since{};
    unsigned m_gestures = 0;
};

} // namespace annex::broker

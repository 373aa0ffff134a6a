// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/crossing_gate.h"

namespace annex::broker {

void CrossingGate::newLink()
{
    m_lastSerial.reset();
    m_copyUntil.reset();
}

CrossingGate::Verdict CrossingGate::gesture(std::uint32_t serial, TimePoint now)
{
    if (m_lastSerial && serial <= *m_lastSerial)
        return Verdict::Replayed;
    m_lastSerial = serial;
    if (now - m_since > kGestureWindow) {
        m_since = now;
        m_gestures = 0;
    }
    return ++m_gestures > kMaxGestures ? Verdict::TooMany : Verdict::Accepted;
}

bool CrossingGate::selectionChanged(std::uint32_t number, bool hasText, TimePoint now)
{
    m_selection = hasText ? std::optional(number) : std::nullopt;
    if (!m_copyUntil || now > *m_copyUntil || !hasText)
        return false;
    m_copyUntil.reset();
    return true;
}

} // namespace annex::broker

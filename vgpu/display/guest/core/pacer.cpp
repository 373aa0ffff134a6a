// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/pacer.h"

#include <algorithm>

namespace annex::display::guest {

void Pacer::frameTaken(Time now)
{
    m_due = std::max(now, m_last + m_interval);
}

void Pacer::nothingDrawn(Time now)
{
    if (!m_due)
        m_due = now + std::max(m_interval, kFallback);
}

bool Pacer::fire(Time now)
{
    if (!m_due || *m_due > now)
        return false;
    // A timer that came a little late must not stretch the rhythm: count from when it should have come.
    m_last = now - *m_due < m_interval / 2 ? *m_due : now;
    m_due.reset();
    return true;
}

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/host_watch.h"

namespace annex::display::guest {

void HostWatch::heard(Time now)
{
    m_heard = now;
    m_asked = false;
}

void HostWatch::setHolding(bool holding)
{
    m_holding = holding;
}

HostWatch::Verdict HostWatch::look(Time now)
{
    if (!m_holding)
        return Verdict::Fine;
    if (now >= m_heard + kLostAfter && m_asked) {
        m_holding = false;
        return Verdict::Lost;
    }
    if (now >= m_heard + kAskAfter && !m_asked) {
        m_asked = true;
        return Verdict::Ask;
    }
    return Verdict::Fine;
}

std::optional<Time> HostWatch::due() const
{
    if (!m_holding)
        return {};
    return m_heard + (m_asked ? kLostAfter : kAskAfter);
}

} // namespace annex::display::guest

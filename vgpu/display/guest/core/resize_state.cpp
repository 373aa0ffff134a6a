// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/resize_state.h"

#include <utility>

namespace annex::display::guest {

std::optional<SizeWish> ResizeState::ask(const SizeWish& wish, Time now)
{
    m_waiting = wish;
    if (m_inFlight && now < m_sentAt + kPatience)
        return {};
    return sendNext(now);
}

std::optional<SizeWish> ResizeState::answered(std::uint32_t serial, Time now)
{
    if (m_inFlight && m_inFlight->serial == serial)
        m_inFlight.reset();
    if (m_inFlight)
        return {};
    return sendNext(now);
}

std::optional<SizeWish> ResizeState::timedOut(Time now)
{
    if (!m_inFlight || now < m_sentAt + kPatience)
        return {};
    m_inFlight.reset();
    return sendNext(now);
}

std::optional<Time> ResizeState::due() const
{
    // Without a newer wish there is nothing to do at the end of the wait, so no timer either.
    if (!m_inFlight || !m_waiting)
        return {};
    return m_sentAt + kPatience;
}

void ResizeState::forgetHost()
{
    m_inFlight.reset();
    m_waiting.reset();
}

std::optional<SizeWish> ResizeState::sendNext(Time now)
{
    m_inFlight = std::exchange(m_waiting, std::nullopt);
    if (m_inFlight)
        m_sentAt = now;
    return m_inFlight;
}

} // namespace annex::display::guest

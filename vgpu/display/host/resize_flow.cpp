// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/host/resize_flow.h"

#include <algorithm>
#include <utility>

namespace annex::display {
namespace {

std::int32_t constrainSide(std::int32_t wish, std::int32_t minimum, std::int32_t maximum, std::int32_t base, std::int32_t increment)
{
    const std::int32_t most = maximum != 0 ? maximum : kMaxWindowEdge_px;
    const std::int32_t least = std::max(minimum, 1);
    std::int32_t side = std::clamp(wish, least, std::max(least, most));
    if (increment > 1) {
        // ICCCM: base + n * increment; where the program gives no base, its minimum is the base.
        const std::int32_t from = base != 0 ? base : minimum;
        if (side > from)
            side = from + (side - from) / increment * increment;
        if (side < least)
            side += increment;
    }
    return std::clamp(side, least, kMaxWindowEdge_px);
}

} // namespace

Size constrain(Size wish, const SizeHints& hints)
{
    return {constrainSide(wish.width, hints.minimumWidth, hints.maximumWidth, hints.baseWidth, hints.incrementWidth),
            constrainSide(wish.height, hints.minimumHeight, hints.maximumHeight, hints.baseHeight, hints.incrementHeight)};
}

bool ResizeFlow::isPointless(const Ask& ask) const
{
    if (!m_asked)
        return false;
    if (ask.states == m_asked->states && m_actual == ask.size)
        return true;
    // Asked before, and the program still has the size it answered with: it would answer the same again.
    return ask == *m_asked && m_answer.has_value() && m_answer == m_actual;
}

std::optional<ResizeFlow::Ask> ResizeFlow::wish(Ask ask)
{
    if (m_handedOut || inFlight()) {
        if (ask == *m_asked)
            m_waiting.reset();
        else
            m_waiting = ask;
        return {};
    }
    m_waiting = ask;
    return takeWaiting();
}

std::optional<ResizeFlow::Ask> ResizeFlow::takeWaiting()
{
    if (!m_waiting || isPointless(*m_waiting)) {
        m_waiting.reset();
        return {};
    }
    m_asked = std::exchange(m_waiting, std::nullopt);
    m_answer.reset();
    m_handedOut = true;
    return m_asked;
}

void ResizeFlow::sent(std::uint32_t serial, Time now)
{
    m_handedOut = false;
    m_inFlight = serial;
    m_sentAt = now;
}

std::optional<ResizeFlow::Ask> ResizeFlow::frame(std::uint32_t configureSerial, Size size)
{
    m_actual = size;
    // Serials count up; the difference is signed so that they may wrap.
    if (!inFlight() || configureSerial == 0 || static_cast<std::int32_t>(configureSerial - m_inFlight) < 0)
        return {};
    m_inFlight = 0;
    m_answer = size;
    return takeWaiting();
}

std::optional<ResizeFlow::Time> ResizeFlow::deadline() const
{
    if (!inFlight() || !m_waiting)
        return {};
    return m_sentAt + kPatience;
}

std::optional<ResizeFlow::Ask> ResizeFlow::expire(Time now)
{
    auto until = deadline();
    if (!until || now < *until)
        return {};
    m_inFlight = 0;
    return takeWaiting();
}

} // namespace annex::display

// SPDX-License-Identifier: Apache-2.0
#include "app/broker/core/idle_watch.h"

#include <algorithm>

namespace annex::broker {

void IdleWatch::set(const std::string& workspace, bool busy, TimePoint now)
{
    if (busy)
        m_since.erase(workspace);
    else
        m_since.try_emplace(workspace, now);
}

std::vector<std::string> IdleWatch::due(const Limit& limit, TimePoint now) const
{
    std::vector<std::string> out;
    for (const auto& [workspace, since] : m_since)
        if (const auto after = limit(workspace); after && now - since >= *after)
            out.push_back(workspace);
    return out;
}

std::optional<IdleWatch::TimePoint> IdleWatch::nextDue(const Limit& limit) const
{
    std::optional<TimePoint> out;
    for (const auto& [workspace, since] : m_since)
        if (const auto after = limit(workspace))
            out = std::min(out.value_or(TimePoint::max()), since + *after);
    return out;
}

} // namespace annex::broker

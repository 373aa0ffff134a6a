// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace annex::broker {

/// Since when each running workspace has had neither window nor program. Pure: no timer, time is handed in.
class IdleWatch {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    /// Nothing: never stop it.
    using Limit = std::function<std::optional<std::chrono::seconds>(const std::string& workspace)>;

    /// @param busy  it has a window or a program, is paused, or something is under way with it
    void set(const std::string& workspace, bool busy, TimePoint now);
    void forget(const std::string& workspace) { m_since.erase(workspace); }
    std::vector<std::string> due(const Limit& limit, TimePoint now) const;
    std::optional<TimePoint> nextDue(const Limit& limit) const;

private:
    std::map<std::string, TimePoint> m_since; ///< idle ones only
};

} // namespace annex::broker

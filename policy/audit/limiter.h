// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "policy/audit/record.h"

namespace annex::policy {

/// Keeps a guest from filling the disk with records. Pure but for what it counts; time is handed in.
///
/// Each workspace has a window. In it, up to `equal` refused or noted records of one action are written one by one and the rest is
/// counted; when the window is over, the count is written as one record. What crossed the border is never only counted: when `perWindow`
/// is reached, an allowed action is to be refused. A window in which the cap was reached doubles the next one, up to an hour, so that a
/// guest that goes on for days writes some thousand records, not millions.
class AuditLimiter {
public:
    using Now = std::chrono::steady_clock::time_point;
    struct Limits {
        std::chrono::seconds window{60};
        int equal = 20;
        int perWindow = 600;
        std::chrono::seconds longestWindow{3600};
    };
    explicit AuditLimiter(Limits limits) : m_limits(limits) {}

    enum class Verdict {
        Write,  ///< write this record
        Count,  ///< it was counted; write nothing now
        Refuse, ///< an allowed action must be refused (and that refusal is to be asked about again)
    };
    Verdict admit(const AuditEntry& entry, Now now);

    /// Counted records of windows that are over, to be written now.
    std::vector<AuditEntry> due(Now now);
    /// Of all windows, when the broker ends.
    std::vector<AuditEntry> all();
    /// When due() will have something; nothing while nothing is counted.
    std::optional<Now> nextDue() const;

private:
    struct Tally {
        int written = 0;
        std::int64_t counted = 0;
        AuditEntry last;
    };
    struct Window {
        Now start{};
        std::chrono::seconds length{};
        int written = 0;
        bool capped = false;
        std::map<std::pair<std::string, Outcome>, Tally> tallies; ///< bounded by kMaxTallies
    };
    Window& windowOf(const std::string& workspace, Now now);
    static void collect(Window& window, std::vector<AuditEntry>& out);

    Limits m_limits;
    std::map<std::string, Window> m_windows;
};

} // namespace annex::policy

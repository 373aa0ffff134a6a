// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/audit/record.h"

namespace annex::policy {

/// Keeps a guest from filling the disk with records. Pure but for what it counts; time is handed in.
///
/// Two bounds for each workspace. In a window, `equal` refused or noted records of one action are written one by one and the rest is
/// counted; when the window is over the count is written as one record. And each record takes from a budget of `burst` that refills by
/// `perDay`: when it is used up, refusals are only counted, and an allowed action is to be refused, because what crosses the border is
/// never only counted. So a workspace leaves at most `burst` + days × `perDay` records, however long and in whatever rhythm its guest goes on.
class AuditLimiter {
public:
    using Now = std::chrono::steady_clock::time_point;
    struct Limits {
        std::chrono::seconds window{60};
        int equal = 20;
        int burst = 600;   ///< a person who pastes all the time stays far below
        int perDay = 5000; ///< at up to 2 KiB a record: 10 MB
    };
    explicit AuditLimiter(Limits limits) : m_limits(limits) {}

    enum class Verdict {
        Write,  ///< write this record
        Count,  ///< it was counted; write nothing now
        Refuse, ///< an allowed action must be refused (and that refusal is to be asked about again)
    };
    Verdict admit(const AuditEntry& entry, Now now);

    /// Counted records of windows that are over, to be written now, as far as the budget goes.
    std::vector<AuditEntry> due(Now now);
    /// Of all windows, when the broker ends: a record for each action at most.
    std::vector<AuditEntry> all();
    /// When due() will have something; nothing while nothing is counted.
    std::optional<Now> nextDue() const;

private:
    struct Tally {
        int written = 0;
        std::int64_t counted = 0;
        AuditEntry last;
    };
    struct Workspace {
        Now windowStart{};
        double budget = 0; ///< records that may be written at `budgetAt`
        Now budgetAt{};
        std::map<std::pair<std::string, Outcome>, Tally> tallies; ///< of the present window; bounded by kMaxTallies
    };
    Workspace& workspaceOf(const std::string& id, Now now);
    void refill(Workspace& workspace, Now now) const;
    static bool spend(Workspace& workspace);
    Now budgetReady(const Workspace& workspace) const;

    Limits m_limits;
    std::map<std::string, Workspace> m_workspaces;
};

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/audit/limiter.h"

#include <algorithm>

#include <fmt/core.h>

namespace annex::policy {
namespace {

/// Actions are names of ours, a dozen or two; anything beyond goes into one tally.
constexpr std::size_t kMaxTallies = 48;
constexpr double kDay_s = 86400;

AuditEntry collapsed(AuditEntry entry, std::int64_t count)
{
    entry.count = count;
    entry.sentence = fmt::format("{} ({} times more)", entry.sentence, count);
    return entry;
}

} // namespace

void AuditLimiter::refill(Workspace& workspace, Now now) const
{
    const std::chrono::duration<double> passed = now - workspace.budgetAt;
    workspace.budget = std::min<double>(m_limits.burst, workspace.budget + passed.count() * m_limits.perDay / kDay_s);
    workspace.budgetAt = now;
}

bool AuditLimiter::spend(Workspace& workspace)
{
    if (workspace.budget < 1)
        return false;
    workspace.budget -= 1;
    return true;
}

AuditLimiter::Workspace& AuditLimiter::workspaceOf(const std::string& id, Now now)
{
    auto [found, fresh] = m_workspaces.try_emplace(id);
    Workspace& workspace = found->second;
    if (fresh) {
        workspace.windowStart = now;
        workspace.budget = m_limits.burst;
        workspace.budgetAt = now;
    }
    refill(workspace, now);
    if (workspace.tallies.empty() && now - workspace.windowStart >= m_limits.window)
        workspace.windowStart = now;
    return workspace;
}

AuditLimiter::Verdict AuditLimiter::admit(const AuditEntry& entry, Now now)
{
    Workspace& workspace = workspaceOf(entry.workspace, now);
    if (entry.outcome == Outcome::Allowed)
        return spend(workspace) ? Verdict::Write : Verdict::Refuse;
    std::pair<std::string, Outcome> key{entry.action, entry.outcome};
    if (workspace.tallies.size() >= kMaxTallies && !workspace.tallies.contains(key))
        key.first = "other";
    Tally& tally = workspace.tallies[key];
    if (tally.written < m_limits.equal && spend(workspace)) {
        ++tally.written;
        return Verdict::Write;
    }
    ++tally.counted;
    tally.last = entry;
    return Verdict::Count;
}

std::vector<AuditEntry> AuditLimiter::due(Now now)
{
    std::vector<AuditEntry> entries;
    for (auto it = m_workspaces.begin(); it != m_workspaces.end();) {
        Workspace& workspace = it->second;
        refill(workspace, now);
        if (now - workspace.windowStart >= m_limits.window) {
            for (auto tally = workspace.tallies.begin(); tally != workspace.tallies.end();) {
                if (tally->second.counted > 0 && !spend(workspace)) {
                    tally->second.written = m_limits.equal; // goes on counting until the budget has room for the count
                    ++tally;
                    continue;
                }
                if (tally->second.counted > 0)
                    entries.push_back(collapsed(std::move(tally->second.last), tally->second.counted));
                tally = workspace.tallies.erase(tally);
            }
        }
        const bool forgettable = workspace.tallies.empty() && workspace.budget >= m_limits.burst;
        it = forgettable ? m_workspaces.erase(it) : std::next(it);
    }
    return entries;
}

std::vector<AuditEntry> AuditLimiter::all()
{
    std::vector<AuditEntry> entries;
    for (auto& [id, workspace] : m_workspaces) {
        for (auto& [key, tally] : workspace.tallies) {
            if (tally.counted > 0)
                entries.push_back(collapsed(std::move(tally.last), tally.counted));
        }
        workspace.tallies.clear();
    }
    return entries;
}

AuditLimiter::Now AuditLimiter::budgetReady(const Workspace& workspace) const
{
    const double missing = std::max(0.0, 1 - workspace.budget);
    const std::chrono::duration<double> wait(m_limits.perDay > 0 ? missing * kDay_s / m_limits.perDay : kDay_s);
    return workspace.budgetAt + std::chrono::ceil<std::chrono::seconds>(wait);
}

std::optional<AuditLimiter::Now> AuditLimiter::nextDue() const
{
    std::optional<Now> next;
    for (const auto& [id, workspace] : m_workspaces) {
        const bool counted = std::ranges::any_of(workspace.tallies, [](const auto& item) { return item.second.counted > 0; });
        if (!counted)
            continue;
        const Now ready = std::max(workspace.windowStart + m_limits.window, budgetReady(workspace));
        next = std::min(next.value_or(ready), ready);
    }
    return next;
}

} // namespace annex::policy

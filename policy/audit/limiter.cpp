// SPDX-License-Identifier: Apache-2.0
#include "policy/audit/limiter.h"

#include <algorithm>

#include <fmt/core.h>

namespace annex::policy {
namespace {

/// Actions are names of ours, a dozen or two; anything beyond goes into one tally.
constexpr std::size_t kMaxTallies = 48;

} // namespace

AuditLimiter::Window& AuditLimiter::windowOf(const std::string& workspace, Now now)
{
    auto [found, fresh] = m_windows.try_emplace(workspace);
    Window& window = found->second;
    if (fresh) {
        window.start = now;
        window.length = m_limits.window;
    } else if (now - window.start >= window.length && window.tallies.empty()) {
        // Its counts were written by due(); now its length is known to have been enough or not.
        const bool quiet = now - window.start >= 2 * window.length || !window.capped;
        window.length = quiet ? m_limits.window : std::min(window.length * 2, m_limits.longestWindow);
        window.start = now;
        window.written = 0;
        window.capped = false;
    }
    return window;
}

AuditLimiter::Verdict AuditLimiter::admit(const AuditEntry& entry, Now now)
{
    Window& window = windowOf(entry.workspace, now);
    const bool full = window.written >= m_limits.perWindow;
    if (full)
        window.capped = true;
    if (entry.outcome == Outcome::Allowed) {
        if (full)
            return Verdict::Refuse;
        ++window.written;
        return Verdict::Write;
    }
    std::pair<std::string, Outcome> key{entry.action, entry.outcome};
    if (window.tallies.size() >= kMaxTallies && !window.tallies.contains(key))
        key.first = "other";
    Tally& tally = window.tallies[key];
    if (!full && tally.written < m_limits.equal) {
        ++tally.written;
        ++window.written;
        return Verdict::Write;
    }
    window.capped = true;
    ++tally.counted;
    tally.last = entry;
    return Verdict::Count;
}

void AuditLimiter::collect(Window& window, std::vector<AuditEntry>& out)
{
    for (auto& [key, tally] : window.tallies) {
        if (tally.counted == 0)
            continue;
        AuditEntry entry = std::move(tally.last);
        entry.count = tally.counted;
        entry.sentence = fmt::format("{} ({} times more)", entry.sentence, tally.counted);
        out.push_back(std::move(entry));
    }
    window.tallies.clear();
}

std::vector<AuditEntry> AuditLimiter::due(Now now)
{
    std::vector<AuditEntry> entries;
    for (auto it = m_windows.begin(); it != m_windows.end();) {
        Window& window = it->second;
        const bool over = now - window.start >= window.length;
        if (over)
            collect(window, entries);
        // Kept for one more window, so that the next one knows whether it follows a flood.
        const bool forgotten = now - window.start >= 2 * window.length;
        it = forgotten ? m_windows.erase(it) : std::next(it);
    }
    return entries;
}

std::vector<AuditEntry> AuditLimiter::all()
{
    std::vector<AuditEntry> entries;
    for (auto& [workspace, window] : m_windows)
        collect(window, entries);
    m_windows.clear();
    return entries;
}

std::optional<AuditLimiter::Now> AuditLimiter::nextDue() const
{
    std::optional<Now> next;
    for (const auto& [workspace, window] : m_windows) {
        const bool counted = std::ranges::any_of(window.tallies, [](const auto& tally) { return tally.second.counted > 0; });
        if (counted)
            next = std::min(next.value_or(window.start + window.length), window.start + window.length);
    }
    return next;
}

} // namespace annex::policy

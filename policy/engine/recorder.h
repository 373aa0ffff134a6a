// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "policy/audit/anchor.h"
#include "policy/audit/limiter.h"
#include "policy/audit/record.h"
#include "policy/policy_engine.h"
#include "policy/store/database.h"

namespace annex::policy {

/// Writes the trail for the engine: limits, anchors, export, pruning. Does not own the database: it may be replaced between two calls.
class Recorder {
public:
    enum class Export { Off, Journal, File };

    Recorder(std::unique_ptr<LogDaemon> log, std::shared_ptr<const Clock> clock, std::string exportFile, AnchorRhythm rhythm, AuditLimits limits);

    /// A database was opened: where its trail was anchored and exported last.
    Result<void> attach(const Database& database);

    /// Asks the limiter. For entries that a guest can cause.
    AuditLimiter::Verdict admit(const AuditEntry& entry);
    /// Writes entry (if any) and whatever was counted in windows that are over. Inside the caller's transaction.
    Result<void> write(const Database& database, const std::optional<AuditEntry>& entry);
    /// Runs `work` in one transaction. Where that does not come about, what write() took out of the counts is counted again.
    Result<void> together(const Database& database, const std::function<Result<void>()>& work);
    bool hasDueCounts() const;
    /// After the commit: sends on and anchors. What fails here is tried again later; a decision does not wait for a log daemon.
    void afterCommit(const Database& database, Export mode);

    /// Counted records, pruning, anchor and export, as far as they are due.
    Result<void> maintain(const Database& database, Export mode, std::chrono::days keep);
    Result<void> finish(const Database& database, Export mode);
    std::optional<std::chrono::seconds> due() const;
    std::string_view logKind() const;

private:
    Result<void> writeAll(const Database& database, const std::vector<AuditEntry>& entries);
    Result<void> pruneIfDue(const Database& database, std::chrono::days keep);
    Result<void> anchorIfDue(const Database& database, bool now);
    Result<void> exportNew(const Database& database, Export mode);
    Result<void> exportToFile(const Database& database);
    Result<void> exportToJournal(const Database& database);
    void noteUnanchored();

    std::unique_ptr<LogDaemon> m_log;
    std::shared_ptr<const Clock> m_clock;
    std::string m_exportFile;
    AnchorRhythm m_rhythm;
    AuditLimiter m_limiter;
    std::string m_trailId;
    std::int64_t m_head = 0;
    std::int64_t m_anchored = 0; ///< newest record that a log daemon knows
    std::int64_t m_exported = 0; ///< newest record that was sent on
    std::int64_t m_exportSaved = 0;
    std::optional<std::chrono::steady_clock::time_point> m_unanchoredSince;
    std::optional<std::chrono::steady_clock::time_point> m_prunedAt;
};

} // namespace annex::policy

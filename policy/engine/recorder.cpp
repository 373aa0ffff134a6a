// SPDX-License-Identifier: Apache-2.0
#include "policy/engine/recorder.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/log.h"
#include "policy/audit/trail.h"
#include "policy/store/private_file.h"
#include "policy/store/tables.h"

namespace annex::policy {
namespace {

constexpr std::string_view kExportedKey = "exported";
/// Records sent on in one call: after a day without a log daemon the rest follows with the next calls, and no decision waits for it.
constexpr std::int64_t kExportBatch = 256;
constexpr std::chrono::hours kPruneEvery{24};

std::int64_t numberIn(const std::string& text, std::int64_t otherwise)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? number : otherwise;
}

} // namespace

Recorder::Recorder(std::unique_ptr<LogDaemon> log, std::shared_ptr<const Clock> clock, std::string exportFile, AnchorRhythm rhythm, AuditLimits limits)
    : m_log(std::move(log)), m_clock(std::move(clock)), m_exportFile(std::move(exportFile)), m_rhythm(rhythm), m_limiter(limits)
{
}

Result<void> Recorder::attach(const Database& database)
{
    auto trailId = trail::id(database);
    if (!trailId)
        return Unexpected(std::move(trailId.error()));
    const auto head = trail::head(database);
    if (!head)
        return Unexpected(head.error());
    const auto anchor = trail::lastAnchor(database);
    if (!anchor)
        return Unexpected(anchor.error());
    const auto exported = tables::meta(database, kExportedKey);
    if (!exported)
        return Unexpected(exported.error());
    m_trailId = *trailId;
    m_head = head->seq;
    m_anchored = anchor->has_value() ? (*anchor)->seq : 0;
    m_exported = m_exportSaved = std::clamp<std::int64_t>(numberIn(*exported, m_head), 0, m_head);
    m_unanchoredSince.reset();
    noteUnanchored();
    return {};
}

void Recorder::noteUnanchored()
{
    if (m_head <= m_anchored)
        m_unanchoredSince.reset();
    else if (!m_unanchoredSince)
        m_unanchoredSince = m_clock->steadyNow();
}

AuditLimiter::Verdict Recorder::admit(const AuditEntry& entry) { return m_limiter.admit(entry, m_clock->steadyNow()); }

bool Recorder::hasDueCounts() const
{
    const auto next = m_limiter.nextDue();
    return next && *next <= m_clock->steadyNow();
}

Result<void> Recorder::writeAll(const Database& database, const std::vector<AuditEntry>& entries)
{
    for (const AuditEntry& entry : entries) {
        auto record = trail::append(database, entry, m_clock->systemNow());
        if (!record)
            return Unexpected(std::move(record.error()));
    }
    if (m_exported == m_exportSaved)
        return {};
    if (auto saved = tables::setMeta(database, kExportedKey, std::to_string(m_exported)); !saved)
        return saved;
    m_exportSaved = m_exported; // if the commit fails, some records are sent twice: better than not at all
    return {};
}

Result<void> Recorder::write(const Database& database, const std::optional<AuditEntry>& entry)
{
    std::vector<AuditEntry> entries = m_limiter.due(m_clock->steadyNow());
    if (entry)
        entries.push_back(*entry);
    return writeAll(database, entries);
}

Result<void> Recorder::together(const Database& database, const std::function<Result<void>()>& work)
{
    auto transaction = Transaction::begin(database);
    if (!transaction)
        return Unexpected(std::move(transaction.error()));
    const AuditLimiter before = m_limiter;
    auto done = work();
    if (done)
        done = transaction->commit();
    if (!done)
        m_limiter = before;
    return done;
}

void Recorder::afterCommit(const Database& database, Export mode)
{
    const auto head = trail::head(database);
    if (!head)
        return; // told by the next call that needs it
    m_head = head->seq;
    noteUnanchored();
    if (auto sent = exportNew(database, mode); !sent)
        log("policy").warn("the trail was not sent on: {}", sent.error().describe());
    if (auto anchored = anchorIfDue(database, false); !anchored)
        log("policy").warn("the trail was not anchored: {}", anchored.error().describe());
}

Result<void> Recorder::anchorIfDue(const Database& database, bool now)
{
    if (!m_log || !m_unanchoredSince)
        return {};
    const bool many = m_head - m_anchored >= m_rhythm.records;
    const bool old = m_clock->steadyNow() - *m_unanchoredSince >= m_rhythm.after;
    if (!now && !many && !old)
        return {};
    const std::string place(m_log->kind());
    if (place.empty()) {
        m_unanchoredSince = m_clock->steadyNow(); // no daemon: ask again after the usual time, not with each record
        return {};
    }
    const auto head = trail::head(database);
    if (!head)
        return Unexpected(head.error());
    const Anchor anchor{m_trailId, head->seq, head->hash, m_clock->systemNow(), place};
    if (auto sent = m_log->sendAnchor(anchor); !sent)
        return sent;
    // Noted after it was sent: killed in between, the log knows more than we do, and verify asks the log.
    if (auto kept = trail::addAnchor(database, {anchor.seq, anchor.hash, anchor.time, place, false}); !kept)
        return kept;
    m_anchored = anchor.seq;
    m_unanchoredSince.reset();
    return {};
}

Result<void> Recorder::exportNew(const Database& database, Export mode)
{
    if (mode == Export::Off) {
        m_exported = m_head;
        return {};
    }
    if (m_exported >= m_head)
        return {};
    return mode == Export::File ? exportToFile(database) : exportToJournal(database);
}

Result<void> Recorder::exportToFile(const Database& database)
{
    std::string lines;
    std::int64_t last = m_exported;
    auto read = trail::forEach(database, m_exported, kExportBatch, [&](const AuditRecord& record) -> Result<void> {
        lines += toJsonLine(record, m_trailId) + '\n';
        last = record.seq;
        return {};
    });
    if (!read)
        return read;
    if (auto written = appendPrivately(m_exportFile, lines); !written)
        return written;
    m_exported = last;
    return {};
}

Result<void> Recorder::exportToJournal(const Database& database)
{
    if (logKind().empty())
        return {}; // told as "not held" in Settings; the records wait
    return trail::forEach(database, m_exported, kExportBatch, [&](const AuditRecord& record) -> Result<void> {
        if (auto sent = m_log->sendRecord(record.entry.sentence, toJsonLine(record, m_trailId)); !sent)
            return sent;
        m_exported = record.seq;
        return {};
    });
}

Result<void> Recorder::pruneIfDue(const Database& database, std::chrono::days keep)
{
    const auto now = m_clock->steadyNow();
    if (m_prunedAt && now - *m_prunedAt < kPruneEvery)
        return {};
    const auto systemNow = m_clock->systemNow();
    auto transaction = Transaction::begin(database);
    if (!transaction)
        return Unexpected(std::move(transaction.error()));
    const auto removed = trail::prune(database, systemNow - keep, systemNow);
    if (!removed)
        return Unexpected(removed.error());
    if (*removed > 0) {
        AuditEntry entry;
        entry.subject = "Annex";
        entry.action = "audit.prune";
        entry.key = "audit.keep";
        entry.sentence = fmt::format("{} records older than {} days removed", *removed, keep.count());
        if (auto record = trail::append(database, std::move(entry), systemNow); !record)
            return Unexpected(std::move(record.error()));
    }
    if (auto committed = transaction->commit(); !committed)
        return committed;
    m_prunedAt = now;
    return {};
}

Result<void> Recorder::maintain(const Database& database, Export mode, std::chrono::days keep)
{
    if (hasDueCounts() || m_exported != m_exportSaved) {
        if (auto written = together(database, [&] { return write(database, std::nullopt); }); !written)
            return written;
    }
    if (auto pruned = pruneIfDue(database, keep); !pruned)
        return while_("prune the trail", std::move(pruned));
    afterCommit(database, mode);
    return {};
}

Result<void> Recorder::finish(const Database& database, Export mode)
{
    if (m_limiter.nextDue()) { // something is counted
        if (auto written = together(database, [&] { return writeAll(database, m_limiter.all()); }); !written)
            return written;
    }
    afterCommit(database, mode);
    return anchorIfDue(database, true);
}

std::optional<std::chrono::seconds> Recorder::due() const
{
    auto next = m_limiter.nextDue();
    if (m_unanchoredSince && !logKind().empty()) { // without a log daemon nobody is woken for it
        const auto anchor = *m_unanchoredSince + m_rhythm.after;
        next = std::min(next.value_or(anchor), anchor);
    }
    if (!next)
        return std::nullopt;
    const auto left = std::chrono::ceil<std::chrono::seconds>(*next - m_clock->steadyNow());
    return std::max(left, std::chrono::seconds(0));
}

std::string_view Recorder::logKind() const { return m_log ? m_log->kind() : std::string_view(); }

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/audit/trail.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "policy/store/tables.h"

namespace annex::policy::trail {
namespace {

constexpr std::string_view kColumns =
    "seq, time, workspace, workspace_name, subject, action, outcome, count, key, rule, sentence, detail, previous, hash";
constexpr std::size_t kMaxName_bytes = 128;
constexpr std::size_t kMaxRule_bytes = 200;

Hash hashFrom(const ByteVector& bytes)
{
    Hash hash{};
    if (bytes.size() == hash.size())
        std::ranges::copy(bytes, hash.begin());
    return hash;
}

AuditRecord recordOf(const Statement& row)
{
    AuditRecord record;
    record.seq = row.number(0);
    record.time = tables::fromStored(row.number(1));
    record.entry.workspace = row.text(2);
    record.entry.workspaceName = row.text(3);
    record.entry.subject = row.text(4);
    record.entry.action = row.text(5);
    record.entry.outcome = outcomeFrom(row.text(6)).value_or(Outcome::Noted);
    record.entry.count = row.number(7);
    record.entry.key = row.text(8);
    record.entry.rule = row.text(9);
    record.entry.sentence = row.text(10);
    record.entry.detail = row.text(11);
    record.previous = hashFrom(row.blob(12));
    record.hash = hashFrom(row.blob(13));
    return record;
}

StoredAnchor anchorOf(const Statement& row)
{
    return {row.number(0), hashFrom(row.blob(1)), tables::fromStored(row.number(2)), row.text(3), row.number(4) != 0};
}

/// Cut at a whole character.
void cut(std::string& text, std::size_t limit_bytes)
{
    if (text.size() <= limit_bytes)
        return;
    std::size_t end = limit_bytes - kEllipsis.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    text.resize(end);
    text += kEllipsis;
}

void keepToLimits(AuditEntry& entry)
{
    cut(entry.workspace, kMaxName_bytes);
    cut(entry.workspaceName, kMaxName_bytes);
    cut(entry.subject, kMaxSubject_bytes);
    cut(entry.action, kMaxName_bytes);
    cut(entry.key, kMaxName_bytes);
    cut(entry.rule, kMaxRule_bytes);
    cut(entry.sentence, kMaxSentence_bytes);
    if (entry.detail.size() > kMaxDetail_bytes)
        entry.detail = R"({"too_long":true})"; // half a JSON object says nothing
    entry.count = std::max<std::int64_t>(entry.count, 1);
}

Result<void> insert(const Database& database, const AuditRecord& record)
{
    const AuditEntry& entry = record.entry;
    return database.run("INSERT INTO audit (seq, time, workspace, workspace_name, subject, action, outcome, count, key, rule, sentence, detail, "
                        "previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        record.seq, tables::toStored(record.time), entry.workspace, entry.workspaceName, entry.subject, entry.action,
                        toString(entry.outcome), entry.count, entry.key, entry.rule, entry.sentence, entry.detail, ByteSpan(record.previous),
                        ByteSpan(record.hash));
}

std::string patternOf(std::string_view search)
{
    std::string pattern = "%";
    for (const char c : search.substr(0, 200)) {
        if (c == '%' || c == '_' || c == '\\')
            pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

} // namespace

Result<std::string> id(const Database& database) { return tables::meta(database, "trail"); }

Result<Head> head(const Database& database)
{
    auto newest = database.query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    if (!newest)
        return Unexpected(std::move(newest.error()));
    const auto row = newest->step();
    if (!row)
        return Unexpected(row.error());
    if (*row)
        return Head{newest->number(0), hashFrom(newest->blob(1))};
    auto pruned = database.query("SELECT seq, hash FROM anchors WHERE pruned = 1 ORDER BY seq DESC LIMIT 1");
    if (!pruned)
        return Unexpected(std::move(pruned.error()));
    const auto anchor = pruned->step();
    if (!anchor)
        return Unexpected(anchor.error());
    if (*anchor)
        return Head{pruned->number(0), hashFrom(pruned->blob(1))};
    auto trailId = id(database);
    if (!trailId)
        return Unexpected(std::move(trailId.error()));
    return Head{0, genesisOf(*trailId)};
}

Result<AuditRecord> append(const Database& database, AuditEntry entry, Time now)
{
    auto last = head(database);
    if (!last)
        return Unexpected(std::move(last.error()));
    AuditRecord record;
    keepToLimits(entry);
    record.seq = last->seq + 1;
    record.time = tables::fromStored(tables::toStored(now)); // as it will be read back
    record.entry = std::move(entry);
    record.previous = last->hash;
    auto hash = hashOf(record.previous, record);
    if (!hash)
        return Unexpected(std::move(hash.error()));
    record.hash = *hash;
    if (auto written = insert(database, record); !written)
        return while_("write a record of the trail", std::move(written));
    return record;
}

Result<std::vector<AuditRecord>> page(const Database& database, const Query& query)
{
    auto rows = database.query(fmt::format("SELECT {} FROM audit WHERE seq < ?1 AND (?2 = '' OR workspace = ?2) AND (?3 = '' OR outcome = ?3) "
                                           "AND (?4 = '%%' OR sentence LIKE ?4 ESCAPE '\\' OR subject LIKE ?4 ESCAPE '\\' OR action LIKE ?4 ESCAPE '\\' "
                                           "OR workspace_name LIKE ?4 ESCAPE '\\') ORDER BY seq DESC LIMIT ?5",
                                           kColumns),
                               query.before.value_or(INT64_MAX), query.workspace, query.outcome ? toString(*query.outcome) : std::string_view(),
                               patternOf(query.search), query.limit);
    if (!rows)
        return Unexpected(std::move(rows.error()));
    std::vector<AuditRecord> records;
    for (;;) {
        const auto row = rows->step();
        if (!row)
            return Unexpected(row.error());
        if (!*row)
            return records;
        records.push_back(recordOf(*rows));
    }
}

Result<std::optional<AuditRecord>> record(const Database& database, std::int64_t seq)
{
    auto rows = database.query(fmt::format("SELECT {} FROM audit WHERE seq = ?", kColumns), seq);
    if (!rows)
        return Unexpected(std::move(rows.error()));
    const auto row = rows->step();
    if (!row)
        return Unexpected(row.error());
    return *row ? std::optional(recordOf(*rows)) : std::nullopt;
}

Result<void> forEach(const Database& database, std::int64_t after, std::int64_t limit, const std::function<Result<void>(const AuditRecord&)>& take)
{
    auto rows = database.query(fmt::format("SELECT {} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", kColumns), after, limit);
    if (!rows)
        return Unexpected(std::move(rows.error()));
    for (;;) {
        const auto row = rows->step();
        if (!row)
            return Unexpected(row.error());
        if (!*row)
            return {};
        if (auto taken = take(recordOf(*rows)); !taken)
            return taken;
    }
}

Result<std::vector<StoredAnchor>> anchors(const Database& database)
{
    auto rows = database.query("SELECT seq, hash, time, place, pruned FROM anchors ORDER BY seq, place");
    if (!rows)
        return Unexpected(std::move(rows.error()));
    std::vector<StoredAnchor> found;
    for (;;) {
        const auto row = rows->step();
        if (!row)
            return Unexpected(row.error());
        if (!*row)
            return found;
        found.push_back(anchorOf(*rows));
    }
}

Result<void> addAnchor(const Database& database, const StoredAnchor& anchor)
{
    return database.run("INSERT INTO anchors (seq, hash, time, place, pruned) VALUES (?, ?, ?, ?, ?) "
                        "ON CONFLICT (seq, place) DO UPDATE SET pruned = max(pruned, excluded.pruned)",
                        anchor.seq, ByteSpan(anchor.hash), tables::toStored(anchor.time), anchor.place, anchor.pruned);
}

Result<std::optional<StoredAnchor>> lastAnchor(const Database& database)
{
    auto rows = database.query("SELECT seq, hash, time, place, pruned FROM anchors WHERE place <> 'local' ORDER BY seq DESC, time DESC LIMIT 1");
    if (!rows)
        return Unexpected(std::move(rows.error()));
    const auto row = rows->step();
    if (!row)
        return Unexpected(row.error());
    return *row ? std::optional(anchorOf(*rows)) : std::nullopt;
}

namespace {

/// Where to cut: the newest anchor among the old records, else the newest old record, anchored here.
Result<std::optional<StoredAnchor>> cutFor(const Database& database, std::int64_t lastOld, Time now)
{
    auto rows = database.query("SELECT seq, hash, time, place, pruned FROM anchors WHERE place <> 'local' AND pruned = 0 AND seq <= ? "
                               "AND seq >= (SELECT min(seq) FROM audit) ORDER BY seq DESC LIMIT 1",
                               lastOld);
    if (!rows)
        return Unexpected(std::move(rows.error()));
    const auto row = rows->step();
    if (!row)
        return Unexpected(row.error());
    if (*row)
        return std::optional(anchorOf(*rows));
    const auto everAnchored = lastAnchor(database);
    if (!everAnchored)
        return Unexpected(everAnchored.error());
    if (everAnchored->has_value())
        return std::optional<StoredAnchor>(); // a log daemon is there: wait for its anchor
    const auto newestOld = record(database, lastOld);
    if (!newestOld)
        return Unexpected(newestOld.error());
    if (!newestOld->has_value())
        return std::optional<StoredAnchor>();
    return std::optional(StoredAnchor{lastOld, (*newestOld)->hash, now, "local", false});
}

} // namespace

Result<std::int64_t> prune(const Database& database, Time cutoff, Time now)
{
    // By number, not by time alone: the clock may have been set back, and the trail is cut at one place.
    auto oldest = database.query("SELECT coalesce((SELECT min(seq) FROM audit WHERE time >= ?) - 1, (SELECT max(seq) FROM audit), 0)",
                                 tables::toStored(cutoff));
    if (!oldest)
        return Unexpected(std::move(oldest.error()));
    const auto row = oldest->step();
    if (!row)
        return Unexpected(row.error());
    const std::int64_t lastOld = oldest->number(0);
    if (lastOld <= 0)
        return std::int64_t{0};
    auto cut = cutFor(database, lastOld, now);
    if (!cut)
        return Unexpected(std::move(cut.error()));
    if (!cut->has_value())
        return std::int64_t{0};
    (*cut)->pruned = true;
    if (auto marked = addAnchor(database, **cut); !marked)
        return Unexpected(std::move(marked.error()));
    if (auto removed = database.run("DELETE FROM audit WHERE seq <= ?", (*cut)->seq); !removed)
        return Unexpected(std::move(removed.error()));
    return std::int64_t{database.changes()};
}

} // namespace annex::policy::trail

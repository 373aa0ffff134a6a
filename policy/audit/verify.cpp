// SPDX-License-Identifier: Apache-2.0
#include "policy/audit/verify.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/core.h>

#include "policy/audit/trail.h"

namespace annex::policy {
namespace {

/// Walks the records and remembers what it saw.
class Walk {
public:
    Walk(const Database& database, AnchorSource* kept) : m_database(database), m_kept(kept) {}

    Result<Verification> run()
    {
        if (auto loaded = load(); !loaded)
            return Unexpected(std::move(loaded.error()));
        auto walked = trail::forEach(m_database, 0, INT64_MAX, [this](const AuditRecord& record) { return look(record); });
        if (!walked && !m_stopped)
            return Unexpected(std::move(walked.error()));
        if (!m_stopped)
            lookBeyondTheEnd();
        describe();
        return std::move(m_result);
    }

private:
    Result<void> load()
    {
        auto trailId = trail::id(m_database);
        if (!trailId)
            return Unexpected(std::move(trailId.error()));
        m_trailId = *trailId;
        auto stored = trail::anchors(m_database);
        if (!stored)
            return Unexpected(std::move(stored.error()));
        m_previous = genesisOf(m_trailId);
        for (const auto& anchor : *stored)
            noteStored(anchor);
        if (m_kept != nullptr)
            readKept();
        m_result.upTo = m_start;
        return {};
    }

    void noteStored(const trail::StoredAnchor& anchor)
    {
        if (anchor.pruned && anchor.seq >= m_start) {
            m_start = anchor.seq;
            m_previous = anchor.hash;
        }
        if (anchor.place != "local" && (!m_sent || anchor.seq >= m_sent->seq))
            m_sent = anchor;
        m_storedBySeq.emplace(anchor.seq, anchor.hash);
    }

    void readKept()
    {
        auto kept = m_kept->read();
        if (!kept) {
            m_whyNotRead = kept.error().describe();
            return;
        }
        m_wasRead = true;
        for (Anchor& anchor : *kept) {
            if (anchor.trailId != m_trailId) {
                m_otherTrails = true;
                continue;
            }
            // Two anchors of one place that differ: the one that was sent first speaks for the trail that was written first.
            m_newestKept = std::max(m_newestKept, anchor.seq);
            m_where = anchor.where;
            m_keptBySeq.emplace(anchor.seq, anchor.hash);
        }
        if (const auto atStart = m_keptBySeq.find(m_start); m_start > 0 && atStart != m_keptBySeq.end())
            compare(atStart->second, m_previous, m_start);
    }

    Result<void> stop(std::int64_t brokenAt, std::string what)
    {
        if (!m_stopped) {
            m_stopped = true;
            m_result.brokenAt = brokenAt;
            m_what = std::move(what);
        }
        return fail(Errc::Cancelled, "the walk is over");
    }

    /// @return whether they agree
    bool compare(const Hash& anchor, const Hash& chain, std::int64_t seq)
    {
        if (anchor == chain) {
            ++m_result.compared;
            m_result.anchorSeq = seq;
            return true;
        }
        m_result.upTo = m_result.anchorSeq.value_or(0);
        (void)stop(seq, fmt::format("Record {} is not the one that the log was told of. The trail was rebuilt after that.", seq));
        return false;
    }

    Result<void> look(const AuditRecord& record)
    {
        if (m_stopped)
            return fail(Errc::Cancelled, "the walk is over");
        const std::int64_t expected = std::max(m_result.upTo, m_start) + 1;
        if (record.seq != expected)
            return stop(expected, fmt::format("Record {} is missing.", expected));
        auto hash = hashOf(m_previous, record);
        if (!hash)
            return Unexpected(std::move(hash.error()));
        if (record.previous != m_previous)
            return stop(record.seq, fmt::format("Record {} does not follow the record before it.", record.seq));
        if (record.hash != *hash)
            return stop(record.seq, fmt::format("Record {} was changed.", record.seq));
        if (const auto stored = m_storedBySeq.find(record.seq); stored != m_storedBySeq.end() && stored->second != *hash)
            return stop(record.seq, fmt::format("Record {} is not the one that was anchored.", record.seq));
        if (const auto kept = m_keptBySeq.find(record.seq); kept != m_keptBySeq.end() && !compare(kept->second, *hash, record.seq))
            return fail(Errc::Cancelled, "the walk is over");
        m_previous = *hash;
        m_result.upTo = record.seq;
        return {};
    }

    void lookBeyondTheEnd()
    {
        const std::int64_t known = std::max(m_newestKept, m_storedBySeq.empty() ? 0 : m_storedBySeq.rbegin()->first);
        if (known > m_result.upTo)
            (void)stop(m_result.upTo + 1, fmt::format("Records {} to {} are missing: the log was told of record {}.", m_result.upTo + 1, known, known));
    }

    void describe()
    {
        m_result.whole = !m_stopped;
        if (m_wasRead && m_result.anchorSeq)
            m_result.anchored = m_where;
        else if (m_sent) {
            m_result.anchored = m_sent->place;
            m_result.anchorSeq = m_sent->seq;
        }
        std::string& text = m_result.text;
        if (m_stopped)
            text = fmt::format("The trail is whole up to record {}. Later records may have been changed. {}", m_result.upTo, m_what);
        else
            text = m_result.upTo == 0 ? "The trail has no record yet." : fmt::format("The trail is whole up to record {}.", m_result.upTo);
        if (m_start > 0)
            text += fmt::format(" Records up to {} were pruned.", m_start);
        text += ' ' + anchorSentence();
        if (m_otherTrails)
            text += " The log also holds anchors of another trail of this account: its database was replaced, restored or started anew.";
    }

    std::string anchorSentence() const
    {
        if (m_wasRead && m_result.compared > 0)
            return fmt::format("{} anchors of the {} were compared; the newest that agrees is at record {}. What came after it is proven by the chain alone.",
                               m_result.compared, m_where, *m_result.anchorSeq);
        if (m_sent)
            return fmt::format("The head was last told to the {} at record {} (sha256 {}); {}. Until they are compared, a trail rebuilt as a whole is "
                               "not found out.",
                               m_sent->place, m_sent->seq, toHex(m_sent->hash), whyByHand());
        return "It is unanchored: no log outside this account was told of it, so a trail rebuilt as a whole is not found out.";
    }

    std::string whyByHand() const
    {
        if (m_wasRead)
            return "the log gives none of it back";
        if (!m_whyNotRead.empty())
            return fmt::format("it could not be read back ({})", m_whyNotRead);
        return "it is not read back here";
    }

    const Database& m_database;
    AnchorSource* m_kept;
    Verification m_result;
    std::string m_trailId;
    std::string m_where = "journal";
    std::string m_what;
    std::string m_whyNotRead;
    Hash m_previous{};
    std::int64_t m_start = 0; ///< pruned up to here
    std::int64_t m_newestKept = 0;
    std::map<std::int64_t, Hash> m_storedBySeq;
    std::map<std::int64_t, Hash> m_keptBySeq;
    std::optional<trail::StoredAnchor> m_sent;
    bool m_wasRead = false;
    bool m_otherTrails = false;
    bool m_stopped = false;
};

} // namespace

Result<Verification> verifyTrail(const std::string& databasePath, AnchorSource* kept)
{
    auto database = Database::open(databasePath, Database::Mode::ReadOnly);
    if (!database)
        return while_("verify the trail", std::move(database));
    // One snapshot for all that is read, while the broker goes on writing.
    if (auto begun = database->script("BEGIN"); !begun)
        return while_("verify the trail", std::move(begun));
    auto verified = Walk(*database, kept).run();
    if (!verified)
        return while_("verify the trail", std::move(verified));
    return verified;
}

} // namespace annex::policy

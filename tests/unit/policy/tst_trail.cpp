// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "policy/audit/trail.h"
#include "policy/audit/verify.h"
#include "policy/store/store.h"
#include "policy/store/tables.h"
#include "qstring_of.h"

using namespace annex;
using namespace annex::policy;
using namespace std::chrono_literals;

namespace {

AuditEntry entry(int number)
{
    AuditEntry made;
    made.workspace = "w1";
    made.workspaceName = "Untrusted";
    made.subject = "You";
    made.action = "clipboard.paste";
    made.outcome = number % 3 == 0 ? Outcome::Refused : Outcome::Allowed;
    made.key = "clipboard.to_workspace";
    made.rule = "profile: Quarantine";
    made.sentence = "Text pasted in, " + std::to_string(number) + " characters";
    made.detail = R"({"bytes":3})";
    return made;
}

/// A log that keeps what it was told, as a daemon would.
class FakeKept final : public AnchorSource {
public:
    std::vector<Anchor> anchors;
    bool unreadable = false;
    Result<std::vector<Anchor>> read() override
    {
        if (unreadable)
            return fail(Errc::Unsupported, "no journal");
        return anchors;
    }
};

} // namespace

/// Security test S23: what an account can do to its own database, and what verify says then. Triggers are dropped first, as the owner can.
class tst_trail : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>(fastTemplate());
        m_store.emplace(Store::open(m_temporary->path().toStdString(), m_clock).value());
        m_kept = FakeKept();
        m_number = 0;
    }
    void cleanup()
    {
        m_store.reset();
        m_temporary.reset();
    }

    void anEmptyTrailIsWhole()
    {
        const Verification verified = verify();
        QVERIFY(verified.whole);
        QCOMPARE(verified.upTo, 0);
        COMPARE_TEXT(verified.text, "The trail has no record yet. It is unanchored: no log outside this account was told of it, so a trail rebuilt as a "
                                    "whole is not found out.");
    }

    void recordsAreNumberedChainedAndReadBack()
    {
        append(5);
        const auto page = trail::page(database(), {.limit = 10, .before = {}, .workspace = {}, .outcome = {}, .search = {}});
        QCOMPARE(page->size(), std::size_t{5});
        QCOMPARE(page->at(0).seq, 5);
        QVERIFY(page->at(0).previous == page->at(1).hash);
        QVERIFY(page->at(4).previous == genesisOf(trail::id(database()).value()));
        QVERIFY(page->at(4).entry == entry(1));
        const Verification verified = verify();
        QVERIFY(verified.whole);
        QCOMPARE(verified.upTo, 5);
    }

    void everyColumnIsInTheHash()
    {
        AuditRecord record;
        record.seq = 7;
        record.entry = entry(1);
        const Hash before = hashOf({}, record).value();
        const auto changes = [&](auto change) {
            AuditRecord other = record;
            change(other);
            return hashOf({}, other).value() != before;
        };
        QVERIFY(changes([](AuditRecord& r) { r.seq = 8; }));
        QVERIFY(changes([](AuditRecord& r) { r.time += 1us; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.workspace = "w2"; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.workspaceName += " "; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.subject = "you"; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.action = "x"; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.outcome = Outcome::Refused; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.count = 2; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.key = ""; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.rule = ""; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.sentence = ""; }));
        QVERIFY(changes([](AuditRecord& r) { r.entry.detail = ""; }));
        QVERIFY(changes([](AuditRecord& r) { std::swap(r.entry.key, r.entry.rule); }));
        // No text can slide from one column into the next.
        QVERIFY(changes([](AuditRecord& r) { r.entry.sentence += r.entry.detail[0]; r.entry.detail.erase(0, 1); }));
    }

    void theHashIsTheOneWrittenDown()
    {
        // A fixed record gives a fixed hash: a change of the layout would make every trail in the world "broken".
        // Computed apart from this code, from the layout in docs/decisions.
        AuditRecord record;
        record.seq = 1;
        record.time = tables::fromStored(1'764'000'000'000'000);
        record.entry = entry(1);
        COMPARE_TEXT(toHex(hashOf(genesisOf("t"), record).value()), "4897270e56f90e15a4b48b757c8e758583618573af6969502f6caf184fd6f76c");
    }

    void triggersRefuseChanges()
    {
        append(3);
        QCOMPARE(int(database().script("UPDATE audit SET sentence = 'x' WHERE seq = 2").error().code), int(Errc::Denied));
        QCOMPARE(int(database().script("DELETE FROM audit WHERE seq = 2").error().code), int(Errc::Denied));
        QCOMPARE(int(database().script("DELETE FROM audit").error().code), int(Errc::Denied));
        QVERIFY(!database().script("INSERT OR REPLACE INTO audit SELECT 2, time, workspace, workspace_name, subject, action, outcome, count, key, rule, "
                                   "'x', detail, previous, hash FROM audit WHERE seq = 2"));
        QVERIFY(verify().whole);
    }

    void findsAnEditedRow()
    {
        append(9);
        tamper("UPDATE audit SET outcome = 'allowed' WHERE seq = 6");
        const Verification verified = verify();
        QVERIFY(!verified.whole);
        QCOMPARE(verified.upTo, 5);
        QCOMPARE(verified.brokenAt.value_or(0), 6);
        QVERIFY(verified.text.starts_with("The trail is whole up to record 5. Later records may have been changed. Record 6 was changed."));
    }

    void findsARemovedRow()
    {
        append(9);
        tamper("DELETE FROM audit WHERE seq = 4");
        const Verification verified = verify();
        QCOMPARE(verified.upTo, 3);
        QCOMPARE(verified.brokenAt.value_or(0), 4);
    }

    void findsRowsRemovedAtTheStart()
    {
        append(9);
        tamper("DELETE FROM audit WHERE seq <= 2");
        QCOMPARE(verify().brokenAt.value_or(0), 1);
    }

    void findsReorderedRows()
    {
        append(9);
        tamper("UPDATE audit SET seq = 1000 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 1000");
        QCOMPARE(verify().brokenAt.value_or(0), 4);
    }

    void findsAClosedGap()
    {
        append(9);
        tamper("DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = seq - 1 WHERE seq > 4");
        QCOMPARE(verify().brokenAt.value_or(0), 4);
    }

    void findsRowsCutOffAfterAnAnchor()
    {
        append(9);
        anchor();
        tamper("DELETE FROM audit WHERE seq > 7; DELETE FROM anchors");
        const Verification verified = verify();
        QVERIFY(!verified.whole);
        QCOMPARE(verified.upTo, 7);
        QCOMPARE(verified.brokenAt.value_or(0), 8);
    }

    void findsATrailRebuiltAfterTheAnchor()
    {
        append(4);
        anchor();
        append(4);
        anchor();
        append(2);
        rebuildFrom(6, "nothing happened");
        QVERIFY(verifyWithout().whole); // the chain alone cannot tell
        const Verification verified = verify();
        QVERIFY(!verified.whole);
        QCOMPARE(verified.upTo, 4); // the newest anchor that agrees
        QCOMPARE(verified.brokenAt.value_or(0), 8);
        QVERIFY(verified.text.find("rebuilt") != std::string::npos);
    }

    void findsARebuiltTrailThatWasAnchoredAgain()
    {
        append(6);
        anchor();
        rebuildFrom(3, "nothing happened");
        anchor(); // a second anchor of the same record; the first one still speaks
        const Verification verified = verify();
        QVERIFY(!verified.whole);
        QCOMPARE(verified.brokenAt.value_or(0), 6);
    }

    void noticesAReplacedDatabase()
    {
        append(6);
        anchor();
        m_store.reset();
        m_temporary = std::make_unique<QTemporaryDir>(fastTemplate());
        m_store.emplace(Store::open(m_temporary->path().toStdString(), m_clock).value());
        append(6);
        const Verification verified = verify();
        COMPARE_TEXT(verified.anchored, "unanchored");
        QVERIFY(verified.text.find("anchors of another trail of this account") != std::string::npos);
    }

    void saysSinceWhichAnchor()
    {
        append(4);
        anchor();
        append(2);
        const Verification verified = verify();
        QVERIFY(verified.whole);
        COMPARE_TEXT(verified.anchored, "journal");
        QCOMPARE(verified.anchorSeq.value_or(0), 4);
        QCOMPARE(verified.upTo, 6);
        COMPARE_TEXT(verified.text, "The trail is whole up to record 6. 1 anchors of the journal were compared; the newest that agrees is at record 4. "
                                    "What came after it is proven by the chain alone.");
    }

    void saysSoWhereTheLogCannotBeReadBack()
    {
        append(4);
        anchor("syslog");
        m_kept.unreadable = true;
        const Verification verified = verify();
        QVERIFY(verified.whole);
        COMPARE_TEXT(verified.anchored, "syslog");
        QCOMPARE(verified.compared, 0);
        QVERIFY(verified.text.find("it could not be read back (no journal)") != std::string::npos);
    }

    // -- pruning

    void prunesAtAnAnchorWhichStays()
    {
        append(4, -400 * 24h);
        anchor();
        append(4, -390 * 24h);
        append(4);
        QCOMPARE(prune(365), 4); // not 8: there is no anchor at 8
        const Verification verified = verify();
        QVERIFY2(verified.whole, verified.text.c_str());
        QCOMPARE(verified.upTo, 12);
        QCOMPARE(verified.compared, 1); // the anchor at 4 is still compared
        QVERIFY(verified.text.find("Records up to 4 were pruned.") != std::string::npos);
        QCOMPARE(prune(365), 0);
    }

    void prunesAtALocalAnchorWhereNoLogDaemonIs()
    {
        append(8, -400 * 24h);
        append(2);
        QCOMPARE(prune(365), 8);
        QVERIFY(verify().whole);
        COMPARE_TEXT(verify().anchored, "unanchored");
    }

    void prunesEverythingAndGoesOn()
    {
        append(8, -400 * 24h);
        anchor();
        QCOMPARE(prune(365), 8);
        QCOMPARE(trail::head(database())->seq, 8);
        append(1);
        QCOMPARE(trail::head(database())->seq, 9);
        QVERIFY(verify().whole);
    }

    void findsAForgedPruning()
    {
        append(9);
        anchor();
        append(3);
        // The owner pretends that everything up to record 9 was pruned, with a hash that fits a rebuilt rest.
        tamper("DELETE FROM audit WHERE seq <= 9; UPDATE anchors SET pruned = 1, hash = zeroblob(32) WHERE seq = 9");
        rebuildFrom(10, "nothing happened");
        const Verification verified = verify();
        QVERIFY(!verified.whole);
        QCOMPARE(verified.brokenAt.value_or(0), 9);
    }

    // -- reading and exporting

    void pagesAndFilters()
    {
        append(9);
        const auto first = trail::page(database(), {.limit = 4, .before = {}, .workspace = {}, .outcome = {}, .search = {}});
        QCOMPARE(first->back().seq, 6);
        const auto second = trail::page(database(), {.limit = 4, .before = 6, .workspace = {}, .outcome = {}, .search = {}});
        QCOMPARE(second->front().seq, 5);
        QCOMPARE(trail::page(database(), {.limit = 99, .before = {}, .workspace = {}, .outcome = Outcome::Refused, .search = {}})->size(), std::size_t{3});
        QCOMPARE(trail::page(database(), {.limit = 99, .before = {}, .workspace = "w2", .outcome = {}, .search = {}})->size(), std::size_t{0});
        QCOMPARE(trail::page(database(), {.limit = 99, .before = {}, .workspace = {}, .outcome = {}, .search = "IN, 7 char"})->size(), std::size_t{1});
        QCOMPARE(trail::page(database(), {.limit = 99, .before = {}, .workspace = {}, .outcome = {}, .search = "%"})->size(), std::size_t{0});
    }

    void longTextsAreCutAtAWholeCharacter()
    {
        AuditEntry long_ = entry(1);
        long_.sentence.clear();
        for (int i = 0; i < 5000; ++i)
            long_.sentence += "ü";
        long_.detail = std::string(1 << 20, 'x');
        long_.subject = std::string(5000, 's');
        const auto record = trail::append(database(), long_, m_clock.systemNow());
        VERIFY_OK(record);
        QVERIFY(record->entry.sentence.size() <= kMaxSentence_bytes);
        QVERIFY(QString::fromStdString(record->entry.sentence).endsWith(QStringLiteral("ü…")));
        COMPARE_TEXT(record->entry.detail, R"({"too_long":true})");
        QVERIFY(verify().whole);
    }

    void aJsonLineIsOneLine()
    {
        AuditEntry odd = entry(1);
        odd.sentence = "line one\nline two \xff";
        const auto record = trail::append(database(), odd, tables::fromStored(1'764'000'000'123'456));
        const std::string line = toJsonLine(*record, "t");
        QVERIFY(line.find('\n') == std::string::npos);
        QVERIFY(line.starts_with(R"({"trail":"t","seq":1,"time":"2025-11-24T16:00:00.123456Z","workspace":"w1")"));
    }

private:
    const Database& database() { return m_store->database(); }

    void append(int count, std::chrono::hours shift = 0h)
    {
        auto transaction = Transaction::begin(database());
        for (int i = 0; i < count; ++i)
            VERIFY_OK(trail::append(database(), entry(++m_number), m_clock.systemNow() + shift));
        VERIFY_OK(transaction->commit());
    }

    void anchor(const char* place = "journal")
    {
        const auto head = trail::head(database()).value();
        m_kept.anchors.push_back({trail::id(database()).value(), head.seq, head.hash, m_clock.systemNow(), place});
        VERIFY_OK(trail::addAnchor(database(), {head.seq, head.hash, m_clock.systemNow(), place, false}));
    }

    std::int64_t prune(int days)
    {
        auto transaction = Transaction::begin(database());
        const auto removed = trail::prune(database(), m_clock.systemNow() - days * 24h, m_clock.systemNow());
        if (!removed || !transaction->commit())
            return -1;
        return *removed;
    }

    void tamper(const char* sql)
    {
        VERIFY_OK(database().script("DROP TRIGGER IF EXISTS audit_is_never_changed; DROP TRIGGER IF EXISTS audit_is_only_pruned;"
                                    "DROP TRIGGER IF EXISTS audit_only_grows;"));
        VERIFY_OK(database().script(sql));
    }

    /// What an owner who knows the format does: other contents, and every hash after it made anew; anchors in the database go too.
    void rebuildFrom(std::int64_t seq, const char* sentence)
    {
        tamper("DELETE FROM anchors WHERE pruned = 0");
        std::vector<AuditRecord> records;
        VERIFY_OK(trail::forEach(database(), seq - 1, INT64_MAX, [&](const AuditRecord& record) -> Result<void> {
            records.push_back(record);
            return {};
        }));
        const auto before = trail::record(database(), seq - 1).value();
        Hash previous = before ? before->hash : Hash{};
        for (AuditRecord& record : records) {
            record.entry.sentence = sentence;
            const Hash hash = hashOf(previous, record).value();
            VERIFY_OK(database().run("UPDATE audit SET sentence = ?, previous = ?, hash = ? WHERE seq = ?", record.entry.sentence, ByteSpan(previous),
                                     ByteSpan(hash), record.seq));
            previous = hash;
        }
    }

    Verification verify() { return verifyTrail(m_store->databasePath(), &m_kept).value(); }
    Verification verifyWithout() { return verifyTrail(m_store->databasePath(), nullptr).value(); }

    SystemClock m_clock;
    std::unique_ptr<QTemporaryDir> m_temporary;
    std::optional<Store> m_store;
    FakeKept m_kept;
    int m_number = 0;
};

QTEST_APPLESS_MAIN(tst_trail)
#include "tst_trail.moc"

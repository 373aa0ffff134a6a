// SPDX-License-Identifier: Apache-2.0
// What the engine writes into the trail: decisions, notes, anchors, exports, and what it prunes.
#include <algorithm>
#include <filesystem>
#include <set>

#include <nlohmann/json.hpp>

#include "policy/store/database.h"
#include "policy_engine_fixture.h"

using namespace annex;
using namespace annex::policy;
using namespace annex::policy::test;
namespace fs = std::filesystem;

class tst_policy_records : public PolicyEngineFixture {
    Q_OBJECT
private slots:
    void init() { prepare(); }
    void cleanup() { finish(); }

    // -- decisions and their records

    void aDecisionHasItsRecord()
    {
        const Decision decision = decide(kViewer, action::ClipboardPaste{.bytes = 214, .characters = 214});
        QVERIFY(decision.allowed);
        const auto record = newest();
        COMPARE_TEXT(record.entry.sentence, "Text pasted in, 214 characters");
        COMPARE_TEXT(record.entry.workspaceName, "Untrusted");
        COMPARE_TEXT(record.entry.key, "clipboard.to_workspace");
        COMPARE_TEXT(record.entry.rule, "profile: Quarantine");
        const auto detail = nlohmann::json::parse(record.entry.detail);
        QCOMPARE(detail["bytes"].get<int>(), 214);
    }

    void everyCrossingHasARecordOfItsOwn()
    {
        const auto head = m_engine->auditHead();
        for (int i = 0; i < 50; ++i)
            QVERIFY(decide(kViewer, action::ClipboardPaste{1, 1}).allowed);
        QCOMPARE(m_engine->auditHead(), head + 50);
    }

    void anUnknownWorkspaceIsNoPlaceForADecision()
    {
        QCOMPARE(int(m_engine->decideAndRecord(kPerson, action::ClipboardPaste{}, "no-such").error().code), int(Errc::NotFound));
    }

    void whatCannotBeRecordedIsNotAllowed()
    {
        VERIFY_OK(m_engine->setText(kPerson, "audit.export", "off"));
        auto other = Database::open(m_engine->databasePath(), Database::Mode::ReadWrite);
        VERIFY_OK(other->script("BEGIN IMMEDIATE")); // the write lock is held elsewhere
        const auto decision = m_engine->decideAndRecord(kViewer, action::ClipboardPaste{1, 1}, m_untrusted);
        QVERIFY(!decision);
        QCOMPARE(int(decision.error().code), int(Errc::Busy));
        VERIFY_OK(other->script("ROLLBACK"));
        QVERIFY(decide(kViewer, action::ClipboardPaste{1, 1}).allowed);
    }

    void aCountThatCouldNotBeWrittenIsKept()
    {
        m_limits = {.window = 60s, .equal = 2, .burst = 40, .perDay = 60};
        reopen();
        lock("clipboard.from_workspace", std::string("off"), "");
        for (int i = 0; i < 10; ++i)
            QVERIFY(!decide(kGuest, action::ClipboardCopy{1, 1}).allowed); // two records, eight counted
        m_clock->passed += 61s;
        auto other = Database::open(m_engine->databasePath(), Database::Mode::ReadWrite);
        VERIFY_OK(other->script("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no space'); END"));
        QVERIFY(!m_engine->decideAndRecord(kViewer, action::ClipboardPaste{1, 1}, m_untrusted));
        QVERIFY(!m_engine->maintain());
        VERIFY_OK(other->script("DROP TRIGGER full"));
        VERIFY_OK(m_engine->decideAndRecord(kViewer, action::ClipboardPaste{1, 1}, m_untrusted));
        std::int64_t counted = 0;
        VERIFY_OK(m_engine->exportTo([&](std::string_view line) -> Result<void> {
            const auto record = nlohmann::json::parse(line);
            counted += record["action"] == "clipboard.copy" ? record["count"].get<std::int64_t>() : 0;
            return {};
        }));
        QCOMPARE(counted, std::int64_t{10});
    }

    /// Security test S18, audit bomb: two simulated days of a guest that asks all the time.
    void anAuditBombStaysSmall()
    {
        m_limits = {.window = 60s, .equal = 5, .burst = 40, .perDay = 60};
        reopen();
        lock("clipboard.from_workspace", std::string("off"), "");
        const auto before = fs::file_size(m_engine->databasePath());
        const auto head = m_engine->auditHead();
        std::int64_t asked = 0;
        for (auto passed = 0s; passed < 48h; passed += 15s) {
            m_clock->passed += 15s;
            ++asked;
            QVERIFY(!decide(kGuest, action::ClipboardCopy{1, 1}).allowed);
            VERIFY_OK(m_engine->note(NoteKind::Always, kGuest, m_untrusted, "guest.hostile", std::string(100'000, 'x')));
        }
        VERIFY_OK(m_engine->finish());
        const auto records = m_engine->auditHead() - head;
        QVERIFY2(records <= 40 + 2 * 60 + 4, std::to_string(records).c_str());
        std::int64_t counted = 0;
        VERIFY_OK(m_engine->exportTo([&](std::string_view line) -> Result<void> {
            const auto record = nlohmann::json::parse(line);
            counted += record["action"] == "clipboard.copy" ? record["count"].get<std::int64_t>() : 0;
            return {};
        }));
        QCOMPARE(counted, asked); // nothing is lost, it is counted
        QVERIFY(fs::file_size(m_engine->databasePath()) - before < (1u << 20));
        QVERIFY(verify().whole);
    }

    void aFloodOfGesturesIsRefused()
    {
        m_limits = {.window = 60s, .equal = 5, .burst = 20, .perDay = 2880};
        reopen();
        int allowed = 0;
        Decision last;
        for (int i = 0; i < 200; ++i) {
            last = decide(kViewer, action::ClipboardPaste{1, 1});
            allowed += last.allowed ? 1 : 0;
        }
        QCOMPARE(allowed, 20);
        COMPARE_TEXT(last.id, "policy.too-often");
        QVERIFY(decide(kPerson, action::ProgramRun{"foot", {}}).allowed); // the person is not muted
        m_clock->passed += 181s;
        QVERIFY(decide(kViewer, action::ClipboardPaste{1, 1}).allowed);
        // What was counted meanwhile is in the trail now.
        const auto page = m_engine->audit({.limit = 5});
        QVERIFY(std::ranges::any_of(page->records, [](const AuditRecord& record) { return record.entry.count == 180; }));
    }

    void aNoteIsWrittenOrCountedNeverBoth()
    {
        m_limits = {.window = 60s, .equal = 2, .burst = 100, .perDay = 0};
        reopen();
        const auto noteTimes = [&](int times) {
            for (int i = 0; i < times; ++i)
                VERIFY_OK(m_engine->note(NoteKind::Always, kGuest, m_untrusted, "guest.hostile", "It sent\nnonsense"));
        };
        noteTimes(5);
        m_clock->passed += 61s;
        noteTimes(5); // the first of these also brings the count of the window before
        VERIFY_OK(m_engine->finish());
        std::int64_t total = 0;
        const auto page = m_engine->audit({});
        for (const AuditRecord& record : page->records) {
            total += record.entry.count;
            QVERIFY(record.entry.sentence.starts_with("It sent nonsense"));
        }
        QCOMPARE(total, 10);
    }

    void notesOfTheLifeCycleNeedTheLevel()
    {
        const auto head = m_engine->auditHead();
        VERIFY_OK(m_engine->note(NoteKind::LifeCycle, {Subject::Kind::Broker, {}}, m_untrusted, "workspace.stop", "Workspace stopped"));
        QCOMPARE(m_engine->auditHead(), head);
        VERIFY_OK(m_engine->setText(kPerson, "audit.level", "all"));
        VERIFY_OK(m_engine->note(NoteKind::LifeCycle, {Subject::Kind::Broker, {}}, m_untrusted, "workspace.stop", "Workspace stopped"));
        COMPARE_TEXT(newest().entry.sentence, "Workspace stopped");
        COMPARE_TEXT(newest().entry.subject, "Annex");
    }

    // -- anchors, export, pruning

    void anchorsAfterSoManyRecords()
    {
        for (int i = 0; i < 130; ++i)
            (void)decide(kPerson, action::ProgramRun{"foot", {}});
        QCOMPARE(m_log->anchors.size(), std::size_t{2});
        const Verification verified = verify();
        QVERIFY(verified.whole);
        QCOMPARE(verified.compared, 2);
    }

    void anchorsAfterSomeTime()
    {
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        QVERIFY(m_engine->maintenanceDue() == 600s);
        m_clock->passed += 600s;
        QVERIFY(m_engine->maintenanceDue() == 0s);
        VERIFY_OK(m_engine->maintain());
        QCOMPARE(m_log->anchors.size(), std::size_t{1});
        QVERIFY(!m_engine->maintenanceDue());
    }

    void anchorsAtTheEnd()
    {
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        VERIFY_OK(m_engine->finish());
        QCOMPARE(m_log->anchors.back().seq, m_engine->auditHead());
    }

    void withoutALogDaemonNobodyIsWoken()
    {
        m_log->kind.clear();
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        QVERIFY(!m_engine->maintenanceDue());
        VERIFY_OK(m_engine->finish());
        COMPARE_TEXT(verify().anchored, "unanchored");
    }

    void exportsToTheJournalOnce()
    {
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        QCOMPARE(m_log->records.size(), std::size_t(m_engine->auditHead()));
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        QCOMPARE(m_log->records.size(), std::size_t(m_engine->auditHead()));
        const auto record = nlohmann::json::parse(m_log->records.back());
        QCOMPARE(record["seq"].get<std::int64_t>(), m_engine->auditHead());
        COMPARE_TEXT(record["sentence"].get<std::string>(), "foot started");
    }

    void exportCatchesUpWhenADaemonComesBack()
    {
        m_log->kind.clear();
        for (int i = 0; i < 5; ++i)
            (void)decide(kPerson, action::ProgramRun{"foot", {}});
        QVERIFY(m_log->records.empty());
        m_log->kind = "syslog";
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        QCOMPARE(m_log->records.size(), std::size_t{6});
    }

    void exportsToAFile()
    {
        VERIFY_OK(m_engine->setText(kPerson, "audit.export", "file"));
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        QFile file(qstringOf(m_folder + "/audit.jsonl"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto lines = file.readAll().trimmed().split('\n');
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        COMPARE_TEXT(nlohmann::json::parse(lines.back().toStdString())["sentence"].get<std::string>(), "foot started");
    }

    void exportToACallerStopsAtItsError()
    {
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        int lines = 0;
        const auto done = m_engine->exportTo([&](std::string_view) -> Result<void> {
            ++lines;
            return fail(Errc::Disconnected, "gone");
        });
        QCOMPARE(int(done.error().code), int(Errc::Disconnected));
        QCOMPARE(lines, 1);
    }

    void prunesWhatIsOlderThanItShouldBe()
    {
        VERIFY_OK(m_engine->setText(kPerson, "audit.keep", "7"));
        (void)decide(kPerson, action::ProgramRun{"foot", {}});
        VERIFY_OK(m_engine->finish()); // anchors
        m_clock->passed += 24h * 8;
        VERIFY_OK(m_engine->maintain());
        COMPARE_TEXT(newest().entry.action, "audit.prune");
        QCOMPARE(m_engine->audit({})->records.size(), std::size_t{1});
        QVERIFY(verify().whole);
    }

    void pagesTheTrail()
    {
        for (int i = 0; i < 250; ++i)
            (void)decide(kPerson, action::ProgramRun{"foot", {}});
        const auto first = m_engine->audit({.limit = 1000});
        QCOMPARE(first->records.size(), std::size_t{200});
        QVERIFY(first->more);
        const auto second = m_engine->audit({.before = first->records.back().seq});
        QVERIFY(!second->more);
        QCOMPARE(first->records.size() + second->records.size(), std::size_t(m_engine->auditHead()));
        QCOMPARE(m_engine->auditRecord(1)->value().seq, 1);
        QVERIFY(!m_engine->auditRecord(999)->has_value());
    }
};

QTEST_APPLESS_MAIN(tst_policy_records)
#include "tst_policy_records.moc"

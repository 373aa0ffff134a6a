// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <set>

#include <nlohmann/json.hpp>

#include "policy/policy_engine.h"
#include "policy/store/database.h"
#include "qstring_of.h"

using namespace annex;
using namespace annex::policy;
using namespace annex::literals;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const Subject kPerson{Subject::Kind::Person, "annexctl"};
const Subject kViewer{Subject::Kind::Viewer, ""};
const Subject kGuest{Subject::Kind::Guest, "Recorder"};

class FakeManaged final : public ManagedReader {
public:
    explicit FakeManaged(std::shared_ptr<ManagedPolicy> policy) : m_policy(std::move(policy)) {}
    ManagedPolicy read() override { return *m_policy; }

private:
    std::shared_ptr<ManagedPolicy> m_policy;
};

struct LogState {
    std::string kind = "journal";
    std::vector<Anchor> anchors;
    std::vector<std::string> records;
};

class FakeLog final : public LogDaemon {
public:
    explicit FakeLog(std::shared_ptr<LogState> state) : m_state(std::move(state)) {}
    std::string_view kind() override { return m_state->kind; }
    Result<void> sendAnchor(const Anchor& anchor) override
    {
        if (m_state->kind.empty())
            return fail(Errc::NotFound, "no log daemon");
        m_state->anchors.push_back(anchor);
        return {};
    }
    Result<void> sendRecord(std::string_view, std::string_view jsonLine) override
    {
        m_state->records.emplace_back(jsonLine);
        return {};
    }

private:
    std::shared_ptr<LogState> m_state;
};

class KeptBy final : public AnchorSource {
public:
    explicit KeptBy(const LogState& state) : m_state(state) {}
    Result<std::vector<Anchor>> read() override { return m_state.anchors; }

private:
    const LogState& m_state;
};

class FakeClock final : public Clock {
public:
    std::chrono::steady_clock::time_point steadyNow() const override { return std::chrono::steady_clock::time_point(passed); }
    std::chrono::system_clock::time_point systemNow() const override { return start + passed; }
    std::chrono::nanoseconds passed = 1000h;
    std::chrono::system_clock::time_point start = std::chrono::system_clock::now() - 1000h;
};

} // namespace

class tst_policy_engine : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>(fastTemplate());
        m_folder = m_temporary->filePath("data").toStdString();
        m_managed = std::make_shared<ManagedPolicy>();
        m_log = std::make_shared<LogState>();
        m_clock = std::make_shared<FakeClock>();
        m_limits = {};
        reopen();
        QVERIFY(m_engine);
        m_untrusted = m_engine->workspace("Untrusted")->id;
    }
    void cleanup()
    {
        m_engine.reset();
        m_temporary.reset();
    }

    // -- settings

    void startsWithOneReadyWorkspace()
    {
        const auto rows = m_engine->workspaces();
        QCOMPARE(rows->size(), std::size_t{1});
        COMPARE_TEXT(rows->at(0).name, "Untrusted");
        COMPARE_TEXT(rows->at(0).colour, "amber");
        COMPARE_TEXT(rows->at(0).pattern, "dots");
        QVERIFY(m_engine->defaultWorkspace()->id == rows->at(0).id);
    }

    void typedValues()
    {
        QVERIFY(m_engine->value(keys::kMemoryMaximum) == 8_GiB);
        QVERIFY(m_engine->value(keys::kWorkspaceIdleStop, m_untrusted) == keys::MaybeSeconds(15min));
        QCOMPARE(m_engine->value(keys::kOpenFresh), true);
        COMPARE_TEXT(m_engine->value(keys::kClipboardToWorkspace, m_untrusted), "text");
        COMPARE_TEXT(m_engine->value(keys::kWorkspaceLabel, m_untrusted), "Untrusted");
        VERIFY_OK(m_engine->setText(kPerson, "workspace.idle_stop", "off", m_untrusted));
        QVERIFY(m_engine->value(keys::kWorkspaceIdleStop, m_untrusted) == std::nullopt);
        QVERIFY(m_engine->value(keys::kWorkspaceIdleStop) == keys::MaybeSeconds(15min));
    }

    void setsExplainsAndClears()
    {
        const auto set = m_engine->set(kPerson, "clipboard.from_workspace", "off", m_untrusted);
        VERIFY_OK(set);
        QVERIFY(set->allowed);
        const auto resolved = m_engine->resolved("clipboard.from_workspace", m_untrusted);
        QVERIFY(resolved.value == Value(std::string("off")) && resolved.chosen());
        QVERIFY(m_engine->explain("clipboard.from_workspace", m_untrusted)->text.find("Set by you") != std::string::npos);
        QVERIFY(m_engine->explain("clipboard.copy", m_untrusted)->allowed == false);
        VERIFY_OK(m_engine->clear(kPerson, "clipboard.from_workspace", m_untrusted));
        QVERIFY(m_engine->resolved("clipboard.from_workspace", m_untrusted).source() == Source::Profile);
        QCOMPARE(int(m_engine->explain("nothing").error().code), int(Errc::NotFound));
    }

    void survivesAReopening()
    {
        VERIFY_OK(m_engine->setText(kPerson, "workspace.maximum", "3"));
        const auto head = m_engine->auditHead();
        reopen();
        QCOMPARE(m_engine->value(keys::kWorkspaceMaximum), 3);
        QCOMPARE(m_engine->auditHead(), head);
    }

    void refusesWhatIsNoValue()
    {
        const auto head = m_engine->auditHead();
        QCOMPARE(int(m_engine->setText(kPerson, "workspace.maximum", "65").error().code), int(Errc::TooLarge));
        QCOMPARE(int(m_engine->setText(kPerson, "nothing", "1").error().code), int(Errc::NotFound));
        QCOMPARE(int(m_engine->setText(kPerson, "workspace.maximum", "3", m_untrusted).error().code), int(Errc::Malformed));
        QCOMPARE(int(m_engine->setText(kPerson, "open.fresh", "on", "no-such").error().code), int(Errc::Malformed));
        QCOMPARE(int(m_engine->setText(kPerson, "workspace.label", "x", "no-such").error().code), int(Errc::NotFound));
        QCOMPARE(m_engine->auditHead(), head);
    }

    void aLockRefusesAndIsRecorded()
    {
        lock("clipboard.from_workspace", std::string("off"), "Client data stays inside.");
        const auto set = m_engine->setText(kPerson, "clipboard.from_workspace", "text", m_untrusted);
        VERIFY_OK(set);
        QVERIFY(!set->allowed);
        const auto record = newest();
        COMPARE_TEXT(record.entry.action, "policy.set");
        QVERIFY(record.entry.outcome == Outcome::Refused);
        COMPARE_TEXT(record.entry.rule, "managed: 10-acme.json");
        const auto view = m_engine->view("clipboard.from_workspace", m_untrusted);
        QVERIFY(view->resolved.locked());
        COMPARE_TEXT(view->resolved.reason(), "Client data stays inside.");
    }

    void managedPolicyIsReadAnewForEachDecision()
    {
        QVERIFY(decide(kViewer, action::ClipboardCopy{1, 1}).allowed);
        lock("clipboard.from_workspace", std::string("off"), "");
        QVERIFY(!decide(kViewer, action::ClipboardCopy{1, 1}).allowed);
        m_managed->state = ManagedPolicy::State::Invalid;
        m_managed->values.clear();
        m_managed->problems = {{"10-acme.json", "it is a link"}};
        QVERIFY(!decide(kViewer, action::ClipboardPaste{1, 1}).allowed);
        QVERIFY(!m_engine->setText(kPerson, "clipboard.to_workspace", "text")->allowed);
        *m_managed = {};
        QVERIFY(decide(kViewer, action::ClipboardCopy{1, 1}).allowed);
    }

    void listsEverySettingWithItsSentence()
    {
        const auto list = m_engine->list(m_untrusted);
        QCOMPARE(list.size(), settings().size());
        for (const SettingView& view : list)
            QVERIFY(!view.sentence.empty() && view.setting != nullptr && view.held);
        m_log->kind.clear();
        QVERIFY(!m_engine->view("audit.export")->held);
        VERIFY_OK(m_engine->setText(kPerson, "audit.export", "off"));
        QVERIFY(m_engine->view("audit.export")->held);
    }

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

    // -- workspaces

    void givesNamesColoursAndPatternsByOrder()
    {
        const auto research = m_engine->addWorkspace({.name = "Research"});
        VERIFY_OK(research);
        COMPARE_TEXT(research->colour, "teal");
        COMPARE_TEXT(research->pattern, "rising-stripes");
        const auto third = m_engine->addWorkspace({});
        COMPARE_TEXT(third->name, "Workspace");
        COMPARE_TEXT(third->colour, "violet");
        COMPARE_TEXT(m_engine->addWorkspace({})->name, "Workspace 2");
    }

    void aFreshOneKeepsTheColourAndTakesTheNextPattern()
    {
        const auto second = m_engine->addWorkspace({.fresh = true});
        COMPARE_TEXT(second->name, "Untrusted 2");
        QCOMPARE(second->number, 2);
        COMPARE_TEXT(second->colour, "amber");
        COMPARE_TEXT(second->pattern, "rising-stripes");
        const auto third = m_engine->addWorkspace({.fresh = true});
        COMPARE_TEXT(third->pattern, "upright-bars");
        VERIFY_OK(m_engine->removeWorkspace(second->id));
        const auto again = m_engine->addWorkspace({.fresh = true});
        COMPARE_TEXT(again->name, "Untrusted 2");
        COMPARE_TEXT(again->pattern, "rising-stripes");
    }

    void sixtyFourWorkspacesAllLookDifferent()
    {
        std::set<std::pair<std::string, std::string>> seen;
        const auto rows = m_engine->workspaces();
        for (const auto& row : *rows)
            seen.emplace(row.colour, row.pattern);
        for (int i = 1; i < 64; ++i) {
            const auto row = m_engine->addWorkspace({.fresh = i % 2 == 0});
            VERIFY_OK(row);
            QVERIFY2(seen.emplace(row->colour, row->pattern).second, row->name.c_str());
        }
        QCOMPARE(seen.size(), std::size_t{64});
    }

    void atTheStartTwoRunningOnesNeverLookAlike()
    {
        const std::vector<Appearance> running{{"amber", "dots"}};
        const auto moved = m_engine->appearanceFor(m_untrusted, running);
        QVERIFY(*moved == (Appearance{"amber", "rising-stripes"}));
        QVERIFY(*m_engine->appearanceFor(m_untrusted, {}) == (Appearance{"amber", "dots"}));

        lock("workspace.pattern", std::string("dots"), "");
        QVERIFY(m_engine->appearanceFor(m_untrusted, running)->pattern == "dots");
        QVERIFY(m_engine->appearanceFor(m_untrusted, running)->colour != "amber");
        lock("workspace.colour", std::string("amber"), "");
        QCOMPARE(int(m_engine->appearanceFor(m_untrusted, running).error().code), int(Errc::Denied));
    }

    void refusesNamesThatCannotBeShown_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("long") << QByteArray("1234567890123456789012345");
        QTest::newRow("two lines") << QByteArray("a\nb");
        QTest::newRow("override") << QByteArray("a\xe2\x80\xae" "b");
        QTest::newRow("no UTF-8") << QByteArray("\xff");
        QTest::newRow("blank around") << QByteArray(" a ");
    }
    void refusesNamesThatCannotBeShown()
    {
        QFETCH(QByteArray, name);
        QCOMPARE(int(m_engine->addWorkspace({.name = name.toStdString()}).error().code), int(Errc::Malformed));
        QCOMPARE(int(m_engine->renameWorkspace(m_untrusted, name.toStdString()).error().code), int(Errc::Malformed));
    }

    void refusesWhatDoesNotExistOrExistsAlready()
    {
        QCOMPARE(int(m_engine->addWorkspace({.name = "untrusted"}).error().code), int(Errc::AlreadyExists));
        QCOMPARE(int(m_engine->addWorkspace({.name = "x", .profile = "everyday"}).error().code), int(Errc::Malformed));
        QCOMPARE(int(m_engine->addWorkspace({.name = "x", .colour = "pink"}).error().code), int(Errc::Malformed));
        QCOMPARE(int(m_engine->removeWorkspace("no-such").error().code), int(Errc::NotFound));
        VERIFY_OK(m_engine->addWorkspace({.name = "Research"}));
        QCOMPARE(int(m_engine->renameWorkspace(m_untrusted, "RESEARCH").error().code), int(Errc::AlreadyExists));
        VERIFY_OK(m_engine->renameWorkspace(m_untrusted, "Quarantine"));
        QVERIFY(m_engine->workspace("quarantine")->id == m_untrusted);
    }

    void recordsOfARemovedWorkspaceStay()
    {
        const auto research = m_engine->addWorkspace({.name = "Research"});
        VERIFY_OK(m_engine->decideAndRecord(kViewer, action::ClipboardPaste{1, 1}, research->id));
        VERIFY_OK(m_engine->removeWorkspace(research->id));
        COMPARE_TEXT(newest().entry.workspaceName, "Research");
    }

    void countsWhatIsUsedMost()
    {
        VERIFY_OK(m_engine->countAppUse(m_untrusted, "foot.desktop"));
        VERIFY_OK(m_engine->countAppUse(m_untrusted, "evince.desktop"));
        VERIFY_OK(m_engine->countAppUse(m_untrusted, "evince.desktop"));
        const auto used = m_engine->mostUsed(m_untrusted);
        COMPARE_TEXT(used->at(0).app, "evince.desktop");
        QCOMPARE(used->at(0).uses, 2);
        QCOMPARE(int(m_engine->countAppUse(m_untrusted, std::string(300, 'x')).error().code), int(Errc::Malformed));
    }

    // -- a damaged store

    void strictDefaultsHoldUntilThePersonChooses()
    {
        VERIFY_OK(m_engine->addWorkspace({.name = "Research"}));
        m_engine.reset();
        for (const auto& entry : fs::directory_iterator(m_folder)) { // the first start made a backup before Research existed
            if (entry.path().filename().string().starts_with("policy.sqlite.backup-"))
                fs::remove(entry.path());
        }
        reopen(); // makes a backup with Research in it
        m_engine.reset();
        writeText(m_folder + "/policy.sqlite", std::string(20'000, 'x'));
        reopen();
        QVERIFY(m_engine->store().setAside);
        QVERIFY(fs::exists(m_engine->store().setAsidePath));
        QVERIFY(m_engine->resolved("clipboard.to_workspace").value == Value(std::string("off")));
        COMPARE_TEXT(m_engine->value(keys::kIsolationMinimum), "hypervisor");
        const auto decision = m_engine->decideAndRecord(kPerson, action::ProgramRun{"foot", {}}, "");
        QVERIFY(decision && !decision->allowed);
        COMPARE_TEXT(decision->id, "policy.store-corrupt");
        QVERIFY(!m_engine->setText(kPerson, "open.fresh", "on")->allowed);
        QCOMPARE(int(m_engine->workspaces().error().code), int(Errc::Corrupt));
        QCOMPARE(int(m_engine->audit({}).error().code), int(Errc::Corrupt));
        VERIFY_OK(m_engine->maintain());

        VERIFY_OK(m_engine->restoreBackup(m_engine->store().backups.at(0).path));
        QVERIFY(!m_engine->store().setAside);
        VERIFY_OK(m_engine->workspace("Research"));
        const auto page = m_engine->audit({});
        COMPARE_TEXT(page->records.back().entry.action, "store.restore");
        QVERIFY(decide(kViewer, action::ClipboardPaste{1, 1}).allowed);
    }

    void startsWithDefaultsWhenAsked()
    {
        m_engine.reset();
        fs::resize_file(m_folder + "/policy.sqlite", 100);
        reopen();
        QVERIFY(m_engine->store().setAside);
        VERIFY_OK(m_engine->startWithDefaults());
        VERIFY_OK(m_engine->workspace("Untrusted"));
        COMPARE_TEXT(m_engine->audit({})->records.back().entry.action, "store.defaults");
        QCOMPARE(int(m_engine->startWithDefaults().error().code), int(Errc::Busy));
    }

    void damageMetWhileRunningSetsAsideToo()
    {
        {
            std::fstream file(m_folder + "/policy.sqlite", std::ios::in | std::ios::out | std::ios::binary);
            auto other = Database::open(m_engine->databasePath(), Database::Mode::ReadWrite);
            VERIFY_OK(other->script("PRAGMA wal_checkpoint(TRUNCATE)"));
            file.seekp(4096);
            file << std::string(fs::file_size(m_folder + "/policy.sqlite") - 4096, '\x5a');
        }
        const auto decision = m_engine->decideAndRecord(kViewer, action::ClipboardPaste{1, 1}, m_untrusted);
        QVERIFY(!decision || !decision->allowed);
        const auto next = m_engine->decideAndRecord(kViewer, action::ClipboardPaste{1, 1}, "");
        QVERIFY(!next || !next->allowed);
        QVERIFY(m_engine->store().setAside);
    }

private:
    void reopen()
    {
        m_engine.reset();
        PolicyOptions options;
        options.dataFolder = m_folder;
        options.host = {.memory = 32_GiB, .processors = 8};
        options.managed = std::make_unique<FakeManaged>(m_managed);
        options.log = std::make_unique<FakeLog>(m_log);
        options.clock = m_clock;
        options.limits = m_limits;
        auto engine = PolicyEngine::open(std::move(options));
        if (!engine)
            qFatal("%s", engine.error().describe().c_str());
        m_engine = std::move(*engine);
    }

    void lock(const char* key, Value value, const char* reason)
    {
        m_managed->state = ManagedPolicy::State::Valid;
        m_managed->organisation = "Acme Ltd";
        m_managed->values[key] = {std::move(value), true, reason, "Acme Ltd", "10-acme.json", m_clock->systemNow()};
    }

    Decision decide(const Subject& subject, const Action& action)
    {
        auto decision = m_engine->decideAndRecord(subject, action, m_untrusted);
        if (!decision)
            qFatal("%s", decision.error().describe().c_str());
        return *decision;
    }

    AuditRecord newest() { return m_engine->audit({.limit = 1})->records.at(0); }

    Verification verify()
    {
        KeptBy kept(*m_log);
        return verifyTrail(m_engine->databasePath(), &kept).value();
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    std::string m_folder;
    std::shared_ptr<ManagedPolicy> m_managed;
    std::shared_ptr<LogState> m_log;
    std::shared_ptr<FakeClock> m_clock;
    AuditLimits m_limits;
    std::unique_ptr<PolicyEngine> m_engine;
    std::string m_untrusted;
};

QTEST_APPLESS_MAIN(tst_policy_engine)
#include "tst_policy_engine.moc"

// SPDX-License-Identifier: Apache-2.0
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

class tst_policy_engine : public PolicyEngineFixture {
    Q_OBJECT
private slots:
    void init() { prepare(); }
    void cleanup() { finish(); }

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
};

QTEST_APPLESS_MAIN(tst_policy_engine)
#include "tst_policy_engine.moc"

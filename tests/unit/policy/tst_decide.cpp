// SPDX-License-Identifier: Apache-2.0
#include "policy/decide/decide.h"
#include "policy/decide/explain.h"
#include "qstring_of.h"

using namespace annex;
using namespace annex::policy;
using namespace annex::literals;

namespace {

const Subject kPerson{Subject::Kind::Person, "annexctl"};

TimePoint day(int year, unsigned month, unsigned dayOfMonth)
{
    return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(dayOfMonth));
}

Sources quarantined()
{
    Sources sources;
    sources.host = {.memory = 16_GiB, .processors = 4};
    sources.workspace = {.id = "1", .name = "Untrusted", .profile = "quarantine", .colour = "amber", .pattern = "dots"};
    sources.profile = findProfile("quarantine");
    return sources;
}

void manage(Sources& sources, const char* key, Value value, bool lock, const char* reason = "")
{
    sources.managed.state = ManagedPolicy::State::Valid;
    sources.managed.organisation = "Acme Ltd";
    sources.managed.values[key] = {std::move(value), lock, reason, "Acme Ltd", "10-acme.json", day(2026, 11, 3)};
}

Value word(const char* text) { return std::string(text); }
UserValue chosen(Value value) { return {std::move(value), day(2026, 10, 12), true}; }

Decision ask(const Action& action, const Sources& sources) { return decide(kPerson, action, sources); }

} // namespace

class tst_decide : public QObject {
    Q_OBJECT
private slots:
    void defaultHoldsWhereNobodySpeaks()
    {
        const auto resolved = resolve("workspace.maximum", quarantined());
        VERIFY_OK(resolved);
        QVERIFY(resolved->value == Value(std::int64_t{16}));
        QVERIFY(resolved->source() == Source::Default);
        QVERIFY(!resolved->chosen() && !resolved->locked() && resolved->overruled.empty());
    }

    void everyoneIsAskedInTheirOrder()
    {
        Sources sources = quarantined();
        const char* key = "clipboard.to_workspace";
        const auto now = [&] { return resolve(key, sources).value(); };
        QVERIFY(now().source() == Source::Profile && !now().chosen());

        manage(sources, key, word("off"), false);
        QVERIFY(now().source() == Source::Managed && now().chosen());

        sources.global[key] = chosen(word("text"));
        QVERIFY(now().source() == Source::User);
        COMPARE_TEXT(now().rule.origin, "all workspaces");

        sources.workspaceValues[key] = chosen(word("off"));
        COMPARE_TEXT(now().rule.origin, "this workspace");

        manage(sources, key, word("off"), true, "Client data stays inside.");
        QVERIFY(now().source() == Source::Managed && now().locked());
        QCOMPARE(now().overruled.size(), std::size_t{4});
        QVERIFY(now().overruled[0].source == Source::User && now().overruled[3].source == Source::Default);
    }

    void aSettingOfTheAccountHasNoValuePerWorkspace()
    {
        Sources sources = quarantined();
        sources.workspaceValues["workspace.maximum"] = chosen(std::int64_t{1});
        QVERIFY(resolve("workspace.maximum", sources)->value == Value(std::int64_t{16}));
    }

    void unreadablePolicyLocksTheStrictestValues()
    {
        Sources sources = quarantined();
        sources.global["clipboard.to_workspace"] = chosen(word("text"));
        sources.managed.state = ManagedPolicy::State::Invalid;
        sources.managed.problems = {{"10-acme.json", "it is not JSON"}};
        for (const Setting& setting : settings()) {
            const Resolved resolved = resolve(setting, sources);
            QVERIFY2(resolved.value == strictestOf(setting, sources.host, sources.workspace), std::string(setting.key).c_str());
            QVERIFY(resolved.locked() && resolved.rule.failedClosed);
        }
        const Decision decision = ask(action::ClipboardPaste{1, 1}, sources);
        QVERIFY(!decision.allowed);
        COMPARE_TEXT(decision.reason, "The policy files of this computer cannot be read (10-acme.json: it is not JSON).");
        const Explanation why = explain(*findSetting("clipboard.to_workspace"), sources);
        QVERIFY(why.text.find("10-acme.json: it is not JSON") != std::string::npos);
        QVERIFY(!ask(action::WorkspaceStart{.level = Level::Process, .engine = "namespaces"}, sources).allowed);
    }

    void unreadableSettingsOfThePersonHoldStrictestWithoutALock()
    {
        Sources sources = quarantined();
        sources.storeUnreadable = true;
        const auto resolved = resolve("clipboard.from_workspace", sources);
        QVERIFY(resolved->value == word("off"));
        QVERIFY(!resolved->locked() && resolved->rule.failedClosed);
        manage(sources, "clipboard.from_workspace", word("text"), true);
        QVERIFY(resolve("clipboard.from_workspace", sources)->value == word("text")); // what IT locks is still known
    }

    void oneUnreadableValueHoldsStrictestAndCanBeReplaced()
    {
        Sources sources = quarantined();
        sources.workspaceValues["clipboard.to_workspace"] = {Value{}, {}, false};
        QVERIFY(resolve("clipboard.to_workspace", sources)->value == word("off"));
        QVERIFY(ask(action::PolicySet{"clipboard.to_workspace", word("text")}, sources).allowed);
    }

    void lowersMemoryToWhatTheHostHas()
    {
        Sources sources = quarantined();
        manage(sources, "memory.maximum", std::int64_t{1} << 40, true);
        QVERIFY(resolve("memory.maximum", sources)->value == Value(static_cast<std::int64_t>((16_GiB).count)));
    }

    void unknownKeyIsNotFound() { QCOMPARE(int(resolve("clipboard.fly", quarantined()).error().code), int(Errc::NotFound)); }

    // -- starting

    void startsAtTheLevelThatIsThere()
    {
        const Decision decision = ask(action::WorkspaceStart{.level = Level::Process, .engine = "namespaces"}, quarantined());
        QVERIFY(decision.allowed);
        COMPARE_TEXT(decision.sentence, "Workspace started at level Process");
        COMPARE_TEXT(decision.rule.key, "isolation.minimum");
    }

    void refusesALowerLevelInTheWordsOfTheDesign()
    {
        Sources sources = quarantined();
        manage(sources, "isolation.minimum", word("hypervisor"), true);
        const Decision decision = ask(action::WorkspaceStart{.level = Level::Emulated, .engine = "qemu"}, sources);
        QVERIFY(!decision.allowed);
        COMPARE_TEXT(decision.id, "policy.level-refused");
        COMPARE_TEXT(decision.title, "Untrusted may not start here");
        COMPARE_TEXT(decision.reason, "Acme Ltd requires level Hypervisor; this computer offers Emulated.");
        COMPARE_TEXT(decision.toDo.back(), "Ask Acme Ltd.");
    }

    void refusesALowerLevelThatThePersonSet()
    {
        Sources sources = quarantined();
        sources.workspaceValues["isolation.minimum"] = chosen(word("emulated"));
        COMPARE_TEXT(ask(action::WorkspaceStart{.level = Level::Process, .engine = "namespaces"}, sources).reason,
                     "It is set to level Emulated; this computer offers Process.");
        QVERIFY(ask(action::WorkspaceStart{.level = Level::Emulated, .engine = "qemu"}, sources).allowed);
    }

    void refusesAnotherEngineThanTheOneNamed()
    {
        Sources sources = quarantined();
        sources.global["isolation.engine"] = chosen(word("namespaces"));
        QVERIFY(ask(action::WorkspaceStart{.level = Level::Process, .engine = "namespaces"}, sources).allowed);
        COMPARE_TEXT(ask(action::WorkspaceStart{.level = Level::Process, .engine = "fake"}, sources).id, "policy.engine-refused");
    }

    void refusesOneMoreThanTheMaximum()
    {
        Sources sources = quarantined();
        sources.global["workspace.maximum"] = chosen(std::int64_t{2});
        QVERIFY(ask(action::WorkspaceStart{.engine = "namespaces", .running = 1}, sources).allowed);
        const Decision decision = ask(action::WorkspaceStart{.engine = "namespaces", .running = 2}, sources);
        COMPARE_TEXT(decision.id, "policy.workspace-maximum");
        COMPARE_TEXT(decision.reason, "2 of 2 workspaces are running.");
    }

    void aDefaultLimitThatCannotBeHeldIsShownAChosenOneRefuses()
    {
        Sources sources = quarantined();
        const action::WorkspaceStart start{.engine = "namespaces", .notHeld = {"memory.maximum", "processor.maximum"}};
        QVERIFY(ask(start, sources).allowed);
        QCOMPARE(shownAsUnlimited(start.notHeld, sources).size(), std::size_t{2});

        sources.workspaceValues["memory.maximum"] = chosen(std::int64_t{1} << 30);
        const Decision decision = ask(start, sources);
        COMPARE_TEXT(decision.id, "policy.limit-not-held");
        COMPARE_TEXT(decision.reason, "“Memory” is set to 1 GiB, and this computer cannot hold that limit now.");
        COMPARE_TEXT(shownAsUnlimited(start.notHeld, sources).at(0), "processor.maximum");
    }

    // -- crossing

    void pastesTextUpToTheLimit()
    {
        const Decision decision = ask(action::ClipboardPaste{.bytes = 1 << 20, .characters = 214}, quarantined());
        QVERIFY(decision.allowed);
        COMPARE_TEXT(decision.sentence, "Text pasted in, 214 characters");
        QVERIFY(decision.rule.source == Source::Profile);
        QVERIFY(decision.next && decision.next->source == Source::Default);
    }

    void refusesALargePasteInTheWordsOfTheDesign()
    {
        const Decision decision = ask(action::ClipboardPaste{.bytes = 3 << 20, .characters = 0}, quarantined());
        QVERIFY(!decision.allowed);
        COMPARE_TEXT(decision.id, "clipboard.large");
        COMPARE_TEXT(decision.title, "Too large to paste: 3 MB, limit 1 MB");
        COMPARE_TEXT(decision.toDo.front(), "Send it as a file.");
        COMPARE_TEXT(decision.sentence, "Text asked to come in, 3 MB");
    }

    void refusesACopyThatTheOrganisationLocked()
    {
        Sources sources = quarantined();
        manage(sources, "clipboard.from_workspace", word("off"), true, "Client data stays inside.");
        const Decision decision = ask(action::ClipboardCopy{.bytes = 10, .characters = 10}, sources);
        QVERIFY(!decision.allowed);
        COMPARE_TEXT(decision.reason, "Acme Ltd does not let text leave Untrusted. Acme Ltd: “Client data stays inside.”");
        COMPARE_TEXT(decision.toDo.front(), "Ask Acme Ltd.");
        QVERIFY(ask(action::ClipboardPaste{.bytes = 10, .characters = 10}, sources).allowed);
    }

    void anOrganisationWithoutANameIsYourOrganisation()
    {
        Sources sources = quarantined();
        manage(sources, "files.to_workspace", word("off"), true);
        sources.managed.values["files.to_workspace"].organisation.clear();
        COMPARE_TEXT(ask(action::FileIn{"a.pdf", 1}, sources).reason, "Your organisation does not let files be sent into Untrusted.");
    }

    void sendsFilesInUpToTheLimit()
    {
        QVERIFY(ask(action::FileIn{"invoice.pdf", (2_GiB).count}, quarantined()).allowed);
        const Decision large = ask(action::FileIn{"disk.img", (3_GiB).count}, quarantined());
        COMPARE_TEXT(large.id, "files.large");
        COMPARE_TEXT(large.title, "Too large to send in: 3 GB, limit 2 GB");
    }

    void aHostProgramIsAFileThatComesIn()
    {
        Sources sources = quarantined();
        QVERIFY(ask(action::ProgramRun{"tool.run", 1000}, sources).allowed);
        sources.workspaceValues["files.to_workspace"] = chosen(word("off"));
        QVERIFY(!ask(action::ProgramRun{"tool.run", 1000}, sources).allowed);
        QVERIFY(ask(action::ProgramRun{"foot", std::nullopt}, sources).allowed); // is inside already
    }

    void namesFromOutsideAreCleanedAndCut()
    {
        const Decision decision = ask(action::FileIn{"a\n\xe2\x80\xae" "fdp.exe" + std::string(5000, 'x'), 1}, quarantined());
        QVERIFY(decision.sentence.size() < 200);
        QVERIFY(decision.sentence.find('\n') == std::string::npos);
        QVERIFY(decision.sentence.find("\xe2\x80\xae") == std::string::npos);
        COMPARE_TEXT(Subject({Subject::Kind::Guest, "Rec\norder"}).words(), "A program that calls itself “Rec order”");
    }

    // -- changing

    void aLockRefusesAChange()
    {
        Sources sources = quarantined();
        manage(sources, "clipboard.from_workspace", word("off"), true, "Client data stays inside.");
        for (const Action& action : {Action(action::PolicySet{"clipboard.from_workspace", word("text")}), Action(action::PolicyClear{"clipboard.from_workspace"})}) {
            const Decision decision = ask(action, sources);
            QVERIFY(!decision.allowed);
            COMPARE_TEXT(decision.id, "policy.locked");
            COMPARE_TEXT(decision.title, "“Copy out” was not changed");
            COMPARE_TEXT(decision.reason, "It is locked by Acme Ltd. Acme Ltd: “Client data stays inside.”");
        }
    }

    void aManagedValueWithoutALockMayBeChanged()
    {
        Sources sources = quarantined();
        manage(sources, "clipboard.from_workspace", word("off"), false);
        const Decision decision = ask(action::PolicySet{"clipboard.from_workspace", word("text")}, sources);
        QVERIFY(decision.allowed);
        COMPARE_TEXT(decision.sentence, "“Copy out” set to text");
    }

    // -- explaining

    void explainsTheWinnerAndTheNearestLoser()
    {
        Sources sources = quarantined();
        manage(sources, "clipboard.from_workspace", word("off"), true, "Client data stays inside.");
        sources.workspaceValues["clipboard.from_workspace"] = chosen(word("text"));
        const Explanation why = explain(kPerson, action::ClipboardCopy{}, sources);
        QCOMPARE(why.allowed.value_or(true), false);
        COMPARE_TEXT(why.ruleText, "Copy out: off");
        COMPARE_TEXT(why.originText, "Set by Acme Ltd, 3 Nov 2026");
        QVERIFY(why.next && why.next->source == Source::User);
        COMPARE_TEXT(why.text, "Acme Ltd does not let text leave Untrusted. Acme Ltd: “Client data stays inside.”\n"
                               "Rule that decided: Copy out: off. Set by Acme Ltd, 3 Nov 2026. Locked. “Client data stays inside.”\n"
                               "Next in line, overruled:\n"
                               "  Copy out: text. Set by you, 12 Oct 2026.\n"
                               "  Copy out: text. Profile Quarantine.\n"
                               "  Copy out: text. Default.");
    }

    void explainsADefault()
    {
        const Explanation why = explain(*findSetting("workspace.maximum"), quarantined());
        COMPARE_TEXT(why.text, "Up to 16 workspaces run at once.\nRule that decided: Workspaces at once: 16. Default.\nNothing was overruled.");
        QVERIFY(!why.next && !why.allowed);
    }

    void explainsWhatNoSettingSpeaksAbout()
    {
        COMPARE_TEXT(explain(kPerson, action::ProgramRun{"foot", std::nullopt}, quarantined()).text, "Allowed.\nNo setting speaks about this.");
    }

    void everyActionHasItsName_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"workspace.start", "clipboard.paste", "clipboard.copy", "file.in", "program.run", "policy.set", "policy.clear"})
            QTest::newRow(name) << name;
    }
    void everyActionHasItsName()
    {
        QFETCH(QString, name);
        const auto action = actionNamed(name.toStdString());
        QVERIFY(action);
        COMPARE_TEXT(nameOf(*action), name.toStdString());
    }

    void actionsAreNamedInTheOrderOfTheVariant()
    {
        COMPARE_TEXT(nameOf(action::WorkspaceStart{}), "workspace.start");
        COMPARE_TEXT(nameOf(action::ClipboardPaste{}), "clipboard.paste");
        COMPARE_TEXT(nameOf(action::ClipboardCopy{}), "clipboard.copy");
        COMPARE_TEXT(nameOf(action::FileIn{}), "file.in");
        COMPARE_TEXT(nameOf(action::ProgramRun{}), "program.run");
        COMPARE_TEXT(nameOf(action::PolicySet{}), "policy.set");
        COMPARE_TEXT(nameOf(action::PolicyClear{}), "policy.clear");
        QVERIFY(!actionNamed("camera"));
    }
};

QTEST_APPLESS_MAIN(tst_decide)
#include "tst_decide.moc"

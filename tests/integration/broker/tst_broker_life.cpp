// SPDX-License-Identifier: Apache-2.0
// Life of workspaces over the real API with the fake engine.
#include <QtTest>

#include "test_broker.h"

using namespace annex;
using namespace annex::test;

class TestBrokerLife : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyMethodOfTheTableIsHandled();
    void beginsWithOneStoppedWorkspace();
    void startsInStagesAndStops();
    void startingTwiceIsOneStart();
    void aFailedStartSaysWhyAndMayBeRepeated();
    void aGuestThatNeverAnswersFails();
    void cancellingAStartLeavesNothing();
    void aClientThatGoesTakesItsStartAlong();
    void stoppingDuringAStartWins();
    void pausesAndResumes();
    void pauseIsAbsentWhereItCannotBeHeld();
    void stoppingAPausedWorkspaceWorks();
    void showsLimitsThatAreNotHeld();
    void aCrashIsShownAndCanBeStartedAgain();
    void aGuestWhoseChannelEndsIsGivenUp();
    void twoWorkspacesWearDifferentLooks();
    void resetStartsAgainEmpty();
    void namesAreUniqueAndTheDefaultStays();
    void idleWorkspacesStop();
    void aProgramKeepsItsWorkspaceAwake();
    void runningGuestsSurviveTheBroker();
    void aStartDoesNotOutliveTheBroker();
    void guestsOfUnknownWorkspacesAreEnded();
    void leftFreshWorkspacesAreRemoved();
    void shutsDownOnlyWhenNothingRuns();
    void endsAfterFiveEmptyMinutes();
};

void TestBrokerLife::everyMethodOfTheTableIsHandled()
{
    TestBroker broker;
    broker.start();
    QCOMPARE(broker.unhandledMethods(), std::vector<std::string>{});
}

void TestBrokerLife::beginsWithOneStoppedWorkspace()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    const auto list = ask(link, "workspace.list");
    QCOMPARE(list["workspaces"].size(), std::size_t{1});
    const auto& w = list["workspaces"][0];
    QCOMPARE(w["name"].get<std::string>(), std::string("Untrusted"));
    QCOMPARE(w["state"].get<std::string>(), std::string("stopped"));
    QCOMPARE(w["persistence"].get<std::string>(), std::string("disposable"));
    QCOMPARE(w["viewer"].get<std::string>(), std::string("none"));
    QVERIFY(w["started_at"].is_null());
    QVERIFY(w["error"].is_null());
}

void TestBrokerLife::startsInStagesAndStops()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    std::vector<std::string> stages;
    link->core().onEvent([&](std::string_view type, const json& event) {
        if (type == "workspace.stage")
            stages.push_back(event["stage"].get<std::string>());
    });
    ask(link, "events.subscribe", {{"types", {"workspace.stage"}}});
    const auto w = ask(link, "workspace.start", {{"workspace", "untrusted"}});
    QCOMPARE(w["state"].get<std::string>(), std::string("running"));
    QCOMPARE(w["engine"].get<std::string>(), std::string("fake"));
    QVERIFY(w["started_at"].is_number());
    QCOMPARE(stages.front(), std::string("prepare"));
    QCOMPARE(stages.back(), std::string("connect"));
    QCOMPARE(broker.guestCount(), std::size_t{1});
    ask(link, "workspace.stop", {{"workspace", "Untrusted"}});
    QCOMPARE(stateOf(link), std::string("stopped"));
    QCOMPARE(broker.guestCount(), std::size_t{0});
}

void TestBrokerLife::startingTwiceIsOneStart()
{
    TestBroker broker;
    broker.start();
    auto first = broker.client(), second = broker.client();
    int answers = 0;
    const auto count = [&](api::Answer answer) { answers += answer.result ? 1 : 100; };
    first->core().request("workspace.start", {{"workspace", "Untrusted"}}, count);
    second->core().request("workspace.start", {{"workspace", "Untrusted"}}, count);
    QVERIFY(pump({first.get(), second.get()}, [&] { return answers >= 2; }));
    QCOMPARE(answers, 2);
    QCOMPARE(broker.guestCount(), std::size_t{1});
}

void TestBrokerLife::aFailedStartSaysWhyAndMayBeRepeated()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    broker.onLoop([&] { broker.script().startError = Error{Errc::EngineFailed, "bwrap ended with 1", {}, {}}; });
    QCOMPARE(problemOf(link, "workspace.start", {{"workspace", "Untrusted"}}), std::string("guest.start-failed"));
    const auto w = ask(link, "workspace.get", {{"workspace", "Untrusted"}});
    QCOMPARE(w["state"].get<std::string>(), std::string("failed"));
    QCOMPARE(w["error"]["id"].get<std::string>(), std::string("guest.start-failed"));
    QCOMPARE(w["error"]["title"].get<std::string>(), std::string("Untrusted did not start"));
    QVERIFY(!w["error"]["do"].empty());
    broker.onLoop([&] { broker.script().startError.reset(); });
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    QVERIFY(ask(link, "workspace.get", {{"workspace", "Untrusted"}})["error"].is_null());
}

void TestBrokerLife::aGuestThatNeverAnswersFails()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    broker.answersByDefault = false;
    QCOMPARE(problemOf(link, "workspace.start", {{"workspace", "Untrusted"}, {"deadline_ms", 300}}), std::string("request.timed-out"));
    QVERIFY(pump({link.get()}, [&] { return broker.guestCount() == 0; }));
    QVERIFY(pump({link.get()}, [&] { return stateOf(link) == "stopped"; }));
}

void TestBrokerLife::cancellingAStartLeavesNothing()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client(), other = broker.client();
    broker.onLoop([&] { broker.script().startHangs = true; });
    std::string problem;
    link->core().request("workspace.start", {{"workspace", "Untrusted"}}, [&](api::Answer answer) { problem = answer.problem ? answer.problem->id : "started"; });
    QVERIFY(pump({link.get()}, [&] { return stateOf(other) == "starting"; }));
    ask(other, "workspace.cancel", {{"workspace", "Untrusted"}});
    QVERIFY(pump({link.get()}, [&] { return !problem.empty(); }));
    QCOMPARE(problem, std::string("request.cancelled"));
    QCOMPARE(stateOf(other), std::string("stopped"));
    QCOMPARE(broker.guestCount(), std::size_t{0});
    QCOMPARE(problemOf(other, "workspace.cancel", {{"workspace", "Untrusted"}}), std::string("workspace.state"));
}

void TestBrokerLife::aClientThatGoesTakesItsStartAlong()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client(), other = broker.client();
    broker.onLoop([&] { broker.script().startHangs = true; });
    link->core().request("workspace.start", {{"workspace", "Untrusted"}}, [](api::Answer) {});
    QVERIFY(pump({link.get()}, [&] { return stateOf(other) == "starting"; }));
    link.reset();
    QVERIFY(pump({other.get()}, [&] { return stateOf(other) == "stopped"; }));
}

void TestBrokerLife::stoppingDuringAStartWins()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client(), other = broker.client();
    broker.onLoop([&] { broker.script().startHangs = true; });
    std::string problem;
    link->core().request("workspace.start", {{"workspace", "Untrusted"}}, [&](api::Answer answer) { problem = answer.problem ? answer.problem->id : "started"; });
    QVERIFY(pump({link.get()}, [&] { return stateOf(other) == "starting"; }));
    ask(other, "workspace.stop", {{"workspace", "Untrusted"}});
    QCOMPARE(stateOf(other), std::string("stopped"));
    QVERIFY(pump({link.get()}, [&] { return !problem.empty(); }));
    QCOMPARE(problem, std::string("request.cancelled"));
}

void TestBrokerLife::pausesAndResumes()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    QCOMPARE(problemOf(link, "workspace.pause", {{"workspace", "Untrusted"}}), std::string("workspace.state"));
    QVERIFY(ask(link, "workspace.start", {{"workspace", "Untrusted"}})["can_pause"].get<bool>());
    QCOMPARE(ask(link, "workspace.pause", {{"workspace", "Untrusted"}})["state"].get<std::string>(), std::string("paused"));
    QCOMPARE(ask(link, "workspace.resume", {{"workspace", "Untrusted"}})["state"].get<std::string>(), std::string("running"));
    ask(link, "workspace.pause", {{"workspace", "Untrusted"}});
    ask(link, "workspace.start", {{"workspace", "Untrusted"}}); // opening something in a paused one lets it go on
    QCOMPARE(stateOf(link), std::string("running"));
}

void TestBrokerLife::pauseIsAbsentWhereItCannotBeHeld()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    broker.onLoop([&] { broker.script().canPause = false; });
    QVERIFY(!ask(link, "workspace.start", {{"workspace", "Untrusted"}})["can_pause"].get<bool>());
    QCOMPARE(problemOf(link, "workspace.pause", {{"workspace", "Untrusted"}}), std::string("workspace.no-pause"));
    QCOMPARE(stateOf(link), std::string("running"));
}

void TestBrokerLife::stoppingAPausedWorkspaceWorks()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    ask(link, "workspace.pause", {{"workspace", "Untrusted"}});
    ask(link, "workspace.stop", {{"workspace", "Untrusted"}, {"force", true}});
    QCOMPARE(stateOf(link), std::string("stopped"));
    QCOMPARE(broker.guestCount(), std::size_t{0});
}

void TestBrokerLife::showsLimitsThatAreNotHeld()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    broker.onLoop([&] { broker.script().unheldLimits = {"memory.maximum"}; });
    QCOMPARE(ask(link, "workspace.start", {{"workspace", "Untrusted"}})["unlimited"], json({"memory.maximum"}));
    QVERIFY(!ask(link, "policy.get", {{"key", "memory.maximum"}, {"workspace", "Untrusted"}})["held"].get<bool>());
    QCOMPARE(ask(link, "doctor.run")["verdict"].get<std::string>(), std::string("look"));
}

void TestBrokerLife::aCrashIsShownAndCanBeStartedAgain()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    broker.onLoop([&, init = broker.init()] { init->guest().crash("killed by SIGKILL"); });
    QVERIFY(pump({link.get()}, [&] { return stateOf(link) == "failed"; }));
    QCOMPARE(ask(link, "workspace.get", {{"workspace", "Untrusted"}})["error"]["id"].get<std::string>(), std::string("guest.crashed"));
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    QCOMPARE(stateOf(link), std::string("running"));
    QCOMPARE(broker.guestCount(), std::size_t{1});
}

void TestBrokerLife::aGuestWhoseChannelEndsIsGivenUp()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    broker.onLoop([&, init = broker.init()] { init->hangUp(); });
    QVERIFY(pump({link.get()}, [&] { return stateOf(link) == "failed" && broker.guestCount() == 0; }));
}

void TestBrokerLife::twoWorkspacesWearDifferentLooks()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.create", {{"name", "Research"}});
    const auto one = ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    const auto two = ask(link, "workspace.start", {{"workspace", "Research"}});
    QVERIFY(one["colour"] != two["colour"] || one["pattern"] != two["pattern"]);
    QCOMPARE(broker.guestCount(), std::size_t{2});
    ask(link, "workspace.stop", {{"workspace", "Untrusted"}});
    QCOMPARE(stateOf(link, "Research"), std::string("running"));
}

void TestBrokerLife::resetStartsAgainEmpty()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    const auto before = broker.init();
    ask(link, "workspace.reset", {{"workspace", "Untrusted"}});
    QCOMPARE(stateOf(link), std::string("running"));
    QVERIFY(broker.init() != before);
    ask(link, "workspace.stop", {{"workspace", "Untrusted"}});
    ask(link, "workspace.reset", {{"workspace", "Untrusted"}});
    QCOMPARE(stateOf(link), std::string("stopped"));
}

void TestBrokerLife::namesAreUniqueAndTheDefaultStays()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.create", {{"name", "Research"}});
    QCOMPARE(problemOf(link, "workspace.create", {{"name", "research"}}), std::string("workspace.exists"));
    QCOMPARE(problemOf(link, "workspace.create", {{"name", "a\nb"}}), std::string("workspace.name"));
    QCOMPARE(problemOf(link, "workspace.remove", {{"workspace", "Untrusted"}}), std::string("workspace.default"));
    ask(link, "workspace.start", {{"workspace", "Research"}});
    QCOMPARE(problemOf(link, "workspace.remove", {{"workspace", "Research"}}), std::string("workspace.state"));
    ask(link, "workspace.stop", {{"workspace", "Research"}});
    ask(link, "workspace.remove", {{"workspace", "Research"}});
    QCOMPARE(stateOf(link, "Research"), std::string("workspace.unknown"));
}

void TestBrokerLife::idleWorkspacesStop()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "policy.set", {{"key", "workspace.idle_stop"}, {"value", "10 min"}});
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    broker.clock.advance(std::chrono::minutes(9));
    broker.lookAround();
    QCOMPARE(stateOf(link), std::string("running"));
    broker.clock.advance(std::chrono::minutes(2));
    broker.lookAround();
    QVERIFY(pump({link.get()}, [&] { return stateOf(link) == "stopped"; }));
}

void TestBrokerLife::aProgramKeepsItsWorkspaceAwake()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "program.run", {{"argv", {"foot"}}});
    broker.clock.advance(std::chrono::hours(30));
    broker.lookAround();
    QCOMPARE(stateOf(link), std::string("running"));
}

void TestBrokerLife::runningGuestsSurviveTheBroker()
{
    TestBroker broker;
    broker.start();
    {
        auto link = broker.client();
        ask(link, "program.run", {{"argv", {"foot"}}});
        ask(link, "workspace.create", {{"name", "Research"}});
    }
    const auto init = broker.init();
    broker.kill();
    QCOMPARE(broker.guestCount(), std::size_t{1});
    broker.start();
    auto link = broker.client();
    QCOMPARE(stateOf(link), std::string("running"));
    QCOMPARE(stateOf(link, "Research"), std::string("stopped"));
    QCOMPARE(broker.init(), init); // the same guest, with its programs
    QCOMPARE(init->programs.size(), std::size_t{1});
    ask(link, "program.run", {{"argv", {"xterm"}}});
    QCOMPARE(init->programs.size(), std::size_t{2});
    ask(link, "workspace.stop", {{"workspace", "Untrusted"}});
    QCOMPARE(broker.guestCount(), std::size_t{0});
}

void TestBrokerLife::aStartDoesNotOutliveTheBroker()
{
    // The coroutine of the start used to go on in a broker that was gone, and jumped through its dead hooks.
    TestBroker broker;
    broker.start();
    broker.onLoop([&] { broker.script().startHangs = true; });
    auto link = broker.client();
    auto watcher = broker.client();
    link->core().request("workspace.start", {{"workspace", "Untrusted"}}, [](api::Answer) {});
    QVERIFY(pump({link.get(), watcher.get()}, [&] { return stateOf(watcher) == "starting"; }));
    broker.killWhileCancelling("Untrusted");
    broker.onLoop([&] { broker.script().startHangs = false; });
    broker.start();
    auto again = broker.client();
    ask(again, "workspace.start", {{"workspace", "Untrusted"}});
    QCOMPARE(stateOf(again), std::string("running"));
    QCOMPARE(broker.guestCount(), std::size_t{1});
}

void TestBrokerLife::guestsOfUnknownWorkspacesAreEnded()
{
    TestBroker broker;
    broker.start();
    {
        auto link = broker.client();
        ask(link, "workspace.create", {{"name", "Research"}});
        ask(link, "workspace.start", {{"workspace", "Research"}});
    }
    broker.kill();
    std::filesystem::remove_all(broker.path("data"));
    broker.start();
    QCOMPARE(broker.guestCount(), std::size_t{0});
}

void TestBrokerLife::leftFreshWorkspacesAreRemoved()
{
    TestBroker broker;
    broker.start();
    {
        auto link = broker.client();
        ask(link, "program.run", {{"argv", {"foot"}}, {"fresh", true}});
        QCOMPARE(stateOf(link, "Untrusted 2"), std::string("running"));
    }
    broker.kill();
    broker.onLoop([&, init = broker.init()] { init->guest().crash(); });
    broker.start();
    auto link = broker.client();
    QCOMPARE(stateOf(link, "Untrusted 2"), std::string("workspace.unknown"));
}

void TestBrokerLife::shutsDownOnlyWhenNothingRuns()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    QCOMPARE(problemOf(link, "broker.shutdown"), std::string("broker.busy"));
    QVERIFY(!broker.finished);
    ask(link, "broker.shutdown", {{"force", true}});
    QVERIFY(pump({link.get()}, [&] { return broker.finished.load(); }));
    QCOMPARE(broker.guestCount(), std::size_t{0});
}

void TestBrokerLife::endsAfterFiveEmptyMinutes()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    broker.clock.advance(std::chrono::hours(1));
    broker.lookAround();
    QVERIFY(!broker.finished); // a client is there
    link.reset();
    QVERIFY(pump({}, [&] { return broker.clientCount() == 0; }));
    broker.lookAround();
    broker.clock.advance(std::chrono::seconds(299));
    broker.lookAround();
    QVERIFY(!broker.finished);
    broker.clock.advance(std::chrono::seconds(2));
    broker.lookAround();
    QVERIFY(pump({}, [&] { return broker.finished.load(); }));
}

QTEST_GUILESS_MAIN(TestBrokerLife)
#include "tst_broker_life.moc"

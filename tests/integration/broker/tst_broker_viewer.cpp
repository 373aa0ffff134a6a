// SPDX-License-Identifier: Apache-2.0
// Viewers and the frame link over the real API with the fake engine (S22: the closed list).
#include <QtTest>

#include <poll.h>
#include <unistd.h>

#include "crossing_parts.h"

using namespace annex;
using namespace annex::test;

class TestBrokerViewer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void handsAViewerWhatItInherits();
    void tellsTheViewerItsLooks();
    void asksForANewViewerWhenOneGoes();
    void aSecondViewerReplacesTheFirst();
    void listsWindowsAsTheViewerTellsThem();
    void windowsAreBroughtUpAndClosed();
    void anythingElseEndsTheFrameLink_data();
    void anythingElseEndsTheFrameLink();
    void aFloodEndsTheFrameLink();
    void aGuestThatBrokeTheWindowProtocolIsCutOff();
};

void TestBrokerViewer::handsAViewerWhatItInherits()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    QCOMPARE(problemOf(desktop.link, "viewer.attach", {{"workspace", "Untrusted"}}), std::string("viewer.unavailable"));
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    QCOMPARE(desktop.wanted, 0);
    ask(desktop.link, "events.subscribe");
    Viewer viewer(desktop.link);
    QCOMPARE(viewer.count, std::size_t{2}); // the fake engine has no pool
    QCOMPARE(viewer.attached["pool"].get<bool>(), false);
    // The display stream is the guest's.
    broker.onLoop([&, init = broker.init()] { QCOMPARE(::write(static_cast<int>(init->guest().display()), "x", 1), ssize_t{1}); });
    char byte = 0;
    pollfd waiting{viewer.display.get(), POLLIN, 0};
    QCOMPARE(::poll(&waiting, 1, 30'000), 1);
    QCOMPARE(::read(viewer.display.get(), &byte, 1), ssize_t{1});
    QCOMPARE(ask(desktop.link, "workspace.get", {{"workspace", "Untrusted"}})["viewer"].get<std::string>(), std::string("attached"));
}

void TestBrokerViewer::tellsTheViewerItsLooks()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    const auto w = ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    QVERIFY(pump({desktop.link.get()}, [&] { return !viewer.last("menu_state").is_null(); }));
    const auto looks = viewer.last("appearance");
    QCOMPARE(looks["name"].get<std::string>(), std::string("Untrusted"));
    QCOMPARE(looks["colour"], w["colour"]);
    QCOMPARE(looks["theme"].get<std::string>(), std::string("dark"));
    QCOMPARE(viewer.last("menu_state")["items"].size(), std::size_t{8});
    ask(desktop.link, "workspace.pause", {{"workspace", "Untrusted"}});
    QVERIFY(pump({desktop.link.get()}, [&] { return !viewer.last("paused").is_null() && viewer.last("paused")["paused"].get<bool>(); }));
    ask(desktop.link, "policy.set", {{"key", "workspace.label"}, {"value", "Bank"}, {"workspace", "Untrusted"}});
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.last("appearance")["label"] == "Bank"; }));
}

void TestBrokerViewer::asksForANewViewerWhenOneGoes()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "events.subscribe", {{"types", {"viewer.wanted"}}});
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    QVERIFY(pump({desktop.link.get()}, [&] { return desktop.wanted == 1; }));
    {
        Viewer viewer(desktop.link);
    }
    QVERIFY(pump({desktop.link.get()}, [&] { return desktop.wanted == 2; }));
    QCOMPARE(ask(desktop.link, "workspace.get", {{"workspace", "Untrusted"}})["viewer"].get<std::string>(), std::string("none"));
    Viewer again(desktop.link);
    ask(desktop.link, "viewer.gone", {{"workspace", "Untrusted"}, {"status", -9}});
    QVERIFY(pump({desktop.link.get()}, [&] { return desktop.wanted == 3 && again.ended(); }));
}

void TestBrokerViewer::aSecondViewerReplacesTheFirst()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer first(desktop.link);
    Viewer second(desktop.link);
    QVERIFY(pump({desktop.link.get()}, [&] { return first.ended(); }));
    second.gesture("paste", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return second.ready(1); }));
}

void TestBrokerViewer::listsWindowsAsTheViewerTellsThem()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.say({{"m", "windows"}, {"list", {{{"id", 7}, {"title", "a\nb"}, {"app", "foot"}, {"minimised", false}, {"active", true}}}}});
    json w;
    QVERIFY(pump({desktop.link.get()}, [&] {
        w = ask(desktop.link, "workspace.get", {{"workspace", "Untrusted"}});
        return w["windows"] == 1;
    }));
    QCOMPARE(w["open_windows"][0]["title"].get<std::string>(), std::string("a b"));
    viewer.say({{"m", "windows"}, {"list", json::array()}});
    QVERIFY(pump({desktop.link.get()}, [&] { return ask(desktop.link, "workspace.get", {{"workspace", "Untrusted"}})["windows"] == 0; }));
}

void TestBrokerViewer::windowsAreBroughtUpAndClosed()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    QCOMPARE(problemOf(desktop.link, "window.activate", {{"workspace", "Untrusted"}}), std::string("viewer.unavailable"));
    Viewer viewer(desktop.link);
    ask(desktop.link, "window.activate", {{"workspace", "Untrusted"}, {"window", 3}});
    ask(desktop.link, "window.close", {{"workspace", "Untrusted"}, {"window", 4}});
    QVERIFY(pump({desktop.link.get()}, [&] { return !viewer.last("close").is_null(); }));
    QCOMPARE(viewer.last("activate")["window"].get<int>(), 3);
    QCOMPARE(viewer.last("close")["window"].get<int>(), 4);
}

// ---- in

void TestBrokerViewer::anythingElseEndsTheFrameLink_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("not JSON") << QByteArray("hello\n");
    QTest::newRow("an API request") << QByteArray("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"workspace.list\"}\n");
    QTest::newRow("unknown message") << QByteArray("{\"m\":\"decide\"}\n");
    QTest::newRow("long line") << QByteArray(20'000, 'x');
    QTest::newRow("deep nesting") << QByteArray(10'000, '[') + "\n";
}

void TestBrokerViewer::anythingElseEndsTheFrameLink()
{
    QFETCH(QByteArray, line);
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.sayRaw(line.toStdString());
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ended(); }));
    QCOMPARE(stateOf(desktop.link), std::string("running")); // the guest did nothing
    Viewer again(desktop.link);
    again.gesture("paste", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return again.ready(1); }));
}

void TestBrokerViewer::aFloodEndsTheFrameLink()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    for (int i = 0; i < 2'000 && !viewer.ended(); ++i)
        viewer.say({{"m", "first_frame"}, {"window", i}});
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ended(); }));
}

void TestBrokerViewer::aGuestThatBrokeTheWindowProtocolIsCutOff()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.say({{"m", "protocol_error"}, {"reason", "an offset outside the pool"}});
    QVERIFY(pump({desktop.link.get()}, [&] { return stateOf(desktop.link) == "failed" && broker.guestCount() == 0; }));
    QCOMPARE(ask(desktop.link, "workspace.get", {{"workspace", "Untrusted"}})["error"]["id"].get<std::string>(), std::string("guest.hostile"));
    QCOMPARE(records(desktop.link, "guest.hostile", "noted"), std::size_t{1});
}

QTEST_GUILESS_MAIN(TestBrokerViewer)
#include "tst_broker_viewer.moc"

// SPDX-License-Identifier: Apache-2.0
// The clipboard over the real API with the fake engine (S10: what crosses, and only then).
#include <QtTest>

#include <poll.h>
#include <unistd.h>

#include "crossing_parts.h"

using namespace annex;
using namespace annex::test;

class TestBrokerCrossings : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pastesOnAGesture();
    void nothingIsReadBeforeAGesture();
    void noPasteWithoutFocus();
    void aReplayedGestureCountsForNothing();
    void noPasteWhereItIsOff();
    void aLockedPasteNamesTheOrganisation();
    void tooLargeATextStaysOutside();
    void withoutADesktopTheClipboardIsOff();
    void aSilentDesktopDoesNotHoldTheKey();
    void theMenuPastesWithoutAChord();
    void copiesOnAGesture();
    void aSelectionWithoutAGestureStaysInside();
    void oneGestureCopiesOnce();
    void noCopyWhereItIsOff();
    void theMenuCopiesTheSelectionThatIsThere();
    void aGuestThatSendsMoreThanAskedIsNotBelieved();
    void theMenuSwitchesCrossings();
};

void TestBrokerCrossings::pastesOnAGesture()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("paste", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(1); }));
    QCOMPARE(offered(broker), std::string("from the host"));
    QCOMPARE(desktop.maximum, std::uint64_t{1} << 20);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.strip() == "pasted"; }));
    QCOMPARE(viewer.last("strip")["arguments"]["n"].get<int>(), 13);
    QCOMPARE(records(desktop.link, "clipboard.paste", "allowed"), std::size_t{1});
}

void TestBrokerCrossings::nothingIsReadBeforeAGesture()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    // A guest that wants the clipboard can say nothing that makes the broker look.
    broker.onLoop([init = broker.init()] { init->takeSelection(1, true); });
    viewer.say({{"m", "first_frame"}, {"window", 1}});
    viewer.gesture("copy", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return !viewer.last("appearance").is_null(); }));
    ask(desktop.link, "workspace.list");
    QCOMPARE(desktop.count("desktop.clipboard_text"), std::size_t{0});
    QCOMPARE(offered(broker), std::string());
}

void TestBrokerCrossings::noPasteWithoutFocus()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    desktop.clipboard["focused"] = false;
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("paste", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(1); }));
    QCOMPARE(viewer.strip(), std::string("paste-unfocused"));
    QCOMPARE(offered(broker), std::string());
    QCOMPARE(records(desktop.link, "clipboard.paste", "allowed"), std::size_t{0});
    QCOMPARE(records(desktop.link, "clipboard.paste", "noted"), std::size_t{1});
}

void TestBrokerCrossings::aReplayedGestureCountsForNothing()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("paste", 5);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(5); }));
    for (const unsigned serial : {5u, 4u, 1u})
        viewer.gesture("paste", serial);
    viewer.gesture("paste", 6);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(6); }));
    QCOMPARE(desktop.count("desktop.clipboard_text"), std::size_t{2});
    QCOMPARE(records(desktop.link, "clipboard.paste", "allowed"), std::size_t{2});
}

void TestBrokerCrossings::noPasteWhereItIsOff()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    ask(desktop.link, "policy.set", {{"key", "clipboard.to_workspace"}, {"value", "off"}, {"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("paste", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(1); }));
    QCOMPARE(viewer.strip(), std::string("paste-off"));
    QCOMPARE(desktop.count("desktop.clipboard_text"), std::size_t{0}); // nobody even looks
    QCOMPARE(records(desktop.link, "clipboard.paste", "refused"), std::size_t{1});
}

void TestBrokerCrossings::aLockedPasteNamesTheOrganisation()
{
    TestBroker broker;
    broker.writePolicy(R"({"format":1,"organisation":"Acme Ltd","settings":{"clipboard.to_workspace":{"value":"off","lock":true}}})");
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("paste", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.strip() == "paste-locked"; }));
    QCOMPARE(viewer.last("strip")["arguments"]["organisation"].get<std::string>(), std::string("Acme Ltd"));
}

void TestBrokerCrossings::tooLargeATextStaysOutside()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    desktop.clipboard = {{"focused", true}, {"too_large", 3'000'000}};
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("paste", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.strip() == "paste-too-large"; }));
    QCOMPARE(viewer.last("strip")["arguments"]["bytes"].get<int>(), 3'000'000);
    // A desktop that sends more than it was asked for changes nothing.
    ask(desktop.link, "policy.set", {{"key", "clipboard.maximum_bytes"}, {"value", "64 KiB"}});
    desktop.clipboard = {{"focused", true}, {"text", std::string(100'000, 'x')}};
    viewer.gesture("paste", 2);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(2); }));
    QCOMPARE(offered(broker), std::string());
    QCOMPARE(records(desktop.link, "clipboard.paste", "refused"), std::size_t{2});
}

void TestBrokerCrossings::withoutADesktopTheClipboardIsOff()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(link);
    viewer.gesture("paste", 1);
    QVERIFY(pump({link.get()}, [&] { return viewer.ready(1); }));
    QCOMPARE(viewer.strip(), std::string("paste-unavailable"));
    QCOMPARE(offered(broker), std::string());
}

void TestBrokerCrossings::aSilentDesktopDoesNotHoldTheKey()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    desktop.answers = false;
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("paste", 1);
    viewer.gesture("paste", 2);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(1); }));
    QCOMPARE(viewer.strip(), std::string("paste-unavailable"));
    QCOMPARE(desktop.count("desktop.clipboard_text"), std::size_t{1});
}

void TestBrokerCrossings::theMenuPastesWithoutAChord()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.say({{"m", "menu"}, {"item", "paste"}, {"window", 1}});
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.strip() == "pasted"; }));
    QCOMPARE(offered(broker), std::string("from the host"));
    QVERIFY(viewer.last("offer_ready").is_null());
}

// ---- out

void TestBrokerCrossings::copiesOnAGesture()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("copy", 1);
    ask(desktop.link, "workspace.list");
    QVERIFY(pump({desktop.link.get()}, [&] {
        broker.onLoop([init = broker.init()] { init->takeSelection(1, true); });
        return !desktop.set.empty();
    }));
    QCOMPARE(desktop.set.front(), std::string("text from the guest"));
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.strip() == "copied"; }));
    QCOMPARE(records(desktop.link, "clipboard.copy", "allowed"), std::size_t{1});
}

void TestBrokerCrossings::aSelectionWithoutAGestureStaysInside()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    for (std::uint32_t i = 1; i < 10; ++i)
        broker.onLoop([i, init = broker.init()] { init->takeSelection(i, true); });
    ask(desktop.link, "workspace.list");
    viewer.gesture("paste", 1);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(1); }));
    QVERIFY(desktop.set.empty());
    QCOMPARE(records(desktop.link, "clipboard.copy", "allowed"), std::size_t{0});
}

void TestBrokerCrossings::oneGestureCopiesOnce()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("copy", 1);
    viewer.gesture("paste", 2); // when this is answered, the copy has been heard
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(2); }));
    for (std::uint32_t i = 1; i < 5; ++i)
        broker.onLoop([i, init = broker.init()] { init->takeSelection(i, true); });
    QVERIFY(pump({desktop.link.get()}, [&] { return !desktop.set.empty(); }));
    viewer.gesture("paste", 3);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(3); }));
    QCOMPARE(desktop.set.size(), std::size_t{1});
}

void TestBrokerCrossings::noCopyWhereItIsOff()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    ask(desktop.link, "policy.set", {{"key", "clipboard.from_workspace"}, {"value", "off"}, {"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.gesture("copy", 1);
    viewer.gesture("paste", 2);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(2); }));
    broker.onLoop([init = broker.init()] { init->takeSelection(1, true); });
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.strip() == "copy-off"; }));
    QVERIFY(desktop.set.empty());
    QCOMPARE(records(desktop.link, "clipboard.copy", "refused"), std::size_t{1});
}

void TestBrokerCrossings::theMenuCopiesTheSelectionThatIsThere()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    viewer.say({{"m", "menu"}, {"item", "copy-out"}, {"window", 1}});
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.strip() == "copy-empty"; }));
    broker.onLoop([init = broker.init()] { init->takeSelection(4, true); });
    QVERIFY(pump({desktop.link.get()}, [&] {
        viewer.say({{"m", "menu"}, {"item", "copy-out"}, {"window", 1}});
        return !desktop.set.empty();
    }));
}

void TestBrokerCrossings::aGuestThatSendsMoreThanAskedIsNotBelieved()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "policy.set", {{"key", "clipboard.maximum_bytes"}, {"value", "1 KiB"}});
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    broker.onLoop([init = broker.init()] { init->selection = std::string(40'000, 'x'); });
    viewer.gesture("copy", 1);
    viewer.gesture("paste", 2);
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.ready(2); }));
    broker.onLoop([init = broker.init()] { init->takeSelection(1, true); });
    QVERIFY(pump({desktop.link.get()}, [&] { return viewer.strip() == "copy-too-large"; }));
    QVERIFY(desktop.set.empty());
}

void TestBrokerCrossings::theMenuSwitchesCrossings()
{
    TestBroker broker;
    broker.start();
    Desktop desktop(broker);
    ask(desktop.link, "workspace.start", {{"workspace", "Untrusted"}});
    Viewer viewer(desktop.link);
    const json where{{"key", "clipboard.from_workspace"}, {"workspace", "Untrusted"}};
    QCOMPARE(ask(desktop.link, "policy.get", where)["value"].get<std::string>(), std::string("text"));
    viewer.say({{"m", "menu"}, {"item", "copy-out-toggle"}, {"window", 1}});
    QVERIFY(pump({desktop.link.get()}, [&] { return ask(desktop.link, "policy.get", where)["value"] == "off"; }));
    viewer.say({{"m", "menu"}, {"item", "settings"}, {"window", 1}});
    QVERIFY(pump({desktop.link.get()}, [&] { return desktop.count("desktop.show") == 1; }));
    viewer.say({{"m", "menu"}, {"item", "stop-workspace"}, {"window", 1}});
    QVERIFY(pump({desktop.link.get()}, [&] { return stateOf(desktop.link) == "stopped"; }));
}

// ---- a viewer that was taken over

QTEST_GUILESS_MAIN(TestBrokerCrossings)
#include "tst_broker_crossings.moc"

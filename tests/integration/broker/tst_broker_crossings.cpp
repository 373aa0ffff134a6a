// SPDX-License-Identifier: Apache-2.0
// Viewer, frame link and clipboard over the real API with the fake engine (S10: what crosses, and only then).
#include <QtTest>

#include <poll.h>
#include <unistd.h>

#include "base/channel/posix/local_socket.h"
#include "test_broker.h"

using namespace annex;
using namespace annex::test;

namespace {

// `annex` and one viewer, played by the test.
class Desktop {
public:
    explicit Desktop(TestBroker& broker) : link(broker.client("annex"))
    {
        link->core().onRequest([this](const std::string& id, std::string_view method, const json& parameters) {
            asked.emplace_back(method);
            if (method == "desktop.clipboard_text") {
                maximum = parameters["maximum_bytes"].get<std::uint64_t>();
                if (answers)
                    link->core().answer(id, clipboard);
            } else if (method == "desktop.set_clipboard") {
                set.push_back(parameters["text"].get<std::string>());
                link->core().answer(id, json::object());
            } else {
                link->core().answer(id, json::object());
            }
        });
        link->core().onEvent([this](std::string_view type, const json&) { wanted += type == "viewer.wanted" ? 1 : 0; });
        ask(link, "desktop.register", {{"theme", "dark"}});
    }
    std::size_t count(std::string_view method) const { return static_cast<std::size_t>(std::count(asked.begin(), asked.end(), method)); }

    Link link;
    std::vector<std::string> asked;
    std::vector<std::string> set;
    json clipboard{{"focused", true}, {"text", "from the host"}};
    std::uint64_t maximum = 0;
    bool answers = true;
    int wanted = 0;
};

class Viewer {
public:
    Viewer(Link& link, const std::string& workspace = "Untrusted")
    {
        std::vector<UniqueFd> descriptors;
        auto answer = link->call("viewer.attach", {{"workspace", workspace}}, {}, &descriptors);
        QVERIFY2(answer.has_value(), answer ? "" : answer.error().why.c_str());
        attached = *answer;
        count = descriptors.size();
        m_link = std::move(descriptors.back());
        descriptors.pop_back();
        display = std::move(descriptors.front());
    }
    void say(const json& message) { sayRaw(message.dump() + "\n"); }
    void sayRaw(std::string_view text)
    {
        while (!text.empty()) {
            auto sent = sendWith(m_link.get(), asBytes(text));
            if (!sent && sent.error().code != Errc::Busy)
                return;
            text.remove_prefix(sent.value_or(0));
        }
    }
    void gesture(const char* kind, unsigned serial) { say({{"m", "gesture"}, {"kind", kind}, {"window", 1}, {"serial", serial}}); }
    /// Reads what is there.
    void read()
    {
        std::array<std::uint8_t, 4096> buffer;
        while (m_link) {
            auto got = receive(m_link.get(), buffer, 1);
            if (!got)
                break;
            if (got->closed) {
                m_link.reset();
                break;
            }
            m_text.append(reinterpret_cast<const char*>(buffer.data()), got->bytes);
        }
        for (auto end = m_text.find('\n'); end != std::string::npos; end = m_text.find('\n')) {
            messages.push_back(json::parse(m_text.substr(0, end)));
            m_text.erase(0, end + 1);
        }
    }
    bool ended()
    {
        read();
        return !m_link;
    }
    /// The newest message of this kind, or null.
    json last(const std::string& kind)
    {
        read();
        for (auto it = messages.rbegin(); it != messages.rend(); ++it)
            if ((*it)["m"] == kind)
                return *it;
        return nullptr;
    }
    std::string strip() { return last("strip").is_null() ? "" : last("strip")["id"].get<std::string>(); }
    bool ready(unsigned serial) { return !last("offer_ready").is_null() && last("offer_ready")["serial"] == serial; }

    json attached;
    std::size_t count = 0;
    UniqueFd display;
    std::vector<json> messages;

private:
    UniqueFd m_link;
    std::string m_text;
};

std::size_t records(Link& link, const std::string& action, const char* outcome)
{
    std::size_t out = 0;
    const json page = ask(link, "audit.list", {{"outcome", outcome}, {"limit", 200}});
    for (const auto& record : page["records"])
        out += record["action"] == action ? record.value("count", std::size_t{1}) : 0;
    return out;
}

std::string offered(TestBroker& broker)
{
    std::string out;
    broker.onLoop([&, init = broker.init()] { out = init->offered; });
    return out;
}

} // namespace

class TestBrokerCrossings : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void handsAViewerWhatItInherits();
    void tellsTheViewerItsLooks();
    void asksForANewViewerWhenOneGoes();
    void aSecondViewerReplacesTheFirst();
    void listsWindowsAsTheViewerTellsThem();
    void windowsAreBroughtUpAndClosed();
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
    void anythingElseEndsTheFrameLink_data();
    void anythingElseEndsTheFrameLink();
    void aFloodEndsTheFrameLink();
    void aGuestThatBrokeTheWindowProtocolIsCutOff();
};

void TestBrokerCrossings::handsAViewerWhatItInherits()
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

void TestBrokerCrossings::tellsTheViewerItsLooks()
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

void TestBrokerCrossings::asksForANewViewerWhenOneGoes()
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

void TestBrokerCrossings::aSecondViewerReplacesTheFirst()
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

void TestBrokerCrossings::listsWindowsAsTheViewerTellsThem()
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

void TestBrokerCrossings::windowsAreBroughtUpAndClosed()
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

void TestBrokerCrossings::anythingElseEndsTheFrameLink_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("not JSON") << QByteArray("hello\n");
    QTest::newRow("an API request") << QByteArray("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"workspace.list\"}\n");
    QTest::newRow("unknown message") << QByteArray("{\"m\":\"decide\"}\n");
    QTest::newRow("long line") << QByteArray(20'000, 'x');
    QTest::newRow("deep nesting") << QByteArray(10'000, '[') + "\n";
}

void TestBrokerCrossings::anythingElseEndsTheFrameLink()
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

void TestBrokerCrossings::aFloodEndsTheFrameLink()
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

void TestBrokerCrossings::aGuestThatBrokeTheWindowProtocolIsCutOff()
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

QTEST_GUILESS_MAIN(TestBrokerCrossings)
#include "tst_broker_crossings.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QJsonArray>
#include <QProcess>
#include <QTest>

#include "tests/unit/viewer/viewer_test.h"

using namespace annex;
using namespace annex::test;
using namespace annex::viewer_test;
using namespace Qt::StringLiterals;
using display::MessageType;

/// Keys, pointer, frame menu and the paste path from the host's screen to the guest's end of the stream.
class TestViewerInput : public QObject {
    Q_OBJECT
    std::unique_ptr<VirtualDisplay> m_display;

    /// A focused window, quiet, with the guest's message list empty.
    screen::Window ready(ViewerHarness& viewer, const QString& title, int width = 700)
    {
        m_id = viewer.guest().showToplevel(title.toStdString(), width, 300, 0xff404040);
        viewer.guest().followSizes(m_id, 0xff404040);
        const screen::Window window = shown(viewer, title, QColor(0x40, 0x40, 0x40));
        screen::moveTo({3, 3});
        screen::activate(window);
        viewer.guest().waitFor([&] { return viewer.guest().last<display::Focus>(m_id) && viewer.guest().last<display::Focus>(m_id)->focused; });
        viewer.settle(500ms);
        viewer.guest().clear();
        return screen::geometry(window.id);
    }
    std::uint32_t m_id = 0;

private Q_SLOTS:
    void initTestCase()
    {
        m_display = std::make_unique<VirtualDisplay>();
        QVERIFY(m_display->isReady());
    }
    void keysAreEvdevAndInOrder();
    void focusLossReleasesWhatIsDown();
    void locksComeWithTheFocus();
    void theWholeKeymapFollowsTheHost();
    void pointerIsRelativeToTheContent();
    void frameIsNotTheGuests();
    void wheelComesInNotches();
    void aDragMayLeaveTheWindow();
    void pasteWaitsForTheOffer();
    void pasteGoesOnWithoutAnAnswer();
    void copyIsAGestureToo();
    void menuChoosesByKeyboard();
    void lockedItemSaysWhy();
    void closeAsksAndThenOffersForce();
    void titleButtonsWork();
    void guestMayMoveOnlyWhilePressed();
    void stripMessagesAppear();
};

void TestViewerInput::keysAreEvdevAndInOrder()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    ready(viewer, u"keys"_s);
    screen::type(u"ab"_s);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Key, m_id) >= 4; }));
    const auto keys = viewer.guest().all<display::Key>(m_id);
    QCOMPARE(keys[0].code, 30u); // a
    QVERIFY(keys[0].pressed);
    QCOMPARE(keys[1].code, 30u);
    QVERIFY(!keys[1].pressed);
    QCOMPARE(keys[2].code, 48u); // b
    // Held: the host's repeats are not sent on.
    viewer.guest().clear();
    screen::keyDown(u"c"_s);
    viewer.settle(1500ms);
    screen::keyUp(u"c"_s);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Key, m_id) >= 2; }));
    QCOMPARE(viewer.guest().count(MessageType::Key, m_id), 2);
}

void TestViewerInput::focusLossReleasesWhatIsDown()
{
    ViewerHarness viewer, other;
    QVERIFY(viewer.begin() && other.begin());
    other.guest().showToplevel("elsewhere", 200, 100, 0xff101010);
    const screen::Window elsewhere = shown(other, u"elsewhere"_s, QColor(0x10, 0x10, 0x10));
    ready(viewer, u"keys"_s);
    screen::keyDown(u"shift"_s);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Key, m_id) == 1; }));
    screen::activate(elsewhere);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Focus, m_id) > 0; }));
    screen::keyUp(u"shift"_s);
    const auto keys = viewer.guest().all<display::Key>(m_id);
    QCOMPARE(keys.size(), 2u);
    QVERIFY(!keys[1].pressed);
    QVERIFY(!viewer.guest().last<display::Focus>(m_id)->focused);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::DismissPopups, m_id) > 0; }));
}

void TestViewerInput::locksComeWithTheFocus()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    ready(viewer, u"locks"_s);
    screen::keyDown(u"Caps_Lock"_s); // the helper's key() clears modifiers, this one included
    screen::keyUp(u"Caps_Lock"_s);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().last<display::Modifiers>(m_id) && (viewer.guest().last<display::Modifiers>(m_id)->locked & 2); }));
    screen::keyDown(u"Caps_Lock"_s); // the helper's key() clears modifiers, this one included
    screen::keyUp(u"Caps_Lock"_s);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().last<display::Modifiers>(m_id)->locked == 0; }));
}

void TestViewerInput::theWholeKeymapFollowsTheHost()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const auto first = viewer.guest().last<display::Keymap>(0);
    QVERIFY(first && first->text.find("xkb_keymap") != std::string::npos && first->text.size() > 10'000);
    viewer.guest().clear();
    QCOMPARE(QProcess::execute(u"setxkbmap"_s, {u"de"_s}), 0);
    QVERIFY(viewer.guest().waitFor([&] {
        const auto keymap = viewer.guest().last<display::Keymap>(0);
        return keymap && keymap->text.find("ssharp") != std::string::npos;
    }));
    QCOMPARE(QProcess::execute(u"setxkbmap"_s, {u"us"_s}), 0);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().last<display::Keymap>(0)->text.find("ssharp") == std::string::npos; }));
}

void TestViewerInput::pointerIsRelativeToTheContent()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"pointer"_s);
    const QPoint corner = contentOf(window).topLeft();
    screen::moveTo(corner + QPoint(100, 50));
    screen::moveTo(corner + QPoint(120, 70));
    QVERIFY(viewer.guest().waitFor([&] {
        const auto motion = viewer.guest().last<display::PointerMotion>(m_id);
        return motion && motion->x_fixed == 120 * 256 && motion->y_fixed == 70 * 256;
    }));
    screen::click(corner + QPoint(120, 70), 3);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::PointerButton, m_id) == 2; }));
    QCOMPARE(viewer.guest().all<display::PointerButton>(m_id)[0].button, 0x111u);
    screen::moveTo({3, 3});
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::PointerLeave, m_id) == 1; }));
}

void TestViewerInput::frameIsNotTheGuests()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"frame"_s);
    // Over strip and border: nothing reaches the guest.
    for (QPoint p : {QPoint(200, 10), QPoint(200, 34), QPoint(2, 150), QPoint(20, 20), QPoint(350, window.box.height() - 2)})
        screen::moveTo(window.box.topLeft() + p);
    screen::click(window.box.topLeft() + QPoint(300, 20));
    viewer.settle(300ms);
    QCOMPARE(viewer.guest().count(MessageType::PointerMotion, m_id), 0);
    QCOMPARE(viewer.guest().count(MessageType::PointerButton, m_id), 0);
    // The content's first pixel is the guest's, the one before it is not.
    screen::moveTo(contentOf(window).topLeft());
    QVERIFY(viewer.guest().waitFor([&] {
        const auto motion = viewer.guest().last<display::PointerMotion>(m_id);
        return motion && motion->x_fixed == 0 && motion->y_fixed == 0;
    }));
}

void TestViewerInput::wheelComesInNotches()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"wheel"_s);
    screen::moveTo(contentOf(window).center());
    screen::click(contentOf(window).center(), 5); // X's button for one notch down
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::PointerAxis, m_id) > 0; }));
    const auto axis = viewer.guest().all<display::PointerAxis>(m_id);
    QCOMPARE(axis.size(), 1u);
    QCOMPARE(axis[0].value_fixed, 15 * 256);
    QCOMPARE(axis[0].discrete, 1);
    QCOMPARE(axis[0].axis, display::Axis::Vertical);
    QCOMPARE(axis[0].source, display::AxisSource::Wheel);
}

void TestViewerInput::aDragMayLeaveTheWindow()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"drag"_s);
    screen::moveTo(contentOf(window).topLeft() + QPoint(5, 5));
    screen::press(1);
    screen::moveTo(window.box.topLeft() - QPoint(50, 40));
    QVERIFY(viewer.guest().waitFor([&] {
        const auto motion = viewer.guest().last<display::PointerMotion>(m_id);
        return motion && motion->x_fixed < 0 && motion->y_fixed < 0;
    }));
    screen::release(1);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::PointerButton, m_id) == 2; }));
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::PointerLeave, m_id) >= 1; }));
}

void TestViewerInput::pasteWaitsForTheOffer()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    ready(viewer, u"paste"_s);
    screen::keyDown(u"ctrl"_s);
    screen::keyDown(u"v"_s);
    const QJsonObject gesture = viewer.waitFor(u"gesture"_s);
    QCOMPARE(gesture["kind"_L1].toString(), u"paste"_s);
    QCOMPARE(gesture["window"_L1].toInt(), int(m_id));
    viewer.say({{u"m"_s, u"offer_ready"_s}, {u"serial"_s, gesture["serial"_L1]}});
    screen::keyUp(u"v"_s);
    screen::keyUp(u"ctrl"_s);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Key, m_id) == 4; }));
    const auto keys = viewer.guest().all<display::Key>(m_id);
    QCOMPARE(keys[0].code, 29u);
    QCOMPARE(keys[1].code, 47u);
    QVERIFY(keys[1].pressed && !keys[2].pressed);
    QCOMPARE(keys[3].code, 29u);
}

void TestViewerInput::pasteGoesOnWithoutAnAnswer()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    ready(viewer, u"paste"_s);
    screen::key(u"shift+Insert"_s);
    screen::type(u"x"_s); // typed behind it: stays behind it
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Key, m_id) == 6; }));
    QList<std::uint32_t> pressed;
    for (const auto& key : viewer.guest().all<display::Key>(m_id))
        if (key.pressed)
            pressed += key.code;
    QCOMPARE(pressed, (QList<std::uint32_t>{42, 110, 45})); // Shift, Insert, x
    QCOMPARE(viewer.waitFor(u"gesture"_s)["kind"_L1].toString(), u"paste"_s);
}

void TestViewerInput::copyIsAGestureToo()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    ready(viewer, u"copy"_s);
    screen::key(u"ctrl+c"_s);
    const QJsonObject gesture = viewer.waitFor(u"gesture"_s);
    QCOMPARE(gesture["kind"_L1].toString(), u"copy"_s);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Key, m_id) == 4; })); // and it went in at once
}

void TestViewerInput::menuChoosesByKeyboard()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"menu"_s);
    viewer.say({{u"m"_s, u"menu_state"_s}, {u"items"_s, QJsonArray{QJsonObject{{u"id"_s, u"paste"_s}, {u"enabled"_s, true}, {u"locked"_s, false}},
                                                                   QJsonObject{{u"id"_s, u"what-is-this"_s}, {u"enabled"_s, true}}}}});
    viewer.settle(300ms);
    const QImage before = screen::settled(window.box);
    screen::key(u"ctrl+alt+space"_s);
    QVERIFY(screen::waitForChange(window.box, before));
    viewer.settle(300ms);
    screen::key(u"Return"_s); // the first item is marked
    QCOMPARE(viewer.waitFor(u"menu"_s)["item"_L1].toString(), u"paste"_s);
    QVERIFY(eventually(viewer, [&] { return screen::difference(before, screen::shot(window.box)) < 0.001; })); // gone again, still focused
    // The keys that were down for the chord are up in the guest, and Return was the menu's alone.
    std::map<std::uint32_t, int> balance;
    for (const auto& key : viewer.guest().all<display::Key>(m_id))
        balance[key.code] += key.pressed ? 1 : -1;
    for (const auto& [code, sum] : balance)
        QCOMPARE(sum, 0);
    QVERIFY(!balance.contains(28) && !balance.contains(57));
    QCOMPARE(viewer.guest().count(MessageType::Focus, m_id), 0);
}

void TestViewerInput::lockedItemSaysWhy()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"locked"_s);
    viewer.say({{u"m"_s, u"menu_state"_s}, {u"items"_s, QJsonArray{QJsonObject{{u"id"_s, u"paste"_s}, {u"enabled"_s, false}, {u"locked"_s, true},
                                                                               {u"reason"_s, u"locked by Acme Ltd"_s}}}}});
    viewer.settle(300ms);
    const QRect title(window.box.topLeft() + QPoint(240, 4), QSize(280, 26));
    const QImage before = screen::settled(title);
    screen::key(u"ctrl+alt+space"_s);
    viewer.settle(500ms);
    screen::key(u"Return"_s);
    QVERIFY(screen::waitForChange(title, before)); // the strip says it
    viewer.settle(300ms);
    for (const QJsonObject& message : viewer.heard())
        QVERIFY(message["m"_L1].toString() != u"menu"_s); // nothing was asked of the broker
}

void TestViewerInput::closeAsksAndThenOffersForce()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"close"_s);
    const QPoint close = window.box.topLeft() + QPoint(window.box.width() - 21, 17);
    const QRect title(window.box.topLeft() + QPoint(240, 4), QSize(280, 26));
    // A program that answers is asking what to save, perhaps: nothing more is said.
    screen::click(close);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Close, m_id) == 1 && viewer.guest().count(MessageType::Ping, m_id) == 1; }));
    viewer.guest().answerPings(false);
    screen::moveTo({3, 3});
    const QImage before = screen::settled(title);
    screen::click(close);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Close, m_id) == 2; }));
    QVERIFY(eventually(viewer, [&] { return screen::difference(before, screen::shot(title)) > 0.01; })); // "Not responding · Force stop"
    // Its button ends the program.
    const QImage strip = screen::settled(QRect(window.box.topLeft(), QSize(window.box.width(), 35)));
    bool killed = false;
    for (int x = 240; x < 520 && !killed; x += 20) {
        screen::click(window.box.topLeft() + QPoint(x, 17));
        viewer.settle(100ms);
        killed = viewer.guest().count(MessageType::KillClient, m_id) > 0;
    }
    QVERIFY(killed);
}

void TestViewerInput::titleButtonsWork()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"buttons"_s);
    const QPoint maximise = window.box.topLeft() + QPoint(window.box.width() - 1 - 60, 17);
    screen::click(maximise);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box.width() == 1600; }));
    QVERIFY(viewer.guest().waitFor([&] {
        const auto asked = viewer.guest().last<display::Configure>(m_id);
        return asked && (asked->states & display::kStateMaximised) && asked->width == 1592;
    }));
    screen::click({1600 - 60, 17});
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box.size() == window.box.size(); }));
    screen::click(window.box.topLeft() + QPoint(window.box.width() - 1 - 100, 17));
    QVERIFY(screen::waitUntilGone(u"^\\[Untrusted\\] buttons$"_s));
    viewer.say({{u"m"_s, u"activate"_s}, {u"window"_s, int(m_id)}});
    QVERIFY(screen::waitForWindow(u"^\\[Untrusted\\] buttons$"_s));
}

void TestViewerInput::guestMayMoveOnlyWhilePressed()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"mover"_s);
    viewer.guest().send(m_id, display::Request{display::RequestKind::Move, 0});
    screen::moveTo(contentOf(window).center());
    viewer.settle(300ms);
    screen::moveTo(contentOf(window).center() + QPoint(60, 60));
    viewer.settle(300ms);
    QCOMPARE(screen::geometry(window.id).box, window.box);
    // With the button held in its window the wish is granted.
    screen::press(1);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::PointerButton, m_id) >= 1; }));
    viewer.guest().send(m_id, display::Request{display::RequestKind::Move, 0});
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::PointerButton, m_id) >= 2; })); // released for the guest
    viewer.settle(300ms);
    screen::moveTo(contentOf(window).center() + QPoint(90, 80));
    screen::moveTo(contentOf(window).center() + QPoint(160, 120));
    screen::release(1);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box.topLeft() != window.box.topLeft(); }));
    QVERIFY(!viewer.guest().last<display::Focus>(m_id)); // a move is no loss of focus
}

void TestViewerInput::stripMessagesAppear()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"strip"_s);
    const QRect title(window.box.topLeft() + QPoint(240, 4), QSize(280, 26));
    const QImage before = screen::settled(title);
    viewer.say({{u"m"_s, u"strip"_s}, {u"id"_s, u"pasted"_s}, {u"arguments"_s, QJsonObject{{u"n"_s, 214}}}, {u"window"_s, int(m_id)}});
    QVERIFY(screen::waitForChange(title, before));
    QVERIFY(eventually(viewer, [&] { return screen::difference(before, screen::shot(title)) == 0.0; })); // and goes by itself
    viewer.say({{u"m"_s, u"strip"_s}, {u"id"_s, u"no such message"_s}, {u"window"_s, int(m_id)}});
    viewer.settle(300ms);
    QCOMPARE(screen::difference(before, screen::shot(title)), 0.0);
}

QTEST_GUILESS_MAIN(TestViewerInput)
#include "tst_viewer_input.moc"

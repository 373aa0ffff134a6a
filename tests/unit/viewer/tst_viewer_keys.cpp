// SPDX-License-Identifier: Apache-2.0
#include <QProcess>
#include <QTest>

#include "tests/unit/viewer/viewer_test.h"

using namespace annex;
using namespace annex::test;
using namespace annex::viewer_test;
using namespace Qt::StringLiterals;
using display::MessageType;

/// Keys, layout, locks and the paste path from the host's screen to the guest's end of the stream.
class TestViewerKeys : public QObject {
    Q_OBJECT
    std::unique_ptr<VirtualDisplay> m_display;
    std::uint32_t m_id = 0;

    screen::Window ready(ViewerHarness& viewer, const QString& title) { return readyWindow(viewer, title, m_id); }

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
    void pasteWaitsForTheOffer();
    void pasteGoesOnWithoutAnAnswer();
    void copyIsAGestureToo();
};

void TestViewerKeys::keysAreEvdevAndInOrder()
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

void TestViewerKeys::focusLossReleasesWhatIsDown()
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

void TestViewerKeys::locksComeWithTheFocus()
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

void TestViewerKeys::theWholeKeymapFollowsTheHost()
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

void TestViewerKeys::pasteWaitsForTheOffer()
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

void TestViewerKeys::pasteGoesOnWithoutAnAnswer()
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

void TestViewerKeys::copyIsAGestureToo()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    ready(viewer, u"copy"_s);
    screen::key(u"ctrl+c"_s);
    const QJsonObject gesture = viewer.waitFor(u"gesture"_s);
    QCOMPARE(gesture["kind"_L1].toString(), u"copy"_s);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Key, m_id) == 4; })); // and it went in at once
}

QTEST_GUILESS_MAIN(TestViewerKeys)
#include "tst_viewer_keys.moc"

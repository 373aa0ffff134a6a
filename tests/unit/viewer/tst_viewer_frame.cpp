// SPDX-License-Identifier: Apache-2.0
#include <QJsonArray>
#include <QTest>

#include "tests/unit/viewer/viewer_test.h"

using namespace annex;
using namespace annex::test;
using namespace annex::viewer_test;
using namespace Qt::StringLiterals;
using display::MessageType;

/// What a person does with the frame: its menu, its buttons, what its strip says.
class TestViewerFrame : public QObject {
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
    void menuChoosesByKeyboard();
    void lockedItemSaysWhy();
    void titleButtonsWork();
    void stripMessagesAppear();
};

void TestViewerFrame::menuChoosesByKeyboard()
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

void TestViewerFrame::lockedItemSaysWhy()
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

void TestViewerFrame::titleButtonsWork()
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

void TestViewerFrame::stripMessagesAppear()
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

QTEST_GUILESS_MAIN(TestViewerFrame)
#include "tst_viewer_frame.moc"

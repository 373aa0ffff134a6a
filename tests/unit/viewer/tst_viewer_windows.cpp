// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QFile>
#include <QTest>

#include "tests/unit/viewer/viewer_test.h"

using namespace annex;
using namespace annex::test;
using namespace annex::viewer_test;
using namespace Qt::StringLiterals;
using display::MessageType;

namespace {
const QRect kScreen(0, 0, 1600, 1000);
}

/// Windows of a fake guest on a real X server with a window manager.
class TestViewerWindows : public QObject {
    Q_OBJECT
    std::unique_ptr<VirtualDisplay> m_display;

private Q_SLOTS:
    void initTestCase()
    {
        m_display = std::make_unique<VirtualDisplay>();
        QVERIFY(m_display->isReady());
    }
    void aWindowStandsInItsFrame();
    void damageRepaintsOnlyItself();
    void inlineFramesWorkToo();
    void identityComesFromTheHost();
    void titleIsCleanAndPrefixed();
    void aWindowLargerThanTheScreenIsFitted();
    void resizeAsksOnceAndFollows();
    void anUnaskedSizeIsTaken();
    void aPopupWearsTheBorder();
    void aPopupAsLargeAsTheScreenIsRefused();
    void aPopupFarAwayIsPulledToItsWindow();
    void noPopupWithoutFocus();
    void theStripStaysReachable();
    void aNewWindowDoesNotStealTheFocus();
    void whatThePersonOpenedTakesTheFocus();
    void anExpectationIsForOneWindow();
    void hiddenWindowsAreToldSo();
    void fullScreenIsAskedNotTaken();
    void theSlotComesBackAtOnce();
    void aKilledViewerIsReplaced();
    void streamAndLinkEndQuietly();
    void aBreachIsToldAndEndsTheViewer_data();
    void aBreachIsToldAndEndsTheViewer();
    void nothingWakesUpWhenNothingHappens();
};

void TestViewerWindows::aWindowStandsInItsFrame()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    QVERIFY(!viewer.waitFor(u"hello"_s).isEmpty());
    viewer.guest().showToplevel("plain", 400, 300, 0xff204060);
    const screen::Window window = shown(viewer, u"plain"_s, QColor(0x20, 0x40, 0x60));
    QVERIFY(window);
    QCOMPARE(window.box.size(), QSize(412, 341));
    QCOMPARE(viewer.waitFor(u"first_frame"_s)["window"_L1].toInt(), 1);
    const QImage shot = screen::settled(window.box);
    const ui::ColourSet& amber = ui::colours(ui::Colour::Amber);
    QCOMPARE(at(shot, {0, 150}), ui::keyLine());
    QCOMPARE(at(shot, {2, 150}), amber.frame);
    QCOMPARE(at(shot, {5, 150}), amber.onFrame);
    QCOMPARE(at(shot, {6, 150}), QColor(0x20, 0x40, 0x60));
    QCOMPARE(at(shot, {405, 334}), QColor(0x20, 0x40, 0x60)); // last content pixel
    QCOMPARE(at(shot, {406, 334}), amber.onFrame);
    QCOMPARE(screen::property(window.id, u"WM_CLASS"_s).count(u"annex-Untrusted"_s), 2);
}

void TestViewerWindows::damageRepaintsOnlyItself()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const std::uint32_t id = viewer.guest().showToplevel("damage", 300, 200, 0xff808080);
    const screen::Window window = shown(viewer, u"damage"_s, QColor(0x80, 0x80, 0x80));
    const QImage before = screen::settled(window.box);
    // The whole slot is red now, but the guest names 20 x 10 pixels only: the host must look at no other.
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::FrameDone, id) == 1; }));
    auto* pixels = reinterpret_cast<std::uint32_t*>(viewer.guest().pool());
    std::fill(pixels, pixels + 304 * 200, 0xffff0000);
    viewer.guest().send(id, display::Frame{0, viewer.guest().frameSerial() + 1, true, 0, {{10, 20, 20, 10}}});
    QVERIFY(screen::waitForChange(window.box, before));
    const QImage after = screen::settled(window.box);
    QRect changed;
    for (int y = 0; y < after.height(); ++y)
        for (int x = 0; x < after.width(); ++x)
            if (after.pixel(x, y) != before.pixel(x, y))
                changed |= QRect(x, y, 1, 1);
    QCOMPARE(changed, QRect(kSide + 10, kTop + 20, 20, 10));
}

void TestViewerWindows::inlineFramesWorkToo()
{
    ViewerHarness viewer({}, false);
    QVERIFY(viewer.begin());
    viewer.guest().showToplevel("inline", 320, 240, 0xff118811);
    QVERIFY(shown(viewer, u"inline"_s, QColor(0x11, 0x88, 0x11)));
}

void TestViewerWindows::identityComesFromTheHost()
{
    ViewerHarness viewer;
    viewer.appearance(u"Research lab"_s, u"teal"_s, u"checks"_s);
    QVERIFY(viewer.guest().connect());
    viewer.guest().showToplevel("x", 400, 300, 0xff000000);
    const screen::Window window = screen::waitForWindow(u"^\\[Research lab\\] x$"_s);
    QVERIFY(window);
    QVERIFY(screen::property(window.id, u"WM_CLASS"_s).contains(u"annex-Research-lab"_s));
    QCOMPARE(at(screen::settled(window.box), {2, 150}), ui::colours(ui::Colour::Teal).frame);
    // Another appearance while the window stands.
    const QImage before = screen::shot(window.box);
    viewer.appearance(u"Research lab"_s, u"rose"_s, u"checks"_s);
    QVERIFY(screen::waitForChange(window.box, before));
    QCOMPARE(at(screen::settled(window.box), {2, 150}), ui::colours(ui::Colour::Rose).frame);
    QCOMPARE(at(screen::settled(window.box), {200, 200}), QColor(Qt::black)); // the guest's pixels were kept
}

void TestViewerWindows::titleIsCleanAndPrefixed()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const std::uint32_t id = viewer.guest().showToplevel("first", 400, 300, 0xff000000);
    QVERIFY(screen::waitForWindow(u"^\\[Untrusted\\] first$"_s));
    viewer.guest().send(id, display::Title{"a\xe2\x80\xae" "b\nc" + std::string(900, 'W')});
    const screen::Window window = screen::waitForWindow(u"^\\[Untrusted\\] ab cW+"_s);
    QVERIFY(window);
    const QString title = screen::property(window.id, u"_NET_WM_NAME"_s);
    QVERIFY(!title.contains(QChar(0x202e)));
    QVERIFY(title.size() < 130);
}

void TestViewerWindows::aWindowLargerThanTheScreenIsFitted()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const std::uint32_t id = viewer.guest().showToplevel("huge", 3000, 2000, 0xff4444aa);
    viewer.guest().followSizes(id, 0xff4444aa);
    const screen::Window window = shown(viewer, u"huge"_s, QColor(0x44, 0x44, 0xaa));
    QVERIFY(window);
    QVERIFY(eventually(viewer, [&] { return QRect(0, 0, 1600, 1000).contains(screen::geometry(window.id).box); }));
    QVERIFY(viewer.guest().waitFor([&] {
        const auto asked = viewer.guest().last<display::Configure>(id);
        return asked && asked->width == 1600 - 2 * kSide && asked->height == 1000 - kTop - kSide;
    }));
}

void TestViewerWindows::resizeAsksOnceAndFollows()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    const std::uint32_t id = guest.showToplevel("resize", 400, 300, 0xff336699);
    const screen::Window window = shown(viewer, u"resize"_s, QColor(0x33, 0x66, 0x99));
    viewer.settle(500ms);
    guest.clear();
    // A program that does not answer: of many size steps one Configure is in flight and no more than one a patience follows.
    for (int step = 1; step <= 10; ++step)
        screen::resize(window, {412 + step * 10, 341 + step * 10});
    QVERIFY(guest.waitFor([&] { return guest.count(MessageType::Configure, id) >= 1; }));
    QVERIFY(guest.count(MessageType::Configure, id) <= 4);
    // Now it answers: the last size is reached and kept.
    guest.followSizes(id, 0xff336699);
    const auto pending = guest.last<display::Configure>(id);
    guest.paint(id, pending->width, pending->height, 0xff336699, pending->serial);
    QVERIFY(guest.waitFor([&] {
        const auto asked = guest.last<display::Configure>(id);
        return asked && asked->width == 500 && asked->height == 400;
    }));
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box.size() == QSize(512, 441); }));
    const QImage shot = screen::settled(screen::geometry(window.id).box);
    QCOMPARE(at(shot, {kSide + 499, kTop + 399}), QColor(0x33, 0x66, 0x99));
}

void TestViewerWindows::anUnaskedSizeIsTaken()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const std::uint32_t id = viewer.guest().showToplevel("grow", 300, 200, 0xff663399);
    const screen::Window window = shown(viewer, u"grow"_s, QColor(0x66, 0x33, 0x99));
    viewer.settle(500ms);
    viewer.guest().paint(id, 420, 260, 0xff663399);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box.size() == QSize(432, 301); }));
    // Smaller than the smallest frame: the content is centred in it.
    viewer.guest().paint(id, 40, 20, 0xff663399);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box.size() == QSize(200, 90); }));
    QVERIFY(eventually(viewer, [&] { return at(screen::shot(screen::geometry(window.id).box), {100, kTop + 24}) == QColor(0x66, 0x33, 0x99); }));
}

void TestViewerWindows::aPopupWearsTheBorder()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const std::uint32_t id = viewer.guest().showToplevel("parent", 400, 300, 0xff404040);
    const screen::Window window = shown(viewer, u"parent"_s, QColor(0x40, 0x40, 0x40));
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == window.id; }));
    viewer.settle(300ms);
    const std::uint32_t popup = viewer.guest().showPopup(id, {50, 60, 120, 80}, 0xffeeeeee);
    const QPoint content = contentOf(screen::geometry(window.id)).topLeft() + QPoint(50, 60);
    QVERIFY(eventually(viewer, [&] { return at(screen::shot(), content + QPoint(60, 40)) == QColor(0xee, 0xee, 0xee); }));
    const QImage shot = screen::shot();
    const ui::ColourSet& amber = ui::colours(ui::Colour::Amber);
    QCOMPARE(at(shot, content + QPoint(0, 40)), QColor(0xee, 0xee, 0xee));
    QCOMPARE(at(shot, content + QPoint(-1, 40)), amber.onFrame);
    QCOMPARE(at(shot, content + QPoint(-2, 40)), amber.frame);
    QCOMPARE(at(shot, content + QPoint(-3, 40)), amber.frame);
    QCOMPARE(at(shot, content + QPoint(-4, 40)), ui::keyLine());
    QCOMPARE(screen::activeWindow(), window.id); // the focus stays
    viewer.guest().send(popup, display::DestroyWindow{});
    QVERIFY(eventually(viewer, [&] { return at(screen::shot(), content + QPoint(60, 40)) == QColor(0x40, 0x40, 0x40); }));
}

void TestViewerWindows::aPopupAsLargeAsTheScreenIsRefused()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const std::uint32_t id = viewer.guest().showToplevel("parent", 400, 300, 0xff404040);
    const screen::Window window = shown(viewer, u"parent"_s, QColor(0x40, 0x40, 0x40));
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == window.id; }));
    viewer.settle(300ms);
    const QImage before = screen::settled(kScreen);
    viewer.guest().clear();
    const std::uint32_t popup = viewer.guest().showPopup(id, {-400, -300, 1600, 1000}, 0xffff0000);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::DismissPopups, id) > 0; }));
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::FrameDone, popup) == 1; })); // and its slot comes back
    QCOMPARE(screen::difference(before, screen::settled(kScreen)), 0.0);
}

void TestViewerWindows::aPopupFarAwayIsPulledToItsWindow()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const std::uint32_t id = viewer.guest().showToplevel("parent", 300, 200, 0xff404040);
    screen::Window window = shown(viewer, u"parent"_s, QColor(0x40, 0x40, 0x40));
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == window.id; }));
    viewer.settle(300ms);
    viewer.guest().showPopup(id, {-5000, -5000, 150, 40}, 0xff00ff00);
    window = screen::geometry(window.id);
    QVERIFY(eventually(viewer, [&] {
        const QImage shot = screen::shot(window.box.adjusted(-180, -80, 0, 0));
        for (int y = 0; y < shot.height(); ++y)
            for (int x = 0; x < shot.width(); ++x)
                if (at(shot, {x, y}) == QColor(0, 255, 0))
                    return true;
        return false;
    }));
    QVERIFY(at(screen::shot(), {20, 20}) != QColor(0, 255, 0)); // not in the screen's corner
}

void TestViewerWindows::noPopupWithoutFocus()
{
    ViewerHarness host, viewer({u"--replacement"_s});
    QVERIFY(host.begin() && viewer.begin());
    host.guest().showToplevel("in front", 300, 200, 0xff101010);
    const screen::Window front = shown(host, u"in front"_s, QColor(0x10, 0x10, 0x10));
    screen::activate(front);
    QVERIFY(eventually(host, [&] { return screen::activeWindow() == front.id; }));
    const std::uint32_t id = viewer.guest().showToplevel("behind", 300, 200, 0xff404040);
    QVERIFY(screen::waitForWindow(u"^\\[Untrusted\\] behind$"_s));
    viewer.settle(300ms);
    viewer.guest().clear();
    viewer.guest().showPopup(id, {10, 10, 100, 100}, 0xff00ff00);
    const std::uint32_t menu = viewer.guest().showPopup(0, {0, 0, 100, 100}, 0xff00ff00, display::WindowKind::OverrideRedirect);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::FrameDone, menu) == 1; }));
    viewer.settle(300ms);
    const QImage shot = screen::shot();
    for (int y = 0; y < shot.height(); ++y)
        for (int x = 0; x < shot.width(); ++x)
            QVERIFY(at(shot, {x, y}) != QColor(0, 255, 0));
}

void TestViewerWindows::theStripStaysReachable()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    viewer.guest().showToplevel("move", 400, 300, 0xff404040);
    const screen::Window window = shown(viewer, u"move"_s, QColor(0x40, 0x40, 0x40));
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == window.id; }));
    screen::move(window, {-390, -250});
    QVERIFY(eventually(viewer, [&] {
        const QRect strip(screen::geometry(window.id).box.topLeft(), QSize(412, kTop));
        const QRect seen = strip.intersected(QRect(0, 0, 1600, 1000));
        return seen.width() >= 120 && seen.height() >= 24;
    }));
    screen::move(window, {1590, 995});
    QVERIFY(eventually(viewer, [&] {
        const QRect seen = QRect(screen::geometry(window.id).box.topLeft(), QSize(412, kTop)).intersected(QRect(0, 0, 1600, 1000));
        return seen.width() >= 120 && seen.height() >= 24;
    }));
}

void TestViewerWindows::aNewWindowDoesNotStealTheFocus()
{
    ViewerHarness host, viewer({u"--replacement"_s});
    QVERIFY(host.begin() && viewer.begin());
    host.guest().showToplevel("mine", 300, 200, 0xff101010);
    const screen::Window mine = shown(host, u"mine"_s, QColor(0x10, 0x10, 0x10));
    screen::activate(mine);
    QVERIFY(eventually(host, [&] { return screen::activeWindow() == mine.id; }));
    viewer.guest().showToplevel("thief", 300, 200, 0xff404040);
    QVERIFY(screen::waitForWindow(u"^\\[Untrusted\\] thief$"_s));
    viewer.settle(500ms);
    QCOMPARE(screen::activeWindow(), mine.id);
}

void TestViewerWindows::whatThePersonOpenedTakesTheFocus()
{
    ViewerHarness host, viewer({u"--replacement"_s});
    QVERIFY(host.begin() && viewer.begin());
    host.guest().showToplevel("mine", 300, 200, 0xff101010);
    const screen::Window mine = shown(host, u"mine"_s, QColor(0x10, 0x10, 0x10));
    screen::activate(mine);
    QVERIFY(eventually(host, [&] { return screen::activeWindow() == mine.id; }));
    viewer.say({{u"m"_s, u"expect_window"_s}});
    viewer.settle(200ms);
    viewer.guest().showToplevel("wanted", 300, 200, 0xff404040);
    const screen::Window wanted = screen::waitForWindow(u"^\\[Untrusted\\] wanted$"_s);
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == wanted.id; }));
}

void TestViewerWindows::anExpectationIsForOneWindow()
{
    ViewerHarness host, viewer({u"--replacement"_s});
    QVERIFY(host.begin() && viewer.begin());
    host.guest().showToplevel("mine", 300, 200, 0xff101010);
    const screen::Window mine = shown(host, u"mine"_s, QColor(0x10, 0x10, 0x10));
    viewer.guest().showToplevel("first", 300, 200, 0xff202020);
    const screen::Window first = shown(viewer, u"first"_s, QColor(0x20, 0x20, 0x20));
    screen::activate(first);
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == first.id; }));
    // The wanted window would have got the focus anyway, since the workspace has it: what was expected is used up all the same.
    viewer.say({{u"m"_s, u"expect_window"_s}});
    viewer.settle(200ms);
    viewer.guest().showToplevel("wanted", 300, 200, 0xff404040);
    const screen::Window wanted = screen::waitForWindow(u"^\\[Untrusted\\] wanted$"_s);
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == wanted.id; }));
    screen::activate(mine);
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == mine.id; }));
    viewer.guest().showToplevel("thief", 300, 200, 0xff606060);
    QVERIFY(screen::waitForWindow(u"^\\[Untrusted\\] thief$"_s));
    viewer.settle(500ms);
    QCOMPARE(screen::activeWindow(), mine.id);
}

void TestViewerWindows::hiddenWindowsAreToldSo()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    const std::uint32_t under = guest.showToplevel("under", 400, 200, 0xff404040);
    const screen::Window window = shown(viewer, u"under"_s, QColor(0x40, 0x40, 0x40));
    QVERIFY(guest.waitFor([&] { return guest.last<display::Visibility>(under) && guest.last<display::Visibility>(under)->visible; }));
    // Covered wholly by another window.
    guest.showToplevel("over", 1500, 900, 0xff808080);
    const screen::Window over = shown(viewer, u"over"_s, QColor(0x80, 0x80, 0x80));
    screen::move(over, {0, 0});
    screen::move(window, {300, 300});
    screen::activate(over);
    QVERIFY(guest.waitFor([&] { return !guest.last<display::Visibility>(under)->visible; }));
    screen::activate(window);
    QVERIFY(guest.waitFor([&] { return guest.last<display::Visibility>(under)->visible; }));
    // Minimised by the button of its own frame.
    const QRect box = screen::geometry(window.id).box;
    screen::click(box.topLeft() + QPoint(box.width() - 1 - 2 * 40 - 20, 17));
    QVERIFY(guest.waitFor([&] { return !guest.last<display::Visibility>(under)->visible; }));
    QVERIFY(screen::waitUntilGone(u"^\\[Untrusted\\] under$"_s));
}

void TestViewerWindows::fullScreenIsAskedNotTaken()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    const std::uint32_t id = guest.showToplevel("film", 700, 300, 0xff404040);
    guest.followSizes(id, 0xff404040);
    const screen::Window window = shown(viewer, u"film"_s, QColor(0x40, 0x40, 0x40));
    QVERIFY(eventually(viewer, [&] { return screen::activeWindow() == window.id; }));
    viewer.settle(300ms);
    const QImage before = screen::settled(screen::geometry(window.id).box);
    guest.send(id, display::Request{display::RequestKind::Fullscreen, 0});
    QVERIFY(screen::waitForChange(screen::geometry(window.id).box, before)); // the strip asks
    QCOMPARE(screen::geometry(window.id).box.size(), QSize(712, 341));
    // The person's own chord shows it, with an edge all round.
    screen::key(u"ctrl+alt+Return"_s);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box == QRect(0, 0, 1600, 1000); }));
    QVERIFY(guest.waitFor([&] {
        const auto asked = guest.last<display::Configure>(id);
        return asked && (asked->states & display::kStateFullscreen) && asked->width == 1592 && asked->height == 992;
    }));
    QVERIFY(eventually(viewer, [&] { return at(screen::shot(), {1590, 500}) == QColor(0x40, 0x40, 0x40); }));
    const ui::ColourSet& amber = ui::colours(ui::Colour::Amber);
    const QImage full = screen::shot();
    for (QPoint edge : {QPoint(0, 500), QPoint(1599, 500), QPoint(300, 0), QPoint(300, 999)})
        QCOMPARE(at(full, edge), amber.frame);
    // Esc held for a second leaves, and the guest sees it too.
    guest.clear();
    screen::keyDown(u"Escape"_s);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box.size() == QSize(712, 341); }));
    screen::keyUp(u"Escape"_s);
    QVERIFY(guest.waitFor([&] { return guest.count(MessageType::Key, id) == 2; }));
    QCOMPARE(guest.all<display::Key>(id)[0].code, 1u);
}

void TestViewerWindows::theSlotComesBackAtOnce()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    const std::uint32_t id = guest.showToplevel("frames", 300, 200, 0xff404040);
    for (int i = 0; i < 200; ++i) {
        guest.paint(id, 300, 200, 0xff000000u | static_cast<std::uint32_t>(i));
        QVERIFY(guest.waitFor([&] { return guest.count(MessageType::FrameDone, id) == i + 2; }));
    }
    QVERIFY(shown(viewer, u"frames"_s, QColor(0, 0, 199)));
}

void TestViewerWindows::aKilledViewerIsReplaced()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    viewer.guest().showToplevel("survivor", 300, 200, 0xff2266aa);
    QVERIFY(shown(viewer, u"survivor"_s, QColor(0x22, 0x66, 0xaa)));
    viewer.restart({u"--replacement"_s});
    viewer.appearance();
    QVERIFY(viewer.guest().connect()); // a fresh Preamble, everything is announced again
    viewer.guest().showToplevel("survivor", 300, 200, 0xff2266aa);
    QVERIFY(shown(viewer, u"survivor"_s, QColor(0x22, 0x66, 0xaa)));
}

void TestViewerWindows::streamAndLinkEndQuietly()
{
    {
        ViewerHarness viewer;
        QVERIFY(viewer.begin());
        viewer.guest().showToplevel("a", 300, 200, 0xff2266aa);
        viewer.closeLink();
        QCOMPARE(viewer.exitCode(), std::optional(0));
    }
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    viewer.guest().hangUp();
    QCOMPARE(viewer.exitCode(), std::optional(0));
}

void TestViewerWindows::aBreachIsToldAndEndsTheViewer_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("garbage") << 0;
    QTest::newRow("slot outside the pool") << 1;
    QTest::newRow("the host's own message") << 2;
    QTest::newRow("window id used again") << 3;
}

void TestViewerWindows::aBreachIsToldAndEndsTheViewer()
{
    QFETCH(int, kind);
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    const std::uint32_t id = guest.showToplevel("a", 300, 200, 0xff2266aa);
    QVERIFY(shown(viewer, u"a"_s, QColor(0x22, 0x66, 0xaa)));
    switch (kind) {
    case 0: guest.sendRaw(ByteVector(600, 0xa5)); break;
    case 1: guest.send(id, display::DefineSlot{1, guest.pool_bytes(), 64, 64, 256}); break;
    case 2: guest.send(id, display::Close{}); break;
    case 3: guest.send(id, display::CreateWindow{}); break;
    }
    QVERIFY(!viewer.waitFor(u"protocol_error"_s)["reason"_L1].toString().isEmpty());
    QCOMPARE(viewer.exitCode(), std::optional(3));
}

void TestViewerWindows::nothingWakesUpWhenNothingHappens()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    viewer.guest().showToplevel("idle", 300, 200, 0xff2266aa);
    QVERIFY(shown(viewer, u"idle"_s, QColor(0x22, 0x66, 0xaa)));
    const auto switches = [&] {
        long sum = 0;
        const QString tasks = u"/proc/%1/task"_s.arg(viewer.pid());
        for (const QString& task : QDir(tasks).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile status(tasks + u'/' + task + u"/status"_s);
            if (status.open(QIODevice::ReadOnly))
                for (const QByteArray& line : status.readAll().split('\n'))
                    if (line.contains("voluntary_ctxt_switches"))
                        sum += line.split('\t').last().toLong();
        }
        return sum;
    };
    // It may take a moment to come to rest; then there must be whole seconds without a single wake-up.
    QVERIFY(eventually(viewer, [&] {
        const long before = switches();
        QTest::qSleep(2000);
        return before > 0 && switches() == before;
    }));
}

QTEST_GUILESS_MAIN(TestViewerWindows)
#include "tst_viewer_windows.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "tests/unit/viewer/viewer_test.h"

using namespace annex;
using namespace annex::test;
using namespace annex::viewer_test;
using namespace Qt::StringLiterals;
using display::MessageType;

/// Pointer, wheel and drags from the host's screen to the guest's end of the stream.
class TestViewerPointer : public QObject {
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
    void pointerIsRelativeToTheContent();
    void frameIsNotTheGuests();
    void wheelComesInNotches();
    void aDragMayLeaveTheWindow();
    void guestMayMoveOnlyWhilePressed();
};

void TestViewerPointer::pointerIsRelativeToTheContent()
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

void TestViewerPointer::frameIsNotTheGuests()
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

void TestViewerPointer::wheelComesInNotches()
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

void TestViewerPointer::aDragMayLeaveTheWindow()
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

void TestViewerPointer::guestMayMoveOnlyWhilePressed()
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

QTEST_GUILESS_MAIN(TestViewerPointer)
#include "tst_viewer_pointer.moc"

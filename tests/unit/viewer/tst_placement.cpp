// SPDX-License-Identifier: Apache-2.0
#include <QRandomGenerator>
#include <QTest>

#include "app/viewer/placement.h"

using namespace annex::viewer;

namespace {
const QRect kScreen(0, 0, 1920, 1080);
const QRect kWindow(500, 300, 600, 400);
} // namespace

class TestPlacement : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aGoodPlaceIsKept();
    void popupsStayOnTheScreen();
    void popupsTouchWhatTheyHangOn();
    void largePopupsAreRefused();
    void nothingToHangOnIsRefused();
    void rulesHoldForAnyWish();
    void stripStaysReachable_data();
    void stripStaysReachable();
    void secondScreenCounts();
    void sizesFitTheWorkArea();
    void theGuestCountsFromTheDesktopsCorner();
};

void TestPlacement::aGoodPlaceIsKept()
{
    QCOMPARE(placePopup({520, 340, 200, 300}, {kWindow}, kScreen), std::optional(QRect(520, 340, 200, 300)));
    // A menu may hang over its window's edge, as menus do.
    QCOMPARE(placePopup({1000, 600, 300, 200}, {kWindow}, kScreen), std::optional(QRect(1000, 600, 300, 200)));
    // A submenu touches its parent menu, not the window.
    QCOMPARE(placePopup({1300, 700, 100, 100}, {QRect(1100, 650, 200, 200), kWindow}, kScreen), std::optional(QRect(1300, 700, 100, 100)));
}

void TestPlacement::popupsStayOnTheScreen()
{
    const QRect low(100, 900, 300, 180);
    QCOMPARE(placePopup({100, 1000, 200, 300}, {low}, kScreen), std::optional(QRect(100, 780, 200, 300)));
    QCOMPARE(placePopup({-50, 950, 200, 100}, {low}, kScreen), std::optional(QRect(0, 950, 200, 100)));
}

void TestPlacement::popupsTouchWhatTheyHangOn()
{
    // Far away over the host's own windows: pulled back to its parent.
    const auto placed = placePopup({1700, 20, 150, 40}, {kWindow}, kScreen);
    QVERIFY(placed);
    QVERIFY(placed->intersects(kWindow.adjusted(-1, -1, 1, 1)));
}

void TestPlacement::largePopupsAreRefused()
{
    QVERIFY(!placePopup({0, 0, 1920, 1080}, {kWindow}, kScreen));
    QVERIFY(!placePopup({0, 0, 1921, 100}, {kWindow}, kScreen));
    QVERIFY(!placePopup({0, 0, 100, 1081}, {kWindow}, kScreen));
    QVERIFY(!placePopup({0, 0, 16384, 16384}, {kWindow}, kScreen));
    QVERIFY(placePopup({0, 0, 1920, 300}, {kWindow}, kScreen)); // as wide as the screen is a long menu bar
}

void TestPlacement::nothingToHangOnIsRefused()
{
    QVERIFY(!placePopup({10, 10, 100, 100}, {}, kScreen));
    QVERIFY(!placePopup({}, {kWindow}, kScreen));
    QVERIFY(!placePopup({10, 10, 100, 100}, {QRect(5000, 5000, 100, 100)}, kScreen)); // its window is not on this screen at all
}

void TestPlacement::rulesHoldForAnyWish()
{
    QRandomGenerator random(99);
    int placedCount = 0;
    for (int i = 0; i < 20'000; ++i) {
        const QRect wanted(random.bounded(-65'536, 65'536), random.bounded(-65'536, 65'536), random.bounded(1, 2500), random.bounded(1, 1500));
        const QRect window(random.bounded(-500, 1900), random.bounded(-50, 1070), random.bounded(200, 1500), random.bounded(90, 1000));
        const auto placed = placePopup(wanted, {window}, kScreen);
        if (!placed)
            continue;
        ++placedCount;
        QCOMPARE(placed->size(), wanted.size());
        QVERIFY(kScreen.contains(*placed));
        QVERIFY(placed->intersects(window.adjusted(-1, -1, 1, 1)));
    }
    QVERIFY(placedCount > 1000);
}

void TestPlacement::stripStaysReachable_data()
{
    QTest::addColumn<QRect>("window");
    QTest::addColumn<QRect>("kept");
    QTest::newRow("inside") << QRect(100, 100, 500, 300) << QRect(100, 100, 500, 300);
    QTest::newRow("hangs over the right") << QRect(1790, 100, 500, 300) << QRect(1790, 100, 500, 300);
    QTest::newRow("too far right") << QRect(1900, 100, 500, 300) << QRect(1800, 100, 500, 300);
    QTest::newRow("too far left") << QRect(-450, 100, 500, 300) << QRect(-380, 100, 500, 300);
    QTest::newRow("above") << QRect(100, -270, 500, 300) << QRect(100, 0, 500, 300);
    QTest::newRow("below") << QRect(100, 1070, 500, 300) << QRect(100, 1045, 500, 300);
    QTest::newRow("nowhere") << QRect(-450, -270, 500, 300) << QRect(-380, 0, 500, 300);
    QTest::newRow("hangs over the foot") << QRect(100, 900, 500, 900) << QRect(100, 900, 500, 900);
}

void TestPlacement::stripStaysReachable()
{
    QFETCH(QRect, window);
    QTEST(keepReachable(window, 35, 120, {kScreen}), "kept");
}

void TestPlacement::secondScreenCounts()
{
    const QList<QRect> screens{kScreen, QRect(1920, 0, 1280, 1024)};
    const QRect between(1700, 100, 500, 300);
    QCOMPARE(keepReachable(between, 35, 120, screens), between);
    const QRect right(4000, 2000, 500, 300);
    const QRect kept = keepReachable(right, 35, 120, screens);
    QCOMPARE(kept.topLeft(), QPoint(3200 - 120, 1024 - 35));
    QCOMPARE(keepReachable(right, 35, 120, {}), right);
}

void TestPlacement::sizesFitTheWorkArea()
{
    QCOMPARE(fitInto({3000, 200}, QRect(0, 30, 1920, 1050)), QSize(1920, 200));
    QCOMPARE(fitInto({300, 200}, QRect(0, 30, 1920, 1050)), QSize(300, 200));
    QCOMPARE(fitInto({300, 200}, {}), QSize(300, 200));
}

void TestPlacement::theGuestCountsFromTheDesktopsCorner()
{
    QCOMPARE(guestBox({100, 50, 300, 200}, {0, 0}, 1), QRect(100, 50, 300, 200));
    // A screen to the left of the first: the desktop begins at (-1280, -200), the guest's root window at (0, 0).
    QCOMPARE(guestBox({-1280, -200, 1280, 1024}, {-1280, -200}, 1), QRect(0, 0, 1280, 1024));
    QCOMPARE(guestBox({0, 0, 1920, 1080}, {-1280, -200}, 2), QRect(2560, 400, 3840, 2160));
}

QTEST_APPLESS_MAIN(TestPlacement)
#include "tst_placement.moc"

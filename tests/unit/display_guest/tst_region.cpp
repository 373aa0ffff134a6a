// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "vgpu/display/guest/core/region.h"

using namespace annex::display;
using annex::display::guest::Region;

class TestRegion : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ignoresEmptyAndNegativeRectangles()
    {
        Region region;
        region.add(Rect{5, 5, 0, 10});
        region.add(Rect{5, 5, -3, 10});
        QVERIFY(region.empty());
    }
    void countsOverlappingPixelsOnce()
    {
        Region region(Rect{0, 0, 10, 10});
        region.add(Rect{5, 0, 10, 10});
        QCOMPARE(region.area(), std::uint64_t{150});
        QCOMPARE(region.extents(), (Rect{0, 0, 15, 10}));
    }
    void boxesWhatIsTooScattered()
    {
        Region region;
        for (int i = 0; i < 40; ++i)
            region.add(Rect{i * 10, i * 10, 3, 3});
        QCOMPARE(region.rects(40).size(), std::size_t{40});
        const auto boxed = region.rects(32);
        QCOMPARE(boxed.size(), std::size_t{1});
        QCOMPARE(boxed.front(), (Rect{0, 0, 393, 393}));
    }
    void scalesEachPixel()
    {
        const Region region = Region(Rect{1, 2, 3, 4}).scaled(3);
        QCOMPARE(region.extents(), (Rect{3, 6, 9, 12}));
    }
    void copiesAndMovesByValue()
    {
        Region first(Rect{0, 0, 4, 4});
        first.add(Rect{10, 10, 4, 4});
        Region copy = first;
        first.clear();
        QCOMPARE(copy.area(), std::uint64_t{32});
        Region moved = std::move(copy);
        QCOMPARE(moved.area(), std::uint64_t{32});
    }
    void clipsAndContains()
    {
        Region region(Rect{-5, -5, 20, 20});
        region.clipTo(Rect{0, 0, 10, 10});
        QVERIFY(region.contains(Rect{0, 0, 10, 10}));
        QVERIFY(!region.contains(Rect{0, 0, 11, 10}));
    }
};

QTEST_APPLESS_MAIN(TestRegion)
#include "tst_region.moc"

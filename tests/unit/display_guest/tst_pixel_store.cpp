// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "vgpu/display/guest/core/pixel_store.h"

using namespace annex::display::guest;

class TestPixelStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void alignsAndKeepsApart()
    {
        std::vector<std::uint8_t> memory(64 * 1024);
        PoolStore pool(memory.data(), memory.size());
        auto first = pool.allocate(5000), second = pool.allocate(1);
        QVERIFY(first && second);
        QCOMPARE(first->offset() % 4096, std::uint64_t{0});
        QCOMPARE(second->offset(), std::uint64_t{8192});
        QCOMPARE(second->data(), memory.data() + 8192);
    }
    void fillsTheFirstGapThatFits()
    {
        std::vector<std::uint8_t> memory(64 * 1024);
        PoolStore pool(memory.data(), memory.size());
        auto a = pool.allocate(4096), b = pool.allocate(8192), c = pool.allocate(4096);
        QVERIFY(a && b && c);
        *b = PixelRange();
        QCOMPARE(pool.allocate(8192)->offset(), std::uint64_t{4096});
        QCOMPARE(pool.allocate(12288)->offset(), std::uint64_t{16384});
    }
    void refusesWhatDoesNotFit()
    {
        std::vector<std::uint8_t> memory(16 * 1024);
        PoolStore pool(memory.data(), memory.size());
        QVERIFY(!pool.allocate(0));
        QVERIFY(!pool.allocate(16 * 1024 + 1));
        QVERIFY(!pool.allocate(~std::uint64_t{0}));
        auto whole = pool.allocate(16 * 1024);
        QVERIFY(whole);
        QVERIFY(!pool.allocate(1));
        *whole = PixelRange();
        QCOMPARE(pool.used_bytes(), std::uint64_t{0});
        QVERIFY(pool.allocate(16 * 1024));
    }
    void givesRangesBackOnce()
    {
        std::vector<std::uint8_t> memory(16 * 1024);
        std::vector<std::pair<std::uint8_t*, std::uint64_t>> returned;
        PoolStore pool(memory.data(), memory.size(), [&](std::uint8_t* begin, std::uint64_t size) { returned.emplace_back(begin, size); });
        {
            auto range = pool.allocate(5000);
            PixelRange moved = std::move(*range);
            QVERIFY(returned.empty());
        }
        QCOMPARE(returned.size(), std::size_t{1});
        QCOMPARE(returned.front().first, memory.data());
        QCOMPARE(returned.front().second, std::uint64_t{8192});
    }
    void boundsItsOwnMemory()
    {
        HeapStore heap(10'000);
        auto first = heap.allocate(6000);
        QVERIFY(first);
        QVERIFY(!heap.allocate(6000));
        *first = PixelRange();
        QVERIFY(heap.allocate(6000));
    }
};

QTEST_APPLESS_MAIN(TestPixelStore)
#include "tst_pixel_store.moc"

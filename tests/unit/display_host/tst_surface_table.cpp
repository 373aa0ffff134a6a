// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <QtTest>

#include "tests/support/qt_names.h"
#include "vgpu/display/host/surface_table.h"

using namespace annex;
using namespace annex::display;

namespace {

constexpr std::uint64_t kPool_bytes = 1u << 20;

DefineSlot slotAt(std::uint64_t offset, std::int32_t width = 100, std::int32_t height = 10, std::uint32_t stride = 448, std::uint8_t slot = 0)
{
    return {slot, offset, width, height, stride};
}

Frame frameOf(std::uint32_t serial, std::uint8_t slot = 0, std::vector<Rect> damage = {{0, 0, 1, 1}})
{
    return {slot, serial, false, 0, std::move(damage)};
}

InlineFrame bandOf(std::uint32_t serial, std::int32_t width, std::int32_t height, Rect band, bool last, std::uint8_t fill)
{
    InlineFrame frame;
    frame.serial = serial;
    frame.width = width;
    frame.height = height;
    frame.band = band;
    frame.last = last;
    frame.pixels.assign(static_cast<std::size_t>(band.width) * static_cast<std::size_t>(band.height) * 4, fill);
    return frame;
}

} // namespace

class TestSurfaceTable : public QObject {
    Q_OBJECT

private slots:
    void checksWhereASlotLies_data()
    {
        QTest::addColumn<quint64>("offset");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<quint32>("stride");
        QTest::addColumn<bool>("accepted");
        const auto most = std::numeric_limits<quint64>::max();
        QTest::newRow("plain") << quint64{4096} << 100 << 10 << 448u << true;
        QTest::newRow("the whole pool") << quint64{0} << 1024 << 256 << 4096u << true;
        QTest::newRow("one row too many") << quint64{0} << 1024 << 257 << 4096u << false;
        QTest::newRow("to the last byte") << quint64{kPool_bytes - 4096} << 16 << 64 << 64u << true;
        QTest::newRow("one byte beyond") << quint64{kPool_bytes - 4096} << 16 << 65 << 64u << false;
        QTest::newRow("begins at the end") << quint64{kPool_bytes} << 1 << 1 << 64u << false;
        QTest::newRow("not on a page") << quint64{64} << 1 << 1 << 64u << false;
        QTest::newRow("offset that wraps") << (most & ~quint64{4095}) << 100 << 10 << 448u << false;
        QTest::newRow("stride that would wrap 32 bit") << quint64{0} << 1 << 16384 << 0xffffffc0u << false;
        QTest::newRow("stride too short") << quint64{0} << 113 << 1 << 448u << false;
        QTest::newRow("stride not aligned") << quint64{0} << 100 << 1 << 400u << false;
        QTest::newRow("stride zero") << quint64{0} << 1 << 1 << 0u << false;
        QTest::newRow("no width") << quint64{0} << 0 << 1 << 64u << false;
        QTest::newRow("no height") << quint64{0} << 1 << 0 << 64u << false;
        QTest::newRow("negative") << quint64{0} << -1 << -1 << 64u << false;
        QTest::newRow("too wide") << quint64{0} << kMaxWindowEdge_px + 1 << 1 << 131072u << false;
        QTest::newRow("widest") << quint64{0} << kMaxWindowEdge_px << 1 << 65536u << true;
    }
    void checksWhereASlotLies()
    {
        QFETCH(quint64, offset);
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(quint32, stride);
        QFETCH(bool, accepted);
        SurfaceTable table(m_pool, kPool_bytes);
        QCOMPARE(table.define(1, slotAt(offset, width, height, stride)).has_value(), accepted);
        auto view = table.present(1, frameOf(1));
        QCOMPARE(view.has_value(), accepted);
        if (accepted) {
            // The last byte that a reader may touch is the pool's.
            const std::uint8_t* end = view->row(view->height - 1) + std::size_t{4} * static_cast<std::size_t>(view->width);
            QVERIFY(view->pixels >= m_pool.data() && end <= m_pool.data() + m_pool.size());
            QCOMPARE(view->pixels, m_pool.data() + offset);
        }
    }

    void checksSlotNumbers()
    {
        SurfaceTable table(m_pool, kPool_bytes);
        QVERIFY(table.define(1, slotAt(0, 1, 1, 64, kMaxSlotsPerWindow - 1)));
        QCOMPARE(table.define(1, slotAt(0, 1, 1, 64, kMaxSlotsPerWindow)).error().code, Errc::Malformed);
        QCOMPARE(table.present(1, frameOf(1, kMaxSlotsPerWindow)).error().code, Errc::Malformed);
        QCOMPARE(table.present(1, frameOf(1, 255)).error().code, Errc::Malformed);
        QCOMPARE(table.present(1, frameOf(1, 0)).error().code, Errc::Malformed); // not defined
        QCOMPARE(table.present(2, frameOf(1, 0)).error().code, Errc::Malformed); // another window's
    }

    void checksDamage_data()
    {
        QTest::addColumn<QRect>("rect");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("all") << QRect(0, 0, 100, 10) << true;
        QTest::newRow("corner") << QRect(99, 9, 1, 1) << true;
        QTest::newRow("one too wide") << QRect(0, 0, 101, 10) << false;
        QTest::newRow("one too low") << QRect(0, 9, 1, 2) << false;
        QTest::newRow("empty") << QRect(5, 5, 0, 1) << false;
        QTest::newRow("negative place") << QRect(-1, 0, 2, 1) << false;
        QTest::newRow("negative size") << QRect(5, 5, -1, -1) << false;
        QTest::newRow("sum that wraps") << QRect(5, 5, std::numeric_limits<int>::max() - 6, 1) << false;
    }
    void checksDamage()
    {
        QFETCH(QRect, rect);
        QFETCH(bool, accepted);
        SurfaceTable table(m_pool, kPool_bytes);
        QVERIFY(table.define(1, slotAt(0)));
        const Rect damage{rect.x(), rect.y(), rect.width(), rect.height()};
        QCOMPARE(table.present(1, frameOf(1, 0, {{0, 0, 1, 1}, damage})).has_value(), accepted);
    }

    void checksTheNumberOfDamageRects()
    {
        SurfaceTable table(m_pool, kPool_bytes);
        QVERIFY(table.define(1, slotAt(0)));
        QVERIFY(!table.present(1, frameOf(1, 0, {})));
        QVERIFY(!table.present(1, frameOf(1, 0, std::vector<Rect>(kMaxDamageRects + 1, Rect{0, 0, 1, 1}))));
        QVERIFY(table.present(1, frameOf(1, 0, std::vector<Rect>(kMaxDamageRects, Rect{0, 0, 1, 1}))));
    }

    void handsSlotsBackAndForth()
    {
        SurfaceTable table(m_pool, kPool_bytes);
        QVERIFY(table.define(1, slotAt(0, 100, 10, 448, 0)));
        QVERIFY(table.define(1, slotAt(8192, 100, 10, 448, 1)));
        QVERIFY(table.present(1, frameOf(1, 0)));
        QCOMPARE(table.present(1, frameOf(2, 0)).error().code, Errc::Malformed); // in the host's hands
        QVERIFY(table.present(1, frameOf(2, 1)));
        QVERIFY(table.inFlight(1, 1) && table.inFlight(1, 1)->pixels == m_pool.data());
        QVERIFY(table.inFlight(1, 2) && table.inFlight(1, 2)->pixels == m_pool.data() + 8192);
        QVERIFY(!table.inFlight(1, 3));
        QCOMPARE(table.release(1, 2), std::optional<std::uint8_t>(1)); // any order
        QCOMPARE(table.release(1, 2), std::optional<std::uint8_t>()); // once
        QCOMPARE(table.release(1, 1), std::optional<std::uint8_t>(0));
        QCOMPARE(table.release(9, 1), std::optional<std::uint8_t>());
        QVERIFY(table.present(1, frameOf(3, 0)));
    }

    void redefinesAtTheNextFrame()
    {
        SurfaceTable table(m_pool, kPool_bytes);
        QVERIFY(table.define(1, slotAt(0, 100, 10)));
        QVERIFY(table.present(1, frameOf(1)));
        QVERIFY(table.define(1, slotAt(4096, 20, 20, 128)));
        QCOMPARE(table.inFlight(1, 1)->width, 100); // the frame that is being read stays what it is
        QVERIFY(table.define(1, slotAt(8192, 30, 30, 128)));
        QVERIFY(table.release(1, 1));
        auto view = table.present(1, frameOf(2));
        QVERIFY(view);
        QCOMPARE(view->width, 30);
        QCOMPARE(view->pixels, m_pool.data() + 8192);
        QVERIFY(table.release(1, 2));
        // Damage is judged by the definition that takes effect.
        QVERIFY(table.define(1, slotAt(0, 5, 5, 64)));
        QVERIFY(!table.present(1, frameOf(3, 0, {{0, 0, 6, 1}})));
        QVERIFY(table.present(1, frameOf(3, 0, {{0, 0, 5, 5}})));
    }

    void boundsAllContentsTogether()
    {
        SurfaceTable table(m_pool, kPool_bytes);
        // The same memory for every window: 512 of them would have the host copy half a gigabyte.
        QVERIFY(table.define(1, slotAt(0, 512, 256, 2048)));
        QVERIFY(table.define(2, slotAt(0, 512, 256, 2048)));
        QVERIFY(table.define(3, slotAt(0, 1, 1, 64)));
        QVERIFY(table.present(1, frameOf(1)));
        QVERIFY(table.present(2, frameOf(2)));
        QCOMPARE(table.content_bytes(), kPool_bytes);
        QCOMPARE(table.present(3, frameOf(3)).error().code, Errc::TooLarge);
        QVERIFY(table.release(1, 1) && table.present(1, frameOf(3))); // the same size again costs nothing
        table.dropContent(1);
        QCOMPARE(table.content_bytes(), kPool_bytes); // still being read
        QVERIFY(table.release(1, 3));
        QCOMPARE(table.content_bytes(), kPool_bytes / 2);
        QVERIFY(table.present(3, frameOf(4)));
        table.forget(2);
        table.forget(3);
        table.forget(99);
        QCOMPARE(table.content_bytes(), std::uint64_t{0});
        QVERIFY(table.present(1, frameOf(5))); // unmapped, its slots stayed defined
        QVERIFY(!table.present(2, frameOf(6))); // ended, they did not
    }

    void putsBandsTogether()
    {
        SurfaceTable table({}, 1u << 20);
        auto first = table.band(1, bandOf(1, 8, 4, {0, 0, 8, 2}, false, 0x11));
        QVERIFY(first && !*first);
        auto whole = table.band(1, bandOf(1, 8, 4, {2, 2, 4, 2}, true, 0x22));
        QVERIFY(whole && *whole);
        const SurfaceView& view = (*whole)->view;
        QCOMPARE(view.width, 8);
        QCOMPARE(view.height, 4);
        QCOMPARE(view.row(0)[0], std::uint8_t{0x11});
        QCOMPARE(view.row(1)[31], std::uint8_t{0x11});
        QCOMPARE(view.row(2)[7], std::uint8_t{0});
        QCOMPARE(view.row(2)[8], std::uint8_t{0x22});
        QCOMPARE(view.row(3)[23], std::uint8_t{0x22});
        QCOMPARE(view.row(3)[24], std::uint8_t{0});
        QVERIFY(((*whole)->damage == std::vector<Rect>{{0, 0, 8, 2}, {2, 2, 4, 2}}));

        QCOMPARE(table.band(1, bandOf(2, 8, 4, {0, 0, 1, 1}, true, 1)).error().code, Errc::Malformed); // not acknowledged
        QCOMPARE(table.release(1, 1), std::optional<std::uint8_t>(0));
        auto later = table.band(1, bandOf(2, 8, 4, {0, 0, 1, 1}, true, 0x33));
        QVERIFY(later && *later);
        QCOMPARE((*later)->view.row(0)[4], std::uint8_t{0x11}); // the rest of the picture stays
        QVERIFY(table.release(1, 2));
        auto resized = table.band(1, bandOf(3, 4, 4, {0, 0, 1, 1}, true, 0x44));
        QVERIFY(resized && *resized);
        QCOMPARE((*resized)->view.row(1)[0], std::uint8_t{0}); // but not into another size
    }

    void mergesDamageOfManyBands()
    {
        SurfaceTable table({}, 1u << 20);
        for (int y = 0; y < 100; ++y) {
            auto frame = table.band(1, bandOf(1, 4, 100, {0, y, 4, 1}, y == 99, 1));
            QVERIFY(frame);
            if (y < 99)
                continue;
            QCOMPARE((*frame)->damage.size(), std::size_t{kMaxDamageRects});
            QVERIFY(((*frame)->damage.back() == Rect{0, 31, 4, 69}));
        }
    }

    void refusesBandsThatLie()
    {
        SurfaceTable table({}, 1u << 20);
        auto refused = [&](InlineFrame frame) { return !table.band(1, frame).has_value(); };
        InlineFrame few = bandOf(1, 8, 8, {0, 0, 8, 1}, true, 1);
        few.pixels.pop_back();
        QVERIFY(refused(few));
        SurfaceTable outside({}, 1u << 20);
        QVERIFY(!outside.band(1, bandOf(1, 8, 8, {0, 8, 8, 1}, true, 1)));
        QVERIFY(!SurfaceTable({}, 1u << 20).band(1, bandOf(1, 0, 8, {0, 0, 1, 1}, true, 1)));
        QVERIFY(!SurfaceTable({}, 1u << 20).band(1, bandOf(1, kMaxWindowEdge_px + 1, 8, {0, 0, 1, 1}, true, 1)));
        QCOMPARE(SurfaceTable({}, 1u << 20).band(1, bandOf(1, 16384, 16384, {0, 0, 1, 1}, true, 1)).error().code, Errc::TooLarge);

        SurfaceTable changing({}, 1u << 20);
        QVERIFY(changing.band(1, bandOf(1, 8, 8, {0, 0, 8, 1}, false, 1)));
        QVERIFY(!changing.band(1, bandOf(1, 9, 8, {0, 1, 8, 1}, true, 1))); // another size in the middle
    }

    void forgetsHalfAFrame()
    {
        SurfaceTable table({}, 1u << 20);
        QVERIFY(table.band(1, bandOf(1, 8, 8, {0, 0, 8, 1}, false, 1)));
        table.forget(1);
        QCOMPARE(table.content_bytes(), std::uint64_t{0});
        auto other = table.band(2, bandOf(2, 4, 4, {0, 0, 4, 4}, true, 2));
        QVERIFY(other && *other);
        QVERIFY(table.release(2, 2));
        QVERIFY(table.band(2, bandOf(3, 4, 4, {0, 0, 4, 1}, false, 2)));
        table.dropContent(2);
        QCOMPARE(table.content_bytes(), std::uint64_t{0});
    }

    void keepsTheTwoWaysApart()
    {
        SurfaceTable pooled(m_pool, kPool_bytes);
        QVERIFY(!pooled.band(1, bandOf(1, 4, 4, {0, 0, 4, 4}, true, 1)));
        SurfaceTable plain({}, 1u << 20);
        QVERIFY(!plain.define(1, slotAt(0)));
        QVERIFY(!plain.present(1, frameOf(1)));
    }

private:
    ByteVector m_pool = ByteVector(kPool_bytes);
};

QTEST_GUILESS_MAIN(TestSurfaceTable)
#include "tst_surface_table.moc"

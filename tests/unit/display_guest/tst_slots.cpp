// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "vgpu/display/guest/core/slots.h"

using namespace annex::display;
using namespace annex::display::guest;

class TestSlots : public QObject {
    Q_OBJECT
    std::vector<std::uint8_t> m_memory = std::vector<std::uint8_t>(8u << 20);
    static void painted(Slot& slot) { slot.stale.clear(); }

private Q_SLOTS:
    void startsWholeAndUsesOneSlotWhileItIsFree()
    {
        PoolStore pool(m_memory.data(), m_memory.size());
        SlotSet slotTable;
        auto first = slotTable.acquire(pool, 300, 200);
        QCOMPARE(first.outcome, SlotSet::Outcome::Ready);
        QCOMPARE(first.slot->stale.extents(), (Rect{0, 0, 300, 200}));
        QCOMPARE(first.slot->stride_bytes, 1216u); // 1200 rounded up to 64
        painted(*first.slot);
        slotTable.addDamage(Region(Rect{1, 2, 3, 4}));
        auto again = slotTable.acquire(pool, 300, 200);
        QCOMPARE(again.slot, first.slot);
        QCOMPARE(again.slot->stale.extents(), (Rect{1, 2, 3, 4}));
    }
    void keepsWhatEachSlotLacks()
    {
        PoolStore pool(m_memory.data(), m_memory.size());
        SlotSet slotTable;
        Slot* a = slotTable.acquire(pool, 100, 100).slot;
        painted(*a);
        a->inFlight = 1;
        Slot* b = slotTable.acquire(pool, 100, 100).slot;
        QVERIFY(b != a);
        painted(*b);
        b->inFlight = 2;
        QCOMPARE(slotTable.acquire(pool, 100, 100).outcome, SlotSet::Outcome::AllBusy);
        slotTable.addDamage(Region(Rect{0, 0, 10, 10}));
        QVERIFY(slotTable.acknowledge(b->index, 2));
        QCOMPARE(slotTable.acquire(pool, 100, 100).slot, b);
        painted(*b);
        slotTable.addDamage(Region(Rect{50, 50, 10, 10}));
        QVERIFY(slotTable.acknowledge(a->index, 1));
        QCOMPARE(a->stale.area(), std::uint64_t{200}); // both; b lacks the second only
        QCOMPARE(slotTable.acquire(pool, 100, 100).slot, b);
    }
    void reusesMemoryWhileAWindowIsDragged()
    {
        PoolStore pool(m_memory.data(), m_memory.size());
        SlotSet slotTable;
        Slot* slot = slotTable.acquire(pool, 300, 200).slot;
        const auto offset = slot->memory.offset();
        const auto used = pool.used_bytes();
        painted(*slot);
        slot->defined = true;
        Slot* larger = slotTable.acquire(pool, 380, 250).slot;
        QCOMPARE(larger, slot);
        QCOMPARE(larger->memory.offset(), offset);
        QCOMPARE(pool.used_bytes(), used);
        QVERIFY(!larger->defined); // the host must be told stride and size
        QCOMPARE(larger->stale.extents(), (Rect{0, 0, 380, 250}));
    }
    void givesMuchTooLargeMemoryBack()
    {
        PoolStore pool(m_memory.data(), m_memory.size());
        SlotSet slotTable;
        slotTable.acquire(pool, 1000, 1000);
        slotTable.acquire(pool, 50, 50);
        QVERIFY(pool.used_bytes() < 100'000);
    }
    void refusesWrongAcknowledgements()
    {
        PoolStore pool(m_memory.data(), m_memory.size());
        SlotSet slotTable;
        Slot* slot = slotTable.acquire(pool, 10, 10).slot;
        slot->inFlight = 5;
        QVERIFY(!slotTable.acknowledge(slot->index, 4));
        QVERIFY(!slotTable.acknowledge(200, 5));
        QVERIFY(!slotTable.acknowledge(1, 0));
        QVERIFY(slotTable.acknowledge(slot->index, 5));
        QVERIFY(!slotTable.acknowledge(slot->index, 5));
    }
    void worksWithOneSlotWhenThePoolIsFull()
    {
        PoolStore pool(m_memory.data(), 128 * 128 * 4);
        SlotSet slotTable;
        Slot* only = slotTable.acquire(pool, 128, 128).slot;
        QVERIFY(only);
        only->inFlight = 1;
        QCOMPARE(slotTable.acquire(pool, 128, 128).outcome, SlotSet::Outcome::AllBusy); // not NoMemory: one comes back
        SlotSet other;
        QCOMPARE(other.acquire(pool, 10, 10).outcome, SlotSet::Outcome::NoMemory);
    }
    void holdsDroppedMemoryUntilTheHostHasReadIt()
    {
        PoolStore pool(m_memory.data(), m_memory.size());
        SlotSet slotTable;
        Slot* slot = slotTable.acquire(pool, 100, 100).slot;
        slot->inFlight = 1;
        slotTable.drop();
        QVERIFY(pool.used_bytes() > 0);
        QCOMPARE(slot->inFlight, 1u);
        QVERIFY(slotTable.acknowledge(slot->index, 1));
        QCOMPARE(pool.used_bytes(), std::uint64_t{0});
    }
    void forgetsAHostThatIsGone()
    {
        PoolStore pool(m_memory.data(), m_memory.size());
        SlotSet slotTable;
        Slot* slot = slotTable.acquire(pool, 100, 100).slot;
        painted(*slot);
        slot->defined = true;
        slot->inFlight = 9;
        slotTable.forgetHost();
        QVERIFY(!slotTable.anyInFlight());
        auto acquired = slotTable.acquire(pool, 100, 100);
        QVERIFY(!acquired.slot->defined);
        QCOMPARE(acquired.slot->stale.extents(), (Rect{0, 0, 100, 100}));
    }
};

QTEST_APPLESS_MAIN(TestSlots)
#include "tst_slots.moc"

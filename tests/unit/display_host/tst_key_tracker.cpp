// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "vgpu/display/host/key_tracker.h"

using annex::display::KeyTracker;

class TestKeyTracker : public QObject {
    Q_OBJECT

private slots:
    void sendsEachEdgeOnce()
    {
        KeyTracker keys;
        QVERIFY(keys.press(30));
        QVERIFY(!keys.press(30)); // the host's repeat
        QVERIFY(keys.isDown(30));
        QVERIFY(keys.release(30));
        QVERIFY(!keys.release(30));
        QVERIFY(!keys.any());
    }

    void releasesAllThatAreDown()
    {
        KeyTracker keys;
        for (std::uint32_t code : {0x110u, 42u, 30u, 0x2ffu})
            QVERIFY(keys.press(code));
        QVERIFY(keys.release(42));
        QCOMPARE(keys.releaseAll(), (std::vector<std::uint32_t>{30, 0x110, 0x2ff}));
        QVERIFY(keys.releaseAll().empty());
        QVERIFY(!keys.release(30)); // the key comes up on the host afterwards: the guest knows already
    }

    void ignoresCodesThatDoNotExist()
    {
        KeyTracker keys;
        for (std::uint32_t code : {0u, 0x300u, 0xffffffffu}) {
            QVERIFY(!keys.press(code));
            QVERIFY(!keys.release(code));
            QVERIFY(!keys.isDown(code));
        }
        QVERIFY(keys.releaseAll().empty());
    }
};

QTEST_GUILESS_MAIN(TestKeyTracker)
#include "tst_key_tracker.moc"

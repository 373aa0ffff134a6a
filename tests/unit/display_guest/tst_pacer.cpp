// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "vgpu/display/guest/core/pacer.h"

using namespace annex::display::guest;
using namespace std::chrono_literals;

class TestPacer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answersTheFirstFrameAfterAPauseAtOnce()
    {
        Pacer pacer;
        pacer.setInterval(16ms);
        pacer.frameTaken(1000ms);
        QVERIFY(pacer.fire(1000ms));
        QVERIFY(!pacer.fire(1000ms)); // once
    }
    void capsAtOnePerInterval()
    {
        Pacer pacer;
        pacer.setInterval(16ms);
        pacer.frameTaken(1000ms);
        QVERIFY(pacer.fire(1000ms));
        pacer.frameTaken(1003ms);
        QCOMPARE(pacer.due(), std::optional<Time>(1016ms));
        QVERIFY(!pacer.fire(1015ms));
        QVERIFY(pacer.fire(1016ms));
    }
    void keepsTheRhythmWhenTimersComeLate()
    {
        Pacer pacer;
        pacer.setInterval(16ms);
        pacer.frameTaken(1000ms);
        pacer.fire(1000ms);
        pacer.frameTaken(1001ms);
        QVERIFY(pacer.fire(1018ms)); // 2 ms late
        pacer.frameTaken(1019ms);
        QCOMPARE(pacer.due(), std::optional<Time>(1032ms));
    }
    void startsAfreshWhenMuchTooLate()
    {
        Pacer pacer;
        pacer.setInterval(16ms);
        pacer.frameTaken(1000ms);
        pacer.fire(1000ms);
        pacer.frameTaken(1001ms);
        QVERIFY(pacer.fire(1100ms));
        pacer.frameTaken(1101ms);
        QCOMPARE(pacer.due(), std::optional<Time>(1116ms));
    }
    void hasNoCapAtZero()
    {
        Pacer pacer;
        pacer.setInterval(0ms);
        pacer.frameTaken(1000ms);
        QVERIFY(pacer.fire(1000ms));
        pacer.frameTaken(1000ms);
        QVERIFY(pacer.fire(1000ms));
    }
    void answersACallbackWithoutDrawingOneRefreshLater()
    {
        Pacer pacer;
        pacer.setInterval(10ms);
        pacer.nothingDrawn(1000ms);
        QVERIFY(!pacer.fire(1009ms));
        QVERIFY(pacer.fire(1016ms));
        pacer.setInterval(0ms);
        pacer.nothingDrawn(2000ms);
        QVERIFY(!pacer.fire(2000ms)); // or a program that draws nothing would spin
    }
    void withholds()
    {
        Pacer pacer;
        pacer.frameTaken(1000ms);
        pacer.withhold();
        QVERIFY(!pacer.due());
        QVERIFY(!pacer.fire(5000ms));
    }
};

QTEST_APPLESS_MAIN(TestPacer)
#include "tst_pacer.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "vgpu/display/guest/core/resize_state.h"

using namespace annex::display::guest;
using namespace std::chrono_literals;

class TestResizeState : public QObject {
    Q_OBJECT
    static SizeWish wish(std::uint32_t serial) { return {serial, static_cast<std::int32_t>(100 * serial), 100, 0}; }

private Q_SLOTS:
    void keepsOneInFlightAndTheNewestWish()
    {
        ResizeState state;
        QCOMPARE(state.ask(wish(1), 0ms), std::optional(wish(1)));
        QVERIFY(!state.ask(wish(2), 10ms));
        QVERIFY(!state.ask(wish(3), 20ms));
        QCOMPARE(state.answered(1, 30ms), std::optional(wish(3)));
        QVERIFY(!state.answered(3, 40ms));
        QVERIFY(!state.inFlight());
    }
    void stopsWaitingForASlowProgram()
    {
        ResizeState state;
        QVERIFY(state.ask(wish(1), 0ms));
        QVERIFY(!state.due()); // nothing waits: no timer
        QVERIFY(!state.ask(wish(2), 10ms));
        QCOMPARE(state.due(), std::optional<Time>(150ms));
        QVERIFY(!state.timedOut(149ms));
        QCOMPARE(state.timedOut(150ms), std::optional(wish(2)));
    }
    void sendsAtOnceAfterALongSilence()
    {
        ResizeState state;
        QVERIFY(state.ask(wish(1), 0ms));
        QCOMPARE(state.ask(wish(2), 200ms), std::optional(wish(2)));
    }
    void takesALateAnswerForWhatItIs()
    {
        ResizeState state;
        QVERIFY(state.ask(wish(1), 0ms));
        QVERIFY(!state.ask(wish(2), 10ms));
        QVERIFY(state.timedOut(150ms));
        QVERIFY(!state.answered(1, 160ms)); // 2 is still in flight
        QVERIFY(state.inFlight());
    }
    void forgetsWithItsHost()
    {
        ResizeState state;
        QVERIFY(state.ask(wish(9), 0ms));
        state.forgetHost();
        QCOMPARE(state.ask(wish(1), 1ms), std::optional(wish(1)));
    }
};

QTEST_APPLESS_MAIN(TestResizeState)
#include "tst_resize_state.moc"

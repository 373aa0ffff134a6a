// SPDX-License-Identifier: Apache-2.0
// Who notices that a viewer was killed while a key was down.
#include <QTest>

#include "vgpu/display/guest/core/host_watch.h"

using namespace annex::display::guest;
using namespace std::chrono_literals;
using Verdict = HostWatch::Verdict;

class TestHostWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sleepsWhileNothingIsDown();
    void asksAndThenGivesUp();
    void anAnswerBeginsAnew();
    void givesUpOnlyWhereItCouldAsk();
};

void TestHostWatch::sleepsWhileNothingIsDown()
{
    HostWatch watch;
    watch.heard(10s);
    QVERIFY(!watch.due());
    QCOMPARE(watch.look(1000s), Verdict::Fine);
    watch.setHolding(true);
    QVERIFY(watch.due());
    watch.setHolding(false);
    QVERIFY(!watch.due());
}

void TestHostWatch::asksAndThenGivesUp()
{
    HostWatch watch;
    watch.heard(10s);
    watch.setHolding(true);
    QCOMPARE(*watch.due(), 10s + HostWatch::kAskAfter);
    QCOMPARE(watch.look(10s + HostWatch::kAskAfter - 1ms), Verdict::Fine);
    QCOMPARE(watch.look(10s + HostWatch::kAskAfter), Verdict::Ask);
    QCOMPARE(*watch.due(), 10s + HostWatch::kLostAfter);
    QCOMPARE(watch.look(10s + HostWatch::kLostAfter - 1ms), Verdict::Fine); // asked once, not again and again
    QCOMPARE(watch.look(10s + HostWatch::kLostAfter), Verdict::Lost);
    QVERIFY(!watch.due()); // and that was that
}

void TestHostWatch::anAnswerBeginsAnew()
{
    HostWatch watch;
    watch.heard(10s);
    watch.setHolding(true);
    QCOMPARE(watch.look(11s), Verdict::Ask);
    watch.heard(11s + 5ms); // the viewer lives: the key is really held
    QCOMPARE(watch.look(13s), Verdict::Ask);
    watch.heard(13s + 5ms);
    QCOMPARE(watch.look(14s), Verdict::Fine);
}

void TestHostWatch::givesUpOnlyWhereItCouldAsk()
{
    HostWatch watch;
    watch.heard(10s);
    watch.setHolding(true);
    QCOMPARE(watch.look(20s), Verdict::Ask); // the loop was stopped for long: silence alone proves nothing
    watch.couldNotAsk(20s);
    QCOMPARE(watch.look(20s + HostWatch::kLostAfter), Verdict::Ask);
}

QTEST_GUILESS_MAIN(TestHostWatch)
#include "tst_host_watch.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "app/broker/core/compose.h"
#include "app/broker/core/idle_watch.h"
#include "app/broker/core/workspaces.h"
#include "app/broker/session/clipboard.h"
#include "app/broker/session/crossing_gate.h"

using namespace annex::broker;
using namespace std::chrono_literals;

class TestBrokerValues : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void gestureSerialsMustGrow();
    void aNewFrameLinkBeginsItsSerialsAnew();
    void moreGesturesThanHandsCanMakeAreDropped();
    void aCopyGestureOpensForOneSelection();
    void aCopyWindowCloses();
    void aSelectionWithoutTextCountsForNothing();
    void idleCountsFromTheMomentNothingIsOpen();
    void idleNeverStopsWhatHasNoLimit();
    void idleKnowsWhatIsNext();
    void hostNamesArePlain_data();
    void hostNamesArePlain();
    void guestIdsNameTheirWorkspace();
    void countsCharactersNotBytes();
};

namespace {
const CrossingGate::TimePoint kStart{1000s};
}

void TestBrokerValues::gestureSerialsMustGrow()
{
    CrossingGate gate;
    QCOMPARE(gate.gesture(5, kStart), CrossingGate::Verdict::Accepted);
    QCOMPARE(gate.gesture(5, kStart), CrossingGate::Verdict::Replayed);
    QCOMPARE(gate.gesture(4, kStart), CrossingGate::Verdict::Replayed);
    QCOMPARE(gate.gesture(6, kStart), CrossingGate::Verdict::Accepted);
}

void TestBrokerValues::aNewFrameLinkBeginsItsSerialsAnew()
{
    CrossingGate gate;
    QCOMPARE(gate.gesture(500, kStart), CrossingGate::Verdict::Accepted);
    gate.openCopy(kStart);
    gate.newLink();
    QCOMPARE(gate.gesture(1, kStart), CrossingGate::Verdict::Accepted);
    QVERIFY(!gate.selectionChanged(1, true, kStart));
}

void TestBrokerValues::moreGesturesThanHandsCanMakeAreDropped()
{
    CrossingGate gate;
    std::uint32_t serial = 0;
    for (unsigned i = 0; i < CrossingGate::kMaxGestures; ++i)
        QCOMPARE(gate.gesture(++serial, kStart), CrossingGate::Verdict::Accepted);
    QCOMPARE(gate.gesture(++serial, kStart + CrossingGate::kGestureWindow), CrossingGate::Verdict::TooMany);
    QCOMPARE(gate.gesture(++serial, kStart + CrossingGate::kGestureWindow + 1ms), CrossingGate::Verdict::Accepted);
}

void TestBrokerValues::aCopyGestureOpensForOneSelection()
{
    CrossingGate gate;
    QVERIFY(!gate.selectionChanged(1, true, kStart)); // nobody asked
    gate.openCopy(kStart);
    QVERIFY(gate.selectionChanged(2, true, kStart + 1s));
    QVERIFY(!gate.selectionChanged(3, true, kStart + 1s));
    QCOMPARE(gate.selection(), std::optional<std::uint32_t>(3));
}

void TestBrokerValues::aCopyWindowCloses()
{
    CrossingGate gate;
    gate.openCopy(kStart);
    QVERIFY(!gate.selectionChanged(1, true, kStart + CrossingGate::kCopyWindow + 1ms));
}

void TestBrokerValues::aSelectionWithoutTextCountsForNothing()
{
    CrossingGate gate;
    gate.openCopy(kStart);
    QVERIFY(!gate.selectionChanged(1, false, kStart));
    QVERIFY(!gate.selection());
    QVERIFY(gate.selectionChanged(2, true, kStart + 1s)); // the program owns the selection again, with text
}

void TestBrokerValues::idleCountsFromTheMomentNothingIsOpen()
{
    IdleWatch watch;
    const auto limit = [](const std::string&) { return std::optional(60s); };
    watch.set("a", false, kStart);
    watch.set("a", false, kStart + 30s); // still idle: the first moment counts
    QVERIFY(watch.due(limit, kStart + 59s).empty());
    QCOMPARE(watch.due(limit, kStart + 60s), std::vector<std::string>{"a"});
    watch.set("a", true, kStart + 61s);
    QVERIFY(watch.due(limit, kStart + 200s).empty());
    watch.set("a", false, kStart + 100s);
    QVERIFY(watch.due(limit, kStart + 159s).empty());
    watch.forget("a");
    QVERIFY(watch.due(limit, kStart + 1000s).empty());
}

void TestBrokerValues::idleNeverStopsWhatHasNoLimit()
{
    IdleWatch watch;
    const auto never = [](const std::string&) { return std::optional<std::chrono::seconds>(); };
    watch.set("a", false, kStart);
    QVERIFY(watch.due(never, kStart + 24h).empty());
    QVERIFY(!watch.nextDue(never));
}

void TestBrokerValues::idleKnowsWhatIsNext()
{
    IdleWatch watch;
    const auto limit = [](const std::string& id) { return std::optional(id == "a" ? 60s : 10s); };
    watch.set("a", false, kStart);
    watch.set("b", false, kStart + 20s);
    QVERIFY(watch.nextDue(limit) == kStart + 30s);
}

void TestBrokerValues::hostNamesArePlain_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("host");
    QTest::newRow("usual") << QByteArray("Untrusted 2") << QByteArray("untrusted-2");
    QTest::newRow("blanks") << QByteArray("  My  bank! ") << QByteArray("my-bank");
    QTest::newRow("no letters") << QByteArray("…") << QByteArray("workspace");
    QTest::newRow("long") << QByteArray(100, 'A') << QByteArray(63, 'a');
    QTest::newRow("injection") << QByteArray("a\n127.0.0.1 evil") << QByteArray("a-127-0-0-1-evil");
}

void TestBrokerValues::hostNamesArePlain()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, host);
    QCOMPARE(QByteArray::fromStdString(hostNameFor(name.toStdString())), host);
}

void TestBrokerValues::guestIdsNameTheirWorkspace()
{
    QCOMPARE(workspaceOfGuest("0123456789abcdef-1a2b3c4d"), std::string("0123456789abcdef"));
    QCOMPARE(workspaceOfGuest("0123456789abcdef"), std::string());
    QCOMPARE(workspaceOfGuest("short-1"), std::string());
    QCOMPARE(workspaceOfGuest(""), std::string());
}

void TestBrokerValues::countsCharactersNotBytes()
{
    QCOMPARE(characterCount("abc"), std::uint64_t{3});
    QCOMPARE(characterCount("äöü"), std::uint64_t{3});
    QCOMPARE(characterCount(""), std::uint64_t{0});
}

QTEST_GUILESS_MAIN(TestBrokerValues)
#include "tst_broker_values.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "app/viewer/seat.h"

using namespace annex::viewer;
namespace display = annex::display;

namespace {

/// Writes down what would be sent, in words.
class Recorder : public SeatSink {
public:
    QStringList log;
    QStringList take() { return std::exchange(log, {}); }

    void send(WindowId w, const display::Focus& m) override { add(w, m.focused ? "focus" : "unfocus"); }
    void send(WindowId w, const display::Modifiers& m) override { add(w, QStringLiteral("locks %1").arg(m.locked)); }
    void send(WindowId w, const display::Key& m) override { add(w, QStringLiteral("%1%2").arg(QLatin1Char(m.pressed ? '+' : '-')).arg(m.code)); }
    void send(WindowId w, const display::PointerMotion& m) override { add(w, QStringLiteral("motion %1,%2").arg(m.x_fixed / 256).arg(m.y_fixed / 256)); }
    void send(WindowId w, const display::PointerButton& m) override { add(w, QStringLiteral("%1button %2").arg(QLatin1Char(m.pressed ? '+' : '-')).arg(m.button - 0x110)); }
    void send(WindowId w, const display::PointerAxis&) override { add(w, "axis"); }
    void send(WindowId w, const display::PointerLeave&) override { add(w, "leave"); }
    void send(WindowId w, const display::DismissPopups&) override { add(w, "dismiss"); }

private:
    void add(WindowId w, const QString& what) { log += QStringLiteral("%1:%2").arg(w).arg(what); }
    void add(WindowId w, const char* what) { add(w, QString::fromLatin1(what)); }
};

QStringList list(const char* words) { return QString::fromLatin1(words).split(QStringLiteral("; ")); }

} // namespace

class TestSeat : public QObject {
    Q_OBJECT
    Recorder m_out;

private Q_SLOTS:
    void init() { m_out.log.clear(); }
    void keysNeedFocus();
    void focusLossReleasesEverything();
    void focusMovesBetweenWindows();
    void repeatsAndStrayReleasesAreDropped();
    void aPasteHoldsWhatComesAfterIt();
    void aWrongSerialLetsNothingGo();
    void focusLossDropsHeldKeys();
    void aHeldPasteDoesNotCollectForEver();
    void aHeldButtonKeepsItsWindow();
    void leaveWaitsForTheButton();
    void aWindowThatEndsIsForgotten();
    void resetSaysNothing();
};

void TestSeat::keysNeedFocus()
{
    Seat seat(m_out);
    seat.key(30, true, 1);
    QVERIFY(m_out.take().isEmpty());
    seat.focusIn(7, {0, 0, 16, 0});
    seat.focusIn(7, {0, 0, 16, 0});
    QCOMPARE(m_out.take(), list("7:focus; 7:locks 16"));
    seat.key(30, true, 2);
    seat.key(30, false, 3);
    QCOMPARE(m_out.take(), list("7:+30; 7:-30"));
}

void TestSeat::focusLossReleasesEverything()
{
    Seat seat(m_out);
    seat.focusIn(7, {});
    seat.key(29, true, 1);
    seat.key(46, true, 2);
    seat.button(7, 0x110, true, 3);
    m_out.take();
    seat.focusOut();
    QCOMPARE(m_out.take(), list("7:-29; 7:-46; 7:-button 0; 7:unfocus; 7:dismiss"));
    seat.key(46, false, 4); // the host's own release, late
    QVERIFY(m_out.take().isEmpty());
    QVERIFY(!seat.focus());
}

void TestSeat::focusMovesBetweenWindows()
{
    Seat seat(m_out);
    seat.focusIn(1, {});
    seat.key(30, true, 1);
    m_out.take();
    seat.focusIn(2, {});
    QCOMPARE(m_out.take(), list("1:-30; 1:unfocus; 1:dismiss; 2:focus; 2:locks 0"));
}

void TestSeat::repeatsAndStrayReleasesAreDropped()
{
    Seat seat(m_out);
    seat.focusIn(1, {});
    m_out.take();
    seat.key(30, true, 1);
    seat.key(30, true, 2);
    seat.key(31, false, 3);
    QCOMPARE(m_out.take(), list("1:+30"));
}

void TestSeat::aPasteHoldsWhatComesAfterIt()
{
    Seat seat(m_out);
    seat.focusIn(1, {});
    seat.key(29, true, 1); // Ctrl
    m_out.take();
    seat.pasteKey(47, 2, 5); // V
    seat.key(47, false, 3);
    seat.key(29, false, 4);
    seat.key(30, true, 5); // a person types on
    QVERIFY(m_out.take().isEmpty());
    QCOMPARE(seat.holding(), std::optional(5u));
    seat.letGo(5);
    QCOMPARE(m_out.take(), list("1:+47; 1:-47; 1:-29; 1:+30"));
    seat.key(30, false, 6);
    QCOMPARE(m_out.take(), list("1:-30"));
}

void TestSeat::aWrongSerialLetsNothingGo()
{
    Seat seat(m_out);
    seat.focusIn(1, {});
    m_out.take();
    seat.pasteKey(47, 1, 5);
    seat.letGo(4);
    QVERIFY(m_out.take().isEmpty());
    seat.pasteKey(47, 2, 6); // pressed again: the newer offer counts
    seat.letGo(5);
    QVERIFY(m_out.take().isEmpty());
    seat.letGo(6);
    QCOMPARE(m_out.take(), list("1:+47"));
    seat.letGo(6);
    QVERIFY(m_out.take().isEmpty());
}

void TestSeat::focusLossDropsHeldKeys()
{
    Seat seat(m_out);
    seat.focusIn(1, {});
    m_out.take();
    seat.pasteKey(47, 1, 5);
    seat.focusOut();
    QCOMPARE(m_out.take(), list("1:unfocus; 1:dismiss"));
    seat.letGo(5); // the offer comes too late
    QVERIFY(m_out.take().isEmpty());
}

void TestSeat::aHeldPasteDoesNotCollectForEver()
{
    Seat seat(m_out);
    seat.focusIn(1, {});
    seat.pasteKey(47, 1, 5);
    m_out.take();
    for (std::uint32_t i = 0; i < 100'000; ++i)
        seat.key(30, i % 2 == 0, i);
    seat.letGo(5);
    QVERIFY(m_out.take().size() <= 256);
}

void TestSeat::aHeldButtonKeepsItsWindow()
{
    Seat seat(m_out);
    seat.motion(1, 10 * 256, 20 * 256, 1);
    seat.button(1, 0x110, true, 2);
    QVERIFY(seat.isPressedIn(1));
    QVERIFY(!seat.isPressedIn(2));
    m_out.take();
    seat.motion(2, 0, 0, 3);          // another window under the pointer
    seat.motion(1, -5 * 256, 999 * 256, 4); // its own, outside
    QCOMPARE(m_out.take(), list("1:motion -5,999"));
    seat.button(1, 0x110, false, 5);
    QCOMPARE(m_out.take(), list("1:-button 0"));
    QVERIFY(!seat.isPressedIn(1));
    seat.button(1, 0x110, false, 6);
    QVERIFY(m_out.take().isEmpty());
    // A release that was lost: the next press elsewhere makes it up.
    seat.button(1, 0x110, true, 7);
    m_out.take();
    seat.button(2, 0x111, true, 8);
    QCOMPARE(m_out.take(), list("1:-button 0; 2:+button 1"));
}

void TestSeat::leaveWaitsForTheButton()
{
    Seat seat(m_out);
    seat.motion(1, 0, 0, 1);
    seat.button(1, 0x110, true, 2);
    m_out.take();
    seat.leave(1);
    QVERIFY(m_out.take().isEmpty());
    seat.button(1, 0x110, false, 3);
    m_out.take();
    seat.leave(1);
    QCOMPARE(m_out.take(), list("1:leave"));
    seat.leave(1);
    QVERIFY(m_out.take().isEmpty());
}

void TestSeat::aWindowThatEndsIsForgotten()
{
    Seat seat(m_out);
    seat.focusIn(1, {});
    seat.key(30, true, 1);
    seat.button(1, 0x110, true, 2);
    m_out.take();
    seat.forget(1);
    QVERIFY(!seat.focus());
    seat.key(30, false, 3);
    seat.focusIn(2, {});
    seat.focusOut();
    QCOMPARE(m_out.take(), list("2:focus; 2:locks 0; 2:unfocus; 2:dismiss"));
}

void TestSeat::resetSaysNothing()
{
    Seat seat(m_out);
    seat.focusIn(1, {});
    seat.key(30, true, 1);
    seat.pasteKey(47, 2, 1);
    m_out.take();
    seat.reset();
    seat.letGo(1);
    seat.focusOut();
    QVERIFY(m_out.take().isEmpty());
}

QTEST_GUILESS_MAIN(TestSeat)
#include "tst_seat.moc"

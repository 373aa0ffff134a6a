// SPDX-License-Identifier: Apache-2.0
// annex-init and its annex-display (a scripted one), and the guest's session bus.
#include <QtTest>

#include "app/control/relay.h"
#include "guest_under_test.h"

using namespace annex;
using namespace annex::control;
using Condition = DisplayCondition;

namespace {

GuestUnderTest::Options withDisplay(const char* script)
{
    GuestUnderTest::Options options;
    options.display = GuestUnderTest::Options::Display::Scripted;
    options.displayScript = script;
    return options;
}

bool hasState(const GuestUnderTest& guest, Condition condition)
{
    return std::find(guest.displayStates.begin(), guest.displayStates.end(), condition) != guest.displayStates.end();
}

} // namespace

class TestInitDisplay : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void programsSeeTheDisplay();
    void programWithWindowsWaitsForTheDisplay();
    void withoutDisplayProgramsStartAnyway();
    void displayInheritsItsThreeDescriptors();
    void killedDisplayComesBack();
    void threeDeathsGiveUp();
    void garbageOnTheRelayIsADeath();
    void offersAndSelectionsAreRelayed();
    void takeoverAnnouncesTheState();
    void busStartsOnDemandAndWorks();
    void killedBusComesBack();
};

void TestInitDisplay::programsSeeTheDisplay()
{
    GuestUnderTest guest(withDisplay("echo"));
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::Ready); }));
    std::string out = guest.run({"env"}).out;
    QVERIFY(out.find("WAYLAND_DISPLAY=wayland-7\n") != std::string::npos);
    QVERIFY(out.find("\nDISPLAY=:7\n") != std::string::npos);
}

void TestInitDisplay::programWithWindowsWaitsForTheDisplay()
{
    GuestUnderTest guest(withDisplay("never"));
    auto waiting = guest.spawn({"true"}, Stdio::None);
    QCOMPARE(guest.run({"echo", "exec does not wait"}).out, std::string("exec does not wait\n"));
    QVERIFY(!guest.programs[waiting].spawnError);
    QVERIFY(guest.waitFor([&] { return guest.programs[waiting].status.has_value(); })); // patience ends
}

void TestInitDisplay::withoutDisplayProgramsStartAnyway()
{
    GuestUnderTest guest;
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::GivenUp); }));
    auto number = guest.spawn({"true"}, Stdio::None);
    QVERIFY(guest.waitFor([&] { return guest.programs[number].status.has_value(); }));
}

void TestInitDisplay::displayInheritsItsThreeDescriptors()
{
    GuestUnderTest guest(withDisplay("echo"));
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::Ready); }));
    // 3 the display stream, 5 the relay; no pool here, so no 4.
    QCOMPARE(guest.run({"sh", "-c", "ls /proc/$(pgrep -x annex-display)/fd"}).out, std::string("0\n1\n2\n3\n5\n"));
}

void TestInitDisplay::killedDisplayComesBack()
{
    GuestUnderTest guest(withDisplay("echo"));
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::Ready); }));
    guest.displayStates.clear();
    QCOMPARE(guest.run({"pkill", "-KILL", "-x", "annex-display"}).status, 0);
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::Ready); }));
    QVERIFY((guest.displayStates == std::vector{Condition::Crashed, Condition::Starting, Condition::Ready}));
}

void TestInitDisplay::threeDeathsGiveUp()
{
    GuestUnderTest guest(withDisplay("crash"));
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::GivenUp); }));
    QVERIFY(std::count(guest.displayStates.begin(), guest.displayStates.end(), Condition::Crashed) <= 3);
    QCOMPARE(guest.run({"echo", "the guest lives"}).out, std::string("the guest lives\n"));
    QCOMPARE(guest.run({"pgrep", "-x", "annex-display"}).status, 1);
}

void TestInitDisplay::garbageOnTheRelayIsADeath()
{
    GuestUnderTest guest(withDisplay("garbage"));
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::GivenUp); }));
    QVERIFY(!guest.protocolError);
    QVERIFY(guest.relayed.empty());
}

void TestInitDisplay::offersAndSelectionsAreRelayed()
{
    GuestUnderTest guest(withDisplay("echo"));
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::Ready); }));
    for (const ByteVector& frame : {relay::offerBegin(6), relay::offerPiece(6, std::string(relay::kMaxPiece_bytes, 't')), relay::offerEnd(6)})
        QVERIFY(guest.control().toDisplay(frame).has_value());
    QVERIFY(guest.waitFor([&] { return guest.relayed.size() == 1; }));
    QCOMPARE(std::get<relay::OfferSet>(guest.relayed[0]).number, 6u);

    guest.relayed.clear();
    QVERIFY(guest.control().toDisplay(relay::selectionRead(9, 2'000'000)).has_value());
    QVERIFY(guest.waitFor([&] { return guest.relayed.size() == 33; }));
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < 32; ++i)
        bytes += std::get<relay::SelectionPiece>(guest.relayed[i]).bytes.size();
    QCOMPARE(bytes, 32 * relay::kMaxPiece_bytes);
    QVERIFY(std::get<relay::SelectionEnd>(guest.relayed[32]).outcome == relay::SelectionOutcome::Whole);
}

void TestInitDisplay::takeoverAnnouncesTheState()
{
    GuestUnderTest guest(withDisplay("echo"));
    QVERIFY(guest.waitFor([&] { return hasState(guest, Condition::Ready); }));
    guest.takeOverAnew();
    QVERIFY(guest.waitFor([&] { return guest.ready && !guest.displayStates.empty(); }));
    QVERIFY(guest.displayStates.front() == Condition::Ready);
}

static const std::vector<std::string> kAskBus = {"dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                                                 "org.freedesktop.DBus.GetId"};

void TestInitDisplay::busStartsOnDemandAndWorks()
{
    GuestUnderTest guest;
    QCOMPARE(guest.run({"pgrep", "-x", "dbus-daemon"}).status, 1);
    ProgramRecord& reply = guest.run(kAskBus);
    QCOMPARE(reply.status, 0);
    QVERIFY2(reply.out.find("string") != std::string::npos, reply.error.c_str());
    QCOMPARE(guest.run({"pgrep", "-c", "-x", "dbus-daemon"}).out, std::string("1\n"));
}

void TestInitDisplay::killedBusComesBack()
{
    GuestUnderTest guest;
    QCOMPARE(guest.run(kAskBus).status, 0);
    QCOMPARE(guest.run({"pkill", "-KILL", "-x", "dbus-daemon"}).status, 0);
    QCOMPARE(guest.run(kAskBus).status, 0);
}

QTEST_GUILESS_MAIN(TestInitDisplay)
#include "tst_init_display.moc"

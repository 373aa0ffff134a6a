// SPDX-License-Identifier: Apache-2.0
// annex-init with the real annex-display: programs find the screen that nobody watches yet.
#include <QtTest>

#include "guest_under_test.h"

using namespace annex::control;

class TestInitRealDisplay : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void waylandProgramRuns();
    void x11ProgramRuns();
    void killedDisplayIsThereAgain();

private:
    static GuestUnderTest::Options options()
    {
        GuestUnderTest::Options options;
        options.display = GuestUnderTest::Options::Display::Real;
        return options;
    }
    static bool isReady(const GuestUnderTest& guest)
    {
        return std::find(guest.displayStates.begin(), guest.displayStates.end(), DisplayCondition::Ready) != guest.displayStates.end();
    }
};

void TestInitRealDisplay::waylandProgramRuns()
{
    GuestUnderTest guest(options());
    // foot runs its command only once it has a window.
    auto number = guest.spawn({"foot", "sh", "-c", "echo $WAYLAND_DISPLAY > $HOME/ran"}, Stdio::None);
    QVERIFY(guest.waitFor([&] { return guest.programs[number].status.has_value(); }));
    QCOMPARE(guest.programs[number].status, 0);
    QVERIFY(!guest.run({"cat", guest.home() + "/ran"}).out.empty());
}

void TestInitRealDisplay::x11ProgramRuns()
{
    GuestUnderTest guest(options());
    auto number = guest.spawn({"xterm", "-e", "sh", "-c", "echo $DISPLAY > $HOME/ran"}, Stdio::None);
    QVERIFY(guest.waitFor([&] { return guest.programs[number].status.has_value(); }));
    QCOMPARE(guest.programs[number].status, 0);
    QVERIFY(guest.run({"cat", guest.home() + "/ran"}).out.starts_with(":"));
}

void TestInitRealDisplay::killedDisplayIsThereAgain()
{
    GuestUnderTest guest(options());
    QVERIFY(guest.waitFor([&] { return isReady(guest); }));
    guest.displayStates.clear();
    QCOMPARE(guest.run({"pkill", "-KILL", "-x", "annex-display"}).status, 0);
    QVERIFY(guest.waitFor([&] { return isReady(guest); }));
    auto number = guest.spawn({"foot", "true"}, Stdio::None);
    QVERIFY(guest.waitFor([&] { return guest.programs[number].status == 0; }));
}

QTEST_GUILESS_MAIN(TestInitRealDisplay)
#include "tst_init_real_display.moc"

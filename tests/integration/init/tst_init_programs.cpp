// SPDX-License-Identifier: Apache-2.0
// The real annex-init in a namespace: programs, their stdio, ends and signals.
#include <QtTest>

#include <csignal>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "guest_under_test.h"

using namespace annex;
using namespace annex::control;

class TestInitPrograms : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void exitCodesArrive();
    void unknownProgramIsAnErrno();
    void fileWithoutExecutableBitIsRefused();
    void signalsEndTheWholeGroup();
    void outputComesBeforeTheEnd();
    void bothStreamsAreToldApart();
    void tenMegabytesGoThroughCredit();
    void unreadOutputHoldsOnlyItsOwnProgram();
    void inputNobodyReadsDoesNotHang();
    void terminalIsATerminalOfItsSize();
    void terminalIsResizedWithASignal();
    void terminalEndOfInput();
    void childrenInheritNothing();
    void initIsOutOfReachOfPrograms();
    void programsGoFirstWhenMemoryRunsOut();
    void environmentIsTheGuests();
    void orphansAreReaped();
    void grandchildThatHoldsTheOutputDoesNotDelayTheEnd();
    void manyProgramsAtOnce();
    void scriptWithoutInterpreterLine();
    void newBrokerTakesOverInTheMiddleOfAMessage();
    void terminalHangsUpWhenTheBrokerChanges();
    void pingIsAnswered();
    void shutdownAsksThenKills();
    void closedControlStreamEndsTheGuest();
};

void TestInitPrograms::exitCodesArrive()
{
    GuestUnderTest guest;
    QCOMPARE(guest.run({"true"}).status, 0);
    QCOMPARE(guest.run({"false"}).status, 1);
    QCOMPARE(guest.run({"sh", "-c", "exit 255"}).status, 255);
}

void TestInitPrograms::unknownProgramIsAnErrno()
{
    GuestUnderTest guest;
    QCOMPARE(guest.run({"no-such-program-anywhere"}).spawnError, std::uint32_t{ENOENT});
    QCOMPARE(guest.run({"/nowhere/at/all"}).spawnError, std::uint32_t{ENOENT});
}

void TestInitPrograms::fileWithoutExecutableBitIsRefused()
{
    GuestUnderTest guest;
    QCOMPARE(guest.run({"/etc/passwd"}).spawnError, std::uint32_t{EACCES});
}

void TestInitPrograms::signalsEndTheWholeGroup()
{
    GuestUnderTest guest;
    auto number = guest.spawn({"sh", "-c", "sleep 1000 & echo started; wait"});
    ProgramRecord& record = guest.programs[number];
    QVERIFY(guest.waitFor([&] { return record.out == "started\n"; }));
    QVERIFY(guest.control().signal(number, SIGTERM).has_value());
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
    QCOMPARE(record.status, 128 + SIGTERM);
    QVERIFY(record.signalled);
    ProgramRecord& left = guest.run({"pgrep", "-x", "sleep"});
    QCOMPARE(left.out, std::string());
}

void TestInitPrograms::outputComesBeforeTheEnd()
{
    GuestUnderTest guest;
    ProgramRecord& record = guest.run({"sh", "-c", "head -c 150000 /dev/zero; printf end"});
    QCOMPARE(record.out.size(), std::size_t{150'003});
    QVERIFY(record.endedBeforeExit);
}

void TestInitPrograms::bothStreamsAreToldApart()
{
    GuestUnderTest guest;
    ProgramRecord& record = guest.run({"sh", "-c", "printf one; printf two >&2; exit 7"});
    QCOMPARE(record.out, std::string("one"));
    QCOMPARE(record.error, std::string("two"));
    QCOMPARE(record.status, 7);
}

void TestInitPrograms::tenMegabytesGoThroughCredit()
{
    GuestUnderTest guest;
    std::string bytes;
    for (int i = 0; bytes.size() < 10'000'000; ++i)
        bytes += std::to_string(i) + '\n';
    ProgramRecord& record = guest.run({"cat"}, bytes);
    QCOMPARE(record.status, 0);
    QVERIFY(record.out == bytes);
}

void TestInitPrograms::unreadOutputHoldsOnlyItsOwnProgram()
{
    GuestUnderTest guest;
    guest.giveCredit = false;
    guest.keepOutput = false;
    auto flood = guest.spawn({"sh", "-c", "exec cat /dev/zero"});
    QVERIFY(guest.waitFor([&] { return guest.programs[flood].out_bytes == kInitialCredit_bytes; }));
    guest.keepOutput = true;
    QCOMPARE(guest.run({"echo", "responsive"}).out, std::string("responsive\n"));
    QCOMPARE(guest.programs[flood].out_bytes, std::size_t{kInitialCredit_bytes}); // not one byte over its credit
    QVERIFY(!guest.protocolError);
}

void TestInitPrograms::inputNobodyReadsDoesNotHang()
{
    GuestUnderTest guest;
    ProgramRecord& record = guest.run({"sh", "-c", "exec <&-; sleep 0.2; echo closed"}, std::string(3'000'000, 'x'));
    QCOMPARE(record.out, std::string("closed\n"));
    QCOMPARE(record.status, 0);
}

void TestInitPrograms::terminalIsATerminalOfItsSize()
{
    GuestUnderTest guest;
    Spawn what;
    what.arguments = {"sh", "-c", "tty; stty size; ps -o tty= -p $$; echo $TERM"};
    what.stdio = Stdio::Terminal;
    what.rows = 37;
    what.columns = 111;
    QVERIFY(guest.control().spawn(900, what).has_value());
    ProgramRecord& record = guest.programs[900];
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
    QCOMPARE(record.out, std::string("/dev/pts/0\r\n37 111\r\npts/0\r\nxterm-256color\r\n"));
    QVERIFY(record.outEnded);
}

void TestInitPrograms::terminalIsResizedWithASignal()
{
    GuestUnderTest guest;
    auto number = guest.spawn({"bash", "-c", "trap 'stty size; exit 3' WINCH; echo go; while :; do sleep 0.05; done"}, Stdio::Terminal);
    ProgramRecord& record = guest.programs[number];
    QVERIFY(guest.waitFor([&] { return record.out == "go\r\n"; }));
    QVERIFY(guest.control().resize(number, 50, 200).has_value());
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
    QCOMPARE(record.out, std::string("go\r\n50 200\r\n"));
    QCOMPARE(record.status, 3);
}

void TestInitPrograms::terminalEndOfInput()
{
    GuestUnderTest guest;
    auto number = guest.spawn({"sh", "-c", "stty -echo; echo ready; cat; echo over"}, Stdio::Terminal);
    ProgramRecord& record = guest.programs[number];
    QVERIFY(guest.waitFor([&] { return record.out == "ready\r\n"; }));
    guest.feed(number, "line\n");
    QVERIFY(guest.waitFor([&] { return record.status.has_value(); }));
    QCOMPARE(record.out, std::string("ready\r\nline\r\nover\r\n"));
}

void TestInitPrograms::childrenInheritNothing()
{
    GuestUnderTest guest;
    // ls itself opens one descriptor for the folder it lists.
    ProgramRecord& fds = guest.run({"ls", "/proc/self/fd"});
    QCOMPARE(fds.out, std::string("0\n1\n2\n3\n"));
    ProgramRecord& mask = guest.run({"grep", "-E", "^Sig(Blk|Ign|Cgt)|^NoNewPrivs", "/proc/self/status"});
    QVERIFY(mask.out.find("SigBlk:\t0000000000000000") != std::string::npos);
    QVERIFY(mask.out.find("SigIgn:\t0000000000000000") != std::string::npos);
}

void TestInitPrograms::initIsOutOfReachOfPrograms()
{
    GuestUnderTest guest;
    // The positive control: a program can look into another program of its account.
    ProgramRecord& open = guest.run({"sh", "-c", "sleep 1000 & ls /proc/$!/fd && cat /proc/$!/environ"});
    QCOMPARE(open.status, 0);
    QVERIFY(guest.run({"ls", "/proc/1/fd"}).status != 0);
    QVERIFY(guest.run({"cat", "/proc/1/environ"}).status != 0);
    QVERIFY(guest.run({"sh", "-c", "kill -KILL 1; kill -STOP 1; sleep 0.1; echo alive"}).out == "alive\n");
}

void TestInitPrograms::programsGoFirstWhenMemoryRunsOut()
{
    GuestUnderTest guest;
    QCOMPARE(guest.run({"cat", "/proc/self/oom_score_adj"}).out, std::string("300\n"));
    QFile own(QStringLiteral("/proc/self/oom_score_adj"));
    QVERIFY(own.open(QIODevice::ReadOnly));
    QCOMPARE(guest.run({"cat", "/proc/1/oom_score_adj"}).out, own.readAll().toStdString()); // as it was started
}

void TestInitPrograms::environmentIsTheGuests()
{
    GuestUnderTest::Options options;
    options.environment = {"GTK_THEME=Adwaita:dark", "DBUS_SESSION_BUS_ADDRESS=unix:path=/host", "DISPLAY=:0"};
    GuestUnderTest guest(options);
    std::string out = guest.run({"env"}).out;
    QVERIFY(out.find("GTK_THEME=Adwaita:dark\n") != std::string::npos);
    QVERIFY(out.find("GDK_BACKEND=wayland,x11\n") != std::string::npos);
    QVERIFY(out.find("QT_QPA_PLATFORM=wayland;xcb\n") != std::string::npos);
    QVERIFY(out.find("DBUS_SESSION_BUS_ADDRESS=unix:path=/run/guest/bus\n") != std::string::npos);
    QVERIFY(out.find("\nDISPLAY=") == std::string::npos);
    QVERIFY(out.find(":" + guest.home() + "/.annex/programs\n") != std::string::npos);
    QCOMPARE(guest.run({"pwd"}).out, guest.home() + "\n");

    Spawn what;
    what.arguments = {"sh", "-c", "echo $MINE"};
    what.environment = {"MINE=yes"};
    what.workingFolder = "/usr";
    what.stdio = Stdio::Pipes;
    QVERIFY(guest.control().spawn(901, what).has_value());
    QVERIFY(guest.waitFor([&] { return guest.programs[901].status.has_value(); }));
    QCOMPARE(guest.programs[901].out, std::string("yes\n"));
}

void TestInitPrograms::orphansAreReaped()
{
    GuestUnderTest guest;
    QCOMPARE(guest.run({"sh", "-c", "i=0; while [ $i -lt 100 ]; do (sleep 0.05 &); i=$((i+1)); done"}).status, 0);
    // Asks again until the last orphan is gone; a zombie would stay for ever.
    std::string last;
    QVERIFY(guest.waitFor([&] {
        last = guest.run({"ps", "-e", "-o", "comm="}).out;
        return last.find("sleep") == std::string::npos && last.find("defunct") == std::string::npos;
    }));
}

void TestInitPrograms::grandchildThatHoldsTheOutputDoesNotDelayTheEnd()
{
    GuestUnderTest guest;
    ProgramRecord& record = guest.run({"sh", "-c", "sleep 1000 & echo done"});
    QCOMPARE(record.out, std::string("done\n"));
    QVERIFY(record.endedBeforeExit);
    QCOMPARE(guest.run({"pgrep", "-c", "-x", "sleep"}).out, std::string("1\n")); // and is left alone
}

void TestInitPrograms::manyProgramsAtOnce()
{
    GuestUnderTest guest;
    std::vector<std::uint32_t> numbers;
    for (int i = 0; i < 200; ++i)
        numbers.push_back(guest.spawn({"sh", "-c", "head -c 20000 /dev/zero; exit 9"}));
    QVERIFY(guest.waitFor([&] {
        return std::all_of(numbers.begin(), numbers.end(), [&](auto n) { return guest.programs[n].status == 9 && guest.programs[n].out.size() == 20'000; });
    }));
}

void TestInitPrograms::scriptWithoutInterpreterLine()
{
    GuestUnderTest guest;
    FileRecord script = guest.sendFile("plain-script", "echo ran with $1\n", FilePlace::Programs);
    QCOMPARE(guest.run({script.path, "an argument"}).out, std::string("ran with an argument\n"));
    QCOMPARE(guest.run({"plain-script", "a path"}).out, std::string("ran with a path\n")); // its folder is in PATH
}

void TestInitPrograms::newBrokerTakesOverInTheMiddleOfAMessage()
{
    GuestUnderTest guest;
    auto kept = guest.spawn({"sleep", "1000"}, Stdio::None);
    auto piped = guest.spawn({"cat"});
    QVERIFY(guest.waitFor([&] { return guest.programs[kept].spawnError == 0u && guest.programs[piped].spawnError == 0u; }));

    // The old broker dies while it writes: a header announces 5,000 bytes, seven come.
    ByteVector half;
    wire::appendFrame(half, static_cast<std::uint16_t>(MessageType::Spawn), 0, 77, ByteVector(5'000, 'x'));
    QCOMPARE(::send(guest.stream(), half.data(), wire::kHeader_bytes + 7, MSG_NOSIGNAL), ssize_t{wire::kHeader_bytes + 7});
    guest.takeOverAnew();
    QVERIFY(guest.waitFor([&] { return guest.ready; }));

    QVERIFY(std::find(guest.runningAtReady.begin(), guest.runningAtReady.end(), kept) != guest.runningAtReady.end());
    QVERIFY(guest.waitFor([&] { return guest.programs[piped].status.has_value(); })); // its input ended
    QVERIFY(!guest.programs[kept].status);
    QCOMPARE(guest.run({"echo", "again"}).out, std::string("again\n"));
    QVERIFY(guest.control().signal(kept, SIGKILL).has_value());
    QVERIFY(guest.waitFor([&] { return guest.programs[kept].status == 128 + SIGKILL; }));
}

void TestInitPrograms::terminalHangsUpWhenTheBrokerChanges()
{
    GuestUnderTest guest;
    auto number = guest.spawn({"bash", "-i"}, Stdio::Terminal);
    QVERIFY(guest.waitFor([&] { return guest.programs[number].out_bytes > 0; })); // its prompt
    guest.takeOverAnew();
    QVERIFY(guest.waitFor([&] { return guest.ready && guest.programs[number].status.has_value(); }));
}

void TestInitPrograms::pingIsAnswered()
{
    GuestUnderTest guest;
    QVERIFY(guest.control().ping(4711).has_value());
    QVERIFY(guest.waitFor([&] { return guest.pongs == std::vector<std::uint32_t>{4711}; }));
}

void TestInitPrograms::shutdownAsksThenKills()
{
    GuestUnderTest guest;
    auto polite = guest.spawn({"sh", "-c", "trap 'echo bye > $HOME/polite; exit 0' TERM; echo up; while :; do sleep 0.05; done"});
    auto deaf = guest.spawn({"sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"});
    QVERIFY(guest.waitFor([&] { return guest.programs[polite].out == "up\n" && guest.programs[deaf].out == "up\n"; }));
    QVERIFY(guest.control().shutdown(500).has_value());
    QVERIFY(guest.waitFor([&] { return guest.closed; }));
    QCOMPARE(guest.process().wait().value().code, 0);
    QVERIFY(QFile::exists(QString::fromStdString(guest.home() + "/polite")));
}

void TestInitPrograms::closedControlStreamEndsTheGuest()
{
    auto guest = std::make_unique<GuestUnderTest>();
    guest->spawn({"sleep", "1000"}, Stdio::None);
    ::shutdown(guest->stream(), SHUT_RDWR);
    QVERIFY(guest->process().wait().has_value());
}

QTEST_GUILESS_MAIN(TestInitPrograms)
#include "tst_init_programs.moc"

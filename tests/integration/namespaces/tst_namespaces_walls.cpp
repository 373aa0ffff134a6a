// SPDX-License-Identifier: Apache-2.0
// What a guest cannot see, reach or do. Each refusal has its positive control: the same attempt with that one defence off.
#include <QTest>

#include <csignal>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "isolation/namespaces/system_call_filter.h"

using namespace annex;
using namespace annex::test;
using namespace annex::isolation;

namespace {

std::string hostNamespace(const char* name)
{
    char target[128] = {};
    const std::string link = std::string("/proc/self/ns/") + name;
    return ::readlink(link.c_str(), target, sizeof target - 1) > 0 ? target : "";
}

std::set<std::string> lines(const std::string& text)
{
    std::set<std::string> all;
    std::istringstream stream(text.substr(0, text.rfind("\nexit ")));
    for (std::string line; std::getline(stream, line);) {
        if (!line.empty())
            all.insert(line);
    }
    return all;
}

} // namespace

class NamespacesWallsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Fixture> m_fixture;
    std::unique_ptr<Guest> m_guest;
    std::unique_ptr<Guest> m_unfiltered; ///< positive control: the same guest without system call filters
    std::unique_ptr<Guest> m_open;       ///< and without refusing nested user namespaces

    std::unique_ptr<Guest> started(const std::string& id, std::vector<std::string> weakened)
    {
        GuestSpec spec = m_fixture->spec(id);
        spec.weakenedForTest = std::move(weakened);
        auto guest = m_fixture->start(spec);
        if (!guest)
            qWarning("%s", guest.error().describe().c_str());
        return guest ? std::move(*guest) : nullptr;
    }
    std::string call(Guest& guest, const std::string& abi, long number, const std::string& arguments = "0 0 0 0 0 0")
    {
        return m_fixture->ask(guest, "call " + abi + " " + std::to_string(number) + " " + arguments);
    }
    std::string shell(const std::string& command) { return m_fixture->shell(*m_guest, command); }

private Q_SLOTS:
    void initTestCase()
    {
        const std::string obstacle = Fixture::obstacle();
        QVERIFY2(obstacle.empty(), obstacle.c_str());
        m_fixture = std::make_unique<Fixture>();
        m_guest = started("guest", {});
        m_unfiltered = started("unfiltered", {"seccomp"});
        m_open = started("open", {"seccomp", "userns"});
        QVERIFY(m_guest && m_unfiltered && m_open);
    }
    void cleanupTestCase()
    {
        m_guest.reset();
        m_unfiltered.reset();
        m_open.reset();
        m_fixture.reset();
    }

    void hasNamespacesOfItsOwn_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"user", "pid", "mnt", "net", "ipc", "uts", "cgroup"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void hasNamespacesOfItsOwn()
    {
        QFETCH(QString, name);
        const std::string inside = shell("readlink /proc/self/ns/" + name.toStdString());
        const std::string outside = hostNamespace(qPrintable(name));
        QVERIFY(!outside.empty());
        QVERIFY2(inside.find(name.toStdString() + ":[") == 0, inside.c_str());
        QVERIFY2(inside.find(outside) == std::string::npos, inside.c_str());
    }

    void hasNoPrivileges()
    {
        const std::string status = shell("cat /proc/self/status");
        for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
            QVERIFY2(status.find(std::string(set) + ":\t0000000000000000") != std::string::npos, status.c_str());
        QVERIFY(status.find("NoNewPrivs:\t1") != std::string::npos);
        QVERIFY(status.find("Seccomp:\t2") != std::string::npos);
        QCOMPARE(shell("id -u; id -g; id -un"), std::string("1000\n1000\nuser\n\nexit 0"));
        QVERIFY(m_fixture->shell(*m_unfiltered, "cat /proc/self/status").find("Seccomp:\t0") != std::string::npos);
    }

    void hasNoNetwork()
    {
        const std::string devices = shell("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '");
        QCOMPARE(devices, std::string("lo\n\nexit 0"));
        QCOMPARE(shell("cat /proc/net/route | wc -l"), std::string("1\n\nexit 0")); // the heading alone
    }

    void seesOnlyItsOwnProcesses()
    {
        const std::string inside = shell("ls /proc | grep -c '^[0-9]'");
        QVERIFY2(std::atoi(inside.c_str()) <= 6, inside.c_str());
        QCOMPARE(shell("cat /proc/1/comm"), std::string("annex-init\n\nexit 0"));
        auto open = started("pids", {"pid"});
        QVERIFY(open);
        QVERIFY(std::atoi(m_fixture->shell(*open, "ls /proc | grep -c '^[0-9]'").c_str()) > 6);
    }

    void inheritsOnlyItsDescriptors()
    {
        const std::set<std::string> inside = lines(m_fixture->ask(*m_guest, "fds") + "\nexit 0");
        QCOMPARE(inside.size(), std::size_t{6});
        for (const char* standard : {"0 /dev/null", "1 /dev/null", "2 /dev/null", "5 /memfd:annex-pool (deleted)"})
            QVERIFY2(inside.contains(standard), standard);
        for (const std::string& one : inside)
            QVERIFY2(one[0] >= '0' && one[0] <= '5' && one[1] == ' ', one.c_str());
    }

    void inheritsOnlyItsEnvironment()
    {
        std::set<std::string> names;
        for (const std::string& line : lines(shell("env")))
            names.insert(line.substr(0, line.find('=')));
        const std::set<std::string> expected{"ANNEX_TEST", "HOME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "TMPDIR", "USER",
                                             "XDG_RUNTIME_DIR"};
        for (const std::string& name : names)
            QVERIFY2(expected.contains(name) || name == "_" || name == "OLDPWD" || name == "SHLVL", name.c_str());
        QVERIFY(names.contains("ANNEX_TEST"));
        auto leaky = started("leaky", {"clearenv"});
        QVERIFY(leaky);
        QVERIFY(m_fixture->shell(*leaky, "env").find("ANNEX_TEST_LEAK=host") != std::string::npos);
    }

    void reachesNoProcessOfTheHost()
    {
        const auto victim = [] {
            const pid_t pid = ::fork();
            if (pid == 0) {
                for (;;)
                    ::pause();
            }
            return pid;
        };
        const pid_t spared = victim();
        QVERIFY(!shell("kill -9 " + std::to_string(spared)).ends_with("exit 0"));
        QCOMPARE(::waitpid(spared, nullptr, WNOHANG), 0);
        auto open = started("signals", {"pid"});
        QVERIFY(open);
        QVERIFY(m_fixture->shell(*open, "kill -9 " + std::to_string(spared)).ends_with("exit 0"));
        int status = 0;
        QCOMPARE(::waitpid(spared, &status, 0), spared);
        QVERIFY(WIFSIGNALED(status));
    }

    void neverStartsTheHostsCoreHandler()
    {
        // The kernel starts it at any limit but 1; lowering it must not work, and must not fail either.
        const std::string attempt = "ulimit -c 0 && grep 'Max core' /proc/self/limits | tr -s ' ' | cut -d' ' -f5,6";
        QCOMPARE(shell(attempt), std::string("1 1\n\nexit 0"));
        QCOMPARE(m_fixture->shell(*m_unfiltered, attempt), std::string("0 0\n\nexit 0"));
    }

    void hasNoTerminal()
    {
        QVERIFY(shell("echo x > /dev/tty").find("No such device or address") != std::string::npos);
        QVERIFY(shell("cut -d' ' -f6,7 /proc/1/stat").starts_with("1 0")); // a session of its own, no terminal
    }

    void seesOnlyTheListedPartOfEtc()
    {
        std::set<std::string> allowed{"passwd", "group", "machine-id", "hostname", "hosts", "resolv.conf", "os-release", "ssl"};
        for (const std::string& name : visibleInEtc())
            allowed.insert(name.substr(0, name.find('/')));
        const std::set<std::string> seen = lines(shell("ls -A /etc"));
        QVERIFY(seen.contains("fonts"));
        for (const std::string& name : seen)
            QVERIFY2(allowed.contains(name), name.c_str());
        QCOMPARE(lines(shell("ls -A /etc/ssl")), (std::set<std::string>{"certs"}));
        QCOMPARE(shell("find /etc -type f ! -perm -o=r | head"), std::string("\nexit 0"));
        QVERIFY(shell("cat /etc/shadow").find("No such file") != std::string::npos);
        QVERIFY(shell("cat /etc/machine-id").find(m_fixture->spec().hostname) == std::string::npos);
        QCOMPARE(shell("cat /etc/hostname; hostname"), std::string("annex-test\nannex-test\n\nexit 0"));
        auto open = started("etc", {"etc"});
        QVERIFY(open);
        QVERIFY(m_fixture->shell(*open, "ls /etc/shadow").ends_with("exit 0"));
    }

    void seesNothingElseOfTheHost()
    {
        std::set<std::string> top = lines(shell("ls -A /"));
        for (const char* optional : {"lib32", "libx32"}) // as the host has them
            top.erase(optional);
        QCOMPARE(top, (std::set<std::string>{"annex", "bin", "dev", "etc", "home", "lib", "lib64", "proc", "run", "sbin", "tmp", "usr", "var"}));
        QCOMPARE(lines(shell("ls -A /home /home/user /tmp /run /run/user")),
            (std::set<std::string>{"/home:", "/home/user:", "/run/user:", "/run:", "/tmp:", ".X11-unix", "1000", "user"}));
        QCOMPARE(lines(shell("find /var -mindepth 1 -maxdepth 2")),
            (std::set<std::string>{"/var/cache", "/var/cache/fontconfig", "/var/lib", "/var/lib/dbus", "/var/run", "/var/tmp"}));
        QVERIFY(shell("ls /sys").find("No such file") != std::string::npos);
    }

    void cannotWriteTheSystem_data()
    {
        QTest::addColumn<QString>("place");
        for (const char* place : {"/", "/usr", "/usr/bin", "/etc", "/etc/fonts", "/annex", "/annex/bin", "/dev", "/var", "/var/cache/fontconfig"})
            QTest::newRow(place) << QString::fromLatin1(place);
    }
    void cannotWriteTheSystem()
    {
        QFETCH(QString, place);
        const std::string answer = shell("touch " + place.toStdString() + "/annex-was-here");
        QVERIFY2(answer.find("Read-only file system") != std::string::npos || answer.find("Permission denied") != std::string::npos,
            answer.c_str());
    }

    void canWriteItsOwn()
    {
        QVERIFY(shell("touch /home/user/a /tmp/a /run/a /run/user/1000/a /dev/shm/a /var/tmp/b").ends_with("exit 0"));
        QVERIFY(shell("mount | grep -E ' /(home|tmp|run|dev/shm) ' | grep -c nosuid,nodev").starts_with("4"));
    }

    void refusesNestedUserNamespaces()
    {
        const std::string attempt = "unshare --user true";
        QVERIFY(!shell(attempt).ends_with("exit 0"));
        QVERIFY(!m_fixture->shell(*m_unfiltered, attempt).ends_with("exit 0")); // bubblewrap's own wall holds alone
        QVERIFY2(m_fixture->shell(*m_open, attempt).ends_with("exit 0"), "positive control");
    }

    void refusesEachCallOnEachAbi_data()
    {
        QTest::addColumn<QString>("name");
        for (std::string_view name : refusedSystemCalls())
            QTest::newRow(std::string(name).c_str()) << QString::fromStdString(std::string(name));
    }
    void refusesEachCallOnEachAbi()
    {
        QFETCH(QString, name);
        const QByteArray text = name.toLatin1();
        const int native = seccomp_syscall_resolve_name(text.constData());
        if (native >= 0)
            QCOMPARE(call(*m_guest, "native", native), std::string("-1 1"));
#if defined(__x86_64__)
        const int i386 = seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, text.constData());
        const int x32 = seccomp_syscall_resolve_name_arch(SCMP_ARCH_X32, text.constData());
        if (i386 >= 0) {
            const std::string answer = call(*m_guest, "i386", i386);
            QVERIFY2(answer == "-1 38" || answer == "signal 11", answer.c_str()); // a kernel without 32 bits faults
        }
        if (x32 >= 0)
            QCOMPARE(call(*m_guest, "x32", x32 & ~0x40000000), std::string("-1 38"));
        QVERIFY2(native >= 0 || i386 >= 0, "no ABI knows this name: a typing error in the list");
#endif
    }

    void otherAbisAreShutAsAWhole()
    {
#if defined(__x86_64__)
        constexpr long kGetpidOfI386 = 20;
        const std::string control = call(*m_unfiltered, "i386", kGetpidOfI386);
        if (control.starts_with("signal"))
            QCOMPARE(call(*m_guest, "i386", kGetpidOfI386), control); // this kernel has no 32 bits
        else
            QCOMPARE(call(*m_guest, "i386", kGetpidOfI386), std::string("-1 38"));
        QVERIFY2(control.starts_with("signal") || !control.starts_with("-1"), control.c_str());
        QCOMPARE(call(*m_guest, "x32", seccomp_syscall_resolve_name("getpid")), std::string("-1 38"));
#endif
        QVERIFY(!call(*m_guest, "native", seccomp_syscall_resolve_name("getpid")).starts_with("-1"));
    }

    void refusesDangerousArguments_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<int>("error");
        const auto row = [](const char* title, const char* name, const QString& arguments, int error) {
            QTest::newRow(title) << QString::fromLatin1(name) << arguments << error;
        };
        row("TIOCSTI", "ioctl", QStringLiteral("0 %1 0 0 0 0").arg(0x5412), EPERM);
        row("TIOCSTI, high bits set", "ioctl", QStringLiteral("0 %1 0 0 0 0").arg(0x100005412ll), EPERM);
        row("TIOCLINUX", "ioctl", QStringLiteral("0 %1 0 0 0 0").arg(0x541C), EPERM);
        row("TIOCSETD", "ioctl", QStringLiteral("0 %1 0 0 0 0").arg(0x5423), EPERM);
        for (const auto& [title, flag] : std::initializer_list<std::pair<const char*, int>>{{"clone NEWUSER", 0x10000000},
                 {"clone NEWNS", 0x20000}, {"clone NEWPID", 0x20000000}, {"clone NEWNET", 0x40000000}, {"clone NEWIPC", 0x08000000},
                 {"clone NEWUTS", 0x04000000}, {"clone NEWCGROUP", 0x02000000}})
            row(title, "clone", QStringLiteral("%1 0 0 0 0 0").arg(flag | SIGCHLD), EPERM);
        row("clone3", "clone3", QStringLiteral("0 0 0 0 0 0"), ENOSYS);
        row("personality", "personality", QStringLiteral("%1 0 0 0 0 0").arg(0x0040000), ENOSYS);
        row("death signal taken back", "prctl", QStringLiteral("1 0 0 0 0 0"), EPERM);
        row("death signal weakened", "prctl", QStringLiteral("1 15 0 0 0 0"), EPERM);
        row("vsock", "socket", QStringLiteral("40 1 0 0 0 0"), EAFNOSUPPORT);
        row("vsock, high bits set", "socket", QStringLiteral("%1 1 0 0 0 0").arg(0x100000028ll), EAFNOSUPPORT);
        row("crypto", "socket", QStringLiteral("38 5 0 0 0 0"), EAFNOSUPPORT);
        row("packet", "socket", QStringLiteral("17 3 0 0 0 0"), EAFNOSUPPORT);
        row("bluetooth", "socket", QStringLiteral("31 1 0 0 0 0"), EAFNOSUPPORT);
        row("unknown family", "socket", QStringLiteral("200 1 0 0 0 0"), EAFNOSUPPORT);
        row("raw", "socket", QStringLiteral("2 3 1 0 0 0"), EPROTONOSUPPORT);
        row("sctp", "socket", QStringLiteral("2 1 132 0 0 0"), EPROTONOSUPPORT);
        row("mptcp", "socket", QStringLiteral("2 1 262 0 0 0"), EPROTONOSUPPORT);
        row("netfilter", "socket", QStringLiteral("16 3 12 0 0 0"), EPROTONOSUPPORT);
        row("pair of another family", "socketpair", QStringLiteral("40 1 0 0 0 0"), EAFNOSUPPORT);
    }
    void refusesDangerousArguments()
    {
        QFETCH(QString, name);
        QFETCH(QString, arguments);
        QFETCH(int, error);
        const int number = seccomp_syscall_resolve_name(name.toLatin1().constData());
        QVERIFY(number >= 0);
        const std::string expected = "-1 " + std::to_string(error);
        QCOMPARE(call(*m_guest, "native", number, arguments.toStdString()), expected);
    }

    void allowsTheHarmlessForms_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("arguments");
        QTest::newRow("unix") << QStringLiteral("socket") << QStringLiteral("1 1 0 0 0 0");
        QTest::newRow("tcp") << QStringLiteral("socket") << QStringLiteral("2 1 6 0 0 0");
        QTest::newRow("udp, close-on-exec") << QStringLiteral("socket") << QStringLiteral("10 %1 0 0 0 0").arg(SOCK_DGRAM | SOCK_CLOEXEC);
        QTest::newRow("routes") << QStringLiteral("socket") << QStringLiteral("16 3 0 0 0 0");
        QTest::newRow("personality, asked") << QStringLiteral("personality") << QStringLiteral("4294967295 0 0 0 0 0");
        QTest::newRow("death signal") << QStringLiteral("prctl") << QStringLiteral("1 9 0 0 0 0");
        QTest::newRow("memory file") << QStringLiteral("eventfd2") << QStringLiteral("0 0 0 0 0 0");
    }
    void allowsTheHarmlessForms()
    {
        QFETCH(QString, name);
        QFETCH(QString, arguments);
        const int number = seccomp_syscall_resolve_name(name.toLatin1().constData());
        const std::string answer = call(*m_guest, "native", number, arguments.toStdString());
        QVERIFY2(!answer.starts_with("-1"), answer.c_str());
    }

    void cannotTouchItsOwnFirstProgram()
    {
        // /proc/1/exe is the host's file: readable, never writable.
        QVERIFY(!shell("echo x >> /proc/1/exe").ends_with("exit 0"));
        QVERIFY(!shell("cp /bin/true /annex/bin/annex-init").ends_with("exit 0"));
    }
};

QTEST_GUILESS_MAIN(NamespacesWallsTest)
#include "tst_namespaces_walls.moc"

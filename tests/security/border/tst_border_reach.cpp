// SPDX-License-Identifier: Apache-2.0
// S12: what of the host a program inside can reach. S11: what of another workspace. The oracle is outside: a listener that nobody visits, a
// process that lives on; and the same attack succeeds where the one defence is left out.
#include <QTest>

#include <QProcess>
#include <QRandomGenerator>
#include <QTcpServer>

#include <cerrno>
#include <sys/klog.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "border.h"

using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

const QString kOther = u"Other"_s;

/// A socket of the host that notes whether anybody came.
class Listener {
public:
    explicit Listener(const QByteArray& name)
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::copy(name.begin(), name.end(), address.sun_path);
        const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<std::size_t>(name.size()));
        m_socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        m_ready = ::bind(m_socket, reinterpret_cast<const sockaddr*>(&address), length) == 0 && ::listen(m_socket, 8) == 0;
        if (!name.startsWith('\0'))
            ::chmod(name.constData(), 0777);
    }
    ~Listener() { ::close(m_socket); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    bool isReady() const { return m_ready; }
    bool wasVisited() const
    {
        const int visitor = ::accept(m_socket, nullptr, nullptr);
        if (visitor >= 0)
            ::close(visitor);
        return visitor >= 0;
    }

private:
    int m_socket = -1;
    bool m_ready = false;
};

/// A name that the host's /etc has, everybody may read and no workspace is shown.
QString privateEtcName()
{
    for (const char* name : {"fstab", "login.defs", "shells", "issue", "debian_version", "services", "protocols"}) {
        if (!fileContent(u"/etc/"_s + QLatin1String(name)).isEmpty())
            return QString::fromLatin1(name);
    }
    return {};
}

} // namespace

class TestBorderReach : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void files_data();
    void files();
    void processes();
    void environment();
    void theSessionBus();
    void theBroker();
    void abstractSockets();
    void network();
    void kernelLog();
    void filesOfAnotherWorkspace();
    void processesOfAnotherWorkspace();
    void socketsOfAnotherWorkspace();
    void sharedMemoryOfAnotherWorkspace();

private:
    std::unique_ptr<Border> m_border;
    Controls m_controls;
};

void TestBorderReach::initTestCase()
{
    QVERIFY2(obstacle().isEmpty(), qPrintable(obstacle()));
    m_border = std::make_unique<Border>();
    QVERIFY(m_border->open());
    QVERIFY(m_border->open(kOther));
}

void TestBorderReach::cleanupTestCase()
{
    m_controls.clear();
    m_border.reset();
}

void TestBorderReach::files_data()
{
    QTest::addColumn<QString>("folder"); // empty: the person's home
    QTest::addColumn<QString>("defence");
    QTest::newRow("home") << QString() << u"files"_s;
    QTest::newRow("tmp") << u"/tmp"_s << u"files"_s;
    QTest::newRow("etc") << u"/etc"_s << u"etc"_s;
}

void TestBorderReach::files()
{
    QFETCH(QString, folder);
    QFETCH(QString, defence);
    QString path = u"/etc/"_s + privateEtcName();
    if (folder != u"/etc"_s)
        path = (folder.isEmpty() ? m_border->session().folder() + u"/home"_s : folder) + u'/' + freshMark(u"secret"_s);
    QVERIFY(path != u"/etc/"_s);
    QFile file(path);
    if (folder != u"/etc"_s)
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("the host's own\n") > 0 && file.flush());
    const QStringList words{u"find-file"_s, path.section(u'/', -1), path};
    const QStringList found = m_border->attack(words);
    QVERIFY(!found.isEmpty());
    QCOMPARE(findings(found, u"^read "_s), QStringList());
    Border* control = m_controls.without({defence});
    QVERIFY(control);
    QVERIFY(!findings(control->attack(words), u"^read "_s).isEmpty());
    if (folder != u"/etc"_s)
        QVERIFY(file.remove());
}

void TestBorderReach::processes()
{
    const QString mark = freshMark(u"process"_s);
    QProcess* victim = m_border->session().startProgram(u"/bin/sh"_s, {u"-c"_s, u"read line # "_s + mark});
    QCOMPARE(victim->state(), QProcess::Running);
    const QStringList found = m_border->attack({u"find-process"_s, mark});
    QVERIFY(!found.isEmpty());
    QCOMPARE(findings(found, u"^saw "_s), QStringList());
    QVERIFY(!m_border->attack({u"signal"_s, QString::number(victim->processId())}).contains(u"signal: got"_s));
    QVERIFY(!victim->waitForFinished(200)); // it lives: the control of the signal is tst_namespaces_walls, where the namespace itself is left out
    Border* control = m_controls.without({u"proc"_s});
    QVERIFY(control);
    QVERIFY(!findings(control->attack({u"find-process"_s, mark}), u"^saw .*/cmdline"_s).isEmpty());
    victim->closeWriteChannel();
    QVERIFY(victim->waitForFinished());
}

void TestBorderReach::environment()
{
    const QStringList found = m_border->attack({u"environment"_s});
    QVERIFY(!findings(found, u"^variable HOME=/home/user"_s).isEmpty());
    for (const QString& secret : {u"ANNEX_TEST_LEAK"_s, m_border->session().folder(), u"DBUS_SESSION_BUS_ADDRESS=unix:path=/tmp"_s})
        QCOMPARE(findings(found, QRegularExpression::escape(secret)), QStringList());
    Border* control = m_controls.without({u"clearenv"_s});
    QVERIFY(control);
    QVERIFY(!findings(control->attack({u"environment"_s}), u"ANNEX_TEST_LEAK"_s).isEmpty());
}

void TestBorderReach::theSessionBus()
{
    const QString path = m_border->session().folder() + u"/bus"_s; // as DBUS_SESSION_BUS_ADDRESS of this session says
    const Listener bus(QFile::encodeName(path));
    QVERIFY(bus.isReady());
    const QStringList found = m_border->attack({u"connect-path"_s, path});
    QVERIFY(!findings(found, u"refused"_s).isEmpty());
    QVERIFY(!bus.wasVisited());
    Border* control = m_controls.without({u"files"_s});
    QVERIFY(control);
    QVERIFY(!control->attack({u"connect-path"_s, path}).isEmpty());
    QVERIFY(bus.wasVisited());
}

void TestBorderReach::theBroker()
{
    const QString path = m_border->session().brokerSocket();
    QVERIFY(!findings(m_border->attack({u"connect-path"_s, path}), u"refused"_s).isEmpty());
    QCOMPARE(findings(m_border->attack({u"connect-path"_s, path}), u": got"_s), QStringList());
    // With the host's files in view it can be connected to; what it then answers (nothing) is S15.
    Border* control = m_controls.without({u"files"_s});
    QVERIFY(control);
    QVERIFY(!findings(control->attack({u"connect-path"_s, path}), u": got"_s).isEmpty());
    QCOMPARE(m_border->session().annexctl({u"list"_s}).exitCode, 0);
}

void TestBorderReach::abstractSockets()
{
    const QString name = freshMark(u"abstract"_s);
    const Listener listener('\0' + name.toLatin1());
    QVERIFY(listener.isReady());
    QVERIFY(!findings(m_border->attack({u"connect-abstract"_s, name}), u"refused"_s).isEmpty());
    QVERIFY(!listener.wasVisited());
    Border* control = m_controls.without({u"net"_s});
    QVERIFY(control);
    QVERIFY(!control->attack({u"connect-abstract"_s, name}).isEmpty());
    QVERIFY(listener.wasVisited());
}

void TestBorderReach::network()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    const QString port = QString::number(server.serverPort());
    QVERIFY(!findings(m_border->attack({u"connect-tcp"_s, port}), u"^tcp 4: refused"_s).isEmpty());
    QVERIFY(!server.waitForNewConnection(200));
    Border* control = m_controls.without({u"net"_s});
    QVERIFY(control);
    QVERIFY(!control->attack({u"connect-tcp"_s, port}).isEmpty());
    QVERIFY(server.waitForNewConnection(annex::test::kDeadline_ms));
}

void TestBorderReach::kernelLog()
{
    const QStringList found = m_border->attack({u"kernel-log"_s});
    QCOMPARE(findings(found, u": got"_s), QStringList());
    QVERIFY(!findings(found, u"^size: refused by %1 "_s.arg(EPERM)).isEmpty());
    QVERIFY(!findings(found, u"^/dev/kmsg: refused by %1 "_s.arg(ENOENT)).isEmpty());
    // Without the filter the answer is the kernel's own, the same that the account gets outside.
    constexpr int kSize = 10;
    const bool accountMay = ::klogctl(kSize, nullptr, 0) >= 0;
    Border* control = m_controls.without({u"seccomp"_s});
    QVERIFY(control);
    const QStringList unfiltered = control->attack({u"kernel-log"_s});
    QCOMPARE(unfiltered.contains(u"size: got"_s), accountMay);
    QVERIFY(!findings(unfiltered, u"^size: "_s).isEmpty());
}

void TestBorderReach::filesOfAnotherWorkspace()
{
    const QString name = freshMark(u"secret"_s);
    for (const char* folder : {"/tmp", "/home/user", "/dev/shm", "/run/user/1000"})
        QCOMPARE(m_border->shell(u"echo the other\\'s own > %1/%2"_s.arg(QLatin1String(folder), name), kOther).exitCode, 0);
    const QStringList words{u"find-file"_s, name, u"/tmp/"_s + name};
    QCOMPARE(findings(m_border->attack(words), u"^read "_s), QStringList());
    QVERIFY(m_border->attack(words).contains(u"ended"_s));
    QVERIFY(findings(m_border->attack(words, {}, kOther), u"^read "_s).size() >= 4); // the same attack where they are
}

void TestBorderReach::processesOfAnotherWorkspace()
{
    const auto attackFrom = [](Border& border, const QString& mark) {
        auto held = border.hold({u"hold"_s, mark}, kOther);
        if (!held->holds())
            return QStringList{u"the other workspace's program did not start"_s};
        // The oracle: it is there, and the host can see it.
        if (Border::hostPidOf(mark) == 0)
            return QStringList{u"the host does not see it"_s};
        return findings(border.attack({u"find-process"_s, mark}), u"^saw "_s);
    };
    QCOMPARE(attackFrom(*m_border, freshMark(u"other"_s)), QStringList());
    Border* control = m_controls.without({u"proc"_s});
    QVERIFY(control && control->open(kOther));
    QVERIFY(!findings(attackFrom(*control, freshMark(u"other"_s)), u"^saw .*/cmdline"_s).isEmpty());
}

void TestBorderReach::socketsOfAnotherWorkspace()
{
    const auto attackFrom = [](Border& border) {
        const QString name = freshMark(u"abstract"_s);
        auto held = border.hold({u"listen-abstract"_s, name}, kOther);
        return held->holds() ? border.attack({u"connect-abstract"_s, name}) : QStringList{u"nobody listens"_s};
    };
    QVERIFY(!findings(attackFrom(*m_border), u"^abstract: refused"_s).isEmpty());
    Border* control = m_controls.without({u"net"_s});
    QVERIFY(control && control->open(kOther));
    QVERIFY(attackFrom(*control).contains(u"abstract: got"_s));
}

void TestBorderReach::sharedMemoryOfAnotherWorkspace()
{
    const int key = static_cast<int>(QRandomGenerator::global()->bounded(1, 0x7fffffff));
    const auto attackFrom = [&](Border& border, bool& hostHasIt) {
        auto held = border.hold({u"make-shared"_s, QString::number(key), u"the-other's-own"_s}, kOther);
        if (!held->holds())
            return QStringList{u"the other workspace has none"_s};
        hostHasIt = ::shmget(key, 0, 0) >= 0;
        return border.attack({u"read-shared"_s, QString::number(key)});
    };
    bool hostHasIt = true;
    QVERIFY(!findings(attackFrom(*m_border, hostHasIt), u"^shared: refused"_s).isEmpty());
    QVERIFY(!hostHasIt);
    Border* control = m_controls.without({u"ipc"_s});
    QVERIFY(control && control->open(kOther));
    QVERIFY(attackFrom(*control, hostHasIt).contains(u"shared: got the-other's-own"_s));
    QVERIFY(hostHasIt);
    QVERIFY(eventually([&] { return ::shmget(key, 0, 0) < 0; })); // the attack took its memory away again
}

QTEST_GUILESS_MAIN(TestBorderReach)
#include "tst_border_reach.moc"

// SPDX-License-Identifier: Apache-2.0
// S13: no input into a terminal, no leaked descriptor, no way to a program file of the host.
#include <QTest>

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QSet>

#include <cerrno>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <utmp.h>
#include <unistd.h>

#include "base/posix/unique_fd.h"
#include "border.h"
#include "tests/support/session/installation.h"

using namespace annex;
using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

/// A terminal of the host, as a person's shell has it, in which `annexctl exec -t` runs.
class Terminal {
public:
    explicit Terminal(Session& session, const QStringList& words)
    {
        int master = -1;
        int slave = -1;
        if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0)
            return;
        m_master.reset(master);
        m_slave.reset(slave);
        termios raw{};
        ::cfmakeraw(&raw); // so that each byte of input counts at once
        ::tcsetattr(slave, TCSANOW, &raw);
        QList<QByteArray> arguments{session.program(u"annexctl"_s).toLocal8Bit(), "exec", "-t", "-w", kWorkspace.toLocal8Bit(), "--", "/tmp/hostile"};
        for (const QString& word : words)
            arguments.append(word.toLocal8Bit());
        QList<QByteArray> environment;
        for (const QString& line : session.environment().toStringList())
            environment.append(line.toLocal8Bit());
        m_child = ::fork();
        if (m_child == 0)
            become(arguments, environment);
    }
    ~Terminal()
    {
        if (m_child > 0) {
            ::kill(m_child, SIGKILL);
            ::waitpid(m_child, nullptr, 0);
        }
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// What it showed until annexctl ended.
    QStringList output()
    {
        QByteArray text;
        bool running = m_child > 0;
        while (running || hasOutput(0)) {
            if (running && ::waitpid(m_child, nullptr, WNOHANG) == m_child) {
                running = false;
                m_child = -1;
            }
            char buffer[4096];
            if (const ssize_t got = hasOutput(20) ? ::read(m_master.get(), buffer, sizeof buffer) : 0; got > 0)
                text.append(buffer, got);
        }
        return QString::fromLocal8Bit(text).remove(u'\r').split(u'\n', Qt::SkipEmptyParts);
    }

    /// Bytes that wait to be read by the person's shell: nobody typed, so all of them would be injected.
    int waitingInput() const
    {
        int count = -1;
        ::ioctl(m_slave.get(), FIONREAD, &count);
        return count;
    }

private:
    [[noreturn]] void become(const QList<QByteArray>& arguments, const QList<QByteArray>& environment)
    {
        std::vector<char*> argv;
        std::vector<char*> envp;
        for (const QByteArray& word : arguments)
            argv.push_back(const_cast<char*>(word.constData()));
        for (const QByteArray& line : environment)
            envp.push_back(const_cast<char*>(line.constData()));
        argv.push_back(nullptr);
        envp.push_back(nullptr);
        ::login_tty(m_slave.get());
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    bool hasOutput(int patience_ms) const
    {
        pollfd wait{m_master.get(), POLLIN, 0};
        return ::poll(&wait, 1, patience_ms) > 0 && (wait.revents & POLLIN) != 0;
    }

    UniqueFd m_master;
    UniqueFd m_slave; ///< stays open here, so that its queue can be looked at afterwards
    pid_t m_child = -1;
};

/// Whether this kernel still lets a program put input into its own terminal; newer ones can be told not to.
bool kernelInjects()
{
    const QByteArray setting = fileContent(u"/proc/sys/dev/tty/legacy_tiocsti"_s).trimmed();
    return setting.isEmpty() || setting == "1";
}

QSet<QString> pipesOf(qint64 pid)
{
    QSet<QString> pipes;
    const QDir folder(u"/proc/%1/fd"_s.arg(pid));
    for (const QString& name : folder.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
        char target[256] = {};
        if (::readlink(QFile::encodeName(folder.filePath(name)).constData(), target, sizeof target - 1) > 0)
            pipes.insert(QString::fromLocal8Bit(target));
    }
    return pipes;
}

struct FileState {
    QByteArray content;
    QFile::Permissions permissions;
    QDateTime changed;
    bool operator==(const FileState&) const = default;
};

FileState stateOf(const QString& path)
{
    const QFileInfo info(path);
    return {fileContent(path), info.permissions(), info.lastModified()};
}

/// Programs in a folder of their own, those that a guest sees as copies: the control changes them.
std::unique_ptr<test::Installation> copiedPrograms()
{
    auto programs = std::make_unique<test::Installation>();
    for (const QString& name : {u"annex-init"_s, u"annex-display"_s}) {
        const QString path = programs->folder() + u'/' + name;
        if (!QFile::remove(path) || !QFile::copy(test::programPath(name), path))
            return nullptr;
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    return programs;
}

} // namespace

class TestBorderEscape : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void terminalInput();
    void descriptors();
    void programFiles();

private:
    std::unique_ptr<Border> m_border;
    Controls m_controls;
};

void TestBorderEscape::initTestCase()
{
    QVERIFY2(obstacle().isEmpty(), qPrintable(obstacle()));
    m_border = std::make_unique<Border>();
    QVERIFY(m_border->open());
}

void TestBorderEscape::cleanupTestCase()
{
    m_controls.clear();
    m_border.reset();
}

void TestBorderEscape::terminalInput()
{
    Terminal terminal(m_border->session(), {u"inject"_s});
    const QStringList said = terminal.output();
    QVERIFY2(said.contains(u"ended"_s), qPrintable(said.join(u'\n')));
    QVERIFY2(findings(said, u"TIOC.*: got"_s).isEmpty(), qPrintable(said.join(u'\n')));
    // It has a terminal, one made inside; the filter refuses, not the lack of one.
    for (const char* way : {"TIOCSTI", "TIOCSTI, high bits", "TIOCLINUX"})
        QVERIFY2(!findings(said, u"^descriptor 0 %1: refused by %2 "_s.arg(QLatin1String(way)).arg(EPERM)).isEmpty(), qPrintable(said.join(u'\n')));
    QCOMPARE(terminal.waitingInput(), 0);

    Border* control = m_controls.without({u"seccomp"_s});
    QVERIFY(control);
    Terminal unfiltered(control->session(), {u"inject"_s});
    const QStringList open = unfiltered.output();
    QVERIFY2(open.contains(u"ended"_s), qPrintable(open.join(u'\n')));
    const QString expected = kernelInjects() ? u"^descriptor 0 TIOCSTI: got"_s : u"^descriptor 0 TIOCSTI: refused by %1 "_s.arg(EIO);
    QVERIFY2(!findings(open, expected).isEmpty(), qPrintable(open.join(u'\n')));
    QVERIFY(findings(open, u"TIOCLINUX: refused by %1 "_s.arg(EPERM)).isEmpty());
    // A second wall: even then it is the terminal inside that gets the letters, never the person's.
    QCOMPARE(unfiltered.waitingInput(), 0);
}

void TestBorderEscape::descriptors()
{
    const QStringList said = m_border->attack({u"descriptors"_s});
    const QStringList own = findings(said, u"^own "_s);
    QCOMPARE(own.size(), 3);
    for (const QString& line : own)
        QVERIFY2(QRegularExpression(u"^own [012] (pipe:\\[|socket:\\[|/dev/null$)"_s).match(line).hasMatch(), qPrintable(line));
    QCOMPARE(findings(said, u"^1 "_s), QStringList());                        // annex-init shows nobody what it holds: control channel, pool
    QCOMPARE(findings(said, u"annex-pool|%1"_s.arg(m_border->session().folder())), QStringList()); // nor does annex-display
    // The oracle: what it has is nothing that a process of the host holds. Descriptors are relayed, not handed in.
    QSet<QString> inside;
    for (const QString& line : own)
        inside.insert(line.section(u' ', 2));
    inside.remove(u"/dev/null"_s);
    int looked = 0;
    for (const QString& program : {u"annexd"_s, u"annex-keeper"_s}) {
        for (const qint64 pid : m_border->session().processes(program)) {
            const QSet<QString> outside = pipesOf(pid);
            looked += outside.isEmpty() ? 0 : 1;
            QVERIFY2(!inside.intersects(outside), qPrintable(program));
        }
    }
    QVERIFY(looked >= 2);
    // The control: a descriptor that does leak, from a parent that is careless, is seen.
    QVERIFY(!findings(m_border->attack({u"descriptors"_s, u"/usr/bin/env"_s}), u"^own [0-9]+ /usr/bin/env$"_s).isEmpty());
}

void TestBorderEscape::programFiles()
{
    const QStringList inside{u"/annex/bin/annex-init"_s, u"/annex/bin/annex-display"_s, u"/usr/bin/env"_s};
    const auto programs = copiedPrograms();
    QVERIFY(programs && programs->isWhole());
    const QStringList outside{programs->folder() + u"/annex-init"_s, programs->folder() + u"/annex-display"_s, u"/usr/bin/env"_s};
    QList<FileState> before;
    for (const QString& path : outside)
        before.append(stateOf(path));
    {
        Border border({}, programs->folder());
        QVERIFY(border.open());
        const QStringList said = border.attack(QStringList{u"overwrite"_s} + inside);
        QVERIFY(!said.isEmpty());
        QCOMPARE(findings(said, u": got"_s), QStringList());
        QVERIFY(!findings(said, u"^/annex/bin/annex-display mode: refused by %1 "_s.arg(EROFS)).isEmpty());
        for (int i = 0; i < outside.size(); ++i)
            QVERIFY2(stateOf(outside[i]) == before[i], qPrintable(outside[i]));
    }
    Border control({u"readonly-programs"_s}, programs->folder());
    QVERIFY(control.open());
    const QStringList said = control.attack(QStringList{u"overwrite"_s} + inside);
    QVERIFY2(!findings(said, u"^/annex/bin/annex-display mode: got"_s).isEmpty(), qPrintable(said.join(u'\n')));
    QVERIFY(!(stateOf(outside[1]) == before[1])); // the host's file
    QVERIFY(stateOf(outside[2]) == before[2]);    // another defence holds the system's files
}

QTEST_GUILESS_MAIN(TestBorderEscape)
#include "tst_border_escape.moc"

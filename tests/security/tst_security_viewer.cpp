// SPDX-License-Identifier: Apache-2.0
// S22 and S10: hostile code inside the real viewer, and a hostile program in its place.
#include <QDir>
#include <QFile>
#include <QMap>
#include <QTest>

#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

#include "tests/security/stage.h"

using namespace annex::security;
using namespace Qt::StringLiterals;

class TestSecurityViewer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void hostileCodeInsideReachesNothing();
    void withoutTheBoxItReachesAll();
    void theFrameLinkHasAClosedList_data();
    void theFrameLinkHasAClosedList();
    void forgedGesturesDoNothing();
    void aGestureOfTheWindowInFrontIsObeyed();
    void aGestureIsGoodForOnce();
    void theClipboardIsNotVisibleBeforeAPaste();
    void aSelectionIsNotTakenUnasked();

private:
    /// For each thread of the real viewer: what every attempt came to, errno or 0.
    QMap<qint64, QMap<QByteArray, int>> intrude(const QStringList& viewerArguments);
    bool startHostileViewer();
    bool order(const QByteArray& line);
    QByteArray linkHeard() const;
    bool isOffered(const QByteArray& text);

    std::unique_ptr<annex::test::VirtualDisplay> m_display;
    std::unique_ptr<Installation> m_programs;
    std::unique_ptr<Session> m_session;
};

void TestSecurityViewer::initTestCase()
{
    m_display = std::make_unique<annex::test::VirtualDisplay>();
    QVERIFY(m_display->isReady());
}

// ---- inside the real viewer ------------------------------------------------------------------------------------------------

QMap<qint64, QMap<QByteArray, int>> TestSecurityViewer::intrude(const QStringList& viewerArguments)
{
    m_session.reset();
    m_programs = std::make_unique<Installation>();
    m_session = std::make_unique<Session>(QStringList(), m_programs->folder());
    const QString home = m_session->folder() + u"/home"_s;
    QFile secret(home + u"/secret"_s);
    if (!secret.open(QIODevice::WriteOnly) || secret.write("mine") != 4)
        return {};
    secret.close();
    const QString results = m_session->folder() + u"/results"_s;
    m_programs->wrap(u"annex-viewer"_s, viewerArguments,
                     {{u"LD_PRELOAD"_s, QStringLiteral(ANNEX_INTRUDER)}, {u"INTRUDER_RESULTS"_s, results}, {u"INTRUDER_SECRET"_s, secret.fileName()},
                      {u"INTRUDER_BROKER"_s, m_session->brokerSocket()}, {u"INTRUDER_DESKTOP"_s, m_session->runtimeFolder() + u"/annex/annex.sock"_s},
                      {u"INTRUDER_FRESH"_s, home + u"/fresh"_s}});
    // A window of a real program stands: then the box is shut, and everything that it starts late is there.
    if (!m_programs->isWhole() || !m_session->startDesktop() || m_session->annexctl({u"run"_s, u"foot"_s}).exitCode != 0
        || !screen::waitForWindow(u"^\\[Untrusted\\]"_s))
        return {};
    const qint64 viewer = m_session->processes(u"annex-viewer"_s).value(0);
    QMap<qint64, QMap<QByteArray, int>> out;
    for (const QString& name : QDir(u"/proc/%1/task"_s.arg(viewer)).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const qint64 thread = name.toLongLong();
        ::syscall(SYS_tgkill, static_cast<pid_t>(viewer), static_cast<pid_t>(thread), SIGUSR2);
        const bool told = eventually([&] {
            QFile file(results);
            if (file.open(QIODevice::ReadOnly))
                for (const QByteArray& line : file.readAll().split('\n'))
                    if (const QList<QByteArray> words = line.split(' '); words.size() == 3 && words[0].toLongLong() == thread)
                        out[thread][words[1]] = words[2].toInt();
            return out[thread].contains("end");
        });
        if (!told)
            return {};
        out[thread].remove("end");
    }
    return out;
}

void TestSecurityViewer::hostileCodeInsideReachesNothing()
{
    const auto found = intrude({});
    QVERIFY(!found.isEmpty());
    // Landlock is what keeps files from being read; where the kernel has none, the viewer says so in its hello (docs/security.md).
    const bool landlock = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) > 0;
    for (auto thread = found.begin(); thread != found.end(); ++thread) {
        QVERIFY(thread->size() >= 13);
        for (auto attempt = thread->begin(); attempt != thread->end(); ++attempt) {
            if (attempt.key() == "read-secret" && !landlock)
                continue;
            QVERIFY2(attempt.value() != 0, ("thread " + QByteArray::number(thread.key()) + ": " + attempt.key()).constData());
        }
    }
    QFile secret(m_session->folder() + u"/home/secret"_s);
    QVERIFY(secret.open(QIODevice::ReadOnly));
    QCOMPARE(secret.readAll(), QByteArray("mine"));
    QVERIFY(!QFile::exists(m_session->folder() + u"/home/fresh"_s));
    // It lives, and shows windows as before.
    QVERIFY(!m_session->processes(u"annex-viewer"_s).isEmpty());
}

void TestSecurityViewer::withoutTheBoxItReachesAll()
{
    const auto found = intrude({u"--no-box"_s});
    QVERIFY(!found.isEmpty());
    for (auto thread = found.begin(); thread != found.end(); ++thread)
        for (auto attempt = thread->begin(); attempt != thread->end(); ++attempt)
            QVERIFY2(attempt.value() == 0, (attempt.key() + ": " + QByteArray::number(attempt.value())).constData());
    QVERIFY(QFile::exists(m_session->folder() + u"/home/fresh"_s));
}

// ---- in the viewer's place -------------------------------------------------------------------------------------------------

bool TestSecurityViewer::startHostileViewer()
{
    m_session.reset();
    m_programs = std::make_unique<Installation>();
    m_programs->replace(u"annex-viewer"_s, u"annex-hostile-viewer"_s);
    m_programs->replace(u"annex-display"_s, u"annex-fake-guest"_s);
    m_session = std::make_unique<Session>(QStringList(), m_programs->folder());
    return m_programs->isWhole() && m_session->startDesktop() && m_session->startWorkspace() && screen::waitForWindow(u"^hostile-viewer$"_s)
        && eventually([&] { return linkHeard().contains("appearance"); });
}

bool TestSecurityViewer::order(const QByteArray& line)
{
    QFile fifo(m_session->folder() + u"/home/viewer-orders"_s);
    return fifo.open(QIODevice::WriteOnly | QIODevice::Unbuffered) && fifo.write(line + '\n') == line.size() + 1;
}

QByteArray TestSecurityViewer::linkHeard() const
{
    QFile file(m_session->folder() + u"/home/viewer-heard"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void TestSecurityViewer::theFrameLinkHasAClosedList_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("a verb of the API") << QByteArray(R"({"jsonrpc":"2.0","id":1,"method":"workspace.list","params":{}})");
    QTest::newRow("the API's verb as a message") << QByteArray(R"({"m":"policy.set","key":"clipboard.to_workspace","value":"allow"})");
    QTest::newRow("no such menu item") << QByteArray(R"({"m":"menu","item":"reset","window":1})");
    QTest::newRow("one member more") << QByteArray(R"({"m":"gesture","kind":"paste","window":1,"serial":1,"text":"x"})");
    QTest::newRow("a member twice") << QByteArray(R"({"m":"host_first","m":"hello"})");
    QTest::newRow("a number too large") << QByteArray(R"({"m":"first_frame","window":4294967296})");
    QTest::newRow("no JSON") << QByteArray("hello");
    QTest::newRow("a descriptor") << QByteArray("@pass");
    QTest::newRow("a flood") << QByteArray("@flood");
    QTest::newRow("a long line") << QByteArray("@long");
}

void TestSecurityViewer::theFrameLinkHasAClosedList()
{
    QFETCH(QByteArray, line);
    QVERIFY(startHostileViewer());
    // The control: what is on the list is taken, and the link stays.
    QVERIFY(order(R"({"m":"windows","list":[{"id":1,"title":"told","app":"x","minimised":false,"active":false}]})"));
    QVERIFY(eventually([&] { return m_session->workspace(u"Untrusted"_s)["windows"_L1].toInt() == 1; }));
    QVERIFY(!linkHeard().contains("closed"));
    const int records = static_cast<int>(audit(*m_session).size());
    QVERIFY(order(line));
    QVERIFY(eventually([&] { return linkHeard().endsWith("closed\n"); }));
    QVERIFY(!linkHeard().contains("jsonrpc"));
    QVERIFY(!linkHeard().contains("result"));
    QCOMPARE(audit(*m_session).size(), records); // nothing was done
    QCOMPARE(stateOf(*m_session), u"running"_s);
}

bool TestSecurityViewer::isOffered(const QByteArray& text)
{
    return HostileDisplay(*m_session).heard().contains("offer " + text);
}

void TestSecurityViewer::forgedGesturesDoNothing()
{
    QVERIFY(startHostileViewer());
    screen::setClipboard(u"host-secret"_s);
    const screen::Window own = hostWindow(*m_session);
    QVERIFY(own);
    // Pastes that nobody asked for: by chord, by menu, for windows that do not exist.
    int tries = 0;
    for (const char* line : {R"({"m":"gesture","kind":"paste","window":1,"serial":1})", R"({"m":"gesture","kind":"paste","window":4000000,"serial":2})",
                             R"({"m":"menu","item":"paste","window":1})"}) {
        QVERIFY(order(line));
        ++tries;
        QVERIFY(eventually([&] { return count(audit(*m_session), u"clipboard.paste"_s) == tries; }));
    }
    for (const auto& value : audit(*m_session)) {
        const QJsonObject record = value.toObject();
        if (record["action"_L1] == "clipboard.paste"_L1)
            QVERIFY(record["outcome"_L1] != "allowed"_L1);
    }
    QVERIFY(linkHeard().contains("paste-unfocused"));
    QVERIFY(!linkHeard().contains("host-secret"));
    QVERIFY(!HostileDisplay(*m_session).heard().contains("offer"));
    QCOMPARE(screen::clipboard(), u"host-secret"_s);
}

void TestSecurityViewer::aGestureOfTheWindowInFrontIsObeyed()
{
    // The control of the forged ones: the same message from the same program, and its window is in front.
    screen::setClipboard(u"host-secret"_s);
    screen::activate(screen::waitForWindow(u"^hostile-viewer$"_s));
    QVERIFY(order(R"({"m":"gesture","kind":"paste","window":1,"serial":10})"));
    QVERIFY(HostileDisplay(*m_session).hears("offer host-secret"));
}

void TestSecurityViewer::aGestureIsGoodForOnce()
{
    // Goes on: the window is in front, the serial was used.
    QVERIFY(isOffered("host-secret"));
    screen::setClipboard(u"another-secret"_s);
    QVERIFY(order(R"({"m":"gesture","kind":"paste","window":1,"serial":10})"));
    QVERIFY(order(R"({"m":"gesture","kind":"paste","window":1,"serial":9})"));
    QVERIFY(eventually([&] { return count(audit(*m_session), u"clipboard.gesture"_s) >= 2; }));
    QVERIFY(!isOffered("another-secret"));
    // The control: the next serial.
    QVERIFY(order(R"({"m":"gesture","kind":"paste","window":1,"serial":11})"));
    QVERIFY(HostileDisplay(*m_session).hears("offer another-secret"));
}

void TestSecurityViewer::aSelectionIsNotTakenUnasked()
{
    QVERIFY(startHostileViewer());
    screen::setClipboard(u"host-text"_s);
    HostileDisplay display(*m_session);
    QVERIFY(display.order(u"select planted"_s)); // a program took the selection, and its text comes unasked
    QVERIFY(display.order(u"select planted"_s));
    QVERIFY(!display.heard().contains("read"));
    QCOMPARE(screen::clipboard(), u"host-text"_s);
    QCOMPARE(count(audit(*m_session), u"clipboard.copy"_s), 0);
    // The control: after a copy gesture the next selection is read, once, and lands on the host.
    // A gesture is good for two seconds; on a busy machine the program may come too late for one.
    int serial = 0;
    QVERIFY(eventually([&] {
        order(R"({"m":"gesture","kind":"copy","window":1,"serial":)" + QByteArray::number(++serial) + '}');
        display.order(u"select planted"_s, false);
        return eventually([] { return screen::clipboard() == u"planted"_s; }, 3000);
    }));
    screen::setClipboard(u"host-text"_s);
    QVERIFY(display.order(u"select again"_s));
    QCOMPARE(screen::clipboard(), u"host-text"_s);
}

void TestSecurityViewer::theClipboardIsNotVisibleBeforeAPaste()
{
    // The real display and the real viewer: an X11 program inside asks for the clipboard again and again.
    m_session.reset();
    m_programs = std::make_unique<Installation>();
    m_session = std::make_unique<Session>(QStringList(), m_programs->folder());
    QVERIFY(m_programs->isWhole() && m_session->startDesktop());
    screen::setClipboard(u"host-secret"_s);
    QCOMPARE(screen::clipboard(), u"host-secret"_s);
    QCOMPARE(m_session->annexctl({u"run"_s, u"xterm"_s}).exitCode, 0);
    const screen::Window window = screen::waitForWindow(u"^\\[Untrusted\\]"_s);
    QVERIFY(window);
    const auto inside = [&] { return m_session->shell(u"Untrusted"_s, u"timeout 5 xclip -selection clipboard -o 2>&1"_s).out; };
    screen::activate(window);
    screen::type(u"echo"_s); // using the window gives nothing away
    for (int i = 0; i < 3; ++i)
        QVERIFY(!inside().contains("host-secret"));
    // The control: after a paste by the person the same program reads it.
    QVERIFY(eventually([&] {
        screen::activate(window);
        screen::key(u"ctrl+shift+v"_s);
        return inside().contains("host-secret");
    }));
}

QTEST_GUILESS_MAIN(TestSecurityViewer)
#include "tst_security_viewer.moc"

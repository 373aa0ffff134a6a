// SPDX-License-Identifier: Apache-2.0
// What comes in with a file, and with its name: S16 and S17; and S11, the host's screen. The real guest, judged by the host's view of its processes.
#include <QDir>
#include <QFile>
#include <QTest>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/security/stage.h"

using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

/// Command lines of all processes of the host that contain `mark`, each as its words.
QList<QList<QByteArray>> commandsWith(const QByteArray& mark)
{
    QList<QList<QByteArray>> found;
    for (const QString& name : QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile file(u"/proc/"_s + name + u"/cmdline"_s);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        QByteArray line = file.readAll();
        if (line.endsWith('\0'))
            line.chop(1);
        if (const QList<QByteArray> words = line.split('\0'); words.contains(mark))
            found.append(words);
    }
    return found;
}

} // namespace

class TestSecurityFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void cleanup();
    void namesStayNames_data();
    void namesStayNames();
    void onlyFilesComeIn_data();
    void onlyFilesComeIn();
    void aLinkInsideIsNotFollowed();
    void aDesktopEntryIsNotObeyed();
    void theHostsScreenIsOutOfReach();

private:
    QJsonObject send(const QString& name, int descriptor);
    QByteArray inside(const QString& line) { return m_session->shell(u"Untrusted"_s, line).out.trimmed(); }

    std::unique_ptr<annex::test::VirtualDisplay> m_spareNumber;
    std::unique_ptr<annex::test::VirtualDisplay> m_display;
    std::unique_ptr<Session> m_session;
    QString m_file; ///< an ordinary file of the host
};

void TestSecurityFiles::initTestCase()
{
    m_display = std::make_unique<annex::test::VirtualDisplay>();
    if (m_display->name() == u":0"_s) { // that is the guest's own number inside: it would answer in the place of the host's
        m_spareNumber = std::move(m_display);
        m_display = std::make_unique<annex::test::VirtualDisplay>();
    }
    QVERIFY(m_display->isReady());
    m_session = std::make_unique<Session>();
    QVERIFY(m_session->startWorkspace());
    m_file = m_session->folder() + u"/home/note.txt"_s;
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("hello\n") == 6);
    // The guest's own handler for every type below: it keeps running, so that the host can read its command line.
    QCOMPARE(m_session->shell(u"Untrusted"_s, uR"(
        mkdir -p ~/.local/share/applications ~/.config &&
        printf '#!/bin/sh\nsleep 98765.5\n' > ~/show && chmod +x ~/show &&
        printf '[Desktop Entry]\nType=Application\nName=Show\nExec=/home/user/show --mark %%f --end\nMimeType=text/plain;application/x-desktop;\n' > ~/.local/share/applications/show.desktop &&
        printf '[Default Applications]\ntext/plain=show.desktop\napplication/x-desktop=show.desktop\n' > ~/.config/mimeapps.list)"_s).exitCode, 0);
}

void TestSecurityFiles::cleanupTestCase()
{
    m_session.reset();
}

void TestSecurityFiles::cleanup()
{
    m_session->shell(u"Untrusted"_s, u"pkill -x sleep"_s);
    QVERIFY(eventually([] { return commandsWith("/home/user/show").isEmpty(); }));
}

QJsonObject TestSecurityFiles::send(const QString& name, int descriptor)
{
    return RawClient(m_session->brokerSocket()).call(u"file.open"_s, {{u"name"_s, name}, {u"workspace"_s, u"Untrusted"_s}, {u"fresh"_s, false}}, {descriptor});
}

// ---- S16, S17: names -------------------------------------------------------------------------------------------------------

void TestSecurityFiles::namesStayNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("landed"); ///< beneath the inbox
    QTest::newRow("plain: the control") << u"plain.txt"_s << QByteArray("plain.txt");
    QTest::newRow("traversal") << u"../../.bashrc.txt"_s << QByteArray("bashrc.txt");
    QTest::newRow("absolute") << u"/home/user/show.txt"_s << QByteArray("show.txt");
    QTest::newRow("leading dashes") << u"--help.txt"_s << QByteArray("help.txt");
    QTest::newRow("field codes") << u"%f %u %i %c.txt"_s << QByteArray("%f %u %i %c.txt");
    QTest::newRow("a command") << u"$(touch owned);`touch owned`.txt"_s << QByteArray("$(touch owned);`touch owned`.txt");
    QTest::newRow("quotes") << u"a\"b'c.txt"_s << QByteArray("a_b'c.txt");
    QTest::newRow("a new line") << u"a\nb.txt"_s << QByteArray();
}

void TestSecurityFiles::namesStayNames()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, landed);
    const int file = ::open(QFile::encodeName(m_file).constData(), O_RDONLY | O_CLOEXEC);
    const QJsonObject answer = send(name, file);
    ::close(file);
    QVERIFY2(answer.contains("result"_L1), qPrintable(answer["error"_L1].toObject()["message"_L1].toString()));
    // The host sees the program that opened it: the path is one word, between the handler's own.
    QList<QByteArray> words;
    QVERIFY(eventually([&] {
        const auto all = commandsWith("/home/user/show");
        if (all.isEmpty())
            return false;
        words = all.first();
        return true;
    }));
    QCOMPARE(words.size(), words.indexOf("/home/user/show") + 4);
    QCOMPARE(words[words.size() - 3], QByteArray("--mark"));
    const QByteArray path = words[words.size() - 2];
    QVERIFY2(path.startsWith("/home/user/Inbox/") && path.count('/') == 4, path.constData());
    for (const char c : path)
        QVERIFY(static_cast<unsigned char>(c) >= 32);
    if (!landed.isEmpty())
        QVERIFY2(path.endsWith('/' + landed), path.constData());
    QCOMPARE(inside(u"find / -xdev -name owned 2>/dev/null | wc -l"_s), QByteArray("0"));
}

// ---- S16: kinds ------------------------------------------------------------------------------------------------------------

void TestSecurityFiles::onlyFilesComeIn_data()
{
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"fifo", "folder", "device", "socket", "writable", "path only", "link itself"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

void TestSecurityFiles::onlyFilesComeIn()
{
    QFETCH(QString, kind);
    const QByteArray home = QFile::encodeName(m_session->folder() + u"/home"_s);
    int file = -1;
    if (kind == u"fifo"_s) {
        ::mkfifo((home + "/fifo").constData(), 0600);
        file = ::open((home + "/fifo").constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    } else if (kind == u"folder"_s) {
        file = ::open(home.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } else if (kind == u"device"_s) {
        file = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
    } else if (kind == u"socket"_s) {
        file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    } else if (kind == u"writable"_s) {
        file = ::open(QFile::encodeName(m_file).constData(), O_RDWR | O_CLOEXEC);
    } else if (kind == u"path only"_s) {
        file = ::open(QFile::encodeName(m_file).constData(), O_PATH | O_CLOEXEC);
    } else {
        ::symlink("/etc/passwd", (home + "/link.txt").constData());
        file = ::open((home + "/link.txt").constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    }
    QVERIFY(file >= 0);
    const QByteArray before = inside(u"find ~/Inbox | wc -l"_s);
    const QJsonObject refused = send(u"thing.txt"_s, file);
    ::close(file);
    QCOMPARE(refused["error"_L1].toObject()["data"_L1].toObject()["id"_L1].toString(), u"file.not-regular"_s);
    QCOMPARE(inside(u"find ~/Inbox | wc -l"_s), before);
    QCOMPARE(stateOf(*m_session), u"running"_s);
}

void TestSecurityFiles::aLinkInsideIsNotFollowed()
{
    // A program in the workspace waits for the file with a link at its name, then in the place of the inbox itself.
    QCOMPARE(inside(u"echo precious > ~/target; mkdir -p ~/Inbox; ln -sf ~/target ~/Inbox/trap.txt; mkfifo ~/Inbox/pipe.txt; cat ~/target"_s), QByteArray("precious"));
    for (const QString& name : {u"trap.txt"_s, u"pipe.txt"_s}) {
        const int file = ::open(QFile::encodeName(m_file).constData(), O_RDONLY | O_CLOEXEC);
        QVERIFY(send(name, file).contains("result"_L1)); // under another name
        ::close(file);
    }
    QCOMPARE(inside(u"cat ~/target"_s), QByteArray("precious"));
    // The control: a program that follows the link does overwrite it.
    QCOMPARE(inside(u"cp /dev/null ~/Inbox/trap.txt; wc -c < ~/target"_s), QByteArray("0"));

    QCOMPARE(inside(u"mv ~/Inbox ~/old; mkdir ~/elsewhere; ln -s ~/elsewhere ~/Inbox; echo done"_s), QByteArray("done"));
    const int file = ::open(QFile::encodeName(m_file).constData(), O_RDONLY | O_CLOEXEC);
    const QJsonObject refused = send(u"x.txt"_s, file);
    ::close(file);
    QVERIFY(refused.contains("error"_L1));
    QCOMPARE(inside(u"find ~/elsewhere -type f | wc -l"_s), QByteArray("0"));
    QCOMPARE(inside(u"rm ~/Inbox; mv ~/old ~/Inbox; echo done"_s), QByteArray("done"));
}

void TestSecurityFiles::aDesktopEntryIsNotObeyed()
{
    QFile entry(m_session->folder() + u"/home/game.desktop"_s);
    QVERIFY(entry.open(QIODevice::WriteOnly));
    entry.write("[Desktop Entry]\nType=Application\nName=Game\nExec=touch /tmp/obeyed\nTerminal=false\n");
    entry.close();
    const int file = ::open(QFile::encodeName(entry.fileName()).constData(), O_RDONLY | O_CLOEXEC);
    send(u"game.desktop"_s, file); // shown by whatever the guest has for its type, or refused: never run
    ::close(file);
    QVERIFY(eventually([&] { return inside(u"find ~/Inbox -name 'game*.desktop' | wc -l"_s) != "0"; }));
    QCOMPARE(inside(u"test -e /tmp/obeyed && echo obeyed || echo shown"_s), QByteArray("shown"));
    // The control: what would have happened.
    QCOMPARE(inside(u"sh -c \"$(sed -n s/^Exec=//p ~/Inbox/game*.desktop)\"; test -e /tmp/obeyed && echo obeyed"_s), QByteArray("obeyed"));
}

// ---- S11 -------------------------------------------------------------------------------------------------------------------

void TestSecurityFiles::theHostsScreenIsOutOfReach()
{
    // A program inside names the host's display: its windows, its picture, its keys. The X server here lets everybody of the account in.
    const QString windows = u"DISPLAY=%1 timeout 20 xwininfo -root 2>&1"_s.arg(m_display->name());
    const QString picture = u"DISPLAY=%1 timeout 20 xwd -root -silent 2>/dev/null | wc -c"_s.arg(m_display->name());
    const QString keys = u"DISPLAY=%1 timeout 20 xdotool key a 2>&1 && echo typed"_s.arg(m_display->name());
    QVERIFY(!inside(windows).contains("Width"));
    QCOMPARE(inside(picture), QByteArray("0"));
    QVERIFY(!inside(keys).endsWith("typed"));
    // The control: with the network namespace left out, the server's abstract socket is reached, and all of it is to be had.
    Session open({u"--test-hooks"_s, u"--weaken"_s, u"net"_s});
    QVERIFY(open.startWorkspace());
    QVERIFY(open.shell(u"Untrusted"_s, windows).out.contains("Width: 1600"));
    QVERIFY(open.shell(u"Untrusted"_s, keys).out.trimmed().endsWith("typed"));
}

QTEST_GUILESS_MAIN(TestSecurityFiles)
#include "tst_security_files.moc"

// SPDX-License-Identifier: Apache-2.0
// annexctl as a person uses it: run, open and exec against the real engine.
#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <csignal>
#include <sys/types.h>

#include "tests/e2e/desk.h"
#include "ui/frame/strip_messages.h"

using namespace annex::test;
using namespace annex::test::e2e;
using namespace Qt::StringLiterals;

namespace {

const QString kWorkspace = u"Untrusted"_s, kFresh = u"Untrusted 2"_s;

} // namespace

class TstE2eCommands : public QObject {
    Q_OBJECT

private:
    Desk m_desk;
    Session& annex() { return m_desk.annex(); }

    QString hostFile(const QString& name, const QByteArray& bytes, QFile::Permissions permissions = QFile::ReadOwner | QFile::WriteOwner)
    {
        const QString path = annex().folder() + u"/home/"_s + name;
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.setPermissions(permissions))
            return {};
        return path;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString hindrance = m_desk.start();
        QVERIFY2(hindrance.isEmpty(), qPrintable(hindrance));
    }

    // ---- run

    void runStartsTheDefaultWorkspace()
    {
        const Outcome outcome = annex().annexctl({u"run"_s, u"foot"_s});
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        QCOMPARE(outcome.out, "foot runs in Untrusted\n");
        GuestWindow window = waitForGuest(kWorkspace, u".*"_s);
        QVERIFY(window);
        QCOMPARE(annex().workspace(kWorkspace)["state"_L1].toString(), u"running"_s);
        // A second one goes to the same workspace.
        QCOMPARE(annex().annexctl({u"run"_s, u"foot"_s}).exitCode, 0);
        QVERIFY(eventually([] { return guestWindows(kWorkspace).size() == 2; }));
        QVERIFY(annex().workspace(kFresh).isEmpty());
    }

    void runOfAnUnknownNameSaysSo()
    {
        const Outcome outcome = annex().annexctl({u"run"_s, u"-w"_s, kWorkspace, u"no-such-program"_s});
        QVERIFY(outcome.exitCode != 0);
        QVERIFY2(outcome.err.contains("no-such-program"), outcome.err);
    }

    void runCopiesAHostProgramIntoAFreshWorkspace()
    {
        // Not executable here: it becomes so in the workspace only.
        const QByteArray script = "#!/bin/sh\nstat -c '%A %U' \"$0\" >/tmp/ran\necho \"$1\" >>/tmp/ran\nexec sleep 1000\n";
        const QString path = hostFile(u"downloaded-program"_s, script);
        QVERIFY(!path.isEmpty());
        const Outcome outcome = annex().annexctl({u"run"_s, path, u"an argument"_s});
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        QCOMPARE(outcome.out, "downloaded-program runs in Untrusted 2\n");
        QVERIFY(annex().workspace(kFresh)["fresh"_L1].toBool());
        QByteArray ran;
        QVERIFY(eventually([&] { ran = annex().shell(kFresh, u"cat /tmp/ran"_s).out; return ran.contains("an argument"); }));
        QVERIFY2(ran.left(4).contains('x'), ran);

        // Executable there only: here the file is as it was, and there is no second one.
        QFile here(path);
        QVERIFY(here.open(QIODevice::ReadOnly));
        QCOMPARE(here.readAll(), script);
        QCOMPARE(here.permissions() & (QFile::ExeOwner | QFile::ExeGroup | QFile::ExeOther), QFile::Permissions());
        // There only, and not in the workspace next door.
        QVERIFY(annex().shell(kFresh, u"ls /home/user/.annex/programs"_s).out.contains("downloaded-program"));
        QVERIFY(!annex().shell(kWorkspace, u"ls -R /home/user/.annex/programs"_s).out.contains("downloaded-program"));

        // A fresh workspace goes when it stops.
        QCOMPARE(annex().annexctl({u"stop"_s, u"--force"_s, kFresh}).exitCode, 0);
        QVERIFY(eventually([this] { return annex().workspace(kFresh).isEmpty(); }));
    }

    void runOfAMissingFileSaysSo()
    {
        const Outcome outcome = annex().annexctl({u"run"_s, u"/no/such/file"_s});
        QVERIFY(outcome.exitCode != 0);
        QVERIFY2(outcome.err.contains("/no/such/file") || outcome.err.contains("No such file"), outcome.err);
        QVERIFY(annex().workspace(kFresh).isEmpty());
    }

    // ---- open

    void openShowsAReadOnlyCopy()
    {
        const QString path = makePdf(annex().folder() + u"/home"_s, u"invoice.pdf"_s, u"Invoice 2026-0317"_s);
        QFile original(path);
        QVERIFY(original.open(QIODevice::ReadOnly));
        const QByteArray bytes = original.readAll();
        m_desk.useHostWindow();

        const Outcome outcome = annex().annexctl({u"open"_s, path});
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        QVERIFY2(outcome.out.startsWith("invoice.pdf opens in Untrusted 2 with org.gnome.Evince"), outcome.out);
        GuestWindow window = waitForGuest(kFresh, u"invoice\\.pdf.*"_s);
        QVERIFY(window);
        QVERIFY(eventually([&] { return window.isActive(); }));
        QVERIFY(m_desk.hostWindowIsWhole());
        // The page is there: its blue square.
        QVERIFY2(eventually([&] { window.refresh(); return shareOf(screen::shot(window.content()), kPdfColour, 8) > 0.005; }), "the page is not drawn");
        const QByteArray listing = annex().shell(kFresh, u"find /home/user -name invoice.pdf -exec stat -c '%A %s' {} +"_s).out;
        QVERIFY2(!listing.isEmpty() && !listing.left(listing.indexOf(' ')).contains('w'), listing);
        QVERIFY(original.seek(0));
        QCOMPARE(original.readAll(), bytes);
        QVERIFY(frameFault(window, true).isEmpty());
        window.press(annex::ui::FramePart::Close);
        QVERIFY(eventually([] { return guestWindows(kFresh).isEmpty(); }));
        QCOMPARE(annex().annexctl({u"stop"_s, u"--force"_s, kFresh}).exitCode, 0);
    }

    void openOfAnExecutableSaysRun()
    {
        const QString path = hostFile(u"program.sh"_s, "#!/bin/sh\necho no\n", QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        const Outcome outcome = annex().annexctl({u"open"_s, path});
        QVERIFY(outcome.exitCode != 0);
        QVERIFY2(outcome.err.contains("annexctl run"), outcome.err);
        // No fresh workspace stays behind for it.
        QVERIFY(eventually([this] { return annex().workspace(kFresh).isEmpty(); }));
    }

    void openOfWhatNobodyReadsSaysSo()
    {
        const QString path = hostFile(u"thing.annex-unknown"_s, QByteArray("\x01\x02\x03\xff\x00\xfe", 6));
        const Outcome outcome = annex().annexctl({u"open"_s, path});
        QVERIFY(outcome.exitCode != 0);
        QVERIFY2(outcome.err.contains("thing.annex-unknown"), outcome.err);
        QVERIFY(eventually([this] { return annex().workspace(kFresh).isEmpty(); }));
    }

    // ---- exec

    void execCarriesItsStreams()
    {
        QByteArray large;
        for (int i = 0; large.size() < 3'000'000; ++i)
            large += QByteArray::number(i * 2654435761u) + '\n';
        const Outcome echoed = annex().exec(kWorkspace, {u"cat"_s}, large);
        QCOMPARE(echoed.exitCode, 0);
        QVERIFY(echoed.out == large);
        const Outcome apart = annex().shell(kWorkspace, u"echo out; echo error >&2"_s);
        QCOMPARE(apart.out, "out\n");
        QCOMPARE(apart.err, "error\n");
    }

    void execGivesTheExitCode()
    {
        QCOMPARE(annex().shell(kWorkspace, u"exit 7"_s).exitCode, 7);
        QCOMPARE(annex().shell(kWorkspace, u"kill -9 $$"_s).exitCode, 128 + SIGKILL);
        QCOMPARE(annex().exec(kWorkspace, {u"no-such-program"_s}).exitCode, 127);
        QCOMPARE(annex().exec(kWorkspace, {u"/etc/passwd"_s}).exitCode, 126);
    }

    void execPassesSignals()
    {
        QProcess* running = annex().startAnnexctl({u"exec"_s, u"-w"_s, kWorkspace, u"--"_s, u"sh"_s, u"-c"_s, u"trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.1; done"_s});
        QByteArray said;
        QVERIFY(eventually([&] { running->waitForReadyRead(50); said += running->readAllStandardOutput(); return said.contains("ready"); }));
        ::kill(static_cast<pid_t>(running->processId()), SIGINT);
        QVERIFY(running->waitForFinished(kDeadline_ms));
        said += running->readAllStandardOutput();
        QVERIFY2(said.contains("caught"), said);
        QCOMPARE(running->exitCode(), 3);
    }

    void aKilledClientTakesItsProgramAlong()
    {
        QProcess* running = annex().startAnnexctl({u"exec"_s, u"-w"_s, kWorkspace, u"--"_s, u"sh"_s, u"-c"_s, u"echo ready; exec sleep 4711"_s});
        QByteArray said;
        QVERIFY(eventually([&] { running->waitForReadyRead(50); said += running->readAllStandardOutput(); return said.contains("ready"); }));
        running->kill();
        QVERIFY(running->waitForFinished(kDeadline_ms));
        QVERIFY(eventually([this] { return !m_desk.processesIn(kWorkspace).contains("sleep 4711"); }));
    }

    void execMakesATerminalInside()
    {
        const Outcome plain = annex().annexctl({u"exec"_s, u"-w"_s, kWorkspace, u"--"_s, u"tty"_s});
        QVERIFY(plain.out.contains("not a tty"));
        const Outcome outcome = annex().annexctl({u"exec"_s, u"-t"_s, u"-w"_s, kWorkspace, u"--"_s, u"sh"_s, u"-c"_s, u"tty; stty size; test -t 0 && test -t 1 && exit 9"_s});
        QVERIFY2(outcome.out.startsWith("/dev/pts/"), outcome.out);
        QCOMPARE(outcome.exitCode, 9);
    }

    void cleanup()
    {
        m_desk.keepIfFailed();
    }
};

QTEST_MAIN(TstE2eCommands)
#include "tst_e2e_commands.moc"

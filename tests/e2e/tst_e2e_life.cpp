// SPDX-License-Identifier: Apache-2.0
// How a workspace ends: by itself when idle, emptied by a reset, thrown away when it stops, all at once.
#include <QDirIterator>
#include <QJsonObject>
#include <QTest>

#include "tests/e2e/desk.h"
#include "tests/e2e/leftovers.h"

using namespace annex::test;
using namespace annex::test::e2e;
using namespace Qt::StringLiterals;

namespace {

const QString kWorkspace = u"Untrusted"_s;
const QByteArray kSecret = "a-line-that-nobody-finds-again-5f2c";

} // namespace

class TstE2eLife : public QObject {
    Q_OBJECT

private:
    Desk m_desk;
    Session& annex() { return m_desk.annex(); }
    QString state() { return annex().workspace(kWorkspace)["state"_L1].toString(); }

    GuestWindow open()
    {
        return annex().annexctl({u"run"_s, u"-w"_s, kWorkspace, u"--"_s, u"foot"_s}).exitCode == 0 ? waitForGuest(kWorkspace, u".*"_s) : GuestWindow();
    }

    void leaveSomething()
    {
        const Outcome outcome = annex().shell(kWorkspace, u"for f in /home/user/kept /tmp/kept /run/user/*/kept; do echo %1 >$f; done; cat /home/user/kept"_s.arg(QString::fromLatin1(kSecret)));
        QCOMPARE(outcome.out.trimmed(), kSecret);
    }

    bool isThere()
    {
        return annex().shell(kWorkspace, u"cat /home/user/kept /tmp/kept /run/user/*/kept 2>/dev/null"_s).out.contains(kSecret);
    }

    /// Files of this session on the host that hold the line.
    QStringList hostFilesWithIt()
    {
        QStringList found;
        QDirIterator files(annex().folder(), QDir::Files | QDir::Hidden | QDir::NoSymLinks, QDirIterator::Subdirectories);
        while (files.hasNext())
            if (QFile file(files.next()); file.open(QIODevice::ReadOnly) && file.readAll().contains(kSecret))
                found += file.fileName();
        return found;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString hindrance = m_desk.start();
        QVERIFY2(hindrance.isEmpty(), qPrintable(hindrance));
    }

    void nothingOfADisposableWorkspaceStays()
    {
        QVERIFY(annex().startWorkspace(kWorkspace));
        QVERIFY(open());
        leaveSomething();
        const QList<ProcessMark> tree = processTree(annex());
        const QStringList guests = guestIds(annex());
        QCOMPARE(guests.size(), 1);
        QCOMPARE(annex().annexctl({u"stop"_s, kWorkspace}).exitCode, 0);
        QCOMPARE(state(), u"stopped"_s);
        QVERIFY(eventually([] { return guestWindows(kWorkspace).isEmpty(); }));
        QList<ProcessMark> others;
        for (const ProcessMark& mark : tree)
            if (!mark.command.startsWith("annexd") && !mark.command.contains("bin/annex --background"))
                others += mark;
        QStringList left;
        QVERIFY2(eventually([&] { left = stillAlive(others); return left.isEmpty(); }), qPrintable(left.join(u'\n')));
        QVERIFY2(eventually([&] { left = tracesOf(annex(), guests); return left.isEmpty(); }), qPrintable(left.join(u'\n')));
        left = hostFilesWithIt();
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
        QVERIFY(annex().startWorkspace(kWorkspace));
        QVERIFY(!isThere());
    }

    void resetStartsAgainEmpty()
    {
        QVERIFY(annex().startWorkspace(kWorkspace));
        QVERIFY(open());
        leaveSomething();
        QVERIFY(isThere());
        const QStringList guests = guestIds(annex());
        const Outcome outcome = annex().annexctl({u"reset"_s, u"--yes"_s, kWorkspace});
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        QCOMPARE(state(), u"running"_s);
        QVERIFY(guestIds(annex()) != guests);
        QVERIFY(eventually([] { return guestWindows(kWorkspace).isEmpty(); }));
        QVERIFY(!isThere());
        QVERIFY(open()); // and it shows windows again
        QStringList left;
        QVERIFY2(eventually([&] { left = tracesOf(annex(), guests); return left.isEmpty(); }), qPrintable(left.join(u'\n')));
    }

    void anIdleWorkspaceStopsByItself()
    {
        QVERIFY(annex().startWorkspace(kWorkspace));
        QCOMPARE(annex().annexctl({u"policy"_s, u"set"_s, u"audit.level"_s, u"all"_s}).exitCode, 0);
        const Outcome set = annex().annexctl({u"policy"_s, u"set"_s, u"workspace.idle_stop"_s, u"1 min"_s});
        QVERIFY2(set.exitCode == 0, set.err);
        GuestWindow window = open();
        QVERIFY(window);
        window.press(annex::ui::FramePart::Close);
        QVERIFY(eventually([] { return guestWindows(kWorkspace).isEmpty(); }));
        QVERIFY2(eventually([this] { return state() == u"stopped"_s; }, 3 * kDeadline_ms), qPrintable(state()));
        QVERIFY(eventually([this] { return annex().processes(u"annex-viewer"_s).isEmpty() && annex().processes(u"annex-keeper"_s).isEmpty(); }));
        // The trail says that nobody asked for it.
        QCOMPARE(m_desk.records(u"workspace.stop"_s).value(0)["subject"_L1].toString(), u"Annex"_s);
    }

    void stopAllStopsAll()
    {
        QCOMPARE(annex().annexctl({u"create"_s, u"Research"_s}).exitCode, 0);
        QVERIFY(annex().startWorkspace(kWorkspace));
        QVERIFY(annex().startWorkspace(u"Research"_s));
        QVERIFY(open());
        QCOMPARE(annex().annexctl({u"run"_s, programPath(u"annex-test-qt-program"_s)}).exitCode, 0); // a fresh one
        QVERIFY(waitForGuest(u"Untrusted 2"_s, u".*"_s));
        const QStringList guests = guestIds(annex());
        QCOMPARE(guests.size(), 3);
        const Outcome outcome = annex().annexctl({u"stop"_s, u"--all"_s});
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        QCOMPARE(guestIds(annex()), QStringList());
        QVERIFY(eventually([this] { return annex().processes(u"annex-viewer"_s).isEmpty() && annex().processes(u"annex-keeper"_s).isEmpty(); }));
        QStringList left;
        QVERIFY2(eventually([&] { left = tracesOf(annex(), guests); return left.isEmpty(); }), qPrintable(left.join(u'\n')));
        QVERIFY(annex().workspace(u"Untrusted 2"_s).isEmpty());
        QCOMPARE(annex().workspace(u"Research"_s)["state"_L1].toString(), u"stopped"_s);
        QVERIFY(screen::windows(u"^\\[.*\\] "_s).isEmpty());
    }

    void cleanup()
    {
        m_desk.keepIfFailed();
        annex().annexctl({u"policy"_s, u"clear"_s, u"workspace.idle_stop"_s});
        annex().annexctl({u"stop"_s, u"--all"_s, u"--force"_s});
    }

    void cleanupTestCase()
    {
        annex().end();
        QVERIFY(eventually([this] { return processTree(annex()).isEmpty(); }));
        const QStringList half = halfFiles(annex());
        QVERIFY2(half.isEmpty(), qPrintable(half.join(u'\n')));
    }
};

QTEST_MAIN(TstE2eLife)
#include "tst_e2e_life.moc"

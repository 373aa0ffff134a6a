// SPDX-License-Identifier: Apache-2.0
// kill -9 of each process in each state: what can go on goes on, what cannot leaves nothing behind.
#include <QJsonObject>
#include <QProcess>
#include <QTest>

#include <csignal>
#include <sys/types.h>

#include "tests/e2e/desk.h"
#include "tests/e2e/leftovers.h"

using namespace annex::test;
using namespace annex::test::e2e;
using namespace Qt::StringLiterals;

namespace {

const QString kWorkspace = u"Untrusted"_s;

/// A process of the session by the beginning of its command, as the host sees it.
qint64 find(const Session& session, const QByteArray& command)
{
    qint64 found = 0;
    for (const ProcessMark& mark : processTree(session)) {
        const QByteArray program = mark.command.left(mark.command.indexOf(' '));
        if (program == command || program.endsWith('/' + command))
            found = std::max(found, mark.pid); // of several in a row (bwrap twice) the inner one
    }
    return found;
}

/// Process that shows a window, by the window's own word.
qint64 viewerOf(const GuestWindow& window)
{
    return screen::property(window.id(), u"_NET_WM_PID"_s).toLongLong();
}

bool killNow(qint64 pid)
{
    return pid > 0 && ::kill(static_cast<pid_t>(pid), SIGKILL) == 0;
}

} // namespace

class TstE2eKills : public QObject {
    Q_OBJECT

private:
    Desk m_desk;
    GuestWindow m_window;
    QStringList m_guests;         ///< every guest there was
    QList<ProcessMark> m_inside;  ///< of the running guest, keeper and bubblewrap included
    Session& annex() { return m_desk.annex(); }

    QString state() { return annex().workspace(kWorkspace)["state"_L1].toString(); }

    void openWindow(const QString& title = u"foot"_s)
    {
        QCOMPARE(annex().annexctl({u"run"_s, u"-w"_s, kWorkspace, u"--"_s, u"foot"_s, u"-T"_s, title}).exitCode, 0);
        m_window = waitForGuest(kWorkspace, title);
        QVERIFY(m_window);
        QVERIFY(eventually([this] { return m_window.isActive(); }));
        settled(m_window.content());
        remember();
    }

    void remember()
    {
        for (const QString& guest : guestIds(annex()))
            if (!m_guests.contains(guest))
                m_guests += guest;
        m_inside.clear();
        const QList<qint64> host = annex().processes(u"annexd"_s) + annex().processes(u"annex"_s) + annex().processes(u"annex-viewer"_s);
        for (const ProcessMark& mark : processTree(annex()))
            if (!host.contains(mark.pid))
                m_inside += mark;
    }

    /// The guest that was there is gone with all it had.
    void verifyNothingIsLeft()
    {
        QStringList left;
        QVERIFY2(eventually([&] { left = stillAlive(m_inside); return left.isEmpty(); }), qPrintable(left.join(u'\n')));
        const QStringList running = guestIds(annex());
        QStringList gone;
        for (const QString& guest : std::as_const(m_guests))
            if (!running.contains(guest) || state() == u"stopped"_s || state() == u"failed"_s)
                gone += guest;
        QVERIFY2(eventually([&] { left = tracesOf(annex(), gone); return left.isEmpty(); }), qPrintable(left.join(u'\n')));
    }

    void verifyWindowWorks()
    {
        m_window = waitForGuest(kWorkspace, u".*"_s);
        QVERIFY(m_window);
        m_window.activate();
        annex().shell(kWorkspace, u"rm -f /tmp/typed"_s);
        screen::type(u"echo works > /tmp/typed\n"_s);
        QVERIFY(eventually([this] { return annex().shell(kWorkspace, u"cat /tmp/typed"_s).out == "works\n"; }));
        const QString fault = frameFault(m_window, true);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString hindrance = m_desk.start();
        QVERIFY2(hindrance.isEmpty(), qPrintable(hindrance));
    }

    void init()
    {
        QVERIFY(annex().startWorkspace(kWorkspace));
        openWindow();
    }

    // ---- what goes on

    void windowsComeBackAfterTheViewer()
    {
        screen::type(u"echo a line that stays\n"_s);
        const QImage before = settled(m_window.content());
        const qint64 viewer = viewerOf(m_window);
        QVERIFY(killNow(viewer));
        GuestWindow back;
        QVERIFY2(eventually([&] {
            // The X server gives its numbers out again: only the process tells the new window from the old one.
            const auto all = guestWindows(kWorkspace);
            if (all.size() != 1 || viewerOf({all.first(), {}}) == viewer)
                return false;
            back = waitForGuest(kWorkspace, u".*"_s);
            return true;
        }), "the window did not come back");
        QCOMPARE(back.box().size(), m_window.box().size());
        m_window = back;
        m_window.activate();
        QVERIFY2(screen::difference(settled(m_window.content()), before) < 0.01, "its content is another");
        verifyWindowWorks();
        QVERIFY(stillAlive(m_inside).size() == m_inside.size());
    }

    void windowsOutliveTheDesktop()
    {
        const qint64 viewer = viewerOf(m_window);
        QVERIFY(killNow(find(annex(), "annex")));
        QVERIFY(eventually([this] { return annex().processes(u"annex"_s).isEmpty(); }));
        m_window.refresh();
        QCOMPARE(guestWindows(kWorkspace).value(0).id, m_window.id());
        m_window.activate();
        verifyWindowWorks();
        QVERIFY(annex().startDesktop());
        // The viewer that is there goes on; the new desktop starts none beside it.
        openWindow(u"second"_s);
        QCOMPARE(viewerOf(m_window), viewer);
        QCOMPARE(guestWindows(kWorkspace).size(), 2);
    }

    void guestsOutliveTheBroker()
    {
        const qint64 broker = annex().brokerPid();
        QVERIFY(killNow(broker));
        QVERIFY(eventually([&] { return annex().brokerPid() != broker; }));
        QVERIFY2(eventually([this] { return state() == u"running"_s; }), qPrintable(state()));
        QVERIFY(annex().brokerPid() != broker);
        QCOMPARE(stillAlive(m_inside).size(), m_inside.size());
        QVERIFY(annex().startDesktop());
        QVERIFY2(eventually([] { return guestWindows(kWorkspace).size() == 1; }), "the window did not come back");
        verifyWindowWorks();
    }

    void theDisplayIsStartedAgain()
    {
        const qint64 display = find(annex(), "annex-display");
        QVERIFY(killNow(display));
        // Programs lose their display, the workspace goes on and has a new one.
        QVERIFY(eventually([] { return guestWindows(kWorkspace).isEmpty(); }));
        QVERIFY(eventually([&] { const qint64 now = find(annex(), "annex-display"); return now > 0 && now != display; }));
        QCOMPARE(state(), u"running"_s);
        openWindow();
        verifyWindowWorks();
    }

    // ---- what cannot

    void aGuestGoesWithEachOfThese_data()
    {
        QTest::addColumn<QByteArray>("victim");
        for (const char* victim : {"annex-keeper", "annex-init", "bwrap"})
            QTest::newRow(victim) << QByteArray(victim);
    }

    void aGuestGoesWithEachOfThese()
    {
        QFETCH(QByteArray, victim);
        QVERIFY(killNow(find(annex(), victim)));
        QVERIFY2(eventually([this] { return state() == u"failed"_s || state() == u"stopped"_s; }), qPrintable(state()));
        QVERIFY(eventually([] { return guestWindows(kWorkspace).isEmpty(); }));
        QVERIFY(eventually([this] { return annex().processes(u"annex-viewer"_s).isEmpty(); }));
        verifyNothingIsLeft();
        // And it can be started again.
        QVERIFY(annex().startWorkspace(kWorkspace));
        openWindow();
        verifyWindowWorks();
    }

    // ---- while it starts

    void duringAStart_data()
    {
        QTest::addColumn<QByteArray>("victim");
        for (const char* victim : {"annexd", "annex-keeper", "bwrap", "annex-init", "annex-display", "annex-viewer", "annex"})
            QTest::newRow(victim) << QByteArray(victim);
    }

    void duringAStart()
    {
        QFETCH(QByteArray, victim);
        QCOMPARE(annex().annexctl({u"stop"_s, u"--force"_s, kWorkspace}).exitCode, 0);
        verifyNothingIsLeft();
        const qint64 before = find(annex(), victim); // annexd and annex are there already
        QProcess* starting = annex().startAnnexctl({u"run"_s, u"-w"_s, kWorkspace, u"--"_s, u"foot"_s});
        // As soon as it is there; for those that always are, as soon as the keeper is.
        const QByteArray sign = before > 0 ? QByteArray("annex-keeper") : victim;
        QVERIFY(eventually([&] { return find(annex(), sign) > 0; }));
        remember();
        QVERIFY(killNow(before > 0 ? before : find(annex(), victim)));
        QVERIFY(starting->waitForFinished(kDeadline_ms));

        // Whatever became of it, the state is a settled one, and it matches what runs.
        QVERIFY2(eventually([this] { const QString now = state(); return now == u"running"_s || now == u"failed"_s || now == u"stopped"_s; }), qPrintable(state()));
        if (state() != u"running"_s)
            verifyNothingIsLeft();
        if (annex().processes(u"annex"_s).isEmpty())
            QVERIFY(annex().startDesktop());
        QVERIFY(annex().startWorkspace(kWorkspace));
        QCOMPARE(annex().annexctl({u"run"_s, u"-w"_s, kWorkspace, u"--"_s, u"foot"_s, u"-T"_s, u"after"_s}).exitCode, 0);
        QVERIFY(waitForGuest(kWorkspace, u"after"_s));
        QCOMPARE(guestIds(annex()).size(), 1);
    }

    void cleanup()
    {
        m_desk.keepIfFailed();
        remember();
        annex().annexctl({u"stop"_s, u"--all"_s, u"--force"_s});
        if (annex().processes(u"annex"_s).isEmpty())
            annex().startDesktop();
    }

    void cleanupTestCase()
    {
        verifyNothingIsLeft();
        annex().end();
        QVERIFY(eventually([this] { return processTree(annex()).isEmpty(); }));
        const QStringList half = halfFiles(annex());
        QVERIFY2(half.isEmpty(), qPrintable(half.join(u'\n')));
        const QStringList traces = tracesOf(annex(), m_guests);
        QVERIFY2(traces.isEmpty(), qPrintable(traces.join(u'\n')));
    }
};

QTEST_MAIN(TstE2eKills)
#include "tst_e2e_kills.moc"

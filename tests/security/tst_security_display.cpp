// SPDX-License-Identifier: Apache-2.0
// A hostile annex-display, or annex-init, and the real host: S1 to S5. The control of each attack is the same attack against a viewer without defences.
#include <QTest>

#include <csignal>

#include "tests/security/stage.h"

using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

const QString kPlain = u"plain$"_s;

/// What an attack does to a viewer that checks nothing.
enum class Harm { Unnoticed, Crash };

} // namespace
Q_DECLARE_METATYPE(Harm)

class TestSecurityDisplay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void aBreachEndsThatWorkspaceOnly_data();
    void aBreachEndsThatWorkspaceOnly();
    void aCredulousViewerSuffers_data() { aBreachEndsThatWorkspaceOnly_data(); }
    void aCredulousViewerSuffers();
    void theControlChannelHasTheSameRule_data();
    void theControlChannelHasTheSameRule();
    void atMostSoManyWindows();
    void aCredulousViewerMakesThemAll();
    void changingPixelsAreOnlyColours();
    void aTitleIsOneShortLine();
    void aCredulousViewerShowsTheTitleAsItIs();

private:
    /// A session on the given programs, with a workspace whose window "plain" stands.
    bool start(const Installation& programs, const QString& workspace = u"Untrusted"_s);
    bool viewerDiedOf(int signal) const;

    std::unique_ptr<annex::test::VirtualDisplay> m_display;
    std::unique_ptr<Installation> m_hostile;   ///< annex-display is hostile
    std::unique_ptr<Installation> m_credulous; ///< and annex-viewer believes it
    std::unique_ptr<Installation> m_hostileInit;
    const Installation* m_running = nullptr; ///< what m_session runs on
    std::unique_ptr<Session> m_session;
};

void TestSecurityDisplay::initTestCase()
{
    m_display = std::make_unique<annex::test::VirtualDisplay>();
    QVERIFY(m_display->isReady());
    m_hostile = std::make_unique<Installation>();
    m_hostile->replace(u"annex-display"_s, u"annex-fake-guest"_s);
    m_credulous = std::make_unique<Installation>();
    m_credulous->replace(u"annex-display"_s, u"annex-fake-guest"_s);
    m_credulous->replace(u"annex-viewer"_s, u"annex-credulous-viewer"_s);
    m_hostileInit = std::make_unique<Installation>();
    m_hostileInit->replace(u"annex-init"_s, u"annex-hostile-init"_s);
    QVERIFY(m_hostile->isWhole() && m_credulous->isWhole() && m_hostileInit->isWhole());
}

void TestSecurityDisplay::cleanup()
{
    if (!m_session)
        return;
    m_session->annexctl({u"stop"_s, u"--force"_s, u"Untrusted"_s});
    if (QTest::currentTestFailed()) {
        m_session.reset();
        m_running = nullptr;
    }
}

bool TestSecurityDisplay::start(const Installation& programs, const QString& workspace)
{
    if (m_running != &programs) {
        m_session = std::make_unique<Session>(QStringList(), programs.folder());
        m_running = &programs;
        if (!m_session->startDesktop())
            return false;
    }
    HostileDisplay display(*m_session, workspace);
    return m_session->startWorkspace(workspace) && display.order(u"window plain 300 200 ff0000"_s) && screen::waitForWindow(kPlain);
}

bool TestSecurityDisplay::viewerDiedOf(int signal) const
{
    QFile log(m_session->folder() + u"/state/annex/log/annexd.log"_s);
    return log.open(QIODevice::ReadOnly) && log.readAll().contains("viewer ended with status " + QByteArray::number(-signal));
}

void TestSecurityDisplay::aBreachEndsThatWorkspaceOnly_data()
{
    QTest::addColumn<QString>("attack");
    QTest::addColumn<Harm>("harm");
    // S1: malformed, oversized, truncated, out of order
    for (const char* name : {"garbage", "oversized", "host-message", "truncated", "unknown-type", "second-hello", "id-again", "unknown-configure", "title-long"})
        QTest::newRow(name) << QString::fromLatin1(name) << Harm::Unnoticed;
    QTest::newRow("frame-first") << u"frame-first"_s << Harm::Unnoticed;
    QTest::newRow("unknown-window") << u"unknown-window"_s << Harm::Crash;
    // S3: sizes
    for (const char* name : {"negative-size", "overflowing-size"})
        QTest::newRow(name) << QString::fromLatin1(name) << Harm::Crash;
    for (const char* name : {"zero-size", "short-stride"})
        QTest::newRow(name) << QString::fromLatin1(name) << Harm::Unnoticed;
    // S4: places and slots
    QTest::newRow("outside-pool") << u"outside-pool"_s << Harm::Crash;
    for (const char* name : {"damage-outside", "serial-back"})
        QTest::newRow(name) << QString::fromLatin1(name) << Harm::Unnoticed;
}

void TestSecurityDisplay::aBreachEndsThatWorkspaceOnly()
{
    QFETCH(QString, attack);
    QVERIFY(start(*m_hostile));
    if (stateOf(*m_session, u"Neighbour"_s) != u"running"_s) {
        QVERIFY(startNew(*m_session, u"Neighbour"_s));
        QVERIFY(HostileDisplay(*m_session, u"Neighbour"_s).order(u"window quiet 200 100 00ff00"_s));
    }
    const screen::Window neighbour = screen::waitForWindow(u"^\\[Neighbour\\] quiet$"_s);
    QVERIFY(neighbour);
    const qint64 broker = m_session->brokerPid();
    const QString id = m_session->workspace(u"Untrusted"_s)["id"_L1].toString();
    const int before = count(audit(*m_session), u"guest.hostile"_s, id);

    HostileDisplay(*m_session).order(u"attack "_s + attack, false); // the end may come before its answer
    QVERIFY(eventually([&] { return stateOf(*m_session) == u"failed"_s || stateOf(*m_session) == u"stopped"_s; }));
    QCOMPARE(count(audit(*m_session), u"guest.hostile"_s, id), before + 1);
    QVERIFY(screen::waitUntilGone(kPlain));
    // Nothing else happened.
    QCOMPARE(m_session->brokerPid(), broker);
    QCOMPARE(stateOf(*m_session, u"Neighbour"_s), u"running"_s);
    QCOMPARE(screen::geometry(neighbour.id).box, neighbour.box);
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGSYS})
        QVERIFY2(!viewerDiedOf(signal), "the viewer was to refuse, not to die");
}

void TestSecurityDisplay::aCredulousViewerSuffers()
{
    QFETCH(QString, attack);
    QFETCH(Harm, harm);
    QVERIFY(start(*m_credulous));
    const QList<qint64> viewers = m_session->processes(u"annex-viewer"_s);
    QCOMPARE(viewers.size(), 1);
    QVERIFY(HostileDisplay(*m_session).order(u"attack "_s + attack, harm == Harm::Unnoticed));
    if (harm == Harm::Crash)
        QVERIFY(eventually([&] { return !m_session->processes(u"annex-viewer"_s).contains(viewers.first()); }));
    else
        QVERIFY(m_session->processes(u"annex-viewer"_s).contains(viewers.first()));
    QCOMPARE(stateOf(*m_session), u"running"_s);
    QCOMPARE(count(audit(*m_session), u"guest.hostile"_s), 0);
}

void TestSecurityDisplay::theControlChannelHasTheSameRule_data()
{
    QTest::addColumn<QString>("attack");
    QTest::addColumn<bool>("ends");
    QTest::newRow("quiet: the control") << u"quiet"_s << false; // the same program, breaking no rule, is left alone
    for (const char* name : {"garbage", "oversized", "host-message", "truncated", "unknown-type", "second-ready", "unknown-program", "relay-garbage", "file-unasked"})
        QTest::newRow(name) << QString::fromLatin1(name) << true;
}

void TestSecurityDisplay::theControlChannelHasTheSameRule()
{
    QFETCH(QString, attack);
    QFETCH(bool, ends);
    if (m_running != m_hostileInit.get()) {
        m_session = std::make_unique<Session>(QStringList(), m_hostileInit->folder());
        m_running = m_hostileInit.get();
    }
    QVERIFY(m_session->startWorkspace()); // its init has no attack of that name
    const qint64 broker = m_session->brokerPid();
    RawClient client(m_session->brokerSocket());
    const QString id = client.call(u"workspace.create"_s, {{u"name"_s, attack}})["result"_L1].toObject()["id"_L1].toString();
    QVERIFY(!id.isEmpty());
    client.call(u"workspace.start"_s, {{u"workspace"_s, id}}); // may fail already: the attack comes right after Ready
    if (ends) {
        QVERIFY(eventually([&] { return stateOf(*m_session, id) == u"failed"_s || stateOf(*m_session, id) == u"stopped"_s; }));
        QCOMPARE(count(audit(*m_session), u"guest.hostile"_s, id), 1);
    } else {
        QCOMPARE(stateOf(*m_session, id), u"running"_s);
        QCOMPARE(count(audit(*m_session), u"guest.hostile"_s, id), 0);
    }
    QCOMPARE(m_session->brokerPid(), broker);
    QCOMPARE(stateOf(*m_session), u"running"_s);
    client.call(u"workspace.stop"_s, {{u"workspace"_s, id}, {u"force"_s, true}});
}

void TestSecurityDisplay::atMostSoManyWindows()
{
    QVERIFY(start(*m_hostile));
    const qint64 viewer = m_session->processes(u"annex-viewer"_s).value(0);
    QVERIFY(HostileDisplay(*m_session).order(u"attack windows"_s, false));
    qsizetype most = 0;
    QVERIFY(eventually([&] {
        most = std::max(most, screen::idsOf(viewer).size());
        return stateOf(*m_session) != u"running"_s;
    }));
    QVERIFY2(most <= 512, qPrintable(QString::number(most)));
}

void TestSecurityDisplay::aCredulousViewerMakesThemAll()
{
    QVERIFY(start(*m_credulous));
    const qint64 viewer = m_session->processes(u"annex-viewer"_s).value(0);
    QVERIFY(HostileDisplay(*m_session).order(u"attack windows"_s, false));
    QVERIFY(eventually([&] { return screen::idsOf(viewer).size() > 512; }));
}

void TestSecurityDisplay::changingPixelsAreOnlyColours()
{
    QVERIFY(start(*m_hostile));
    HostileDisplay display(*m_session);
    QVERIFY(display.order(u"attack scribble"_s)); // a thousand frames, each acknowledged, all shown while another thread writes
    QCOMPARE(stateOf(*m_session), u"running"_s);
    // The viewer has copied a frame before it reads the next message: a slot named again and again is each time in the guest's hands.
    QVERIFY(display.order(u"attack slot-twice"_s));
    QCOMPARE(stateOf(*m_session), u"running"_s);
    // The connection goes on, and the window shows what comes next, true to the pixel.
    QVERIFY(display.order(u"window after 120 90 204060"_s));
    const screen::Window after = screen::waitForWindow(u"^\\[Untrusted\\] after$"_s);
    QVERIFY(after);
    QVERIFY(eventually([&] { return screen::shot(after.box).pixelColor(after.box.width() / 2, after.box.height() / 2) == QColor(0x20, 0x40, 0x60); }));
}

void TestSecurityDisplay::aTitleIsOneShortLine()
{
    QVERIFY(start(*m_hostile));
    const screen::Window window = screen::waitForWindow(kPlain);
    QVERIFY(HostileDisplay(*m_session).order(u"attack title"_s));
    QVERIFY(eventually([&] { return screen::name(window.id).contains(u"WWWW"_s); }));
    const QString name = screen::name(window.id);
    const QString prefix = u"[Untrusted] "_s;
    QVERIFY2(name.startsWith(prefix), qPrintable(name));
    QVERIFY(name.size() <= prefix.size() + 80);
    for (const QChar c : name)
        QVERIFY2(c.isPrint() && c.category() != QChar::Other_Format && c.category() != QChar::Separator_Line, qPrintable(QString::number(c.unicode(), 16)));
}

void TestSecurityDisplay::aCredulousViewerShowsTheTitleAsItIs()
{
    QVERIFY(start(*m_credulous));
    const screen::Window window = screen::waitForWindow(kPlain);
    QVERIFY(HostileDisplay(*m_session).order(u"attack title"_s));
    QVERIFY(eventually([&] { return screen::name(window.id).contains(QChar(0x202e)); }));
    const QString name = screen::name(window.id);
    QVERIFY(name.contains(u'\n') && name.contains(u'\x1b') && name.size() > 900 && !name.contains(u"[Untrusted]"_s));
}

QTEST_GUILESS_MAIN(TestSecurityDisplay)
#include "tst_security_display.moc"

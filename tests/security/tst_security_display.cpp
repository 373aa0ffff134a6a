// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "tests/security/stage.h"

using namespace annex::security;
using namespace Qt::StringLiterals;

/// A hostile annex-display against the real viewer: S1 to S9. Control of each: the same attack against a viewer without defences.
class TestSecurityDisplay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aBreachEndsThatWorkspaceOnly_data();
    void aBreachEndsThatWorkspaceOnly();

private:
    std::unique_ptr<annex::test::VirtualDisplay> m_display;
    std::unique_ptr<Installation> m_hostile;   ///< annex-display is hostile
    std::unique_ptr<Installation> m_credulous; ///< and annex-viewer believes it
    std::unique_ptr<Session> m_session;
};

void TestSecurityDisplay::initTestCase()
{
    m_display = std::make_unique<annex::test::VirtualDisplay>();
    QVERIFY(m_display->isReady());
    m_hostile = std::make_unique<Installation>();
    m_hostile->replace(u"annex-display"_s, u"annex-fake-guest"_s);
    QVERIFY(m_hostile->isWhole());
    m_session = std::make_unique<Session>(QStringList(), m_hostile->folder());
    QVERIFY(m_session->startDesktop());
}

void TestSecurityDisplay::aBreachEndsThatWorkspaceOnly_data()
{
    QTest::addColumn<QString>("attack");
    for (const char* name : {"garbage"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestSecurityDisplay::aBreachEndsThatWorkspaceOnly()
{
    QFETCH(QString, attack);
    QVERIFY(m_session->startWorkspace());
    HostileDisplay display(*m_session);
    QVERIFY(display.isConnected());
    QVERIFY(display.order(u"window plain 300 200 ff0000"_s));
    qInfo() << m_session->processes(u"annex-viewer"_s) << m_session->workspace(u"Untrusted"_s);
    QVERIFY(display.order(u"attack "_s + attack, false));
    QVERIFY(eventually([&] { return stateOf(*m_session) == u"failed"_s; }));
    qInfo() << audit(*m_session);
}

QTEST_GUILESS_MAIN(TestSecurityDisplay)
#include "tst_security_display.moc"

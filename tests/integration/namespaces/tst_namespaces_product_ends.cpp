// SPDX-License-Identifier: Apache-2.0
// The whole product: each of its processes below the broker, and the broker, killed in each state of a workspace. Nothing is left, and the
// workspace starts again.
#include <QTest>

#include <QDir>
#include <QProcess>

#include <csignal>
#include <cerrno>

#include "isolation/namespaces/control_group.h"
#include "tests/support/session/session.h"

using namespace annex;
using namespace annex::test;
using namespace Qt::StringLiterals;

namespace {

const QString kWorkspace = u"Untrusted"_s;

QByteArray procFile(qint64 pid, const char* name)
{
    QFile file(u"/proc/%1/%2"_s.arg(pid).arg(QLatin1String(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QList<qint64> childrenOf(qint64 pid)
{
    QList<qint64> children;
    for (const QByteArray& number : procFile(pid, qPrintable(u"task/%1/children"_s.arg(pid))).split(' ')) {
        if (!number.isEmpty())
            children.append(number.toLongLong());
    }
    return children;
}

qint64 descendant(qint64 above, const QByteArray& program)
{
    for (const qint64 child : childrenOf(above)) {
        if (procFile(child, "cmdline").split('\0').value(0) == program)
            return child;
        if (const qint64 below = descendant(child, program); below != 0)
            return below;
    }
    return 0;
}

bool lives(qint64 pid)
{
    return ::kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

} // namespace

class NamespacesProductEndsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Session> m_session;
    isolation::Delegation m_delegation;

    qint64 find(const QString& role) const
    {
        if (role == u"annexd"_s)
            return m_session->brokerPid();
        for (const qint64 keeper : m_session->processes(u"annex-keeper"_s)) {
            if (role == u"annex-keeper"_s)
                return keeper;
            const QByteArray program = role == u"bubblewrap"_s ? QByteArray("bwrap") : "/annex/bin/" + role.toLatin1();
            if (const qint64 found = descendant(keeper, program); found != 0)
                return found;
        }
        return 0;
    }
    QString keeperFolder() const { return m_session->runtimeFolder() + u"/annex/keepers"_s; }
    /// What of any guest of this session is there, in words.
    QString remains() const
    {
        QStringList all;
        for (const qint64 pid : m_session->processes(u"annex-keeper"_s))
            all << u"keeper %1"_s.arg(pid);
        for (const QString& name : QDir(keeperFolder()).entryList(QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot))
            all << name;
        for (const std::string& id : isolation::guestsWithGroups(m_delegation, isolation::groupTag(keeperFolder().toStdString())))
            all << u"control group of "_s + QString::fromStdString(id);
        return all.join(u", "_s);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(::geteuid() != 0, "these tests run as an ordinary account, as Annex does: start them through ./dev test, or with setpriv");
        m_delegation = isolation::findDelegation(::geteuid());
        m_session = std::make_unique<Session>();
        QVERIFY(m_session->startWorkspace(kWorkspace));
    }
    void cleanupTestCase()
    {
        m_session->end();
        QVERIFY2(eventually([this] { return remains().isEmpty(); }), qPrintable(remains()));
        QVERIFY(eventually([this] { return m_session->processes(u"annexd"_s).isEmpty(); }));
        m_session.reset();
    }

    void killed_data()
    {
        QTest::addColumn<QString>("role");
        QTest::addColumn<QString>("state");
        for (const char* role : {"annexd", "annex-keeper", "bubblewrap", "annex-init", "annex-display"}) {
            for (const char* state : {"starting", "running", "paused", "stopping"}) {
                if (qstrcmp(state, "paused") != 0 || !m_delegation.freezer.empty())
                    QTest::addRow("%s, %s", role, state) << QString::fromLatin1(role) << QString::fromLatin1(state);
            }
        }
    }
    void killed()
    {
        QFETCH(QString, role);
        QFETCH(QString, state);
        QProcess* working = nullptr;
        m_session->annexctl({u"stop"_s, u"--force"_s, kWorkspace});
        QVERIFY2(eventually([this] { return remains().isEmpty(); }), qPrintable(remains()));
        if (state == u"starting"_s) {
            working = m_session->startAnnexctl({u"start"_s, kWorkspace});
        } else {
            QVERIFY(m_session->startWorkspace(kWorkspace));
        }
        qint64 victim = 0;
        QVERIFY2(eventually([&] { return (victim = find(role)) > 1; }), "it never was there");
        if (state == u"paused"_s)
            QCOMPARE(m_session->annexctl({u"pause"_s, kWorkspace}).exitCode, 0);
        QList<qint64> all;
        for (const QString& other : {u"annex-keeper"_s, u"bubblewrap"_s, u"annex-init"_s, u"annex-display"_s}) {
            if (const qint64 pid = find(other); pid > 1)
                all.append(pid);
        }
        if (state == u"stopping"_s)
            working = m_session->startAnnexctl({u"stop"_s, kWorkspace});
        ::kill(static_cast<pid_t>(victim), SIGKILL); // stopping: it may be gone already
        if (working != nullptr) {
            working->closeWriteChannel();
            QVERIFY(working->waitForFinished(kDeadline_ms));
        }
        // Whatever state it is in now: asked to stop, it stops.
        QVERIFY(eventually([this] {
            m_session->annexctl({u"stop"_s, u"--force"_s, kWorkspace});
            return remains().isEmpty();
        }));
        for (const qint64 pid : all)
            QVERIFY2(eventually([pid] { return !lives(pid); }), qPrintable(u"process %1 of the guest lives on"_s.arg(pid)));
        QVERIFY(m_session->startWorkspace(kWorkspace));
        QCOMPARE(m_session->shell(kWorkspace, u"echo again"_s).out.trimmed(), QByteArray("again"));
    }

    void aGuestSurvivesItsBroker()
    {
        QCOMPARE(m_session->shell(kWorkspace, u"echo kept > /tmp/mark"_s).exitCode, 0);
        const qint64 broker = m_session->brokerPid();
        QVERIFY(broker > 1 && ::kill(static_cast<pid_t>(broker), SIGKILL) == 0);
        QVERIFY(eventually([&] { return m_session->brokerPid() != broker; }));
        QCOMPARE(m_session->shell(kWorkspace, u"cat /tmp/mark"_s).out.trimmed(), QByteArray("kept"));
        QVERIFY(m_session->brokerPid() != broker);
    }
};

QTEST_GUILESS_MAIN(NamespacesProductEndsTest)
#include "tst_namespaces_product_ends.moc"

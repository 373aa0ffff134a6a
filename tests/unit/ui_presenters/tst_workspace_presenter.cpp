// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "ui/presenters/workspace_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;
using P = WorkspacePresenter;

namespace {

Workspace workspace(const QString& name, WorkspaceState state, int windows = 0)
{
    Workspace w;
    w.id = name.toLower();
    w.name = name;
    w.profile = u"quarantine"_s;
    w.state = state;
    w.windows = windows;
    return w;
}

QStringList texts(const QVector<Fact>& facts)
{
    QStringList list;
    for (const Fact& fact : facts)
        list << fact.text;
    return list;
}

} // namespace

class TestWorkspacePresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

    void saysTheState_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<int>("windows");
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("sign");
        const auto row = [](const char* name, WorkspaceState state, int windows, const QString& line, StateSign sign) {
            QTest::newRow(name) << int(state) << windows << line << int(sign);
        };
        row("running, 2", WorkspaceState::Running, 2, u"Running · 2 windows"_s, StateSign::Disc);
        row("running, 1", WorkspaceState::Running, 1, u"Running · 1 window"_s, StateSign::Disc);
        row("running, 0", WorkspaceState::Running, 0, u"Running · no window"_s, StateSign::Disc);
        row("starting", WorkspaceState::Starting, 0, u"Starting…"_s, StateSign::Ring);
        row("paused", WorkspaceState::Paused, 1, u"Paused"_s, StateSign::Bars);
        row("stopping", WorkspaceState::Stopping, 0, u"Stopping…"_s, StateSign::Ring);
        row("stopped", WorkspaceState::Stopped, 0, u"Stopped"_s, StateSign::HollowSquare);
        row("failed", WorkspaceState::Failed, 0, u"Failed · see why"_s, StateSign::Triangle);
    }
    void saysTheState()
    {
        QFETCH(int, state);
        QFETCH(int, windows);
        QFETCH(int, sign);
        const Workspace w = workspace(u"Untrusted"_s, WorkspaceState(state), windows);
        QTEST(P::stateLine(w), "line");
        QCOMPARE(int(P::stateSign(w.state)), sign);
    }

    void speaksTheWholeRow()
    {
        Workspace w = workspace(u"Untrusted"_s, WorkspaceState::Running, 2);
        w.level = Level::Hypervisor;
        QCOMPARE(P::accessibleRow(w), u"Untrusted, running, 2 windows, level Hypervisor, disposable"_s);
    }

    void setsFreshOnesUnderTheirProfile()
    {
        Workspace fresh = workspace(u"Untrusted 2"_s, WorkspaceState::Running);
        fresh.fresh = true;
        fresh.number = 2;
        Workspace research = workspace(u"Research"_s, WorkspaceState::Stopped);
        research.colour = Colour::Teal;
        const QVector<SidebarRow> rows = P::rows({workspace(u"Untrusted"_s, WorkspaceState::Stopped), research, fresh});
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows[1].id, u"untrusted 2"_s);
        QVERIFY(rows[1].child);
        QCOMPARE(rows[1].identity.initial(), u"2"_s);
        QCOMPARE(rows[2].id, u"research"_s);
    }

    void saysTheFacts()
    {
        Workspace w = workspace(u"Untrusted"_s, WorkspaceState::Running, 1);
        w.startedAt = QDateTime(QDate(2026, 11, 24), QTime(10, 30));
        QCOMPARE(texts(P::facts(w)), QStringList({u"Process"_s, u"Disposable"_s, u"Offline"_s, u"Running since 10:30"_s}));
    }

    void saysWhichLimitDoesNotHold()
    {
        Workspace w = workspace(u"Untrusted"_s, WorkspaceState::Stopped);
        w.unlimited = QStringList{u"memory.maximum"_s};
        QVERIFY(texts(P::facts(w)).contains(u"Memory unlimited"_s));
    }

    void offersOnlyWhatCanBeDone()
    {
        Workspace w = workspace(u"Untrusted"_s, WorkspaceState::Running);
        QVERIFY(!P::actions(w).pause); // no control group
        w.canPause = true;
        QVERIFY(P::actions(w).pause);
        QVERIFY(P::actions(w).stop && P::actions(w).reset);
        QVERIFY(!P::actions(w).start && !P::actions(w).remove);
        w.state = WorkspaceState::Starting;
        QVERIFY(P::actions(w).cancel);
        w.state = WorkspaceState::Failed;
        QVERIFY(P::actions(w).start && P::actions(w).remove);
        w.state = WorkspaceState::Stopping;
        QCOMPARE(P::actions(w), HeaderActions{});
    }

    void asksInQuestionsOfFewWords()
    {
        const Question reset = P::resetQuestion(workspace(u"Research"_s, WorkspaceState::Running));
        QCOMPARE(reset.title, u"Reset Research?"_s);
        QCOMPARE(reset.confirm, u"Reset"_s);
        QCOMPARE(reset.keep, u"Cancel"_s);
        QCOMPARE(P::quitQuestion(2).title, u"Quit and stop 2 workspaces?"_s);
        QCOMPARE(P::quitQuestion(1).title, u"Quit and stop 1 workspace?"_s);
        QCOMPARE(P::quitQuestion(2).keep, u"Stay"_s);
    }

    void namesANewWorkspaceWithAFreeName()
    {
        QCOMPARE(P::freeName({}), u"Workspace"_s);
        QCOMPARE(P::freeName({workspace(u"workspace"_s, WorkspaceState::Stopped), workspace(u"Workspace 2"_s, WorkspaceState::Stopped)}), u"Workspace 3"_s);
    }
};

QTEST_GUILESS_MAIN(TestWorkspacePresenter)
#include "tst_workspace_presenter.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QLocale>
#include <QTest>

#include "ui/presenters/tray_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;
using P = TrayPresenter;

namespace {

Workspace workspace(const QString& id, const QString& name, WorkspaceState state)
{
    Workspace w;
    w.id = id;
    w.name = name;
    w.state = state;
    w.canPause = true;
    return w;
}

Setting setting(const QString& key, const QString& title, const QString& value)
{
    Setting s;
    s.key = key;
    s.type = u"choice"_s;
    s.values = {u"off"_s, u"text"_s};
    s.title = title;
    s.value = value;
    return s;
}

TrayInput twoRunning()
{
    TrayInput input;
    input.workspaces = {workspace(u"w1"_s, u"Untrusted"_s, WorkspaceState::Running), workspace(u"w2"_s, u"Research"_s, WorkspaceState::Running)};
    input.workspaces[0].memory_bytes = 600LL << 20;
    input.workspaces[1].memory_bytes = 320LL << 20;
    input.front = u"w1"_s;
    Setting out = setting(u"clipboard.from_workspace"_s, u"Copy out"_s, u"off"_s);
    out.locked = true;
    out.organisation = u"Acme Ltd"_s;
    input.settings[u"w1"_s] = {setting(u"clipboard.to_workspace"_s, u"Copy in"_s, u"text"_s), out, setting(u"files.to_workspace"_s, u"Files in"_s, u"allow"_s)};
    return input;
}

} // namespace

class TestTrayPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

    void showsTheMenu()
    {
        const TrayModel model = P::model(twoRunning());
        QCOMPARE(P::asText(model.items), QStringList({
            u"= 2 workspaces running · 920 MB"_s, u"---"_s,
            u"  Untrusted >"_s, u"  Research >"_s, u"  New disposable workspace"_s, u"---"_s,
            u"= Untrusted, in front"_s, u"x Copy in"_s, u"# Copy out — locked by Acme Ltd"_s, u"---"_s,
            u"  Pause Untrusted"_s, u"  Reset Untrusted…"_s, u"  Stop all workspaces"_s, u"---"_s,
            u"  Open Annex"_s, u"  Check-up"_s, u"  Quit Annex…"_s}));
        QCOMPARE(model.state, TrayState::Running);
        QCOMPARE(model.tooltip, u"Annex · 2 running · 920 MB"_s);
        QVERIFY(model.items[2].swatch.has_value());
    }

    void aLockedLineCanBeChosenAndOpensTheReason()
    {
        const TrayModel model = P::model(twoRunning());
        const auto locked = std::find_if(model.items.begin(), model.items.end(), [](const TrayItem& item) { return item.kind == TrayItem::Kind::Locked; });
        QVERIFY(locked != model.items.end());
        QVERIFY(locked->enabled);
        QCOMPARE(locked->command, TrayCommand::ExplainSetting);
        QCOMPARE(locked->icon, u"lock"_s);
    }

    void aWorkspaceHasItsOwnMenu()
    {
        TrayInput input = twoRunning();
        input.workspaces[0].windows = 2;
        AppEntry app;
        app.id = u"foot.desktop"_s;
        app.name = u"Foot"_s;
        input.mostUsed[u"w1"_s] = {app};
        const std::vector<TrayItem> items = P::model(input).items;
        QCOMPARE(P::asText(items[2].children), QStringList({u"  Bring windows to front"_s, u"  Apps >"_s, u"x Copy in"_s, u"# Copy out — locked by Acme Ltd"_s,
                                                            u"  Pause"_s, u"  Stop"_s, u"  Reset…"_s, u"  Settings"_s}));
    }

    void nothingRuns()
    {
        TrayInput input;
        input.workspaces = {workspace(u"w1"_s, u"Untrusted"_s, WorkspaceState::Stopped)};
        const TrayModel model = P::model(input);
        QCOMPARE(model.items.front().text, u"Nothing is running"_s);
        QCOMPARE(model.state, TrayState::Ready);
        QCOMPARE(P::asText(model.items)[2], u"  Untrusted · stopped >"_s);
        QVERIFY(!P::asText(model.items).contains(u"  Stop all workspaces"_s));
    }

    void statesAreToldByShape_data()
    {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        QTest::addColumn<int>("state");
        const auto row = [](const char* name, WorkspaceState a, WorkspaceState b, TrayState state) { QTest::newRow(name) << int(a) << int(b) << int(state); };
        row("stopped", WorkspaceState::Stopped, WorkspaceState::Stopped, TrayState::Ready);
        row("one runs", WorkspaceState::Running, WorkspaceState::Stopped, TrayState::Running);
        row("starting", WorkspaceState::Starting, WorkspaceState::Stopped, TrayState::Running);
        row("all paused", WorkspaceState::Paused, WorkspaceState::Paused, TrayState::Paused);
        row("one paused", WorkspaceState::Paused, WorkspaceState::Stopped, TrayState::Paused);
        row("paused and running", WorkspaceState::Paused, WorkspaceState::Running, TrayState::Running);
        row("failed", WorkspaceState::Running, WorkspaceState::Failed, TrayState::Problem);
    }
    void statesAreToldByShape()
    {
        QFETCH(int, first);
        QFETCH(int, second);
        QFETCH(int, state);
        TrayInput input;
        input.workspaces = {workspace(u"w1"_s, u"A"_s, WorkspaceState(first)), workspace(u"w2"_s, u"B"_s, WorkspaceState(second))};
        QCOMPARE(int(P::state(input)), state);
    }

    void aProblemReplacesTheHeadingAndCanBeChosen()
    {
        TrayInput input = twoRunning();
        input.workspaces[1].state = WorkspaceState::Failed;
        const TrayItem head = P::model(input).items.front();
        QCOMPARE(head.text, u"Research failed · see why"_s);
        QVERIFY(head.enabled);
        QCOMPARE(head.command, TrayCommand::ShowFailure);
    }

    void withoutTheBrokerOnlyTheWindowIsOffered()
    {
        TrayInput input = twoRunning();
        input.connected = false;
        const TrayModel model = P::model(input);
        QCOMPARE(model.state, TrayState::Problem);
        QCOMPARE(P::asText(model.items), QStringList({u"  Annex's service does not answer · see why"_s, u"---"_s, u"  Open Annex"_s, u"  Check-up"_s, u"  Quit Annex…"_s}));
    }

    void atTheMaximumNoNewOneIsOffered()
    {
        TrayInput input = twoRunning();
        input.maximum = 2;
        const QStringList lines = P::asText(P::model(input).items);
        QVERIFY(lines.contains(u"= 2 of 2 workspaces running"_s));
        QVERIFY(!lines.contains(u"  New disposable workspace"_s));
    }

    void neverHasMoreThanTwentyLines()
    {
        TrayInput input = twoRunning();
        for (int number = 3; number <= 64; ++number)
            input.workspaces.push_back(workspace(u"w%1"_s.arg(number), u"W%1"_s.arg(number), number % 2 ? WorkspaceState::Running : WorkspaceState::Stopped));
        input.maximum = 64;
        const TrayModel model = P::model(input);
        const auto lines = std::count_if(model.items.begin(), model.items.end(), [](const TrayItem& item) { return item.kind != TrayItem::Kind::Separator; });
        QVERIFY2(lines <= 20, qPrintable(P::asText(model.items).join(u'\n')));
        QVERIFY(P::asText(model.items).contains(u"  56 more in Annex…"_s));
    }
};

QTEST_GUILESS_MAIN(TestTrayPresenter)
#include "tst_tray_presenter.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QRegularExpression>
#include <QTest>

#include "ui/presenters/error_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;
using P = ErrorPresenter;

namespace {

const ErrorContext kContext{u"w1"_s, u"Untrusted"_s, u"/home/ada/setup.run"_s};

ErrorView view(const QString& id, const QStringList& todo = {})
{
    return P::view({id, u"Untrusted did not start"_s, u"A reason."_s, todo, u"errno 0x16"_s}, kContext);
}

} // namespace

class TestErrorPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyErrorHasThreeParts_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("button");
        QTest::addColumn<int>("action");
        const auto row = [](const char* id, const QString& button, ErrorAction action) { QTest::newRow(id) << QString::fromLatin1(id) << button << int(action); };
        row("engine.no-userns", u"Show check-up"_s, ErrorAction::ShowCheckUp);
        row("engine.unavailable", u"Show check-up"_s, ErrorAction::ShowCheckUp);
        row("engine.limit-not-held", u"Show check-up"_s, ErrorAction::ShowCheckUp);
        row("policy.level-refused", u"Show check-up"_s, ErrorAction::ShowCheckUp);
        row("policy.store-corrupt", u"Show check-up"_s, ErrorAction::ShowCheckUp);
        row("policy.locked", u"Copy report"_s, ErrorAction::CopyReport);
        row("storage.full", u"Reset"_s, ErrorAction::Reset);
        row("guest.crashed", u"Start again"_s, ErrorAction::StartAgain);
        row("guest.hostile", u"Reset"_s, ErrorAction::Reset);
        row("app.failed", u"Show apps"_s, ErrorAction::ShowApps);
        row("system.changed", u"Start again"_s, ErrorAction::StartAgain);
        row("broker.away", u"Try again"_s, ErrorAction::TryAgain);
        row("clipboard.large", u"Open a file…"_s, ErrorAction::OpenFile);
        row("file.executable", u"Run in Untrusted"_s, ErrorAction::RunFile);
        row("file.too-large", u"Show setting"_s, ErrorAction::ShowSettings);
        row("workspace.limit", u"Show setting"_s, ErrorAction::ShowSettings);
    }
    void everyErrorHasThreeParts()
    {
        QFETCH(QString, id);
        QFETCH(int, action);
        const ErrorView shown = view(id);
        QVERIFY(!shown.title.isEmpty() && !shown.why.isEmpty());
        QVERIFY(!shown.rows.isEmpty() && shown.rows.size() <= kMaxErrorRows);
        QTEST(shown.rows.first().button, "button");
        QCOMPARE(int(shown.rows.first().action), action);
        QCOMPARE(shown.id, id);
        QVERIFY(shown.report.contains(id));
    }

    void hexadecimalNumbersStayInDetails()
    {
        const QRegularExpression hex(u"0x[0-9a-f]+"_s);
        const ErrorView shown = view(u"guest.crashed"_s);
        QVERIFY(!shown.title.contains(hex) && !shown.why.contains(hex));
        for (const ErrorRow& row : shown.rows)
            QVERIFY(!row.title.contains(hex) && !row.explanation.contains(hex));
        QVERIFY(shown.details.contains(hex));
    }

    void anUnknownIdShowsTheWordsThatCame()
    {
        const ErrorView shown = view(u"request.too-many"_s, {u"Wait for answers before asking again."_s, u"Look at the list: annexctl list"_s});
        QCOMPARE(shown.rows.size(), 2);
        QCOMPARE(shown.rows[0].title, u"Wait for answers before asking again."_s);
        QCOMPARE(shown.rows[1].title, u"Look at the list."_s); // a window has buttons, not commands
        QVERIFY(shown.rows[0].button.isEmpty());
    }

    void nothingKnownStillOffersTheCheckUp()
    {
        QCOMPARE(view(u"some.thing"_s).rows.first().action, ErrorAction::ShowCheckUp);
    }

    void aViewerThatDiedNeedsNothing()
    {
        const Failure died = P::viewerDied(u"Untrusted"_s);
        QCOMPARE(died.title, u"Windows of Untrusted were redrawn"_s);
        QVERIFY(P::view(died, kContext).rows.isEmpty());
    }

    void aDamagedStoreLeavesTheChoice()
    {
        PolicyState state;
        state.storeSetAside = true;
        state.setAsidePath = u"/home/ada/.local/share/annex/policy.sqlite.damaged"_s;
        QCOMPARE(P::storeSetAside(state).rows.size(), 2); // no backup
        state.backups = {{u"/b1"_s, QDateTime(QDate(2026, 11, 24), QTime(10, 31))}};
        const ErrorView shown = P::storeSetAside(state);
        QCOMPARE(shown.id, u"policy.store-corrupt"_s);
        QCOMPARE(shown.rows[0].action, ErrorAction::RestoreStore);
        QCOMPARE(shown.rows[0].argument, u"/b1"_s);
        QVERIFY(shown.rows[0].title.contains(u"10:31"_s));
        QCOMPARE(shown.rows[1].action, ErrorAction::RestoreStore);
        QVERIFY(shown.rows[1].argument.isEmpty());
        QCOMPARE(shown.rows[2].argument, u"/home/ada/.local/share/annex"_s);
        QVERIFY(P::storeSetAsideBar().endsWith(u"until you choose."_s));
    }

    void theBrokerIsAway()
    {
        QCOMPARE(P::brokerAway().id, u"broker.away"_s);
        QCOMPARE(P::brokerAway().title, u"Annex's service does not answer"_s);
    }

    void cancelledIsNoError()
    {
        QVERIFY(P::isCancelled({u"request.cancelled"_s, {}, {}, {}, {}}));
        QVERIFY(!P::isCancelled({u"guest.crashed"_s, {}, {}, {}, {}}));
    }
};

QTEST_GUILESS_MAIN(TestErrorPresenter)
#include "tst_error_presenter.moc"

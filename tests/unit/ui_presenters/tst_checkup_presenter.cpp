// SPDX-License-Identifier: Apache-2.0
#include <QLocale>
#include <QTest>

#include "ui/presenters/checkup_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;
using P = CheckUpPresenter;

namespace {

CheckUp result(std::initializer_list<CheckState> states)
{
    CheckUp made;
    for (const CheckState state : states) {
        made.checks.push_back({u"c"_s, u"Limits"_s, u"No control group."_s, u"Log in anew."_s, state});
        made.verdict = std::min(made.verdict, state);
    }
    return made;
}

} // namespace

class TestCheckUpPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

    void putsTheGravestFirst()
    {
        const QVector<CheckRow> rows = P::rows(result({CheckState::Fine, CheckState::Look, CheckState::Broken}));
        QCOMPARE(rows[0].word, u"Broken"_s);
        QCOMPARE(rows[1].word, u"Look"_s);
        QCOMPARE(rows[2].word, u"Fine"_s);
        QCOMPARE(rows[1].accessible, u"Limits: Look. No control group. Log in anew."_s);
        QCOMPARE(rows[2].finding, u"No control group."_s); // what is fine needs no cure
    }

    void saysTheVerdict_data()
    {
        QTest::addColumn<CheckUp>("checks");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<QString>("word");
        QTest::newRow("good") << result({CheckState::Fine}) << u"All good"_s << u"All good"_s;
        QTest::newRow("one") << result({CheckState::Look}) << u"One thing to look at"_s << u"1 to look at"_s;
        QTest::newRow("two") << result({CheckState::Look, CheckState::Look}) << u"2 things to look at"_s << u"2 to look at"_s;
        QTest::newRow("broken") << result({CheckState::Look, CheckState::Broken}) << u"One thing is broken"_s << u"1 broken"_s;
        QTest::newRow("broken twice") << result({CheckState::Broken, CheckState::Broken}) << u"2 things are broken"_s << u"2 broken"_s;
    }
    void saysTheVerdict()
    {
        QFETCH(CheckUp, checks);
        QTEST(P::verdict(checks), "verdict");
        QTEST(P::shortWord(checks), "word");
    }

    void saysWhenItChecked()
    {
        QCOMPARE(P::checkedAt(QDateTime(QDate(2026, 11, 24), QTime(10, 42)), 1200), u"Checked at 10:42, took 1.2 s"_s);
    }

    void theReportNamesNobody()
    {
        CheckUp checks = result({CheckState::Look});
        checks.checks[0].finding = u"/home/ada/.local is full."_s;
        VersionInfo version;
        version.product = u"0.1.0"_s;
        const QString report = P::report(checks, version, QDateTime(QDate(2026, 11, 24), QTime(10, 42)), u"/home/ada"_s);
        QVERIFY(report.contains(u"Annex 0.1.0"_s));
        QVERIFY(report.contains(u"[Look] Limits: ~/.local is full."_s));
        QVERIFY(!report.contains(u"ada"_s));
    }
};

QTEST_GUILESS_MAIN(TestCheckUpPresenter)
#include "tst_checkup_presenter.moc"

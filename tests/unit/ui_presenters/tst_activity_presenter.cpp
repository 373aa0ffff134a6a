// SPDX-License-Identifier: Apache-2.0
#include <QLocale>
#include <QTest>

#include "ui/presenters/activity_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;
using P = ActivityPresenter;

namespace {

AuditRecord record(qint64 seq, QDate day, const QString& action, AuditOutcome outcome)
{
    AuditRecord r;
    r.seq = seq;
    r.time = QDateTime(day, QTime(10, 42));
    r.subject = u"You"_s;
    r.action = action;
    r.sentence = u"Text pasted in, 214 characters"_s;
    r.outcome = outcome;
    return r;
}

const QDate kToday(2026, 11, 24);

} // namespace

class TestActivityPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

    void listsByDay()
    {
        const QVector<ActivityRow> rows = P::rows({record(3, kToday, u"clipboard.paste"_s, AuditOutcome::Allowed),
                                                   record(2, kToday, u"files.send"_s, AuditOutcome::Refused),
                                                   record(1, kToday.addDays(-1), u"workspace.start"_s, AuditOutcome::Noted)},
                                                  ActivityFilter::Everything, kToday);
        QCOMPARE(rows.size(), 5);
        QVERIFY(rows[0].isDay);
        QCOMPARE(rows[0].day, u"Today"_s);
        QCOMPARE(rows[1].sentence, u"Text pasted in, 214 characters"_s);
        QCOMPARE(rows[1].who, u"You"_s);
        QCOMPARE(rows[1].icon, u"copy-in"_s);
        QCOMPARE(rows[1].accessible, u"10:42, Text pasted in, 214 characters, You, allowed"_s);
        QCOMPARE(rows[3].day, u"Yesterday"_s);
        QCOMPARE(rows[4].icon, u"play"_s);
    }

    void chipsFilter()
    {
        const QVector<AuditRecord> records{record(2, kToday, u"clipboard.copy"_s, AuditOutcome::Refused), record(1, kToday, u"files.send"_s, AuditOutcome::Allowed)};
        QCOMPARE(P::rows(records, ActivityFilter::Refused, kToday).size(), 2);
        QCOMPARE(P::rows(records, ActivityFilter::Clipboard, kToday).last().icon, u"copy-out"_s);
        QCOMPARE(P::rows(records, ActivityFilter::Files, kToday).last().icon, u"file-in"_s);
        QCOMPARE(P::chip(ActivityFilter::Refused, 2), u"Refused · 2"_s);
        QCOMPARE(P::chip(ActivityFilter::Refused, 0), u"Refused"_s);
    }

    void saysWhenThereIsNothing()
    {
        QCOMPARE(P::emptyLine(ActivityFilter::Everything, false), u"Nothing has happened yet."_s);
        QCOMPARE(P::emptyLine(ActivityFilter::Refused, false), u"Nothing was refused."_s);
        QCOMPARE(P::emptyLine(ActivityFilter::Everything, true), u"No record contains this."_s);
    }

    void explainsWithTheRuleAndTheOneItOverruled()
    {
        Explanation why;
        why.text = u"Acme Ltd does not let copies leave this workspace."_s;
        why.rule = {u"managed"_s, u"10.json"_s, u"Acme Ltd"_s, u"Client data stays inside."_s, u"off"_s};
        why.next = Rule{u"user"_s, {}, {}, {}, u"text"_s};
        Setting setting;
        setting.key = u"clipboard.from_workspace"_s;
        setting.type = u"choice"_s;
        setting.title = u"Copy out"_s;
        TrailState trail;
        trail.anchored = u"journal"_s;
        trail.anchorSeq = 3800;
        const WhyPanel panel = P::why(record(4182, kToday, u"clipboard.copy"_s, AuditOutcome::Refused), why, setting, trail);
        QCOMPARE(panel.title, u"Why was this refused?"_s);
        QCOMPARE(panel.sentence, why.text); // policy's own words, never composed here
        QCOMPARE(panel.rule->title, u"Copy out: off"_s);
        QCOMPARE(panel.rule->source, u"Set by Acme Ltd"_s);
        QCOMPARE(panel.rule->words, u"“Client data stays inside.”"_s);
        QVERIFY(panel.rule->locked);
        QCOMPARE(panel.overruled->title, u"Copy out: text"_s);
        QCOMPARE(panel.overruled->source, u"Set by you"_s);
        QCOMPARE(panel.number, u"4,182"_s);
        QCOMPARE(panel.trail, u"whole since record 3,800"_s);
    }

    void aRecordWithoutARuleSaysWhatHappened()
    {
        const WhyPanel panel = P::why(record(7, kToday, u"workspace.start"_s, AuditOutcome::Noted), {}, std::nullopt, std::nullopt);
        QCOMPARE(panel.title, u"What happened"_s);
        QVERIFY(!panel.rule);
        QVERIFY(!panel.sentence.isEmpty());
    }

    void claimsNoMoreOfTheTrailThanIsTrue()
    {
        TrailState trail;
        QCOMPARE(P::trailWord(trail), u"whole, unanchored"_s);
        trail.whole = false;
        trail.brokenAt = 3978;
        QCOMPARE(P::trailWord(trail), u"broken after record 3,977"_s);
        QCOMPARE(P::brokenTrail(trail), u"The trail is whole up to record 3,977. Later records may have been changed."_s);
    }
};

QTEST_GUILESS_MAIN(TestActivityPresenter)
#include "tst_activity_presenter.moc"

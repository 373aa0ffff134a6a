// SPDX-License-Identifier: Apache-2.0
#include <QLocale>
#include <QTest>

#include "ui/presenters/words.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;

class TestWords : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

    void saysBytes_data()
    {
        QTest::addColumn<qint64>("bytes");
        QTest::addColumn<QString>("words");
        QTest::newRow("one") << qint64(1) << u"1 byte"_s;
        QTest::newRow("bytes") << qint64(512) << u"512 bytes"_s;
        QTest::newRow("1 KiB") << qint64(1024) << u"1 KB"_s;
        QTest::newRow("1 MiB") << qint64(1) * 1024 * 1024 << u"1 MB"_s;
        QTest::newRow("fraction") << qint64(1.5 * 1024 * 1024 * 1024) << u"1.5 GB"_s;
        QTest::newRow("from ten on whole") << qint64(12.4 * 1024 * 1024) << u"12 MB"_s;
        QTest::newRow("tera") << (qint64(1) << 40) << u"1 TB"_s;
    }
    void saysBytes()
    {
        QFETCH(qint64, bytes);
        QTEST(Words::bytes(bytes), "words");
    }

    void saysDurations_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("words");
        QTest::newRow("second") << qint64(1) << u"1 second"_s;
        QTest::newRow("seconds") << qint64(90) << u"90 seconds"_s;
        QTest::newRow("minute") << qint64(60) << u"1 minute"_s;
        QTest::newRow("minutes") << qint64(900) << u"15 minutes"_s;
        QTest::newRow("hour") << qint64(3600) << u"1 hour"_s;
        QTest::newRow("day") << qint64(86400) << u"1 day"_s;
        QTest::newRow("days") << qint64(365 * 86400) << u"365 days"_s;
    }
    void saysDurations()
    {
        QFETCH(qint64, seconds);
        QTEST(Words::duration(seconds), "words");
    }

    void saysStageTimes()
    {
        QCOMPARE(Words::seconds(300), u"0.3 s"_s);
        QCOMPARE(Words::seconds(1449), u"1.4 s"_s);
        QCOMPARE(Words::seconds(12400), u"12 s"_s);
    }

    void saysDays()
    {
        const QDate today(2026, 11, 24);
        QCOMPARE(Words::day(today, today), u"Today"_s);
        QCOMPARE(Words::day(today.addDays(-1), today), u"Yesterday"_s);
        QVERIFY(Words::day(today.addDays(-2), today).contains(u"22 November 2026"_s));
    }

    void everyOutcomeHasASignAndAWord()
    {
        QCOMPARE(Words::outcome(AuditOutcome::Refused), u"Refused"_s);
        QCOMPARE(Words::outcomeIcon(AuditOutcome::Refused), u"refused"_s);
        QCOMPARE(Words::outcome(AuditOutcome::Allowed), u"Allowed"_s);
        QCOMPARE(Words::outcomeIcon(AuditOutcome::Allowed), u"ok"_s);
        QCOMPARE(Words::outcome(AuditOutcome::Noted), u"Noted"_s);
    }
};

QTEST_GUILESS_MAIN(TestWords)
#include "tst_words.moc"

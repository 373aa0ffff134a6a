// SPDX-License-Identifier: Apache-2.0
// Programs that mean harm. Each time an honest window must stand before and work after.
#include <QFile>

#include "display_fixture.h"

using namespace annex::test;
using namespace annex::display;

class TestDisplayHostile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void survives_data();
    void survives();
    void refusesTooManyWindows();
    void refusesAWindowLargerThanTheLimit();
    void keepsSpeakingDuringATitleFlood();
    void boundsWhatItKeepsForAViewerThatDoesNotRead();
};

void TestDisplayHostile::survives_data()
{
    QTest::addColumn<QStringList>("deed");
    QTest::addColumn<QString>("outcome");
    const QString ended = QStringLiteral("disconnected"), allowed = QStringLiteral("tolerated"), any;
    QTest::newRow("truncated buffer") << QStringList{QStringLiteral("truncate")} << ended;
    QTest::newRow("destroyed, then truncated buffer") << QStringList{QStringLiteral("destroy-truncate")} << ended;
    QTest::newRow("subsurfaces 20000 deep") << QStringList{QStringLiteral("deep-subsurfaces"), QStringLiteral("20000")} << ended;
    QTest::newRow("10000 surfaces") << QStringList{QStringLiteral("surfaces"), QStringLiteral("10000")} << ended;
    QTest::newRow("200000 frame callbacks") << QStringList{QStringLiteral("objects"), QStringLiteral("200000")} << ended;
    QTest::newRow("subsurface without surface") << QStringList{QStringLiteral("subsurface-without-surface")} << allowed;
    QTest::newRow("popup without parent") << QStringList{QStringLiteral("popup-without-parent")} << ended;
    QTest::newRow("1 x 1") << QStringList{QStringLiteral("size"), QStringLiteral("1"), QStringLiteral("1")} << allowed;
    QTest::newRow("geometry outside everything") << QStringList{QStringLiteral("odd-geometry")} << any;
    QTest::newRow("map and unmap storm") << QStringList{QStringLiteral("unmap-storm"), QStringLiteral("300")} << allowed;
}

void TestDisplayHostile::survives()
{
    QFETCH(QStringList, deed);
    QFETCH(QString, outcome);
    DisplayFixture f;
    const auto honest = f.showClient();
    QVERIFY(honest);
    GuestProgram* honestClient = f.client();

    std::vector<std::string> arguments{"hostile"};
    for (const QString& word : deed)
        arguments.push_back(word.toStdString());
    GuestProgram* attacker = f->runClient(arguments);
    // Ended is not yet heard: its last words may still be in the pipe.
    ANNEX_WAIT(f, attacker->said("disconnected") || attacker->said("tolerated") || (!attacker->running() && !attacker->readOutput()));
    if (!outcome.isEmpty())
        QVERIFY2(attacker->said(outcome.toStdString()), attacker->lines().empty() ? "said nothing" : attacker->lines().back().c_str());

    honestClient->tell("colour ff00aa00");
    ANNEX_WAIT(f, f->window(honest)->at(3, 3) == 0xff00aa00u);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayHostile::refusesTooManyWindows()
{
    DisplayFixture f;
    GuestProgram* attacker = f->runClient({"hostile", "windows", "700"});
    ANNEX_WAIT(f, attacker->said("tolerated") || attacker->said("disconnected"));
    ANNEX_WAIT(f, !f->refusals().empty());
    QCOMPARE(f->refusals().front(), RefusedReason::TooManyWindows);
    QVERIFY(f->windows().size() <= kMaxWindows);
    attacker->end();
    ANNEX_WAIT(f, f->windows().empty());
    QVERIFY(f.showClient()); // there is room again
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayHostile::refusesAWindowLargerThanTheLimit()
{
    DisplayFixture f;
    QVERIFY(f.showClient());
    f->runClient({"hostile", "size", "16385", "16"});
    ANNEX_WAIT(f, !f->refusals().empty());
    QCOMPARE(f->refusals().front(), RefusedReason::WindowTooLarge);
    QCOMPARE(f->shownCount(), std::size_t{1});
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayHostile::keepsSpeakingDuringATitleFlood()
{
    DisplayFixture f;
    const auto honest = f.showClient();
    QVERIFY(honest);
    GuestProgram* honestClient = f.client();
    GuestProgram* attacker = f->runClient({"hostile", "title-flood", "20000"});
    honestClient->tell("colour ff00aa00");
    ANNEX_WAIT(f, f->window(honest)->at(3, 3) == 0xff00aa00u);
    ANNEX_WAIT(f, attacker->said("flooded"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayHostile::boundsWhatItKeepsForAViewerThatDoesNotRead()
{
    DisplayFixture f;
    const auto honest = f.showClient();
    QVERIFY(honest);
    GuestProgram* honestClient = f.client();
    auto residentKiB = [&] {
        QFile status(QStringLiteral("/proc/%1/status").arg(f->display().pid()));
        if (!status.open(QIODevice::ReadOnly))
            return 0L;
        for (const QByteArray& line : status.readAll().split('\n')) {
            if (line.startsWith("RssAnon:"))
                return line.mid(8).trimmed().split(' ').front().toLong();
        }
        return 0L;
    };
    const long before = residentKiB();
    QVERIFY(before > 0);
    f->setReading(false);
    GuestProgram* attacker = f->runClient({"hostile", "title-flood", "50000"}); // 150 MB of titles
    ANNEX_WAIT(f, attacker->said("flooded"));
    QVERIFY2(residentKiB() < before + 16 * 1024, qPrintable(QString::number(residentKiB() - before)));
    f->setReading(true);
    honestClient->tell("colour ff00aa00");
    ANNEX_WAIT(f, f->window(honest)->at(3, 3) == 0xff00aa00u);
    ANNEX_VERIFY_SOUND(f);
}

QTEST_GUILESS_MAIN(TestDisplayHostile)
#include "tst_display_hostile.moc"

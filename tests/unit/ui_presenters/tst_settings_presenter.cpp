// SPDX-License-Identifier: Apache-2.0
#include <QLocale>
#include <QTest>

#include "ui/presenters/settings_presenter.h"

using namespace annex::ui;
using namespace Qt::StringLiterals;
using P = SettingsPresenter;

namespace {

Setting choice(const QStringList& values, const QString& value)
{
    Setting s;
    s.key = u"clipboard.from_workspace"_s;
    s.type = u"choice"_s;
    s.title = u"Copy out"_s;
    s.group = u"Across the border"_s;
    s.values = values;
    s.value = value;
    s.defaultValue = u"text"_s;
    return s;
}

Setting number(const QString& type, double value, double minimum, double maximum)
{
    Setting s;
    s.key = u"memory.maximum"_s;
    s.type = type;
    s.title = u"Memory"_s;
    s.group = u"Machine"_s;
    s.value = s.defaultValue = value;
    s.minimum = minimum;
    s.maximum = maximum;
    return s;
}

constexpr double kMiB = 1024.0 * 1024;

} // namespace

class TestSettingsPresenter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

    void aSettingThatCanBeOffIsASwitch()
    {
        const SettingRow row = P::row(choice({u"off"_s, u"text"_s}, u"text"_s));
        QCOMPARE(row.control, Control::Switch);
        QVERIFY(row.on);
        QCOMPARE(P::row(choice({u"off"_s, u"text"_s}, u"off"_s)).on, false);
    }

    void whatOnMeansIsTheBoxBeforeTheSwitch()
    {
        const SettingRow row = P::row(choice({u"off"_s, u"ask"_s, u"allow"_s}, u"allow"_s));
        QCOMPARE(row.control, Control::SwitchedChoice);
        QCOMPARE(row.choices.size(), 2);
        QCOMPARE(row.choices[row.choice].name, u"Allow"_s);
    }

    void aSettingWithOneValueIsOnlySaid()
    {
        const SettingRow row = P::row(choice({u"disposable"_s}, u"disposable"_s));
        QCOMPARE(row.control, Control::Fixed);
        QCOMPARE(row.text, u"Disposable"_s);
    }

    void aLockedRowSaysWhoAndWhy()
    {
        Setting s = choice({u"off"_s, u"text"_s}, u"off"_s);
        s.locked = true;
        s.organisation = u"Acme Ltd"_s;
        s.reason = u"Client data stays inside."_s;
        const SettingRow row = P::row(s);
        QCOMPARE(row.lockTitle, u"Locked by Acme Ltd."_s);
        QCOMPARE(row.lockWords, u"“Client data stays inside.”"_s);
        QCOMPARE(row.accessible, u"Copy out, off, locked by Acme Ltd: Client data stays inside."_s);
        s.organisation.clear();
        s.reason.clear();
        QCOMPARE(P::row(s).lockTitle, u"Locked by your organisation."_s);
        QVERIFY(P::row(s).lockWords.isEmpty());
    }

    void aLimitThatDoesNotHoldSaysSo()
    {
        Setting s = number(u"bytes"_s, 4096 * kMiB, 128 * kMiB, 16384 * kMiB);
        s.held = false;
        QVERIFY(P::row(s).note.startsWith(u"Not held"_s));
    }

    void numbersStandInTheirLargestWholeUnit_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("number");
        QTest::addColumn<QString>("unit");
        QTest::newRow("4 GB") << u"bytes"_s << 4096 * kMiB << 4.0 << u"GB"_s;
        QTest::newRow("1.5 GB is 1536 MB") << u"bytes"_s << 1536 * kMiB << 1536.0 << u"MB"_s;
        QTest::newRow("15 minutes") << u"duration"_s << 900.0 << 15.0 << u"minutes"_s;
        QTest::newRow("90 seconds") << u"duration"_s << 90.0 << 90.0 << u"seconds"_s;
        QTest::newRow("percent") << u"percent"_s << 50.0 << 50.0 << u"%"_s;
    }
    void numbersStandInTheirLargestWholeUnit()
    {
        QFETCH(QString, type);
        QFETCH(double, value);
        const SettingRow row = P::row(number(type, value, 1, 1e12));
        QTEST(row.number, "number");
        QTEST(row.units[row.unit].name, "unit");
    }

    void aNumberIsKeptInsideItsLimits()
    {
        const SettingRow row = P::row(number(u"bytes"_s, 4096 * kMiB, 128 * kMiB, 16384 * kMiB));
        QCOMPARE(P::numberValue(row, 2, 2).toDouble(), 2048 * kMiB);
        QCOMPARE(P::numberValue(row, 1, 0).toDouble(), 128 * kMiB);
        QCOMPARE(P::numberValue(row, 99999, 2).toDouble(), 16384 * kMiB);
    }

    void aDurationWithAWordForNoneIsASwitch()
    {
        Setting s = number(u"duration"_s, 900, 60, 86400);
        s.none = u"off"_s;
        QCOMPARE(P::row(s).control, Control::SwitchedNumber);
        QVERIFY(P::row(s).on);
        s.value = u"off"_s;
        QVERIFY(!P::row(s).on);
        QCOMPARE(P::flipped(s, true, QJsonValue(300)).toDouble(), 300.0);
        QCOMPARE(P::flipped(s, true, std::nullopt).toDouble(), 900.0);
        QCOMPARE(P::flipped(s, false, std::nullopt).toString(), u"off"_s);
    }

    void theSwitchRemembersTheLastOnValue()
    {
        const Setting s = choice({u"off"_s, u"text"_s, u"images"_s}, u"off"_s);
        QCOMPARE(P::flipped(s, true, QJsonValue(u"images"_s)).toString(), u"images"_s);
        QCOMPARE(P::flipped(s, true, std::nullopt).toString(), u"text"_s);
        Setting plain;
        plain.type = u"switch"_s;
        QCOMPARE(P::flipped(plain, true, std::nullopt).toBool(), true);
    }

    void searchLooksAtNameSentenceAndKey()
    {
        Setting memory = number(u"bytes"_s, 4096 * kMiB, 1, 1e12);
        memory.sentence = u"At most 4 GB."_s;
        const QVector<Setting> settings{choice({u"off"_s, u"text"_s}, u"text"_s), memory};
        QCOMPARE(P::cards(settings, {}, false).size(), 2);
        QCOMPARE(P::cards(settings, u"copy"_s, false).size(), 1);
        QCOMPARE(P::cards(settings, u"at most"_s, false)[0].rows[0].name, u"Memory"_s);
        QCOMPARE(P::cards(settings, u"memory.max"_s, false).size(), 1);
        QVERIFY(P::cards(settings, {}, true).isEmpty()); // none is locked
        QVERIFY(P::cards(settings, u"zzz"_s, false).isEmpty());
        QCOMPARE(P::nothingFound(), u"No setting matches."_s);
    }

    void countsChangesAndLocks()
    {
        QCOMPARE(P::profileLine(u"quarantine"_s, 0), u"Profile: Quarantine"_s);
        QCOMPARE(P::profileLine(u"quarantine"_s, 1), u"Profile: Quarantine, 1 change"_s);
        QCOMPARE(P::profileLine(u"quarantine"_s, 3), u"Profile: Quarantine, 3 changes"_s);
        QCOMPARE(P::showLocked(2), u"Show locked · 2"_s);
    }

    void aRefusedChangeSaysWhy()
    {
        QCOMPARE(P::notChanged({u"policy.store"_s, u"x"_s, u"The policy store is busy. Try again."_s, {}, {}}), u"Not changed: The policy store is busy. Try again."_s);
    }
};

QTEST_GUILESS_MAIN(TestSettingsPresenter)
#include "tst_settings_presenter.moc"

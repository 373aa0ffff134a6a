// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "app/viewer/input_tables.h"

using namespace annex::viewer;
using annex::display::Axis;
using annex::display::AxisSource;

Q_DECLARE_METATYPE(annex::viewer::HostChord)
Q_DECLARE_METATYPE(annex::viewer::ClipboardChord)

class TestInputTables : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void scanCodesBecomeEvdev_data();
    void scanCodesBecomeEvdev();
    void buttons();
    void hostChords_data();
    void hostChords();
    void clipboardChords_data();
    void clipboardChords();
    void oneNotchIsFifteenUnitsAndOneStep_data();
    void oneNotchIsFifteenUnitsAndOneStep();
    void highResolutionWheelIsCollectedToWholeSteps();
    void turningRoundForgetsTheRest();
    void fingersGetAStopAndNoSteps();
    void endOfAPhaseStopsAtOnce();
};

void TestInputTables::scanCodesBecomeEvdev_data()
{
    QTest::addColumn<quint32>("scan");
    QTest::addColumn<qint64>("code"); // -1: dropped
    QTest::newRow("a") << 38u << qint64(30);
    QTest::newRow("escape, the first key") << 9u << qint64(1);
    QTest::newRow("evdev 0, a spare keycode") << 8u << qint64(-1);
    QTest::newRow("no scan code") << 0u << qint64(-1);
    QTest::newRow("last") << 0x2ffu + 8 << qint64(0x2ff);
    QTest::newRow("beyond") << 0x300u + 8 << qint64(-1);
    QTest::newRow("far beyond") << 0xffffffffu << qint64(-1);
}

void TestInputTables::scanCodesBecomeEvdev()
{
    QFETCH(quint32, scan);
    QFETCH(qint64, code);
    const auto result = evdevFromScanCode(scan);
    QCOMPARE(result ? qint64(*result) : qint64(-1), code);
}

void TestInputTables::buttons()
{
    QCOMPARE(evdevFromButton(Qt::LeftButton), std::optional(0x110u));
    QCOMPARE(evdevFromButton(Qt::RightButton), std::optional(0x111u));
    QCOMPARE(evdevFromButton(Qt::MiddleButton), std::optional(0x112u));
    QCOMPARE(evdevFromButton(Qt::BackButton), std::optional(0x113u));
    QCOMPARE(evdevFromButton(Qt::ForwardButton), std::optional(0x114u));
    QVERIFY(!evdevFromButton(Qt::TaskButton));
    QVERIFY(!evdevFromButton(Qt::NoButton));
}

void TestInputTables::hostChords_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("modifiers");
    QTest::addColumn<QString>("text");
    QTest::addColumn<HostChord>("chord");
    const int both = int(Qt::ControlModifier) | int(Qt::AltModifier);
    QTest::newRow("menu") << int(Qt::Key_Space) << both << QStringLiteral(" ") << HostChord::FrameMenu;
    QTest::newRow("full screen") << int(Qt::Key_Return) << both << QStringLiteral("\r") << HostChord::FullScreen;
    QTest::newRow("full screen, keypad") << int(Qt::Key_Enter) << int(both | int(Qt::KeypadModifier)) << QStringLiteral("\r") << HostChord::FullScreen;
    QTest::newRow("host first") << int(Qt::Key_Home) << both << QString() << HostChord::HostFirst;
    QTest::newRow("Alt alone") << int(Qt::Key_Space) << int(Qt::AltModifier) << QStringLiteral(" ") << HostChord::None;
    QTest::newRow("with Shift") << int(Qt::Key_Return) << int(both | int(Qt::ShiftModifier)) << QString() << HostChord::None;
    QTest::newRow("AltGr types a character") << int(Qt::Key_Space) << both << QStringLiteral("€") << HostChord::None;
    QTest::newRow("AltGr held") << int(Qt::Key_Home) << int(both | int(Qt::GroupSwitchModifier)) << QString() << HostChord::None;
    QTest::newRow("another key") << int(Qt::Key_Delete) << both << QString() << HostChord::None;
}

void TestInputTables::hostChords()
{
    QFETCH(int, key);
    QFETCH(int, modifiers);
    QFETCH(QString, text);
    QTEST(hostChordFor(key, Qt::KeyboardModifiers(modifiers), text), "chord");
}

void TestInputTables::clipboardChords_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("modifiers");
    QTest::addColumn<ClipboardChord>("chord");
    const int control = int(Qt::ControlModifier), shift = int(Qt::ShiftModifier);
    QTest::newRow("Ctrl+V") << int(Qt::Key_V) << control << ClipboardChord::Paste;
    QTest::newRow("Ctrl+Shift+V") << int(Qt::Key_V) << int(control | shift) << ClipboardChord::Paste;
    QTest::newRow("Shift+Insert") << int(Qt::Key_Insert) << shift << ClipboardChord::Paste;
    QTest::newRow("V") << int(Qt::Key_V) << 0 << ClipboardChord::None;
    QTest::newRow("Ctrl+Alt+V") << int(Qt::Key_V) << int(control | int(Qt::AltModifier)) << ClipboardChord::None;
    QTest::newRow("Ctrl+C") << int(Qt::Key_C) << control << ClipboardChord::Copy;
    QTest::newRow("Ctrl+Shift+C") << int(Qt::Key_C) << int(control | shift) << ClipboardChord::Copy;
    QTest::newRow("Ctrl+X") << int(Qt::Key_X) << control << ClipboardChord::Copy;
    QTest::newRow("Ctrl+Insert") << int(Qt::Key_Insert) << control << ClipboardChord::Copy;
    QTest::newRow("Shift+Delete") << int(Qt::Key_Delete) << shift << ClipboardChord::Copy;
    QTest::newRow("Insert") << int(Qt::Key_Insert) << 0 << ClipboardChord::None;
    QTest::newRow("keypad Insert with Shift") << int(Qt::Key_Insert) << int(shift | int(Qt::KeypadModifier)) << ClipboardChord::Paste;
}

void TestInputTables::clipboardChords()
{
    QFETCH(int, key);
    QFETCH(int, modifiers);
    QTEST(clipboardChordFor(key, Qt::KeyboardModifiers(modifiers)), "chord");
}

void TestInputTables::oneNotchIsFifteenUnitsAndOneStep_data()
{
    QTest::addColumn<QPoint>("angle");
    QTest::addColumn<int>("axis");
    QTest::addColumn<int>("value");
    QTest::addColumn<int>("discrete");
    QTest::newRow("up") << QPoint(0, 120) << 0 << -15 << -1;
    QTest::newRow("down") << QPoint(0, -120) << 0 << 15 << 1;
    QTest::newRow("left") << QPoint(120, 0) << 1 << -15 << -1;
    QTest::newRow("right") << QPoint(-120, 0) << 1 << 15 << 1;
    QTest::newRow("two down at once") << QPoint(0, -240) << 0 << 30 << 2;
}

void TestInputTables::oneNotchIsFifteenUnitsAndOneStep()
{
    QFETCH(QPoint, angle);
    ScrollTranslator scroll;
    const auto messages = scroll.translate({angle, false, Qt::NoScrollPhase, 7});
    QCOMPARE(messages.size(), 1u);
    QTEST(int(messages[0].axis), "axis");
    QTEST(messages[0].value_fixed / 256, "value");
    QTEST(messages[0].discrete, "discrete");
    QCOMPARE(messages[0].source, AxisSource::Wheel);
    QCOMPARE(messages[0].time_ms, 7u);
    QVERIFY(!scroll.needsStop());
}

void TestInputTables::highResolutionWheelIsCollectedToWholeSteps()
{
    ScrollTranslator scroll;
    int steps = 0, value = 0;
    for (int i = 0; i < 16; ++i)
        for (const auto& message : scroll.translate({{0, -15}, false, Qt::NoScrollPhase, 0})) {
            steps += message.discrete;
            value += message.value_fixed;
        }
    QCOMPARE(steps, 2); // 16 * 15 = 240 = two notches
    QCOMPARE(value, 30 * 256);
}

void TestInputTables::turningRoundForgetsTheRest()
{
    ScrollTranslator scroll;
    scroll.translate({{0, -100}, false, Qt::NoScrollPhase, 0});
    QCOMPARE(scroll.translate({{0, 100}, false, Qt::NoScrollPhase, 0})[0].discrete, 0);
    QCOMPARE(scroll.translate({{0, 20}, false, Qt::NoScrollPhase, 0})[0].discrete, -1);
}

void TestInputTables::fingersGetAStopAndNoSteps()
{
    ScrollTranslator scroll;
    const auto moved = scroll.translate({{-24, 240}, true, Qt::NoScrollPhase, 0});
    QCOMPARE(moved.size(), 2u);
    for (const auto& message : moved) {
        QCOMPARE(message.source, AxisSource::Finger);
        QCOMPARE(message.discrete, 0);
        QVERIFY(message.value_fixed != 0);
    }
    QVERIFY(scroll.needsStop());
    const auto stops = scroll.stop(99);
    QCOMPARE(stops.size(), 2u); // one for each axis
    for (const auto& message : stops) {
        QCOMPARE(message.value_fixed, 0);
        QCOMPARE(message.source, AxisSource::Finger);
        QCOMPARE(message.time_ms, 99u);
    }
    QVERIFY(!scroll.needsStop());
    QVERIFY(scroll.stop(100).empty());
}

void TestInputTables::endOfAPhaseStopsAtOnce()
{
    ScrollTranslator scroll;
    scroll.translate({{0, 10}, true, Qt::ScrollUpdate, 0});
    const auto end = scroll.translate({{0, 0}, true, Qt::ScrollEnd, 5});
    QCOMPARE(end.size(), 1u);
    QCOMPARE(end[0].axis, Axis::Vertical);
    QCOMPARE(end[0].value_fixed, 0);
    QVERIFY(!scroll.needsStop());
}

QTEST_GUILESS_MAIN(TestInputTables)
#include "tst_input_tables.moc"

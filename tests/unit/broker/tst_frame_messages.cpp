// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "app/broker/session/frame_messages.h"
#include "app/viewer/frame_link.h"

using namespace annex::broker::frame;

class TestFrameMessages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsEveryMessageOfTheList();
    void readsEveryMenuItem();
    void cleansTitles();
    void refusesWhatIsNotOnTheList_data();
    void refusesWhatIsNotOnTheList();
};

void TestFrameMessages::readsEveryMessageOfTheList()
{
    QVERIFY(std::holds_alternative<Hello>(*parse(R"({"m":"hello","version":1,"box":{"landlock":true,"seccomp":true}})")));
    const auto gesture = std::get<Gesture>(*parse(R"({"m":"gesture","kind":"copy","window":3,"serial":9})"));
    QCOMPARE(gesture.kind, Gesture::Kind::Copy);
    QCOMPARE(gesture.window, 3u);
    QCOMPARE(gesture.serial, 9u);
    const auto windows = std::get<Windows>(*parse(R"({"m":"windows","list":[{"id":1,"title":"a","app":"b","minimised":true,"active":false}],"more":true})"));
    QCOMPARE(windows.list.size(), std::size_t{1});
    QVERIFY(windows.list[0].minimised);
    QVERIFY(windows.more);
    QCOMPARE(std::get<ProtocolError>(*parse(R"({"m":"protocol_error","reason":"slot 9"})")).reason, std::string("slot 9"));
    QVERIFY(std::holds_alternative<HostFirst>(*parse(R"({"m":"host_first"})")));
    QCOMPARE(std::get<FirstFrame>(*parse(R"({"m":"first_frame","window":2})")).window, 2u);
}

void TestFrameMessages::readsEveryMenuItem()
{
    for (const auto item : annex::viewer::frame_link::kMenuItems) {
        const auto message = parse(R"({"m":"menu","item":")" + std::string(item) + R"(","window":1})");
        QVERIFY(message.has_value());
        QCOMPARE(std::get<Menu>(*message).item, std::string(item));
    }
}

void TestFrameMessages::cleansTitles()
{
    const std::string evil = "a\\u202eb\\nc" + std::string(200, 'x');
    const auto windows = std::get<Windows>(*parse(R"({"m":"windows","list":[{"id":1,"title":")" + evil + R"(","app":"","minimised":false,"active":true}]})"));
    const auto title = QString::fromStdString(windows.list[0].title);
    QCOMPARE(title.size(), static_cast<qsizetype>(kMaxTitle_characters));
    QVERIFY(!title.contains(QChar(0x202e)));
    QVERIFY(!title.contains(QLatin1Char('\n')));
}

void TestFrameMessages::refusesWhatIsNotOnTheList_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("not JSON") << QByteArray("x");
    QTest::newRow("no object") << QByteArray("[]");
    QTest::newRow("no kind") << QByteArray(R"({"version":1})");
    QTest::newRow("unknown kind") << QByteArray(R"({"m":"spawn","argv":["sh"]})");
    QTest::newRow("another version") << QByteArray(R"({"m":"hello","version":2,"box":{"landlock":true,"seccomp":true}})");
    QTest::newRow("hello without its box") << QByteArray(R"({"m":"hello","version":1})");
    QTest::newRow("box of another shape") << QByteArray(R"({"m":"hello","version":1,"box":{"landlock":1,"seccomp":true}})");
    QTest::newRow("extra member") << QByteArray(R"({"m":"hello","version":1,"box":{"landlock":true,"seccomp":true},"x":1})");
    QTest::newRow("key twice") << QByteArray(R"({"m":"hello","version":1,"version":1})");
    QTest::newRow("unknown gesture") << QByteArray(R"({"m":"gesture","kind":"drag","window":1,"serial":1})");
    QTest::newRow("gesture without serial") << QByteArray(R"({"m":"gesture","kind":"copy","window":1})");
    QTest::newRow("negative number") << QByteArray(R"({"m":"first_frame","window":-1})");
    QTest::newRow("large number") << QByteArray(R"({"m":"first_frame","window":4294967296})");
    QTest::newRow("fraction") << QByteArray(R"({"m":"first_frame","window":1.0})");
    QTest::newRow("unknown item") << QByteArray(R"({"m":"menu","item":"paste ","window":1})");
    QTest::newRow("window without title") << QByteArray(R"({"m":"windows","list":[{"id":1,"app":"b","minimised":true,"active":false}]})");
    QTest::newRow("window is a number") << QByteArray(R"({"m":"windows","list":[1]})");
    QTest::newRow("list is text") << QByteArray(R"({"m":"windows","list":"x"})");
    QByteArray many = R"({"m":"windows","list":[)";
    for (std::size_t i = 0; i <= kMaxWindows; ++i)
        many += i ? ",1" : "1";
    QTest::newRow("too many windows") << many + "]}";
}

void TestFrameMessages::refusesWhatIsNotOnTheList()
{
    QFETCH(QByteArray, line);
    QVERIFY(!parse(line.toStdString()).has_value());
}

QTEST_GUILESS_MAIN(TestFrameMessages)
#include "tst_frame_messages.moc"

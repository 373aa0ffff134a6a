// SPDX-License-Identifier: Apache-2.0
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

#include <sys/socket.h>

#include "app/viewer/frame_link_codec.h"
#include "app/viewer/line_socket.h"
#include "base/channel/posix/local_socket.h"

using namespace annex;
using namespace annex::viewer;
using namespace Qt::StringLiterals;

class TestFrameLink : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void appearanceIsReadWhole();
    void anUnknownLevelIsTheWeakest();
    void namesAreMadeFitForOneLine();
    void menuKeepsOnlyItsOwnItems();
    void everyDownMessageIsKnown_data();
    void everyDownMessageIsKnown();
    void rubbishIsLeftOut_data();
    void rubbishIsLeftOut();
    void upMessagesAreLines();
    void aLongWindowListComesInParts();
    void linesArriveWholeOverASocket();
    void aLineWithoutEndEndsTheLink();
};

void TestFrameLink::appearanceIsReadWhole()
{
    const auto down = frame_link::decode(R"({"m":"appearance","name":"Research","colour":"teal","pattern":"checks","label":"secret","level":"hypervisor",)"
                                         R"("persistence":"kept","number":2,"theme":"dark","stronger_frames":true,"reduce_motion":true})");
    QVERIFY(down);
    const auto& a = std::get<frame_link::Appearance>(*down);
    QCOMPARE(a.identity.name, u"Research"_s);
    QCOMPARE(a.identity.colour, ui::Colour::Teal);
    QCOMPARE(a.identity.pattern, ui::Pattern::Checks);
    QCOMPARE(a.identity.level, ui::Level::Hypervisor);
    QCOMPARE(a.identity.number, 2);
    QVERIFY(!a.identity.disposable);
    QCOMPARE(a.theme, ui::Theme::Dark);
    QVERIFY(a.strongerFrames && a.reduceMotion);
}

void TestFrameLink::anUnknownLevelIsTheWeakest()
{
    const auto down = frame_link::decode(R"({"m":"appearance","name":"X","colour":"mauve","level":"quantum"})");
    const auto& a = std::get<frame_link::Appearance>(*down);
    QCOMPARE(a.identity.level, ui::Level::Process);
    QCOMPARE(a.identity.colour, ui::Colour::Amber);
    QCOMPARE(a.identity.pattern, ui::Pattern::Dots);
}

void TestFrameLink::namesAreMadeFitForOneLine()
{
    const auto down = frame_link::decode("{\"m\":\"appearance\",\"name\":\"a\\n\\u202eb\\u200b\"}");
    QCOMPARE(std::get<frame_link::Appearance>(*down).identity.name, u"ab"_s);
}

void TestFrameLink::menuKeepsOnlyItsOwnItems()
{
    const auto down = frame_link::decode(R"({"m":"menu_state","items":[{"id":"paste","enabled":false,"locked":true,"reason":"locked by Acme Ltd"},)"
                                         R"({"id":"format-disk","enabled":true},{"id":"copy-in-toggle","enabled":true}]})");
    const auto& items = std::get<frame_link::MenuState>(*down).items;
    QCOMPARE(items.size(), 2);
    QVERIFY(items[u"paste"_s].locked && !items[u"paste"_s].enabled);
    QCOMPARE(items[u"paste"_s].reason, u"locked by Acme Ltd"_s);
    QVERIFY(items[u"copy-in-toggle"_s].enabled);
}

void TestFrameLink::everyDownMessageIsKnown_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("kind");
    QTest::newRow("strip") << QByteArray(R"({"m":"strip","id":"pasted","arguments":{"n":214},"window":3})") << 1;
    QTest::newRow("offer_ready") << QByteArray(R"({"m":"offer_ready","serial":4294967295})") << 3;
    QTest::newRow("activate") << QByteArray(R"({"m":"activate","window":0})") << 4;
    QTest::newRow("close") << QByteArray(R"({"m":"close","window":1})") << 5;
    QTest::newRow("paused") << QByteArray(R"({"m":"paused","paused":true})") << 6;
    QTest::newRow("expect_window") << QByteArray(R"({"m":"expect_window"})") << 7;
    QTest::newRow("display_restarted") << QByteArray(R"({"m":"display_restarted"})") << 8;
}

void TestFrameLink::everyDownMessageIsKnown()
{
    QFETCH(QByteArray, line);
    QFETCH(int, kind);
    const auto down = frame_link::decode(line);
    QVERIFY(down);
    QCOMPARE(int(down->index()), kind);
    if (const auto* offer = std::get_if<frame_link::OfferReady>(&*down))
        QCOMPARE(offer->serial, 4294967295u);
}

void TestFrameLink::rubbishIsLeftOut_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no json") << QByteArray("hello");
    QTest::newRow("array") << QByteArray("[1,2]");
    QTest::newRow("unknown") << QByteArray(R"({"m":"shutdown"})");
    QTest::newRow("no kind") << QByteArray(R"({"window":1})");
    QTest::newRow("too long") << QByteArray(R"({"m":"activate","window":1,"x":")") + QByteArray(20'000, 'x') + "\"}";
    QTest::newRow("deep") << QByteArray(8000, '[');
}

void TestFrameLink::rubbishIsLeftOut()
{
    QFETCH(QByteArray, line);
    QVERIFY(!frame_link::decode(line));
}

void TestFrameLink::upMessagesAreLines()
{
    const auto object = [](const QByteArray& line) { return QJsonDocument::fromJson(line).object(); };
    for (const QByteArray& line : {frame_link::hello({true, true}), frame_link::gesture(true, 3, 9), frame_link::menu(u"paste"_s, 3),
                                   frame_link::protocolError(u"bad\nframe"_s), frame_link::firstFrame(1), frame_link::hostFirst()}) {
        QCOMPARE(line.count('\n'), 1);
        QVERIFY(line.endsWith('\n'));
        QVERIFY(!object(line)["m"_L1].toString().isEmpty());
    }
    const QJsonObject gesture = object(frame_link::gesture(true, 3, 9));
    QCOMPARE(gesture["kind"_L1].toString(), u"paste"_s);
    QCOMPARE(gesture["serial"_L1].toInt(), 9);
    QVERIFY(object(frame_link::hello({true, false}))["box"_L1].toObject()["landlock"_L1].toBool());
}

void TestFrameLink::aLongWindowListComesInParts()
{
    std::vector<frame_link::WindowLine> list;
    for (std::uint32_t id = 1; id <= 512; ++id)
        list.push_back({id, QString(80, u'\u00e4'), u"org.example.Program"_s, false, id == 1});
    const QList<QByteArray> lines = frame_link::windows(list).split('\n');
    QVERIFY(lines.size() > 3);
    QVERIFY(lines.last().isEmpty());
    qsizetype count = 0;
    for (qsizetype i = 0; i + 1 < lines.size(); ++i) {
        QVERIFY(lines[i].size() <= qsizetype(frame_link::kMaxLine_bytes));
        const QJsonObject o = QJsonDocument::fromJson(lines[i]).object();
        QCOMPARE(o["more"_L1].toBool(), i + 2 < lines.size());
        count += o["list"_L1].toArray().size();
    }
    QCOMPARE(count, 512);
    QCOMPARE(frame_link::windows({}), QByteArray("{\"list\":[],\"m\":\"windows\"}\n"));
}

void TestFrameLink::linesArriveWholeOverASocket()
{
    auto pair = streamPair();
    QVERIFY(pair);
    LineSocket link(std::move((*pair)[0]));
    QSignalSpy lines(&link, &LineSocket::lineReceived), closed(&link, &LineSocket::closed);
    for (const char* piece : {"{\"m\":\"acti", "vate\"}\n{\"m\":\"x\"}\n{", "}\n"})
        QVERIFY(sendWith((*pair)[1].get(), asBytes(piece)));
    QTRY_COMPARE(lines.count(), 3);
    QCOMPARE(lines[0][0].toByteArray(), QByteArray("{\"m\":\"activate\"}"));
    QCOMPARE(lines[2][0].toByteArray(), QByteArray("{}"));

    // More than the socket takes at once: it waits and arrives.
    const QByteArray big = QByteArray(4000, 'y') + '\n';
    for (int i = 0; i < 200; ++i)
        link.write(big);
    qsizetype received = 0;
    std::array<std::uint8_t, 65536> buffer;
    const auto drain = [&] {
        while (auto got = receive((*pair)[1].get(), buffer))
            received += static_cast<qsizetype>(got->bytes);
        return received == 200 * big.size();
    };
    QTRY_VERIFY(drain());
    (*pair)[1].reset();
    QTRY_COMPARE(closed.count(), 1);
}

void TestFrameLink::aLineWithoutEndEndsTheLink()
{
    auto pair = streamPair();
    QVERIFY(pair);
    LineSocket link(std::move((*pair)[0]));
    QSignalSpy closed(&link, &LineSocket::closed);
    const QByteArray endless(9000, 'z');
    for (int i = 0; i < 4; ++i)
        QVERIFY(sendWith((*pair)[1].get(), asBytes(std::string_view(endless.constData(), 9000))));
    QTRY_COMPARE(closed.count(), 1);
}

QTEST_GUILESS_MAIN(TestFrameLink)
#include "tst_frame_link.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "vgpu/display/guest/core/host_link.h"

using namespace annex;
using namespace annex::display;
using namespace annex::display::guest;

class TestHostLink : public QObject {
    Q_OBJECT

    struct Scene {
        OutputQueue output;
        int knocks = 0, welcomes = 0;
        std::vector<HostMessage> said;
        HostLink link{output, kFeaturePool | kFeatureInline,
                      {[this] { ++knocks; }, [this](const Welcome&) { ++welcomes; },
                       [this](std::uint32_t, const HostMessage& message) { said.push_back(message); }}};
        ByteVector greeting(std::uint32_t features = kFeaturePool)
        {
            const auto preamble = wire::Preamble::encode(wire::Preamble::freshNonce());
            ByteVector bytes(preamble.begin(), preamble.end());
            Welcome welcome;
            welcome.features = features;
            append(bytes, 0, welcome);
            return bytes;
        }
    };

private Q_SLOTS:
    void echoesAndSaysHello()
    {
        Scene s;
        const auto preamble = wire::Preamble::encode(wire::Preamble::freshNonce());
        QVERIFY(s.link.receive(preamble));
        QCOMPARE(s.knocks, 1);
        const ByteSpan out = s.output.pending();
        QVERIFY(std::equal(preamble.begin(), preamble.end(), out.begin()));
        wire::FrameReader reader(1000);
        reader.feed(out.subspan(preamble.size()));
        auto event = reader.next();
        QVERIFY(event && *event && (*event)->frame);
        QCOMPARE((*event)->frame->header.type, static_cast<std::uint16_t>(MessageType::Hello));
    }
    void saysNothingBeforeAndHearsNothingBefore()
    {
        Scene s;
        ByteVector bytes;
        append(bytes, 1, Close{});
        QVERIFY(s.link.receive(bytes));
        QVERIFY(s.output.empty());
        QVERIFY(s.said.empty());
    }
    void passesMessagesOnAfterWelcome()
    {
        Scene s;
        ByteVector bytes = s.greeting();
        append(bytes, 3, Key{30, true, 5});
        append(bytes, 3, Close{});
        for (std::uint8_t byte : bytes) // as torn as a stream may be
            QVERIFY(s.link.receive(ByteSpan(&byte, 1)));
        QCOMPARE(s.welcomes, 1);
        QCOMPARE(s.said.size(), std::size_t{2});
        QCOMPARE(std::get<Key>(s.said[0]).code, 30u);
        QVERIFY(std::holds_alternative<Close>(s.said[1]));
    }
    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        auto row = [](const char* name, const ByteVector& bytes) {
            QTest::newRow(name) << QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
        };
        Scene s;
        ByteVector bytes = s.greeting();
        append(bytes, 0, Hello{});
        row("a message of the guest's own", bytes);
        bytes = s.greeting();
        wire::appendFrame(bytes, 999, 0, 0, {});
        row("an unknown type", bytes);
        bytes = s.greeting();
        const std::uint8_t one = 1;
        wire::appendFrame(bytes, static_cast<std::uint16_t>(MessageType::Key), 0, 1, ByteSpan(&one, 1));
        row("a short payload", bytes);
        row("two features at once", s.greeting(kFeaturePool | kFeatureInline));
        row("no feature", s.greeting(0));
        bytes = s.greeting();
        append(bytes, 0, Welcome{});
        row("a second welcome", bytes);
        bytes = s.greeting();
        bytes.resize(wire::Preamble::kSize_bytes);
        append(bytes, 1, Close{});
        row("a message before welcome", bytes);
    }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        Scene s;
        QVERIFY(!s.link.receive(ByteSpan(reinterpret_cast<const std::uint8_t*>(bytes.constData()), static_cast<std::size_t>(bytes.size()))));
        // And is ready for the next viewer.
        const auto said = s.said.size();
        ByteVector again = s.greeting();
        append(again, 1, Close{});
        QVERIFY(s.link.receive(again));
        QCOMPARE(s.said.size(), said + 1);
    }
    void skipsUnknownOptionalMessages()
    {
        Scene s;
        ByteVector bytes = s.greeting();
        wire::appendFrame(bytes, 999, wire::kOptional, 0, {});
        append(bytes, 1, Close{});
        QVERIFY(s.link.receive(bytes));
        QCOMPARE(s.said.size(), std::size_t{1});
    }
    void dropsWhatWasQueuedForTheLastViewer()
    {
        Scene s;
        QVERIFY(s.link.receive(s.greeting()));
        s.output.append(1, Title{"for the one who was killed"});
        QVERIFY(s.link.receive(s.greeting()));
        QCOMPARE(s.knocks, 2);
        QVERIFY(s.output.pending().size() < 100);
    }
};

QTEST_APPLESS_MAIN(TestHostLink)
#include "tst_host_link.moc"

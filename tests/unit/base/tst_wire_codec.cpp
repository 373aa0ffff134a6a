// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "base/wire_codec.h"
#include "tests/support/qt_names.h"

using namespace annex;

namespace {

enum class Colour : std::uint8_t { Red = 1, Green = 2, Blue = 3 };

} // namespace

template <> inline constexpr int annex::wire::kLastEnumerator<Colour> = 3;
template <> inline constexpr std::uint8_t annex::wire::kFirstEnumerator<Colour> = 1;

namespace {

/// One field of each kind.
struct Sample {
    static constexpr std::uint16_t kType = 77;
    bool flag = false;
    Colour colour = Colour::Red;
    std::uint8_t u8 = 0;
    std::uint16_t u16 = 0;
    std::int32_t i32 = 0;
    std::uint64_t u64 = 0;
    std::string name;
    ByteVector data;
    std::vector<std::string> words;
    std::vector<std::uint32_t> counts;
    template <class V> void visit(V& v)
    {
        v(flag)(colour)(u8)(u16)(i32)(u64).text(name, 8).bytes(data, 4).texts(words, 3, 5).numbers(counts, 2);
    }
    friend bool operator==(const Sample&, const Sample&) = default;
};

Sample full()
{
    return {true, Colour::Blue, 255, 65535, -7, 1ull << 63, "12345678", {1, 2, 3, 4}, {"a", "", "12345"}, {0, ~0u}};
}

ByteVector payloadOf(const Sample& sample)
{
    ByteVector out;
    wire::appendMessage(out, 9, sample);
    return {out.begin() + wire::kHeader_bytes, out.end()};
}

Errc codeOf(ByteSpan payload)
{
    auto decoded = wire::decodeTrustedMessage<Sample>(payload);
    return decoded ? Errc{} : decoded.error().code;
}

} // namespace

class TestWireCodec : public QObject {
    Q_OBJECT

private slots:
    void roundTrips()
    {
        for (const Sample& sample : {full(), Sample{}}) {
            auto decoded = wire::decodeTrustedMessage<Sample>(payloadOf(sample));
            QVERIFY(decoded);
            QVERIFY(*decoded == sample);
        }
    }

    void writesTheHeader()
    {
        ByteVector out = {0xaa}; // behind what was there
        wire::appendMessage(out, 9, full());
        wire::FrameReader reader(1000);
        reader.feed(ByteSpan(out).subspan(1));
        auto event = reader.next();
        QVERIFY(event && *event && (*event)->frame);
        QVERIFY(((*event)->frame->header == wire::Header{77, 0, 9, static_cast<std::uint32_t>(payloadOf(full()).size())}));
    }

    void refusesEveryTruncationAndExtension()
    {
        ByteVector payload = payloadOf(full());
        for (std::size_t length = 0; length < payload.size(); ++length)
            QCOMPARE(codeOf(ByteSpan(payload).first(length)), Errc::Malformed);
        payload.push_back(0);
        QCOMPARE(codeOf(payload), Errc::Malformed);
    }

    void refusesWhatIsOverItsLimit_data()
    {
        QTest::addColumn<int>("field");
        QTest::newRow("text") << 0;
        QTest::newRow("bytes") << 1;
        QTest::newRow("count of texts") << 2;
        QTest::newRow("length of one text") << 3;
        QTest::newRow("count of numbers") << 4;
    }
    void refusesWhatIsOverItsLimit()
    {
        QFETCH(int, field);
        Sample sample = full();
        if (field == 0)
            sample.name += '9';
        if (field == 1)
            sample.data.push_back(5);
        if (field == 2)
            sample.words.emplace_back();
        if (field == 3)
            sample.words[0] = "123456";
        if (field == 4)
            sample.counts.push_back(1);
        QCOMPARE(codeOf(payloadOf(sample)), Errc::Malformed);
    }

    void refusesValuesOutsideTheirLists()
    {
        const ByteVector good = payloadOf(full());
        ByteVector bad = good;
        bad[0] = 2; // a bool
        QCOMPARE(codeOf(bad), Errc::Malformed);
        for (std::uint8_t colour : {0, 4, 255}) {
            bad = good;
            bad[1] = colour;
            QCOMPARE(codeOf(bad), Errc::Malformed);
        }
        QCOMPARE(codeOf(good), Errc{});
    }

    void believesNoAnnouncedCount()
    {
        ByteVector payload = payloadOf(Sample{});
        // The last field is the count of numbers.
        for (std::size_t i = payload.size() - 4; i < payload.size(); ++i)
            payload[i] = 0xff;
        QCOMPARE(codeOf(payload), Errc::Malformed);
    }
};

QTEST_GUILESS_MAIN(TestWireCodec)
#include "tst_wire_codec.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "base/random.h"
#include "base/wire.h"
#include "tests/support/qt_names.h"

using namespace annex;
using namespace annex::wire;

namespace {

constexpr std::size_t kLimit = 1024;

ByteVector bytesOf(std::string_view text)
{
    const ByteSpan span = asBytes(text);
    return {span.begin(), span.end()};
}

ByteVector frameOf(std::uint16_t type, std::string_view payload)
{
    ByteVector out;
    appendFrame(out, type, 0, 7, asBytes(payload));
    return out;
}

void join(ByteVector& to, ByteSpan more)
{
    to.insert(to.end(), more.begin(), more.end());
}

struct Seen {
    std::vector<std::pair<std::uint16_t, std::string>> frames;
    std::vector<Preamble::Nonce> preambles;
    int echoes = 0;
    std::optional<Errc> error;
    friend bool operator==(const Seen&, const Seen&) = default;
};

void drain(FrameReader& reader, Seen& seen)
{
    for (;;) {
        auto event = reader.next();
        if (!event) {
            seen.error = event.error().code;
            return;
        }
        if (!*event)
            return;
        if ((*event)->frame)
            seen.frames.emplace_back((*event)->frame->header.type, std::string((*event)->frame->payload.begin(), (*event)->frame->payload.end()));
        if ((*event)->preamble)
            seen.preambles.push_back(*(*event)->preamble);
        seen.echoes += (*event)->echoed ? 1 : 0;
    }
}

Seen readInPieces(FrameReader& reader, ByteSpan stream, std::size_t piece)
{
    Seen seen;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        reader.feed(stream.subspan(at, std::min(piece, stream.size() - at)));
        drain(reader, seen);
    }
    return seen;
}

Preamble::Nonce nonceOf(std::uint8_t fill)
{
    Preamble::Nonce nonce;
    nonce.fill(fill);
    return nonce;
}

} // namespace

class TestWire : public QObject {
    Q_OBJECT

private slots:
    void writesLittleEndian()
    {
        ByteVector out;
        Writer w(out);
        w.u8(0x01);
        w.u16(0x0203);
        w.u32(0x04050607);
        w.u64(0x08090a0b0c0d0e0f);
        w.i32(-2);
        w.text("hi");
        const ByteVector expected = {1,    3,    2,    7,    6,    5,    4, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09, 0x08,
                                     0xfe, 0xff, 0xff, 0xff, 2,    0,    0, 0,    'h',  'i'};
        QVERIFY(out == expected);
    }

    void readsBackWhatWasWritten()
    {
        ByteVector out;
        Writer w(out);
        w.u8(255);
        w.u16(65535);
        w.u32(4294967295u);
        w.u64(18446744073709551615ull);
        w.i32(-2147483647 - 1);
        w.text("");
        w.blob(asBytes("xyz"));
        w.raw(asBytes("tail"));
        Reader r(out);
        QCOMPARE(r.u8(), std::uint8_t{255});
        QCOMPARE(r.u16(), std::uint16_t{65535});
        QCOMPARE(r.u32(), 4294967295u);
        QCOMPARE(r.u64(), std::uint64_t{18446744073709551615ull});
        QCOMPARE(r.i32(), std::int32_t{-2147483647 - 1});
        QCOMPARE(r.text(0), std::string());
        QCOMPARE(r.text(3), std::string("xyz"));
        QCOMPARE(r.rest().size(), std::size_t{4});
        QVERIFY(r.finish());
    }

    void failsOnceForEachTruncation()
    {
        ByteVector out;
        Writer w(out);
        w.u8(1);
        w.u64(2);
        w.text("text");
        for (std::size_t length = 0; length < out.size(); ++length) {
            Reader r(ByteSpan(out).first(length));
            r.u8();
            r.u64();
            r.text(100);
            QVERIFY(r.failed());
            QCOMPARE(r.finish().error().code, Errc::Malformed);
            QCOMPARE(r.u32(), 0u); // stays failed, yields zeros
        }
    }

    void refusesLeftOversAndLongBlobs()
    {
        const ByteVector extra = {1, 2};
        Reader r(extra);
        r.u8();
        QVERIFY(!r.failed());
        QCOMPARE(r.finish().error().code, Errc::Malformed);

        ByteVector out;
        Writer(out).text("four");
        Reader limited(out);
        QVERIFY(limited.blob(3).empty());
        QVERIFY(limited.failed());

        const ByteVector huge = {0xff, 0xff, 0xff, 0xff, 'x'};
        Reader lying(huge);
        QVERIFY(lying.blob(std::size_t{1} << 40).empty());
        QVERIFY(lying.failed());
    }

    void setsTheLengthOfAFrameWrittenInPlace()
    {
        ByteVector inPlace = bytesOf("before");
        const std::size_t start = inPlace.size();
        appendFrame(inPlace, 3, 1, 9, {});
        join(inPlace, ByteVector(70'000, 'p'));
        setFrameLength(inPlace, start);
        ByteVector copied = bytesOf("before");
        appendFrame(copied, 3, 1, 9, ByteVector(70'000, 'p'));
        QVERIFY(inPlace == copied);
    }

    void cutsAtEveryByte()
    {
        ByteVector stream;
        for (auto payload : {"", "a", "some longer payload", ""})
            join(stream, frameOf(5, payload));
        const Seen expected{{{5, ""}, {5, "a"}, {5, "some longer payload"}, {5, ""}}, {}, 0, {}};
        for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
            FrameReader reader(kLimit);
            QVERIFY(readInPieces(reader, stream, piece) == expected);
            QCOMPARE(reader.buffered(), std::size_t{0});
        }
        // The same with the guest's look-out for Preambles on.
        for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
            FrameReader reader(kLimit);
            reader.watchForPreamble();
            QVERIFY(readInPieces(reader, stream, piece) == expected);
        }
    }

    void givesTheHeaderAsSent()
    {
        ByteVector stream;
        appendFrame(stream, 0xabcd, 0x8001, 0xdeadbeef, asBytes("pay"));
        FrameReader reader(kLimit);
        reader.feed(stream);
        auto event = reader.next();
        QVERIFY(event && *event && (*event)->frame);
        QVERIFY(((*event)->frame->header == Header{0xabcd, 0x8001, 0xdeadbeef, 3}));
    }

    void refusesAnOverlongFrameByItsHeader()
    {
        ByteVector header;
        appendFrame(header, 1, 0, 0, ByteVector(kLimit + 1));
        header.resize(kHeader_bytes);
        FrameReader reader(kLimit);
        reader.feed(ByteSpan(header).first(kHeader_bytes - 1));
        auto early = reader.next();
        QVERIFY(early && !*early);
        reader.feed(ByteSpan(header).last(1));
        QCOMPARE(reader.next().error().code, Errc::TooLarge);

        ByteVector most;
        appendFrame(most, 1, 0, 0, ByteVector(kLimit));
        FrameReader again(kLimit);
        again.feed(most);
        auto whole = again.next();
        QVERIFY(whole && *whole);
        QCOMPARE((*whole)->frame->payload.size(), kLimit);
    }

    void guestFindsAPreambleInAHalfMessage()
    {
        const auto nonce = nonceOf(0x42);
        const auto preamble = Preamble::encode(nonce);
        const ByteVector whole = frameOf(2, "cut off in the middle");
        const ByteVector after = frameOf(3, "after");
        // Wherever the old host died, and however the bytes come.
        for (std::size_t cut = 0; cut < whole.size(); ++cut) {
            for (std::size_t piece : {std::size_t{1}, std::size_t{5}, std::size_t{31}, std::size_t{1000}}) {
                ByteVector stream = frameOf(1, "before");
                join(stream, ByteSpan(whole).first(cut));
                join(stream, preamble);
                join(stream, after);
                FrameReader reader(kLimit);
                reader.watchForPreamble();
                const Seen seen = readInPieces(reader, stream, piece);
                QVERIFY(!seen.error);
                QVERIFY((seen.preambles == std::vector<Preamble::Nonce>{nonce}));
                QVERIFY(!seen.frames.empty());
                QCOMPARE(seen.frames.back().second, std::string("after"));
            }
        }
    }

    void guestNeverMixesAHalfMessageWithAWholePreamble()
    {
        const auto preamble = Preamble::encode(nonceOf(0x42));
        const ByteVector whole = frameOf(2, "cut off in the middle");
        // Split behind the fixed bytes, where they alone could complete the message.
        for (std::size_t cut = 0; cut < whole.size(); ++cut) {
            for (std::size_t split = Preamble::kMagic_bytes; split <= preamble.size(); ++split) {
                FrameReader reader(kLimit);
                reader.watchForPreamble();
                Seen seen;
                for (ByteSpan part : {ByteSpan(whole).first(cut), ByteSpan(preamble).first(split), ByteSpan(preamble).subspan(split)}) {
                    reader.feed(part);
                    drain(reader, seen);
                }
                QVERIFY((seen == Seen{{}, {nonceOf(0x42)}, 0, {}}));
            }
        }
    }

    void guestRecoversFromAnOverlongFrameByAPreamble()
    {
        ByteVector stream;
        appendFrame(stream, 1, 0, 0, ByteVector(kLimit + 1));
        FrameReader reader(kLimit);
        reader.watchForPreamble();
        Seen seen;
        reader.feed(stream);
        drain(reader, seen);
        QVERIFY(seen == Seen());
        reader.feed(Preamble::encode(nonceOf(1)));
        reader.feed(frameOf(4, "again"));
        Seen later;
        drain(reader, later);
        QVERIFY(!later.error);
        QCOMPARE(later.preambles.size(), std::size_t{1});
        QCOMPARE(later.frames.size(), std::size_t{1});
    }

    void guestTakesTheSecondOfTwoPreambles()
    {
        ByteVector stream;
        const auto first = Preamble::encode(nonceOf(1));
        join(stream, ByteSpan(first).first(20)); // its sender was killed while writing it
        join(stream, Preamble::encode(nonceOf(2)));
        join(stream, frameOf(9, "x"));
        for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
            FrameReader reader(kLimit);
            reader.watchForPreamble();
            const Seen seen = readInPieces(reader, stream, piece);
            QVERIFY((seen == Seen{{{9, "x"}}, {nonceOf(2)}, 0, {}}));
        }
    }

    void hostDiscardsEverythingBeforeItsEcho()
    {
        const auto nonce = Preamble::freshNonce();
        const auto echo = Preamble::encode(nonce);
        ByteVector stream(3000, 0xee);                       // half a frame of the old connection …
        join(stream, Preamble::encode(nonceOf(9)));          // … an echo for somebody else …
        join(stream, ByteSpan(echo).first(31));              // … the right one, but for its last byte …
        stream.push_back(static_cast<std::uint8_t>(echo[31] ^ 1));
        join(stream, echo);
        join(stream, frameOf(1, "hello"));
        for (std::size_t piece = 1; piece < 70; ++piece) {
            FrameReader reader(kLimit);
            reader.expectEcho(nonce);
            const Seen seen = readInPieces(reader, stream, piece);
            QVERIFY((seen == Seen{{{1, "hello"}}, {}, 1, {}}));
        }
    }

    void hostHoldsLittleWhileItWaits()
    {
        FrameReader reader(kLimit);
        reader.expectEcho(Preamble::freshNonce());
        const ByteVector noise(64 * 1024, 0xf1); // the first byte of the magic, again and again
        for (int i = 0; i < 100; ++i) {
            reader.feed(noise);
            auto event = reader.next();
            QVERIFY(event && !*event);
            QVERIFY(reader.buffered() < Preamble::kSize_bytes);
        }
    }

    void hostMayBeginAgainInTheMiddle()
    {
        FrameReader reader(kLimit);
        reader.feed(frameOf(1, "old"));
        const auto nonce = nonceOf(3);
        reader.expectEcho(nonce);
        Seen seen;
        drain(reader, seen);
        reader.feed(Preamble::encode(nonce));
        reader.feed(frameOf(2, "new"));
        drain(reader, seen);
        QVERIFY((seen == Seen{{{2, "new"}}, {}, 1, {}}));
    }

    void noncesDiffer()
    {
        QVERIFY(Preamble::freshNonce() != Preamble::freshNonce());
        for (int i = 0; i < 1000; ++i) {
            for (std::uint8_t byte : Preamble::freshNonce())
                QVERIFY(byte != Preamble::kMagic[0]);
        }
        QCOMPARE(randomHex(16).size(), std::size_t{32});
        QVERIFY(randomHex(16) != randomHex(16));
        QVERIFY(randomHex(0).empty());
    }
};

QTEST_GUILESS_MAIN(TestWire)
#include "tst_wire.moc"

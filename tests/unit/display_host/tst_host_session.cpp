// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/fuzz/filler.h"
#include "tests/support/qt_names.h"
#include "tests/unit/display_host/recording_listener.h"

using namespace annex;
using namespace annex::display;

namespace {

constexpr std::size_t kPool_bytes = 1u << 20;
using Words = std::vector<std::string>;

/// A session and the guest end of its stream, as bytes.
struct Bench {
    ByteVector pool = ByteVector(kPool_bytes);
    RecordingListener listener;
    HostSession session;

    explicit Bench(bool withPool = true) : session(options(withPool), listener) {}

    HostSession::Options options(bool withPool) const
    {
        HostSession::Options options;
        if (withPool)
            options.pool = pool;
        options.inline_bytes = 1u << 20;
        return options;
    }
    /// Everything the host has queued, taken off.
    ByteVector takeOutput()
    {
        const ByteSpan queued = session.output();
        ByteVector out(queued.begin(), queued.end());
        session.sent(out.size());
        return out;
    }
    template <class Message> Result<void> say(WindowId object, const Message& message)
    {
        ByteVector bytes;
        append(bytes, object, message);
        return session.receive(bytes);
    }
    bool echo()
    {
        session.start();
        return session.receive(takeOutput()).has_value();
    }
    bool connect()
    {
        const bool good = echo() && say(0, Hello{kProtocolVersion, kFeaturePool | kFeatureInline}).has_value();
        takeOutput();
        listener.heard.clear();
        return good;
    }
    /// A toplevel with a slot of 100 × 10 pixels.
    bool openWindow(WindowId id)
    {
        const bool good = say(id, CreateWindow{}).has_value() && (!session.surfaces().hasPool() || say(id, DefineSlot{0, 4096, 100, 10, 448}));
        listener.heard.clear();
        return good;
    }
    template <class Message> Errc breach(WindowId object, const Message& message)
    {
        auto said = say(object, message);
        return said ? Errc{} : said.error().code;
    }
};

Frame frameOf(std::uint32_t serial, std::uint32_t configureSerial = 0)
{
    return {0, serial, true, configureSerial, {{0, 0, 100, 10}}};
}

/// The host's messages of one type in what it queued.
template <class Message> std::vector<std::pair<WindowId, Message>> messagesIn(const ByteVector& bytes)
{
    std::vector<std::pair<WindowId, Message>> found;
    wire::FrameReader reader(kMaxHostPayload_bytes);
    reader.feed(bytes);
    for (auto event = reader.next(); event && *event; event = reader.next()) {
        const auto& frame = *(*event)->frame;
        if (frame.header.type != static_cast<std::uint16_t>(Message::kType))
            continue;
        auto message = decodeTrusted<Message>(frame.payload);
        if (message)
            found.emplace_back(frame.header.object, *message);
    }
    return found;
}

} // namespace

class TestHostSession : public QObject {
    Q_OBJECT

private slots:
    void shakesHands()
    {
        Bench bench;
        bench.session.start();
        ByteVector preamble = bench.takeOutput();
        QCOMPARE(preamble.size(), wire::Preamble::kSize_bytes);
        bench.session.send(0, Keymap{"too early"});
        QVERIFY(bench.session.output().empty());
        ByteVector noise;
        append(noise, 1, CreateWindow{}); // of an older connection
        noise.resize(noise.size() - 1);
        QVERIFY(bench.session.receive(noise));
        QVERIFY(bench.session.receive(preamble));
        QVERIFY(bench.say(0, Hello{kProtocolVersion, kFeaturePool}));
        QVERIFY(bench.session.isConnected());
        QCOMPARE(bench.listener.heard, Words{"connected"});
        const auto welcome = messagesIn<Welcome>(bench.takeOutput());
        QCOMPARE(welcome.size(), std::size_t{1});
        QCOMPARE(welcome[0].second.features, std::uint32_t{kFeaturePool});
        QCOMPARE(welcome[0].second.pool_bytes, std::uint64_t{kPool_bytes});
    }

    void offersInlineFramesWithoutAPool()
    {
        Bench bench(false);
        QVERIFY(bench.echo());
        QVERIFY(bench.say(0, Hello{kProtocolVersion, kFeatureInline}));
        const auto welcome = messagesIn<Welcome>(bench.takeOutput());
        QCOMPARE(welcome.at(0).second.features, std::uint32_t{kFeatureInline});
        QCOMPARE(welcome.at(0).second.pool_bytes, std::uint64_t{1u << 20});
    }

    void refusesAnotherBeginning_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<quint32>("features");
        QTest::addColumn<quint32>("object");
        QTest::addColumn<Errc>("code");
        QTest::newRow("version") << 2 << quint32{kFeaturePool} << 0u << Errc::Unsupported;
        QTest::newRow("old version") << 0 << quint32{kFeaturePool} << 0u << Errc::Unsupported;
        QTest::newRow("features") << 1 << quint32{kFeatureInline} << 0u << Errc::Unsupported;
        QTest::newRow("object") << 1 << quint32{kFeaturePool} << 1u << Errc::Malformed;
    }
    void refusesAnotherBeginning()
    {
        QFETCH(int, version);
        QFETCH(quint32, features);
        QFETCH(quint32, object);
        QFETCH(Errc, code);
        Bench bench;
        QVERIFY(bench.echo());
        QCOMPARE(bench.breach(object, Hello{static_cast<std::uint16_t>(version), features}), code);
        QVERIFY(bench.listener.heard.empty());
    }

    void wantsHelloFirstAndOnce()
    {
        Bench early;
        QVERIFY(early.echo());
        QCOMPARE(early.breach(1, CreateWindow{}), Errc::Malformed);
        Bench optional;
        QVERIFY(optional.echo());
        ByteVector unknown;
        wire::appendFrame(unknown, 40, wire::kOptional, 0, {});
        QVERIFY(!optional.session.receive(unknown));
        Bench twice;
        QVERIFY(twice.connect());
        QCOMPARE(twice.breach(0, Hello{kProtocolVersion, kFeaturePool}), Errc::Malformed);
    }

    void staysEndedAfterTheFirstBreach()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        QCOMPARE(bench.breach(1, Frame{9, 1, false, 0, {{0, 0, 1, 1}}}), Errc::Malformed);
        QCOMPARE(bench.breach(2, CreateWindow{}), Errc::Malformed);
        QVERIFY(bench.listener.heard.empty());
        QVERIFY(!bench.session.isConnected());
        bench.session.send(1, Close{});
        bench.session.frameDone(1, 1);
        QVERIFY(bench.session.output().empty());
    }

    void knowsTheDirectionOfEveryMessage()
    {
#define ANNEX_TRY(id, name, sender)                                                                                       \
    if (Sender::sender == Sender::Host) {                                                                                 \
        Bench bench;                                                                                                      \
        QVERIFY(bench.connect());                                                                                         \
        QVERIFY2(bench.breach(0, fuzz::filled<name>()) == Errc::Malformed, #name);                                              \
    }
        ANNEX_WINDOW_MESSAGES(ANNEX_TRY)
#undef ANNEX_TRY
    }

    void endsAtEveryTruncatedMessage()
    {
#define ANNEX_TRY(id, name, sender)                                                                                       \
    if (Sender::sender == Sender::Guest && id != 1) {                                                                     \
        ByteVector whole;                                                                                                 \
        append(whole, 0, fuzz::filled<name>());                                                                                 \
        const ByteVector payload(whole.begin() + wire::kHeader_bytes, whole.end());                                       \
        for (std::size_t length = 0; length < payload.size(); ++length) {                                                 \
            Bench bench;                                                                                                  \
            QVERIFY(bench.connect());                                                                                     \
            ByteVector cut;                                                                                               \
            wire::appendFrame(cut, id, 0, 0, ByteSpan(payload).first(length));                                            \
            QVERIFY2(!bench.session.receive(cut), #name);                                                                 \
        }                                                                                                                 \
    }
        ANNEX_WINDOW_MESSAGES(ANNEX_TRY)
#undef ANNEX_TRY
    }

    void skipsOnlyWhatIsOptional()
    {
        Bench bench;
        QVERIFY(bench.connect());
        ByteVector unknown;
        wire::appendFrame(unknown, 40, wire::kOptional, 77, asBytes("from the future"));
        QVERIFY(bench.session.receive(unknown));
        unknown.clear();
        wire::appendFrame(unknown, 40, 0, 0, {});
        QCOMPARE(bench.session.receive(unknown).error().code, Errc::Malformed);

        Bench flags;
        QVERIFY(flags.connect());
        ByteVector odd;
        wire::appendFrame(odd, 2, 0x8000, 1, ByteVector(6));
        QCOMPARE(flags.session.receive(odd).error().code, Errc::Malformed);

        Bench large;
        QVERIFY(large.connect());
        ByteVector header;
        wire::appendFrame(header, 5, 0, 1, ByteVector(kMaxGuestPayload_bytes + 1));
        header.resize(wire::kHeader_bytes);
        QCOMPARE(large.session.receive(header).error().code, Errc::TooLarge);
    }

    void tellsOfWindows()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.say(1, CreateWindow{}));
        QVERIFY(bench.say(1, Title{"Bank\nreal"}));
        QVERIFY(bench.say(1, AppId{"foot"}));
        QVERIFY(bench.say(1, AppId{"../evil"}));
        QVERIFY(bench.say(1, Geometry{{0, 0, 100, 10}}));
        QVERIFY(bench.say(1, SizeHints{}));
        QVERIFY(bench.say(2, CreateWindow{WindowKind::Popup, 1, false}));
        QVERIFY(bench.say(1, Request{RequestKind::Resize, kEdgeTop | kEdgeLeft}));
        QVERIFY(bench.say(1, Request{RequestKind::Move, kEdgeTop}));
        QVERIFY(bench.say(1, DestroyWindow{}));
        QCOMPARE(bench.listener.heard, (Words{"created 1", "title 1 Bank real", "app 1 foot", "app 1 ", "geometry 1", "hints 1", "created 2",
                                              "request 1 1 5", "request 1 0 0", "destroyed 2", "destroyed 1"}));
        bench.listener.heard.clear();
        // The guest goes on about what has ended, once.
        QVERIFY(bench.say(2, Title{"gone"}));
        QVERIFY(bench.say(2, Icon{}));
        QVERIFY(bench.say(2, Unmap{}));
        QVERIFY(bench.say(2, DefineSlot{0, 0, 1, 1, 64}));
        QVERIFY(bench.say(2, Request{}));
        QVERIFY(bench.say(2, DestroyWindow{}));
        QVERIFY(bench.say(3, CreateWindow{WindowKind::Popup, 2, false}));
        QVERIFY(bench.listener.heard.empty());
    }

    void knowsNoWindowThatNeverWas()
    {
#define ANNEX_TRY(message)                                                                                                \
    {                                                                                                                     \
        Bench bench;                                                                                                      \
        QVERIFY(bench.connect());                                                                                         \
        QVERIFY(bench.openWindow(1));                                                                                     \
        QCOMPARE(bench.breach(2, message), Errc::Malformed);                                                              \
    }
        ANNEX_TRY(DestroyWindow{})
        ANNEX_TRY((Geometry{{0, 0, 1, 1}}))
        ANNEX_TRY(Title{})
        ANNEX_TRY(AppId{})
        ANNEX_TRY(Icon{})
        ANNEX_TRY(SizeHints{})
        ANNEX_TRY((DefineSlot{0, 0, 1, 1, 64}))
        ANNEX_TRY(frameOf(1))
        ANNEX_TRY(Unmap{})
        ANNEX_TRY(Request{})
        ANNEX_TRY(Refused{})
#undef ANNEX_TRY
    }

    void checksRequests()
    {
        for (std::uint32_t edges : {3u, 12u, 15u, 16u, 0x80000000u}) {
            Bench bench;
            QVERIFY(bench.connect());
            QVERIFY(bench.openWindow(1));
            QCOMPARE(bench.breach(1, Request{RequestKind::Resize, edges}), Errc::Malformed);
        }
    }

    void presentsAndAcknowledgesFrames()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        bench.pool[4096] = 0x5a;
        QVERIFY(bench.say(1, frameOf(1)));
        QCOMPARE(bench.listener.heard, Words{"frame 1"});
        QCOMPARE(bench.listener.view.pixels, bench.pool.data() + 4096);
        QCOMPARE(bench.listener.view.width, 100);
        QCOMPARE(bench.listener.view.stride_bytes, 448u);
        QVERIFY(bench.listener.view.opaque);
        QVERIFY((bench.listener.damage == std::vector<Rect>{{0, 0, 100, 10}}));
        QVERIFY(bench.session.windows().find(1)->mapped);

        bench.session.frameDone(1, 7); // not in flight
        bench.session.frameDone(2, 1);
        QVERIFY(bench.session.output().empty());
        bench.session.frameDone(1, 1);
        bench.session.frameDone(1, 1); // once
        const auto done = messagesIn<FrameDone>(bench.takeOutput());
        QCOMPARE(done.size(), std::size_t{1});
        QCOMPARE(done[0].first, 1u);
        QCOMPARE(done[0].second.serial, 1u);
        QVERIFY(bench.say(1, frameOf(2)));
        QCOMPARE(bench.breach(1, frameOf(3)), Errc::Malformed); // the slot was not given back
    }

    void frameSerialsCountUpByOne()
    {
        for (std::uint32_t wrong : {0u, 2u, 0xffffffffu}) {
            Bench bench;
            QVERIFY(bench.connect());
            QVERIFY(bench.openWindow(1));
            QCOMPARE(bench.breach(1, frameOf(wrong)), Errc::Malformed);
        }
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        QVERIFY(bench.openWindow(2));
        QVERIFY(bench.say(1, frameOf(1)));
        QVERIFY(bench.say(2, frameOf(2))); // over all windows
        QVERIFY(bench.say(1, DestroyWindow{}));
        bench.listener.heard.clear();
        QVERIFY(bench.say(1, frameOf(3))); // of a window that ended: counted, not shown
        QVERIFY(bench.listener.heard.empty());
        bench.session.frameDone(2, 2);
        QVERIFY(bench.say(2, frameOf(4)));
        bench.session.frameDone(2, 4);
        QCOMPARE(bench.breach(2, frameOf(4)), Errc::Malformed); // again
    }

    void framesAnswerOnlyWhatWasAsked()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        QVERIFY(bench.openWindow(2));
        const std::uint32_t first = bench.session.configure(1, {{100, 10}, kStateActivated});
        const std::uint32_t second = bench.session.configure(1, {{200, 20}, 0});
        QVERIFY(second > first && first > 0);
        const auto asked = messagesIn<Configure>(bench.takeOutput());
        QCOMPARE(asked.size(), std::size_t{2});
        QCOMPARE(asked[1].second.serial, second);
        QCOMPARE(asked[0].second.states, std::uint32_t{kStateActivated});
        QVERIFY(bench.say(1, frameOf(1, first)));
        QCOMPARE(bench.listener.info.configureSerial, first);
        bench.session.frameDone(1, 1);
        QCOMPARE(bench.breach(1, frameOf(2, second + 1)), Errc::Malformed);

        Bench other;
        QVERIFY(other.connect());
        QVERIFY(other.openWindow(1));
        QVERIFY(other.openWindow(2));
        const std::uint32_t serial = other.session.configure(1, {{1, 1}, 0});
        QCOMPARE(other.breach(2, frameOf(1, serial)), Errc::Malformed); // another window's
    }

    void unmapsAndComesBack()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        QVERIFY(bench.say(1, frameOf(1)));
        QVERIFY(bench.say(1, Unmap{}));
        QVERIFY(!bench.session.windows().find(1)->mapped);
        bench.session.frameDone(1, 1);
        QCOMPARE(bench.session.surfaces().content_bytes(), std::uint64_t{0});
        QVERIFY(bench.say(1, frameOf(2)));
        QCOMPARE(bench.listener.heard, (Words{"frame 1", "unmapped 1", "frame 1"}));
    }

    void takesBandsInOrder()
    {
        Bench bench(false);
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        QVERIFY(bench.openWindow(2));
        InlineFrame band;
        band.serial = 1;
        band.width = 4;
        band.height = 2;
        band.band = {0, 0, 4, 1};
        band.last = false;
        band.pixels.assign(16, 9);
        QVERIFY(bench.say(1, band));
        QVERIFY(bench.say(1, Title{"in between"}));
        band.band.y = 1;
        band.last = true;
        QVERIFY(bench.say(1, band));
        QCOMPARE(bench.listener.heard, (Words{"title 1 in between", "frame 1"}));
        QCOMPARE(bench.listener.damage.size(), std::size_t{2});
        bench.session.frameDone(1, 1);
        QCOMPARE(messagesIn<FrameDone>(bench.takeOutput()).at(0).second.slot, std::uint8_t{0});

        band.serial = 2;
        band.last = false;
        QVERIFY(bench.say(1, band));
        InlineFrame intruder = band;
        intruder.serial = 3;
        QCOMPARE(bench.breach(2, intruder), Errc::Malformed);
    }

    void survivesTheEndOfAWindowInTheMiddleOfAFrame()
    {
        Bench bench(false);
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        QVERIFY(bench.openWindow(2));
        InlineFrame band;
        band.serial = 1;
        band.width = 4;
        band.height = 2;
        band.band = {0, 0, 4, 1};
        band.last = false;
        band.pixels.assign(16, 9);
        QVERIFY(bench.say(1, band));
        QVERIFY(bench.say(1, DestroyWindow{}));
        band.last = true;
        QVERIFY(bench.say(1, band)); // the rest of it
        band.serial = 2;
        QVERIFY(bench.say(2, band));
        QCOMPARE(bench.listener.heard, (Words{"destroyed 1", "frame 2"}));
    }

    void checksImages_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("bytes");
        QTest::addColumn<int>("hotspot");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("none") << 0 << 0 << 0 << 0 << true;
        QTest::newRow("none, with a hot spot") << 0 << 0 << 0 << 5 << true;
        QTest::newRow("plain") << 24 << 24 << 2304 << 23 << true;
        QTest::newRow("largest") << 256 << 256 << 262144 << 0 << true;
        QTest::newRow("hot spot outside") << 24 << 24 << 2304 << 24 << false;
        QTest::newRow("hot spot negative") << 24 << 24 << 2304 << -1 << false;
        QTest::newRow("too few bytes") << 24 << 24 << 2303 << 0 << false;
        QTest::newRow("bytes of nothing") << 0 << 0 << 4 << 0 << false;
        QTest::newRow("only width") << 24 << 0 << 0 << 0 << false;
        QTest::newRow("too wide") << 257 << 1 << 1028 << 0 << false;
        QTest::newRow("negative product") << -24 << -24 << 2304 << 0 << false;
        QTest::newRow("product that wraps") << 65536 << 65536 << 0 << 0 << false;
    }
    void checksImages()
    {
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(int, bytes);
        QFETCH(int, hotspot);
        QFETCH(bool, accepted);
        const ByteVector pixels(static_cast<std::size_t>(bytes), 1);
        Bench cursor;
        QVERIFY(cursor.connect());
        QCOMPARE(cursor.say(0, Cursor{width, height, hotspot, 0, pixels}).has_value(), accepted);
        if (accepted) {
            QCOMPARE(cursor.listener.heard.size(), std::size_t{1});
            QCOMPARE(cursor.listener.image.pixels.size(), pixels.size());
        }
        if (hotspot != 0)
            return;
        Bench icon;
        QVERIFY(icon.connect());
        QVERIFY(icon.openWindow(1));
        QCOMPARE(icon.say(1, Icon{width, height, pixels}).has_value(), accepted);
    }

    void pairsPingsWithPongs()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        const std::uint32_t serial = bench.session.ping(1);
        QCOMPARE(messagesIn<Ping>(bench.takeOutput()).at(0).second.serial, serial);
        QVERIFY(bench.say(1, Pong{serial + 1})); // nobody asked
        QVERIFY(bench.say(2, Pong{serial}));     // of another window
        QVERIFY(bench.listener.heard.empty());
        QVERIFY(bench.say(1, Pong{serial}));
        QVERIFY(bench.say(1, Pong{serial})); // once
        QCOMPARE(bench.listener.heard, Words{"pong 1 " + std::to_string(serial)});
        for (int i = 0; i < 1000; ++i)
            bench.session.ping(1); // never answered
        QVERIFY(bench.say(1, Pong{serial + 1}));
        QCOMPARE(bench.listener.heard.size(), std::size_t{1}); // forgotten by then
    }

    void beginsAnewOnTheSameStream()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(5));
        QVERIFY(bench.say(6, CreateWindow{WindowKind::Popup, 5, false}));
        QVERIFY(bench.say(5, frameOf(1)));
        bench.session.send(5, Close{}); // queued for a display that is gone
        bench.listener.heard.clear();
        bench.session.start();
        QCOMPARE(bench.listener.heard, (Words{"destroyed 6", "destroyed 5"}));
        QCOMPARE(bench.session.output().size(), wire::Preamble::kSize_bytes);
        QVERIFY(bench.say(5, frameOf(2))); // old bytes on the way
        QVERIFY(bench.session.receive(bench.takeOutput()));
        QVERIFY(bench.say(0, Hello{kProtocolVersion, kFeaturePool}));
        QVERIFY(bench.openWindow(1)); // ids and serials begin again
        QVERIFY(bench.say(1, frameOf(1)));
        QCOMPARE(bench.session.windows().count(), std::size_t{1});
    }

    void beginsAnewAfterABreach()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(!bench.say(9, Title{}));
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
    }

    void stopsAHundredThousandWindows()
    {
        Bench bench;
        QVERIFY(bench.connect());
        ByteVector bomb;
        for (WindowId id = 1; id <= 100'000; ++id)
            append(bomb, id, CreateWindow{});
        QCOMPARE(bench.session.receive(bomb).error().code, Errc::TooLarge);
        QCOMPARE(bench.listener.heard.size(), std::size_t{kMaxWindows});
    }

    void keepsOutputInOrderInPieces()
    {
        Bench bench;
        QVERIFY(bench.connect());
        QVERIFY(bench.openWindow(1));
        ByteVector expected, got;
        for (std::uint32_t i = 0; i < 20'000; ++i) {
            bench.session.send(1, Key{i % 700 + 1, i % 2 == 0, i});
            append(expected, 1, Key{i % 700 + 1, i % 2 == 0, i});
            if (i % 3 != 0)
                continue;
            const ByteSpan some = bench.session.output().first(std::min<std::size_t>(bench.session.output().size(), 31));
            got.insert(got.end(), some.begin(), some.end());
            bench.session.sent(some.size());
        }
        const ByteVector rest = bench.takeOutput();
        got.insert(got.end(), rest.begin(), rest.end());
        QVERIFY(got == expected);
        QVERIFY(bench.session.output().empty());
    }
};

QTEST_GUILESS_MAIN(TestHostSession)
#include "tst_host_session.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "app/control/relay.h"
#include "base/wire.h"

using namespace annex;
using namespace annex::control;

namespace {

ByteVector frame(relay::Type type, std::uint32_t object, ByteSpan payload = {}, std::uint16_t flags = 0)
{
    ByteVector out;
    wire::appendFrame(out, static_cast<std::uint16_t>(type), flags, object, payload);
    return out;
}

} // namespace

class TestRelay : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void guestMessagesAreDecoded();
    void brokenGuestMessagesAreRefused_data();
    void brokenGuestMessagesAreRefused();
    void hostMessagesAreOneFrame();
};

void TestRelay::guestMessagesAreDecoded()
{
    auto set = relay::decodeFromGuest(frame(relay::Type::OfferSet, 3));
    QCOMPARE(std::get<relay::OfferSet>(set.value()).number, 3u);
    auto changed = relay::decodeFromGuest(frame(relay::Type::SelectionChanged, 4, ByteVector{1}));
    QVERIFY(std::get<relay::SelectionChanged>(changed.value()).hasText);
    auto piece = relay::decodeFromGuest(frame(relay::Type::SelectionPiece, 4, asBytes("text")));
    QCOMPARE(std::get<relay::SelectionPiece>(piece.value()).bytes, ByteVector({'t', 'e', 'x', 't'}));
    auto end = relay::decodeFromGuest(frame(relay::Type::SelectionEnd, 4, ByteVector{2}));
    QVERIFY(std::get<relay::SelectionEnd>(end.value()).outcome == relay::SelectionOutcome::Gone);
}

void TestRelay::brokenGuestMessagesAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    auto row = [](const char* name, const ByteVector& bytes) {
        QTest::newRow(name) << QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    };
    ByteVector two = frame(relay::Type::OfferSet, 1);
    ByteVector second = frame(relay::Type::OfferSet, 2);
    two.insert(two.end(), second.begin(), second.end());
    ByteVector cut = frame(relay::Type::SelectionPiece, 1, asBytes("text"));
    cut.pop_back();
    row("nothing", {});
    row("half a header", {1, 0, 0});
    row("two frames", two);
    row("cut short", cut);
    row("the host's type", frame(relay::Type::OfferBegin, 1));
    row("display to init only", frame(relay::Type::DisplayReady, 0));
    row("unknown type", frame(static_cast<relay::Type>(999), 1));
    row("a flag of 2", frame(relay::Type::SelectionChanged, 1, ByteVector{2}));
    row("no flag", frame(relay::Type::SelectionChanged, 1));
    row("empty piece", frame(relay::Type::SelectionPiece, 1));
    row("long piece", frame(relay::Type::SelectionPiece, 1, ByteVector(relay::kMaxPiece_bytes + 1, 'x')));
    row("unknown outcome", frame(relay::Type::SelectionEnd, 1, ByteVector{4}));
    row("payload where none belongs", frame(relay::Type::OfferSet, 1, ByteVector{0}));
    row("optional", frame(relay::Type::OfferSet, 1, {}, wire::kOptional));
}

void TestRelay::brokenGuestMessagesAreRefused()
{
    QFETCH(QByteArray, bytes);
    ByteSpan span(reinterpret_cast<const std::uint8_t*>(bytes.constData()), static_cast<std::size_t>(bytes.size()));
    auto decoded = relay::decodeFromGuest(span);
    QVERIFY(!decoded);
    QVERIFY(decoded.error().code == Errc::Malformed);
}

void TestRelay::hostMessagesAreOneFrame()
{
    QCOMPARE(relay::offerPiece(9, "ab"), frame(relay::Type::OfferPiece, 9, asBytes("ab")));
    QCOMPARE(relay::selectionRead(9, 0x01020304), frame(relay::Type::SelectionRead, 9, ByteVector{4, 3, 2, 1}));
    QCOMPARE(relay::offerBegin(9), frame(relay::Type::OfferBegin, 9));
    QCOMPARE(relay::offerEnd(9), frame(relay::Type::OfferEnd, 9));
    QCOMPARE(relay::offerWithdraw(9), frame(relay::Type::OfferWithdraw, 9));
}

QTEST_GUILESS_MAIN(TestRelay)
#include "tst_relay.moc"

// SPDX-License-Identifier: Apache-2.0
// Clipboard text across the relay, both ways, and programs that do not play along.
#include "app/control/relay.h"
#include "display_fixture.h"

using namespace annex::test;
using namespace annex::display;
using annex::ByteVector;
using annex::control::relay::Type;

namespace {

std::uint16_t number(Type type)
{
    return static_cast<std::uint16_t>(type);
}

void offer(TestHost& host, std::uint32_t object, const std::string& text)
{
    host.sendRelay(number(Type::OfferBegin), object);
    for (std::size_t at = 0; at < text.size(); at += annex::control::relay::kMaxPiece_bytes)
        host.sendRelay(number(Type::OfferPiece), object, annex::asBytes(std::string_view(text).substr(at, annex::control::relay::kMaxPiece_bytes)));
    host.sendRelay(number(Type::OfferEnd), object);
}

const TestHost::RelayFrame* newest(TestHost& host, Type type)
{
    const TestHost::RelayFrame* found = nullptr;
    for (const auto& frame : host.relayed()) {
        if (frame.type == number(type))
            found = &frame;
    }
    return found;
}

ByteVector maximum(std::uint32_t bytes)
{
    ByteVector payload;
    annex::wire::Writer(payload).u32(bytes);
    return payload;
}

std::string collected(TestHost& host, std::uint32_t object)
{
    std::string text;
    for (const auto& frame : host.relayed()) {
        if (frame.type == number(Type::SelectionPiece) && frame.object == object)
            text.append(frame.payload.begin(), frame.payload.end());
    }
    return text;
}

} // namespace

class TestDisplaySelections : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pastesTheHostsText();
    void pastesALongTextWithoutStopping();
    void keepsAnOfferUntilAProgramHasTheFocus();
    void withdrawsAnOffer();
    void announcesAndReadsAGuestsSelection();
    void refusesMoreThanWasAskedFor();
    void saysWhenASelectionIsGone();
    void givesUpOnAProgramThatDoesNotDeliver();
};

void TestDisplaySelections::pastesTheHostsText()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    offer(f.host(), 7, "from the host");
    ANNEX_WAIT(f, newest(f.host(), Type::OfferSet) && newest(f.host(), Type::OfferSet)->object == 7);
    QVERIFY(f.clientSays("selection-offer"));
    QVERIFY(f.client()->said("offers text/plain;charset=utf-8"));
    QVERIFY(f.client()->said("offers UTF8_STRING"));
    f.client()->tell("paste");
    QVERIFY(f.clientSays("pasted from the host"));
    QVERIFY(!newest(f.host(), Type::SelectionChanged)); // our own change is not echoed back
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplaySelections::pastesALongTextWithoutStopping()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    offer(f.host(), 1, std::string(1'000'000, 'x')); // fifteen pipes full
    QVERIFY(f.clientSays("selection-offer"));
    f.client()->tell("paste");
    QVERIFY(f.clientSays("pasted-bytes 1000000"));
    ANNEX_VERIFY_SOUND(f);
}

// The offer may come before the focus, and before the program: the first paste after a start must find it, too.
void TestDisplaySelections::keepsAnOfferUntilAProgramHasTheFocus()
{
    DisplayFixture f;
    ANNEX_WAIT(f, f->helloSeen());
    offer(f.host(), 3, "offered first");
    ANNEX_WAIT(f, newest(f.host(), Type::OfferSet));
    const auto id = f.showClient();
    QVERIFY(id);
    QVERIFY(!f.client()->said("selection-offer")); // without the focus it is nobody's business
    f->focus(id);
    QVERIFY(f.clientSays("selection-offer"));
    f.client()->tell("paste");
    QVERIFY(f.clientSays("pasted offered first"));
    // A new viewer takes the focus away and gives it back: the offer is still there.
    f->attach();
    QVERIFY(f.clientSays("leave"));
    ANNEX_WAIT(f, f->shown() != 0);
    f->focus(f->shown());
    ANNEX_WAIT(f, f.client()->count("selection-offer") == 2);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplaySelections::withdrawsAnOffer()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    offer(f.host(), 1, "secret");
    QVERIFY(f.clientSays("selection-offer"));
    f->sendRelay(number(Type::OfferWithdraw), 1);
    ANNEX_WAIT(f, f.client()->last("selection") == "selection-none");
    f.client()->tell("paste");
    QVERIFY(f.clientSays("paste-nothing"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplaySelections::announcesAndReadsAGuestsSelection()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->tap(30); // a serial to copy with
    QVERIFY(f.clientSays("key 30 0"));
    f.client()->tell("copy from the guest");
    ANNEX_WAIT(f, newest(f.host(), Type::SelectionChanged));
    const auto changed = *newest(f.host(), Type::SelectionChanged);
    QCOMPARE(changed.payload, ByteVector{1});
    QVERIFY(collected(f.host(), changed.object).empty()); // nothing leaves before it is asked for
    f->sendRelay(number(Type::SelectionRead), changed.object, maximum(1000));
    ANNEX_WAIT(f, newest(f.host(), Type::SelectionEnd));
    QCOMPARE(newest(f.host(), Type::SelectionEnd)->payload, ByteVector{0});
    QCOMPARE(collected(f.host(), changed.object), std::string("from the guest"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplaySelections::refusesMoreThanWasAskedFor()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->tap(30);
    QVERIFY(f.clientSays("key 30 0"));
    f.client()->tell("copy " + std::string(500, 'y'));
    ANNEX_WAIT(f, newest(f.host(), Type::SelectionChanged));
    f->sendRelay(number(Type::SelectionRead), newest(f.host(), Type::SelectionChanged)->object, maximum(100));
    ANNEX_WAIT(f, newest(f.host(), Type::SelectionEnd));
    QCOMPARE(newest(f.host(), Type::SelectionEnd)->payload, ByteVector{1});
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplaySelections::saysWhenASelectionIsGone()
{
    DisplayFixture f;
    QVERIFY(f.showClient());
    f->sendRelay(number(Type::SelectionRead), 99, maximum(100));
    ANNEX_WAIT(f, newest(f.host(), Type::SelectionEnd));
    QCOMPARE(newest(f.host(), Type::SelectionEnd)->payload, ByteVector{2});
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplaySelections::givesUpOnAProgramThatDoesNotDeliver()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->tap(30);
    QVERIFY(f.clientSays("key 30 0"));
    f.client()->tell("copy never"); // offers, and keeps the pipe open without a word
    ANNEX_WAIT(f, newest(f.host(), Type::SelectionChanged));
    f->sendRelay(number(Type::SelectionRead), newest(f.host(), Type::SelectionChanged)->object, maximum(100));
    f.client()->tell("colour ff00aa00");
    ANNEX_WAIT(f, f->window(id)->at(0, 0) == 0xff00aa00u); // nobody waits for it meanwhile
    ANNEX_WAIT(f, newest(f.host(), Type::SelectionEnd));
    QCOMPARE(newest(f.host(), Type::SelectionEnd)->payload, ByteVector{3});
    ANNEX_VERIFY_SOUND(f);
}

QTEST_GUILESS_MAIN(TestDisplaySelections)
#include "tst_display_selections.moc"

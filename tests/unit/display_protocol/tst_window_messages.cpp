// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <QtTest>

#include "tests/fuzz/filler.h"
#include "vgpu/display/protocol/codec.h"

using namespace annex;
using namespace annex::display;

namespace {

template <class Message> ByteVector payloadOf(const Message& message)
{
    ByteVector out;
    append(out, 3, message);
    return {out.begin() + wire::kHeader_bytes, out.end()};
}

template <class Message> bool decodes(ByteSpan payload)
{
    return decodeTrusted<Message>(payload).has_value();
}

/// Calls `visitor<Message>(name)` for every message of the list.
template <class Visitor> void forEveryMessage(Visitor visitor)
{
#define ANNEX_VISIT(id, name, sender) visitor.template operator()<name>(#name);
    ANNEX_WINDOW_MESSAGES(ANNEX_VISIT)
#undef ANNEX_VISIT
}

/// Whether the message has a field of variable length, so that only its limit bounds it.
struct LengthFinder {
    bool found = false;
    template <class T> LengthFinder& operator()(T&) { return *this; }
    LengthFinder& text(std::string&, std::size_t) { found = true; return *this; }
    LengthFinder& bytes(ByteVector&, std::size_t) { found = true; return *this; }
    LengthFinder& rects(std::vector<Rect>&, std::size_t) { found = true; return *this; }
};

template <class Message> bool hasVariableField()
{
    Message message;
    LengthFinder finder;
    message.visit(finder);
    return finder.found;
}

/// Fills variable fields one entry beyond their limit.
struct Overfiller : fuzz::Filler {
    template <class T> Overfiller& operator()(T& value) { Filler::operator()(value); return *this; }
    Overfiller& text(std::string& value, std::size_t limit) { value.assign(limit + 1, 'x'); return *this; }
    Overfiller& bytes(ByteVector& value, std::size_t limit) { value.assign(limit + 1, 7); return *this; }
    Overfiller& rects(std::vector<Rect>& value, std::size_t limit) { value.assign(limit + 1, Rect{0, 0, 1, 1}); return *this; }
};

} // namespace

class TestWindowMessages : public QObject {
    Q_OBJECT

private slots:
    void roundTripsEveryMessage()
    {
        forEveryMessage([]<class Message>(const char* name) {
            for (std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{32}, std::size_t{100'000'000}}) {
                const Message sent = fuzz::filled<Message>(length);
                const ByteVector payload = payloadOf(sent);
                auto received = decodeTrusted<Message>(payload);
                QVERIFY2(received, name);
                QVERIFY2(payloadOf(*received) == payload, name); // every field arrives: no two are alike
                if (!hasVariableField<Message>())
                    break;
            }
        });
    }

    void refusesEveryTruncationAndExtension()
    {
        forEveryMessage([]<class Message>(const char* name) {
            ByteVector payload = payloadOf(fuzz::filled<Message>());
            for (std::size_t length = 0; length < payload.size(); ++length)
                QVERIFY2(!decodes<Message>(ByteSpan(payload).first(length)), name);
            QVERIFY2(decodes<Message>(payload), name);
            payload.push_back(0);
            QVERIFY2(!decodes<Message>(payload), name);
        });
    }

    void refusesVariableFieldsOverTheirLimit()
    {
        int tried = 0;
        forEveryMessage([&tried]<class Message>(const char* name) {
            if (!hasVariableField<Message>())
                return;
            Message message;
            Overfiller filler;
            message.visit(filler);
            QVERIFY2(!decodes<Message>(payloadOf(message)), name);
            ++tried;
        });
        QVERIFY(tried >= 6);
    }

    void refusesValuesOutsideTheirLists()
    {
        ByteVector payload = payloadOf(CreateWindow{WindowKind::OverrideRedirect, 0, true});
        QVERIFY(decodes<CreateWindow>(payload));
        payload[0] = 3; // one kind too far
        QVERIFY(!decodes<CreateWindow>(payload));
        payload[0] = 2;
        payload[5] = 2; // a bool
        QVERIFY(!decodes<CreateWindow>(payload));

        for (int kind = 0; kind < 256; ++kind) {
            ByteVector request = payloadOf(Request{});
            request[0] = static_cast<std::uint8_t>(kind);
            QCOMPARE(decodes<Request>(request), kind <= static_cast<int>(RequestKind::Attention));
            ByteVector refused = payloadOf(Refused{});
            refused[0] = static_cast<std::uint8_t>(kind);
            QCOMPARE(decodes<Refused>(refused), kind <= static_cast<int>(RefusedReason::ClientKilled));
            ByteVector axis = payloadOf(PointerAxis{});
            axis[0] = static_cast<std::uint8_t>(kind);
            QCOMPARE(decodes<PointerAxis>(axis), kind <= 1);
            axis[0] = 0;
            axis[1] = static_cast<std::uint8_t>(kind);
            QCOMPARE(decodes<PointerAxis>(axis), kind <= 2);
        }
    }

    void keepsToItsOwnLimits()
    {
        forEveryMessage([]<class Message>(const char* name) {
            const std::size_t most = payloadOf(fuzz::filled<Message>(100'000'000)).size();
            const bool guest = senderOf(static_cast<std::uint16_t>(Message::kType)) == Sender::Guest;
            QVERIFY2(most <= (guest ? kMaxGuestPayload_bytes : kMaxHostPayload_bytes), name);
        });
    }

    void knowsWhoSendsWhat()
    {
        std::set<std::string_view> names;
        int known = 0;
        for (int type = 0; type <= 0xffff; ++type) {
            const auto sender = senderOf(static_cast<std::uint16_t>(type));
            if (!sender)
                continue;
            ++known;
            QCOMPARE(*sender == Sender::Guest, type < 64); // the halves of the number space
            QVERIFY(names.insert(toString(static_cast<MessageType>(type))).second);
        }
        QCOMPARE(known, 34);
        QCOMPARE(toString(static_cast<MessageType>(999)), std::string_view("unknown"));
    }

    void writesWhatTheBookSays()
    {
        ByteVector out;
        append(out, 0x01020304, FrameDone{2, 0x0a0b0c0d});
        const ByteVector expected = {76, 0, 0, 0, 4, 3, 2, 1, 5, 0, 0, 0, 2, 0x0d, 0x0c, 0x0b, 0x0a};
        QVERIFY(out == expected);
    }
};

QTEST_GUILESS_MAIN(TestWindowMessages)
#include "tst_window_messages.moc"

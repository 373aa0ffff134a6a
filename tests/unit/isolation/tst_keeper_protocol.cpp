// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "isolation/namespaces/keeper_protocol.h"
#include "tests/support/qt_names.h"

using namespace annex;
using namespace annex::isolation;
using namespace annex::isolation::keeper;

namespace {

Specification aSpecification()
{
    Specification out;
    out.guestId = "one";
    out.bubblewrap = "/usr/bin/bwrap";
    out.options = {"--unshare-user", "", "a b"};
    out.command = {"/annex/bin/annex-init"};
    out.contents = {{9, {1, 2, 3}}, {10, {}}};
    out.environment = {"A=b"};
    out.scratch = {{"/tmp", Bytes{1u << 20}, 256, 01777}};
    out.limits = {{6, 1'024, 2'048}};
    out.group.folders = {"/m/one"};
    out.group.settings = {{"/m/one/memory.max", "1"}};
    out.group.freeze = FileSetting{"/f", "1"};
    out.group.thaw = FileSetting{"/f", "0"};
    out.group.frozenFile = "/e";
    out.group.frozenText = "frozen 1";
    out.pool_bytes = 1ull << 32;
    out.oomScore = -17;
    out.info = {7};
    return out;
}

} // namespace

class TestKeeperProtocol : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void carriesASpecification()
    {
        const auto back = decodeSpecification(encode(aSpecification()));
        QVERIFY(back);
        QVERIFY(*back == aSpecification());
        const auto empty = decodeSpecification(encode(Specification{}));
        QVERIFY(empty && *empty == Specification{});
    }

    void refusesEachTruncation()
    {
        const ByteVector whole = encode(aSpecification());
        for (std::size_t length = 0; length < whole.size(); ++length)
            QVERIFY2(!decodeSpecification(ByteSpan(whole).first(length)), qPrintable(QString::number(length)));
        ByteVector longer = whole;
        longer.push_back(0);
        QVERIFY(!decodeSpecification(longer));
        ByteVector other = whole;
        other[0] = kProtocolVersion + 1;
        QCOMPARE(decodeSpecification(other).error().code, Errc::Malformed);
    }

    void survivesEachChangedByte()
    {
        // A count or length that a changed byte blows up must end in an error, not in memory.
        const ByteVector whole = encode(aSpecification());
        for (std::size_t at = 0; at < whole.size(); ++at) {
            for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{0x7f}, std::uint8_t{0xff}}) {
                ByteVector changed = whole;
                changed[at] = value;
                if (const auto back = decodeSpecification(changed))
                    QVERIFY(encode(*back).size() <= whole.size());
            }
        }
    }

    void knowsItsVerbs()
    {
        for (const Verb verb : {Verb::Take, Verb::Status, Verb::Pause, Verb::Resume, Verb::Ask, Verb::Kill}) {
            const ByteVector request = encodeRequest(verb);
            QCOMPARE(request.size(), kRequest_bytes);
            const auto back = decodeRequest(request);
            QVERIFY(back && *back == verb);
        }
        ByteVector unknown = encodeRequest(Verb::Kill);
        for (std::size_t at = 0; at < unknown.size(); ++at) {
            ByteVector changed = unknown;
            changed[at] = 0x5a;
            QVERIFY2(!decodeRequest(changed), qPrintable(QString::number(at)));
        }
        QVERIFY(!decodeRequest(ByteSpan(unknown).first(3)));
    }

    void carriesReplies()
    {
        const Reply reply{Verb::Pause, Errc::TimedOut, {'n', 'o'}};
        const ByteVector bytes = encodeReply(reply);
        const auto header = decodeReplyHeader(ByteSpan(bytes).first(kReplyHeader_bytes));
        QVERIFY(header && header->verb == Verb::Pause && header->length == 2);
        QCOMPARE(header->code, Errc::TimedOut);
        QCOMPARE(bytes.size(), kReplyHeader_bytes + 2);
        QVERIFY(!decodeReplyHeader(ByteSpan(bytes).first(kReplyHeader_bytes - 1)));
        ByteVector endless = bytes;
        for (std::size_t at = 8; at < 12; ++at)
            endless[at] = 0xff;
        QCOMPARE(decodeReplyHeader(ByteSpan(endless).first(kReplyHeader_bytes)).error().code, Errc::TooLarge);
    }

    void carriesReportsAndEndings()
    {
        QVERIFY(decodeReady(encodeReady(nullptr)));
        const Error error = fail(Errc::EngineFailed, "no room").value();
        const auto failed = decodeReady(encodeReady(&error));
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, Errc::EngineFailed);
        QVERIFY(failed.error().context.find("no room") != std::string::npos);
        QCOMPARE(decodeReady({}).error().code, Errc::Disconnected); // ended without a word
        const Ending ending{137, true};
        const auto back = decodeEnding(encode(ending));
        QVERIFY(back && *back == ending);
        QVERIFY(!decodeEnding({}));
    }

    void carriesWhatTheNextBrokerNeeds()
    {
        const GuestInfo info{{"memory.maximum"}, true, 1u << 20, "/m/usage", "/p/current"};
        const auto back = decodeGuestInfo(encode(info));
        QVERIFY(back && *back == info);
        const ByteVector whole = encode(info);
        for (std::size_t length = 0; length < whole.size(); ++length)
            QVERIFY(!decodeGuestInfo(ByteSpan(whole).first(length)));
    }
};

QTEST_APPLESS_MAIN(TestKeeperProtocol)
#include "tst_keeper_protocol.moc"

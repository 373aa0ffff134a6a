// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <array>
#include <set>

#include <unistd.h>

#include "app/api/errors.h"
#include "app/api/line_decoder.h"
#include "app/api/message.h"

using namespace annex;
using namespace annex::api;

namespace {

std::vector<UniqueFd> oneDescriptor()
{
    std::vector<UniqueFd> out;
    out.emplace_back(::dup(STDERR_FILENO));
    return out;
}

std::string idOf(const Outcome<Message>& outcome)
{
    return outcome ? "" : outcome.error().id;
}

std::string nested(std::size_t levels)
{
    return R"({"jsonrpc":"2.0","method":"m","params":{"a":)" + std::string(levels, '[') + std::string(levels, ']') + "}}";
}

} // namespace

class TestApiLines : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cutsLinesWhereverTheReadsEnd();
    void givesDescriptorsToTheLineThatBeginsLastInTheRead();
    void refusesDescriptorsInsideALine();
    void refusesTooManyDescriptors();
    void refusesALineOverTheLimitBeforeItIsWhole();
    void takesALineOfExactlyTheLimit();
    void refusesZeroBytes();
    void staysBrokenAfterAnError();
    void refusesWhatIsNoMessage_data();
    void refusesWhatIsNoMessage();
    void readsARequest();
    void readsANotification();
    void readsAnswers();
    void takesTheDeepestAllowedNesting();
    void carriesAProblemBothWays();
    void replacesInvalidTextInsteadOfSendingIt();
    void everyErrorEntryIsWhole();
    void fillsInNamesOnce();
};

void TestApiLines::cutsLinesWhereverTheReadsEnd()
{
    LineDecoder decoder;
    QVERIFY(decoder.feed(asBytes("on")).has_value());
    QVERIFY(!decoder.next());
    QVERIFY(decoder.feed(asBytes("e\n\ntwo\nth")).has_value());
    QCOMPARE(decoder.next()->text, std::string("one"));
    QCOMPARE(decoder.next()->text, std::string("two"));
    QVERIFY(!decoder.next());
}

void TestApiLines::givesDescriptorsToTheLineThatBeginsLastInTheRead()
{
    LineDecoder decoder;
    QVERIFY(decoder.feed(asBytes("one\ntwo\n"), oneDescriptor()).has_value());
    QVERIFY(decoder.next()->descriptors.empty());
    QCOMPARE(decoder.next()->descriptors.size(), std::size_t{1});

    QVERIFY(decoder.feed(asBytes("three\nfo"), oneDescriptor()).has_value());
    QVERIFY(decoder.next()->descriptors.empty());
    QVERIFY(decoder.feed(asBytes("ur\n")).has_value());
    const auto four = decoder.next();
    QCOMPARE(four->text, std::string("four"));
    QCOMPARE(four->descriptors.size(), std::size_t{1});
}

void TestApiLines::refusesDescriptorsInsideALine()
{
    LineDecoder decoder;
    QVERIFY(decoder.feed(asBytes("beg")).has_value());
    QVERIFY(decoder.feed(asBytes("un\n"), oneDescriptor()).error().code == Errc::Malformed);
}

void TestApiLines::refusesTooManyDescriptors()
{
    std::vector<UniqueFd> many;
    for (std::size_t i = 0; i <= kMaxDescriptors; ++i)
        many.emplace_back(::dup(STDERR_FILENO));
    LineDecoder decoder;
    QVERIFY(decoder.feed(asBytes("x\n"), std::move(many)).error().code == Errc::Malformed);
}

void TestApiLines::refusesALineOverTheLimitBeforeItIsWhole()
{
    LineDecoder decoder(8);
    QVERIFY(decoder.feed(asBytes("12345678")).has_value());
    QVERIFY(decoder.feed(asBytes("9")).error().code == Errc::TooLarge);
}

void TestApiLines::takesALineOfExactlyTheLimit()
{
    LineDecoder decoder;
    const std::string line(kMaxLine_bytes, 'x');
    QVERIFY(decoder.feed(asBytes(line + "\n")).has_value());
    QCOMPARE(decoder.next()->text.size(), kMaxLine_bytes);
}

void TestApiLines::refusesZeroBytes()
{
    LineDecoder decoder;
    QVERIFY(decoder.feed(asBytes(std::string_view("a\0b\n", 4))).error().code == Errc::Malformed);
}

void TestApiLines::staysBrokenAfterAnError()
{
    LineDecoder decoder(2);
    QVERIFY(!decoder.feed(asBytes("xxx")).has_value());
    QVERIFY(!decoder.feed(asBytes("y\n")).has_value());
    QVERIFY(!decoder.next());
}

void TestApiLines::refusesWhatIsNoMessage_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("id");
    const auto row = [](const char* name, const std::string& line, const char* id) { QTest::newRow(name) << QByteArray::fromStdString(line) << QByteArray(id); };
    row("not JSON", "hello", "request.parse");
    row("cut off", R"({"jsonrpc":"2.0","id":1,)", "request.parse");
    row("something behind it", R"({"jsonrpc":"2.0","id":1,"method":"m"} x)", "request.parse");
    row("not UTF-8", "{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}", "request.parse");
    row("not a number", R"({"jsonrpc":"2.0","id":NaN,"method":"m"})", "request.parse");
    row("batch", R"([{"jsonrpc":"2.0","id":1,"method":"m"}])", "request.invalid");
    row("not an object", "17", "request.invalid");
    row("no version", R"({"id":1,"method":"m"})", "request.invalid");
    row("old version", R"({"jsonrpc":"1.0","id":1,"method":"m"})", "request.invalid");
    row("key twice", R"({"jsonrpc":"2.0","id":1,"id":2,"method":"m"})", "request.invalid");
    row("key twice, deep", R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":{"b":1,"b":2}}})", "request.invalid");
    row("method is a number", R"({"jsonrpc":"2.0","id":1,"method":1})", "request.invalid");
    row("method is empty", R"({"jsonrpc":"2.0","id":1,"method":""})", "request.invalid");
    row("method is long", R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(65, 'm') + "\"}", "request.invalid");
    row("id is a list", R"({"jsonrpc":"2.0","id":[1],"method":"m"})", "request.invalid");
    row("id is null", R"({"jsonrpc":"2.0","id":null,"method":"m"})", "request.invalid");
    row("id is a fraction", R"({"jsonrpc":"2.0","id":1.5,"method":"m"})", "request.invalid");
    row("id is long", R"({"jsonrpc":"2.0","id":")" + std::string(65, 'i') + R"(","method":"m"})", "request.invalid");
    row("params is a list", R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1]})", "request.invalid");
    row("member of its own", R"({"jsonrpc":"2.0","id":1,"method":"m","extra":1})", "request.invalid");
    row("neither method nor result", R"({"jsonrpc":"2.0","id":1})", "request.invalid");
    row("result and error", R"({"jsonrpc":"2.0","id":1,"result":1,"error":{}})", "request.invalid");
    row("error is text", R"({"jsonrpc":"2.0","id":1,"error":"no"})", "request.invalid");
    row("nested too deeply", nested(kMaxNesting), "request.invalid");
    row("nested very deeply", nested(200'000), "request.invalid");
}

void TestApiLines::refusesWhatIsNoMessage()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, id);
    QCOMPARE(QByteArray::fromStdString(idOf(parseMessage(line.toStdString()))), id);
}

void TestApiLines::readsARequest()
{
    const auto message = parseMessage(R"({"jsonrpc":"2.0","id":"a","method":"workspace.start","params":{"workspace":"Untrusted"}})");
    QVERIFY(message.has_value());
    QCOMPARE(message->kind, Message::Kind::Request);
    QCOMPARE(message->method, std::string("workspace.start"));
    QCOMPARE(message->body["workspace"].get<std::string>(), std::string("Untrusted"));
    QVERIFY(message->id == "a");
}

void TestApiLines::readsANotification()
{
    const auto message = parseMessage(R"({"jsonrpc":"2.0","method":"$/cancel"})");
    QCOMPARE(message->kind, Message::Kind::Notification);
    QVERIFY(message->body.is_object());
}

void TestApiLines::readsAnswers()
{
    QCOMPARE(parseMessage(R"({"jsonrpc":"2.0","id":7,"result":{"a":1}})")->kind, Message::Kind::Answer);
    QCOMPARE(parseMessage(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700}})")->kind, Message::Kind::Failure);
}

void TestApiLines::takesTheDeepestAllowedNesting()
{
    QVERIFY(parseMessage(nested(kMaxNesting - 3)).has_value());
}

void TestApiLines::carriesAProblemBothWays()
{
    const Problem sent = problem("file.too-large", {{"file", "a.pdf"}, {"size", "3 MB"}, {"limit", "1 MB"}}, "detail");
    const Problem got = problemFromJson(toJson(sent));
    QCOMPARE(got.code, sent.code);
    QCOMPARE(got.id, std::string("file.too-large"));
    QCOMPARE(got.title, std::string("a.pdf was not sent in"));
    QCOMPARE(got.why, std::string("It is 3 MB, and the limit is 1 MB."));
    QCOMPARE(got.todo, sent.todo);
    QCOMPARE(got.detail, std::string("detail"));
}

void TestApiLines::replacesInvalidTextInsteadOfSendingIt()
{
    const std::string line = answerLine(1, {{"title", "\xff"}});
    QVERIFY(parseMessage(std::string_view(line).substr(0, line.size() - 1)).has_value());
}

void TestApiLines::everyErrorEntryIsWhole()
{
    std::set<std::string_view> ids;
    for (const auto& entry : errorTable()) {
        QVERIFY2(ids.insert(entry.id).second, entry.id.data());
        QVERIFY2(!entry.title.empty() && !entry.why.empty() && !entry.todo[0].empty(), entry.id.data());
        QVERIFY2(entry.why.back() == '.' || entry.why.back() == '}', entry.id.data());
        QVERIFY2(entry.title.find('!') == std::string_view::npos && entry.why.find("please") == std::string_view::npos, entry.id.data());
    }
}

void TestApiLines::fillsInNamesOnce()
{
    // A workspace called "{reason}" must not pull in another value.
    const Problem told = problem("engine.none", {{"workspace", "{reason}"}, {"reason", "secret"}});
    QCOMPARE(told.title, std::string("{reason} did not start"));
    QCOMPARE(problem("no.such.id").id, std::string("internal"));
}

QTEST_GUILESS_MAIN(TestApiLines)
#include "tst_api_lines.moc"

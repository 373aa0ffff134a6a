// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "app/api/client_core.h"
#include "app/api/message.h"

using namespace annex;
using namespace annex::api;

namespace {

void say(ClientCore& core, const std::string& line)
{
    QVERIFY(core.feed(asBytes(line)).has_value());
}

} // namespace

class TestApiClient : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void matchesAnswersToRequests();
    void givesProblemsToTheirRequest();
    void callsBackOnceWhenTheConnectionEnds();
    void ignoresAnswersThatNobodyAskedFor();
    void deliversEvents();
    void answersTheBrokersRequests();
    void cancelsOnlyWhatIsOpen();
    void mayAskAgainFromACallback();
    void sendsDescriptorsWithTheirLine();
};

void TestApiClient::matchesAnswersToRequests()
{
    ClientCore core;
    std::vector<int> order;
    const auto first = core.request("a", Json::object(), [&](Answer) { order.push_back(1); });
    const auto second = core.request("b", Json::object(), [&](Answer answer) { order.push_back((*answer.result)["n"].get<int>()); });
    say(core, answerLine(second, {{"n", 2}}));
    say(core, answerLine(first, Json::object()));
    say(core, answerLine(first, Json::object())); // a second answer is nobody's
    QCOMPARE(order, (std::vector<int>{2, 1}));
}

void TestApiClient::givesProblemsToTheirRequest()
{
    ClientCore core;
    std::string id;
    const auto request = core.request("a", Json::object(), [&](Answer answer) { id = answer.problem->id; });
    say(core, failureLine(request, problem("workspace.unknown")));
    QCOMPARE(id, std::string("workspace.unknown"));
}

void TestApiClient::callsBackOnceWhenTheConnectionEnds()
{
    ClientCore core;
    int calls = 0;
    core.request("a", Json::object(), [&](Answer answer) {
        ++calls;
        QCOMPARE(answer.problem->id, std::string("broker.away"));
    });
    core.ended("gone");
    core.ended("gone again");
    QCOMPARE(calls, 1);
    QVERIFY(!core.hasOutgoing());
}

void TestApiClient::ignoresAnswersThatNobodyAskedFor()
{
    ClientCore core;
    say(core, answerLine(99, Json::object()));
    say(core, "not JSON\n");
    say(core, failureLine(nullptr, problem("request.parse")));
    QVERIFY(!core.hasOutgoing());
}

void TestApiClient::deliversEvents()
{
    ClientCore core;
    std::string type, workspace;
    core.onEvent([&](std::string_view t, const Json& p) {
        type = t;
        workspace = p["workspace"].get<std::string>();
    });
    say(core, notificationLine("event", {{"type", "viewer.wanted"}, {"workspace", "x"}}));
    say(core, notificationLine("event", {{"type", 17}}));
    QCOMPARE(type, std::string("viewer.wanted"));
    QCOMPARE(workspace, std::string("x"));
}

void TestApiClient::answersTheBrokersRequests()
{
    ClientCore core;
    core.onRequest([&](const std::string& id, std::string_view method, const Json&) {
        QCOMPARE(method, std::string_view("desktop.clipboard_text"));
        core.answer(id, {{"focused", true}});
    });
    say(core, requestLine("b7", "desktop.clipboard_text", Json::object()));
    const auto answer = parseMessage(core.takeOutgoing().bytes);
    QVERIFY(answer->id == "b7");
    QCOMPARE(answer->kind, Message::Kind::Answer);
}

void TestApiClient::cancelsOnlyWhatIsOpen()
{
    ClientCore core;
    const auto id = core.request("a", Json::object(), [](Answer) {});
    core.takeOutgoing();
    core.cancel(id + 1);
    QVERIFY(!core.hasOutgoing());
    core.cancel(id);
    const auto message = parseMessage(core.takeOutgoing().bytes);
    QCOMPARE(message->method, std::string("$/cancel"));
    QCOMPARE(message->body["id"].get<std::uint64_t>(), id);
}

void TestApiClient::mayAskAgainFromACallback()
{
    ClientCore core;
    bool second = false;
    core.request("a", Json::object(), [&](Answer) { core.request("b", Json::object(), [&](Answer) { second = true; }); });
    say(core, answerLine(1, Json::object()) + answerLine(2, Json::object()));
    QVERIFY(second);
}

void TestApiClient::sendsDescriptorsWithTheirLine()
{
    ClientCore core;
    core.request("a", Json::object(), [](Answer) {});
    std::vector<UniqueFd> descriptors;
    descriptors.emplace_back(::dup(2));
    core.request("b", Json::object(), [](Answer) {}, std::move(descriptors));
    QVERIFY(core.takeOutgoing().descriptors.empty());
    QCOMPARE(core.takeOutgoing().descriptors.size(), std::size_t{1});
}

QTEST_GUILESS_MAIN(TestApiClient)
#include "tst_api_client.moc"

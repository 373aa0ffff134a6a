// SPDX-License-Identifier: Apache-2.0
// Settings and the trail over the real API.
#include <QtTest>

#include <fcntl.h>
#include <unistd.h>

#include "test_broker.h"

using namespace annex;
using namespace annex::test;

class TestBrokerPolicy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void listsSettingsWithWhatPeopleNeed();
    void setsAndClearsAValue();
    void refusesWrongKeysAndValues();
    void lockedSettingsStay();
    void explainsSettingsAndActions();
    void tellsTheStateOfPolicy();
    void aRequiredLevelIsRefusedWithItsReason();
    void onlySoManyWorkspacesRun();
    void listsTheTrailPageByPage();
    void tellsSubscribersOfChanges();
    void verifiesAndExportsTheTrail();
};

void TestBrokerPolicy::listsSettingsWithWhatPeopleNeed()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    const auto settings = ask(link, "policy.list", {{"workspace", "Untrusted"}})["settings"];
    QVERIFY(settings.size() >= 20);
    for (const auto& s : settings) {
        for (const char* name : {"key", "type", "title", "sentence", "group", "source", "text"})
            QVERIFY2(s[name].is_string() && !s[name].get<std::string>().empty(), (s["key"].dump() + name).c_str());
        QVERIFY(s["locked"].is_boolean() && s["held"].is_boolean());
        QVERIFY(s.contains("value") && s.contains("default"));
    }
}

void TestBrokerPolicy::setsAndClearsAValue()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    const json where{{"key", "clipboard.to_workspace"}, {"workspace", "Untrusted"}};
    json change = where;
    change["value"] = "off";
    QCOMPARE(ask(link, "policy.set", change)["value"].get<std::string>(), std::string("off"));
    QCOMPARE(ask(link, "policy.get", where)["source"].get<std::string>(), std::string("user"));
    QVERIFY(ask(link, "policy.get", {{"key", "clipboard.to_workspace"}})["value"] != "off");
    QVERIFY(ask(link, "policy.clear", where)["value"] != "off");
}

void TestBrokerPolicy::refusesWrongKeysAndValues()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    QCOMPARE(problemOf(link, "policy.get", {{"key", "no.such"}}), std::string("policy.unknown-key"));
    QCOMPARE(problemOf(link, "policy.set", {{"key", "no.such"}, {"value", 1}}), std::string("policy.unknown-key"));
    QCOMPARE(problemOf(link, "policy.set", {{"key", "workspace.maximum"}, {"value", 65}}), std::string("policy.bad-value"));
    QCOMPARE(problemOf(link, "policy.set", {{"key", "workspace.maximum"}, {"value", "many"}}), std::string("policy.bad-value"));
    QCOMPARE(problemOf(link, "policy.list", {{"workspace", "No such"}}), std::string("workspace.unknown"));
}

void TestBrokerPolicy::lockedSettingsStay()
{
    TestBroker broker;
    broker.writePolicy(R"({"format":1,"organisation":"Acme Ltd","settings":{"clipboard.from_workspace":{"value":"off","lock":true,"reason":"Client data stays inside."}}})");
    broker.start();
    auto link = broker.client();
    const auto setting = ask(link, "policy.get", {{"key", "clipboard.from_workspace"}});
    QVERIFY(setting["locked"].get<bool>());
    QCOMPARE(setting["organisation"].get<std::string>(), std::string("Acme Ltd"));
    QCOMPARE(setting["reason"].get<std::string>(), std::string("Client data stays inside."));
    const auto answer = link->call("policy.set", {{"key", "clipboard.from_workspace"}, {"value", "text"}});
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, -32003);
    QCOMPARE(ask(link, "policy.get", {{"key", "clipboard.from_workspace"}})["value"].get<std::string>(), std::string("off"));
}

void TestBrokerPolicy::explainsSettingsAndActions()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    const auto setting = ask(link, "policy.explain", {{"key", "clipboard.to_workspace"}});
    QVERIFY(!setting["text"].get<std::string>().empty());
    QVERIFY(setting["rule"]["source"].is_string());
    QVERIFY(!setting.contains("decision"));
    const auto action = ask(link, "policy.explain", {{"action", "clipboard.paste"}, {"workspace", "Untrusted"}});
    QCOMPARE(action["decision"].get<std::string>(), std::string("allowed"));
    QCOMPARE(problemOf(link, "policy.explain", {{"action", "no.such"}}), std::string("policy.unknown-key"));
    QCOMPARE(problemOf(link, "policy.explain"), std::string("request.params"));
}

void TestBrokerPolicy::tellsTheStateOfPolicy()
{
    TestBroker broker;
    broker.writePolicy("{ not JSON");
    broker.start();
    auto link = broker.client();
    const auto state = ask(link, "policy.state");
    QVERIFY(state["managed"].get<bool>());
    QVERIFY(!state["problems"].empty());
    QCOMPARE(state["store"].get<std::string>(), std::string("ok"));
    QCOMPARE(ask(link, "doctor.run")["verdict"].get<std::string>(), std::string("broken"));
    QCOMPARE(ask(link, "policy.get", {{"key", "clipboard.to_workspace"}})["value"].get<std::string>(), std::string("off")); // fails closed
}

void TestBrokerPolicy::aRequiredLevelIsRefusedWithItsReason()
{
    TestBroker broker;
    broker.writePolicy(R"({"format":1,"organisation":"Acme Ltd","settings":{"isolation.minimum":{"value":"hypervisor","lock":true}}})");
    broker.start();
    auto link = broker.client();
    const auto answer = link->call("workspace.start", {{"workspace", "Untrusted"}});
    QVERIFY(!answer);
    QCOMPARE(answer.error().id, std::string("policy.level-refused"));
    QCOMPARE(answer.error().code, -32003);
    QVERIFY(answer.error().why.find("Acme Ltd") != std::string::npos);
    QVERIFY(!answer.error().todo.empty());
    QCOMPARE(broker.guestCount(), std::size_t{0});
    QCOMPARE(ask(link, "audit.list", {{"outcome", "refused"}})["records"][0]["action"].get<std::string>(), std::string("workspace.start"));
}

void TestBrokerPolicy::onlySoManyWorkspacesRun()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "policy.set", {{"key", "workspace.maximum"}, {"value", 1}});
    ask(link, "workspace.create", {{"name", "Research"}});
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    const auto answer = link->call("workspace.start", {{"workspace", "Research"}});
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, -32003);
    ask(link, "workspace.stop", {{"workspace", "Untrusted"}});
    ask(link, "workspace.start", {{"workspace", "Research"}});
}

void TestBrokerPolicy::listsTheTrailPageByPage()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    for (int i = 1; i <= 5; ++i)
        ask(link, "policy.set", {{"key", "workspace.maximum"}, {"value", i}});
    const auto newest = ask(link, "audit.list", {{"limit", 2}});
    QCOMPARE(newest["records"].size(), std::size_t{2});
    QVERIFY(newest["more"].get<bool>());
    const auto before = newest["records"][1]["seq"].get<std::int64_t>();
    const auto older = ask(link, "audit.list", {{"before", before}});
    QVERIFY(older["records"][0]["seq"].get<std::int64_t>() == before - 1);
    QCOMPARE(ask(link, "audit.list", {{"search", "no such words"}})["records"].size(), std::size_t{0});
    QCOMPARE(problemOf(link, "audit.list", {{"outcome", "maybe"}}), std::string("request.params"));
}

void TestBrokerPolicy::tellsSubscribersOfChanges()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client(), other = broker.client();
    std::vector<std::string> types;
    other->core().onEvent([&](std::string_view type, const json&) { types.emplace_back(type); });
    ask(other, "events.subscribe", {{"types", {"policy.changed", "audit.added"}}});
    ask(link, "policy.set", {{"key", "workspace.maximum"}, {"value", 3}});
    QVERIFY(pump({other.get()}, [&] { return types.size() >= 2; }));
    QVERIFY(std::find(types.begin(), types.end(), "policy.changed") != types.end());
    QVERIFY(std::find(types.begin(), types.end(), "audit.added") != types.end());
}

void TestBrokerPolicy::verifiesAndExportsTheTrail()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "policy.set", {{"key", "workspace.maximum"}, {"value", 3}});
    const auto verified = ask(link, "audit.verify");
    QVERIFY(verified["whole"].get<bool>());
    QVERIFY(verified["up_to"].get<std::int64_t>() >= 1);
    QVERIFY(!verified["text"].get<std::string>().empty());

    int pipe[2];
    QCOMPARE(::pipe2(pipe, O_CLOEXEC), 0);
    std::vector<UniqueFd> given;
    given.emplace_back(pipe[1]);
    UniqueFd reading(pipe[0]);
    const auto answer = ask(link, "audit.export", json::object(), std::move(given));
    std::string text(65536, '\0');
    text.resize(static_cast<std::size_t>(::read(reading.get(), text.data(), text.size())));
    QCOMPARE(std::count(text.begin(), text.end(), '\n'), answer["records"].get<std::int64_t>());
    QVERIFY(json::parse(text.substr(0, text.find('\n'))).is_object());
}

QTEST_GUILESS_MAIN(TestBrokerPolicy)
#include "tst_broker_policy.moc"

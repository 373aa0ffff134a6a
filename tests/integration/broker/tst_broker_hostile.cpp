// SPDX-License-Identifier: Apache-2.0
// Hostile clients, writers and guests over the real socket (S15, S19, S20).
#include <QtTest>

#include <filesystem>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/api/message.h"
#include "app/api/methods.h"
#include "app/api/server_limits.h"
#include "base/channel/posix/local_socket.h"
#include "test_broker.h"

using namespace annex;
using namespace annex::test;

namespace {

// A connection that says what it likes.
class Raw {
public:
    explicit Raw(TestBroker& broker) : m_socket(std::move(*connectLocal(broker.path("run/annexd.sock")))) {}
    void say(std::string_view text, std::span<const int> descriptors = {})
    {
        while (!text.empty()) {
            auto sent = sendWith(m_socket.get(), asBytes(text), descriptors);
            if (!sent && sent.error().code != Errc::Busy)
                return;
            if (sent)
                descriptors = {};
            text.remove_prefix(sent.value_or(0));
            if (!sent && pending(20))
                read();
        }
    }
    void hello() { say(api::requestLine(0, "hello", {{"version", 1}, {"client", "raw"}})); }
    /// The next line as JSON; null when the connection ended.
    json next()
    {
        while (true) {
            if (const auto end = m_text.find('\n'); end != std::string::npos) {
                const auto line = json::parse(m_text.substr(0, end));
                m_text.erase(0, end + 1);
                return line;
            }
            if (!m_socket || !pending(60'000) || !read())
                return nullptr;
        }
    }
    bool ends()
    {
        while (!next().is_null()) {
        }
        return !m_socket;
    }
    int descriptor() const { return m_socket.get(); }

private:
    bool pending(int milliseconds)
    {
        pollfd waiting{m_socket.get(), POLLIN, 0};
        return ::poll(&waiting, 1, milliseconds) > 0;
    }
    bool read()
    {
        std::array<std::uint8_t, 65536> buffer;
        auto got = receive(m_socket.get(), buffer, 3);
        if (!got || got->closed) {
            if (got || got.error().code != Errc::Busy)
                m_socket.reset();
            return static_cast<bool>(m_socket);
        }
        m_text.append(reinterpret_cast<const char*>(buffer.data()), got->bytes);
        return true;
    }
    UniqueFd m_socket;
    std::string m_text;
};

std::size_t openDescriptors()
{
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

std::string idOf(const json& answer)
{
    return answer.is_object() && answer.contains("error") ? answer["error"]["data"].value("id", "") : "";
}

} // namespace

class TestBrokerHostile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSocketIsTheOwnersAlone();
    void aForeignWriterIsRefusedWithEachRead();
    void nothingWorksBeforeHello();
    void anotherVersionIsRefused();
    void aWrongLineIsAnsweredAndTheNextOneWorks_data();
    void aWrongLineIsAnsweredAndTheNextOneWorks();
    void aLineOverTheLimitEndsTheConnection();
    void everyMethodSurvivesGarbage();
    void descriptorsNobodyAskedForAreClosed();
    void descriptorsInTheMiddleOfALineEndTheConnection();
    void tooManyRequestsAreRefused();
    void anIdInUseIsRefused();
    void tooManyClientsAreLetGo();
    void aClientThatDoesNotReadIsLetGo();
    void deadlinesEndARequest();
    void cancelEndsARequest();
    void answersToQuestionsNobodyAskedAreIgnored();
    void aGuestThatBreaksTheProtocolIsCutOffAlone();
    void aGuestCannotFloodTheTrail();
};

void TestBrokerHostile::theSocketIsTheOwnersAlone()
{
    TestBroker broker;
    broker.start();
    struct stat what {};
    QCOMPARE(::stat(broker.path("run/annexd.sock").c_str(), &what), 0);
    QCOMPARE(what.st_mode & 0777, 0600u);
    QCOMPARE(::stat(broker.path("run").c_str(), &what), 0);
    QCOMPARE(what.st_mode & 0777, 0700u);
    QCOMPARE(what.st_uid, ::geteuid());
}

void TestBrokerHostile::aForeignWriterIsRefusedWithEachRead()
{
    TestBroker broker;
    std::atomic<bool> foreign = false;
    std::atomic<uid_t> seen = 0;
    broker.writerCheck = [&](const Credentials& writer) -> Result<void> {
        seen = writer.uid;
        return foreign ? Result<void>(fail(Errc::Denied, "another user")) : checkWriter(writer);
    };
    broker.start();
    auto honest = broker.client();
    Raw raw(broker);
    raw.hello();
    QVERIFY(raw.next().contains("result"));
    QCOMPARE(seen.load(), ::geteuid());
    // The connection was made by an honest process; now somebody else holds it.
    foreign = true;
    raw.say(api::requestLine(1, "workspace.list", json::object()));
    QCOMPARE(idOf(raw.next()), std::string("request.writer"));
    QVERIFY(raw.ends());
    foreign = false;
    QCOMPARE(stateOf(honest), std::string("stopped"));
}

void TestBrokerHostile::nothingWorksBeforeHello()
{
    TestBroker broker;
    broker.start();
    Raw raw(broker);
    raw.say(api::requestLine(1, "workspace.list", json::object()));
    QCOMPARE(idOf(raw.next()), std::string("request.hello"));
    raw.say(api::requestLine(2, "version", json::object()));
    QVERIFY(raw.next()["result"]["engines"].is_array());
}

void TestBrokerHostile::anotherVersionIsRefused()
{
    TestBroker broker;
    broker.start();
    Raw raw(broker);
    raw.say(api::requestLine(1, "hello", {{"version", 2}, {"client", "new"}}));
    QCOMPARE(idOf(raw.next()), std::string("request.hello"));
}

void TestBrokerHostile::aWrongLineIsAnsweredAndTheNextOneWorks_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("id");
    QTest::newRow("not JSON") << QByteArray("{{{") << QByteArray("request.parse");
    QTest::newRow("batch") << QByteArray("[]") << QByteArray("request.invalid");
    QTest::newRow("deep") << QByteArray("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"version\",\"params\":{\"a\":") + QByteArray(100'000, '[') << QByteArray("request.invalid");
    QTest::newRow("key twice") << QByteArray(R"({"jsonrpc":"2.0","id":1,"method":"version","method":"version"})") << QByteArray("request.invalid");
    QTest::newRow("no such method") << QByteArray(R"({"jsonrpc":"2.0","id":1,"method":"engine.start"})") << QByteArray("request.method");
    QTest::newRow("hidden method") << QByteArray(R"({"jsonrpc":"2.0","id":1,"method":"$/cancel"})") << QByteArray("request.method");
    QTest::newRow("unknown parameter") << QByteArray(R"({"jsonrpc":"2.0","id":1,"method":"workspace.list","params":{"a":1}})") << QByteArray("request.params");
    QTest::newRow("huge number") << QByteArray(R"({"jsonrpc":"2.0","id":1,"method":"audit.list","params":{"limit":1e400}})") << QByteArray("request.parse");
}

void TestBrokerHostile::aWrongLineIsAnsweredAndTheNextOneWorks()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, id);
    TestBroker broker;
    broker.start();
    Raw raw(broker);
    raw.hello();
    raw.next();
    raw.say(line.toStdString() + "\n");
    QCOMPARE(QByteArray::fromStdString(idOf(raw.next())), id);
    raw.say(api::requestLine("next", "workspace.list", json::object()));
    QVERIFY(raw.next()["result"]["workspaces"].is_array());
}

void TestBrokerHostile::aLineOverTheLimitEndsTheConnection()
{
    TestBroker broker;
    broker.start();
    Raw raw(broker);
    raw.hello();
    raw.next();
    raw.say(std::string(api::kMaxLine_bytes + 1, 'x'));
    QVERIFY(raw.ends());
    auto link = broker.client();
    QCOMPARE(stateOf(link), std::string("stopped"));
}

void TestBrokerHostile::everyMethodSurvivesGarbage()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    const std::vector<json> values{nullptr, true, -1, 0, 1, 4294967296, 1.5, "", "Untrusted", "../..", std::string(5'000, 'x'), json::array(), {"a"}, {1}, json::object(), {{"a", 1}}};
    for (const auto& method : api::methodTable()) {
        if (method.name == "broker.shutdown" || method.name == "hello")
            continue;
        for (const auto& p : method.parameters)
            for (const auto& value : values) {
                json parameters{{std::string(p.name), value}, {"deadline_ms", 20'000}};
                for (const auto& other : method.parameters)
                    if (other.required && other.name != p.name)
                        parameters[std::string(other.name)] = other.kind == api::Kind::Texts ? json({"true"}) : other.kind == api::Kind::Number ? json(1) : json("x");
                (void)link->call(method.name, parameters);
                QVERIFY2(link->alive(), method.name.data());
            }
    }
    QVERIFY(ask(link, "workspace.list")["workspaces"].size() >= 1);
}

void TestBrokerHostile::descriptorsNobodyAskedForAreClosed()
{
    TestBroker broker;
    broker.start();
    Raw raw(broker);
    raw.hello();
    raw.next();
    const auto before = openDescriptors();
    const int given[] = {STDERR_FILENO, STDERR_FILENO, STDERR_FILENO};
    for (int i = 1; i <= 20; ++i) {
        raw.say(api::requestLine(i, "workspace.list", json::object()), given);
        QCOMPARE(idOf(raw.next()), std::string("request.descriptors"));
    }
    QVERIFY(pump({}, [&] { return openDescriptors() == before; }));
    const int many[] = {2, 2, 2, 2};
    raw.say(api::requestLine(99, "workspace.list", json::object()), many);
    QVERIFY(raw.ends());
    QVERIFY(pump({}, [&] { return openDescriptors() < before; }));
}

void TestBrokerHostile::descriptorsInTheMiddleOfALineEndTheConnection()
{
    TestBroker broker;
    broker.start();
    Raw raw(broker);
    raw.hello();
    raw.next();
    raw.say("{\"jsonrpc\":");
    auto honest = broker.client(); // when this is answered, the half line has been read
    const int given[] = {STDERR_FILENO};
    raw.say("\"2.0\"}\n", given);
    QVERIFY(raw.ends());
}

void TestBrokerHostile::tooManyRequestsAreRefused()
{
    TestBroker broker;
    broker.start();
    broker.onLoop([&] { broker.script().startHangs = true; });
    Raw raw(broker);
    raw.hello();
    raw.next();
    for (std::size_t i = 1; i <= api::kMaxOpenCalls + 1; ++i)
        raw.say(api::requestLine(i, "workspace.start", {{"workspace", "Untrusted"}}));
    const auto answer = raw.next();
    QCOMPARE(idOf(answer), std::string("request.too-many"));
    QCOMPARE(answer["id"].get<std::size_t>(), api::kMaxOpenCalls + 1);
}

void TestBrokerHostile::anIdInUseIsRefused()
{
    TestBroker broker;
    broker.start();
    broker.onLoop([&] { broker.script().startHangs = true; });
    Raw raw(broker);
    raw.hello();
    raw.next();
    raw.say(api::requestLine(1, "workspace.start", {{"workspace", "Untrusted"}}) + api::requestLine(1, "workspace.list", json::object()));
    QCOMPARE(idOf(raw.next()), std::string("request.invalid"));
    raw.say(api::requestLine("1", "workspace.list", json::object())); // another id
    QVERIFY(raw.next().contains("result"));
}

void TestBrokerHostile::tooManyClientsAreLetGo()
{
    TestBroker broker;
    broker.start();
    std::vector<std::unique_ptr<Raw>> clients;
    for (std::size_t i = 0; i < api::kMaxClients; ++i) {
        clients.push_back(std::make_unique<Raw>(broker));
        clients.back()->hello();
        QVERIFY(clients.back()->next().contains("result"));
    }
    Raw late(broker);
    late.hello();
    QVERIFY(late.ends());
    clients.pop_back();
    QVERIFY(pump({}, [&] {
        Raw again(broker);
        again.hello();
        return !again.next().is_null();
    }));
}

void TestBrokerHostile::aClientThatDoesNotReadIsLetGo()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    Raw deaf(broker);
    deaf.hello();
    deaf.say(api::requestLine(1, "events.subscribe", json::object()));
    QVERIFY(!deaf.next().is_null() && !deaf.next().is_null()); // from now on it reads nothing
    for (int i = 0; i < 400 && broker.clientCount() == 2; ++i)
        broker.publish("notice", {{"text", std::string(10'000, 'x')}}, 50);
    QCOMPARE(broker.clientCount(), std::size_t{1});
    QCOMPARE(stateOf(link), std::string("stopped"));
}

void TestBrokerHostile::deadlinesEndARequest()
{
    TestBroker broker;
    broker.start();
    broker.onLoop([&] { broker.script().startHangs = true; });
    auto link = broker.client();
    QCOMPARE(problemOf(link, "workspace.start", {{"workspace", "Untrusted"}, {"deadline_ms", 50}}), std::string("request.timed-out"));
    QVERIFY(pump({link.get()}, [&] { return stateOf(link) == "stopped"; }));
}

void TestBrokerHostile::cancelEndsARequest()
{
    TestBroker broker;
    broker.start();
    broker.onLoop([&] { broker.script().startHangs = true; });
    Raw raw(broker);
    raw.hello();
    raw.next();
    raw.say(api::requestLine("s", "workspace.start", {{"workspace", "Untrusted"}}) + api::notificationLine("$/cancel", {{"id", "no such"}}) + api::notificationLine("$/cancel", json::object()) +
            api::notificationLine("no.such", json::object()) + api::notificationLine("$/cancel", {{"id", "s"}}));
    const auto answer = raw.next();
    QCOMPARE(idOf(answer), std::string("request.cancelled"));
    QVERIFY(answer["id"] == "s");
}

void TestBrokerHostile::answersToQuestionsNobodyAskedAreIgnored()
{
    TestBroker broker;
    broker.start();
    Raw raw(broker);
    raw.hello();
    raw.next();
    for (int i = 0; i < 50; ++i)
        raw.say(api::answerLine("b" + std::to_string(i), {{"focused", true}, {"text", "forged"}}));
    raw.say(api::requestLine(1, "workspace.list", json::object()));
    QVERIFY(raw.next().contains("result"));
}

void TestBrokerHostile::aGuestThatBreaksTheProtocolIsCutOffAlone()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.create", {{"name", "Research"}});
    ask(link, "workspace.start", {{"workspace", "Research"}});
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    const std::string garbage(4'096, '\x7f');
    broker.onLoop([&, init = broker.init()] { init->sendRaw(asBytes(garbage)); });
    QVERIFY(pump({link.get()}, [&] { return stateOf(link) == "failed" && broker.guestCount() == 1; }));
    QCOMPARE(ask(link, "workspace.get", {{"workspace", "Untrusted"}})["error"]["id"].get<std::string>(), std::string("guest.hostile"));
    QCOMPARE(stateOf(link, "Research"), std::string("running"));
    const auto records = ask(link, "audit.list", {{"outcome", "noted"}, {"workspace", "Untrusted"}})["records"];
    QCOMPARE(records.size(), std::size_t{1});
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
}

void TestBrokerHostile::aGuestCannotFloodTheTrail()
{
    TestBroker broker;
    broker.start();
    auto link = broker.client();
    ask(link, "workspace.start", {{"workspace", "Untrusted"}});
    const auto before = ask(link, "audit.list")["records"].size();
    broker.onLoop([init = broker.init()] {
        for (std::uint32_t i = 1; i < 40; ++i)
            init->takeSelection(i, true);
    });
    ask(link, "workspace.list");
    QVERIFY(ask(link, "audit.list", {{"limit", 200}})["records"].size() <= before + 1);
}

QTEST_GUILESS_MAIN(TestBrokerHostile)
#include "tst_broker_hostile.moc"

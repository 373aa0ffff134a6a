// SPDX-License-Identifier: Apache-2.0
#include "test_broker.h"

#include <QtTest>

#include <csignal>
#include <future>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include "app/broker/broker.h"
#include "isolation/fake/fake_engine.h"
#include "policy/managed/linux/folder_reader.h"

namespace annex::test {

namespace {

constexpr std::chrono::seconds kPatience{40}; // a loaded machine; nothing here takes a second on a quiet one

std::unique_ptr<policy::PolicyEngine> openPolicy(const std::string& data, const std::string& managed)
{
    policy::PolicyOptions options;
    options.dataFolder = data;
    options.host = {{std::uint64_t{8} << 30}, 4};
    options.managed = std::make_unique<policy::FolderReader>(managed, ::geteuid());
    auto engine = policy::PolicyEngine::open(std::move(options));
    if (!engine)
        qFatal("policy: %s", engine.error().describe().c_str());
    return std::move(*engine);
}

} // namespace

struct TestBroker::Parts {
    std::unique_ptr<asio::io_context> loop = std::make_unique<asio::io_context>(1);
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::thread thread;
    std::shared_ptr<isolation::FakeWorld> world = std::make_shared<isolation::FakeWorld>();
    std::vector<std::shared_ptr<FakeInit>> inits;
    std::unique_ptr<broker::Broker> broker;
};

TestBroker::TestBroker() : m_parts(std::make_unique<Parts>())
{
    std::signal(SIGPIPE, SIG_IGN);
    std::filesystem::create_directory(path("managed"));
    ::chmod(path("managed").c_str(), 0755);
    broker::testing::playInit(*m_parts->loop, *m_parts->world, [this](std::shared_ptr<FakeInit> init) {
        init->answers = answersByDefault;
        m_parts->inits.push_back(std::move(init));
    });
    m_parts->work.emplace(m_parts->loop->get_executor());
    m_parts->thread = std::thread([this] { m_parts->loop->run(); });
}

TestBroker::~TestBroker()
{
    onLoop([this] { m_parts->broker.reset(); });
    m_parts->work.reset();
    m_parts->loop->stop();
    m_parts->thread.join();
    m_parts->inits.clear();
}

void TestBroker::onLoop(std::function<void()> work)
{
    std::promise<void> done;
    asio::post(*m_parts->loop, [&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

void TestBroker::start()
{
    std::promise<std::string> opened;
    asio::post(*m_parts->loop, [&] {
        broker::BrokerOptions options;
        options.paths.runtime = path("run");
        options.paths.data = path("data");
        options.product = "test";
        options.guestProgramFolder = "/usr/libexec/annex";
        options.writerCheck = [this](const Credentials& writer) { return writerCheck(writer); };
        options.applicationFolders = {path("applications")};
        std::vector<std::unique_ptr<isolation::Engine>> engines;
        engines.push_back(std::make_unique<isolation::FakeEngine>(m_parts->loop->get_executor(), m_parts->world));
        m_parts->broker = std::make_unique<broker::Broker>(*m_parts->loop, clock, openPolicy(path("data"), path("managed")), std::move(engines), std::move(options));
        m_parts->broker->onFinished([this] { finished = true; });
        asio::co_spawn(*m_parts->loop, m_parts->broker->open(), [&](std::exception_ptr, Result<void> result) { opened.set_value(result ? "" : result.error().describe()); });
    });
    const auto error = opened.get_future().get();
    QVERIFY2(error.empty(), error.c_str());
}

void TestBroker::kill()
{
    onLoop([this] { m_parts->broker.reset(); });
}

void TestBroker::killWhileCancelling(const std::string& workspace)
{
    onLoop([&] {
        auto& workspaces = m_parts->broker->workspaces();
        if (auto found = workspaces.find(workspace))
            (void)workspaces.cancelStart(*found).has_value();
        m_parts->broker.reset();
    });
    onLoop([] {}); // what was on its way has arrived
}

std::size_t TestBroker::clientCount()
{
    std::size_t out = 0;
    onLoop([&] { out = m_parts->broker->server().clientCount(); });
    return out;
}

void TestBroker::lookAround()
{
    onLoop([&] { m_parts->broker->lookAround(); });
}

std::vector<std::string> TestBroker::unhandledMethods()
{
    std::vector<std::string> out;
    onLoop([&] { out = m_parts->broker->server().unhandled(); });
    return out;
}

isolation::FakeScript& TestBroker::script()
{
    return m_parts->world->script;
}

void TestBroker::publish(std::string_view type, const json& parameters, int times)
{
    onLoop([&] {
        for (int i = 0; i < times; ++i)
            m_parts->broker->server().publish(type, parameters);
    });
}

Link TestBroker::client(const std::string& name)
{
    api::OpenOptions options;
    options.client = name;
    options.startBroker = false;
    options.runtimeFolder = path("run");
    options.deadline = kPatience;
    auto link = ClientConnection::open(options);
    if (!link)
        qFatal("client: %s", link.error().why.c_str());
    return std::move(*link);
}

std::shared_ptr<FakeInit> TestBroker::init()
{
    std::shared_ptr<FakeInit> out;
    onLoop([&] { out = m_parts->inits.empty() ? nullptr : m_parts->inits.back(); });
    return out;
}

std::size_t TestBroker::guestCount()
{
    std::size_t out = 0;
    onLoop([&] { out = m_parts->world->guests().size(); });
    return out;
}

void TestBroker::writePolicy(const std::string& text)
{
    writeFile(path("managed/10-test.json"), text);
    ::chmod(path("managed/10-test.json").c_str(), 0644);
}

bool pump(const std::vector<ClientConnection*>& links, const std::function<bool()>& done)
{
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > until)
            return false;
        for (auto* link : links)
            if (link->alive())
                link->waitOnce(std::chrono::milliseconds(5));
    }
    return true;
}

json ask(Link& link, std::string_view method, const json& parameters, std::vector<UniqueFd> descriptors)
{
    auto answer = link->call(method, parameters, std::move(descriptors));
    if (answer)
        return *answer;
    QTest::qFail(qPrintable(QString::fromStdString(std::string(method) + ": " + answer.error().id + " " + answer.error().why + " " + answer.error().detail)), __FILE__, __LINE__);
    return json::object();
}

std::string problemOf(Link& link, std::string_view method, const json& parameters, std::vector<UniqueFd> descriptors)
{
    auto answer = link->call(method, parameters, std::move(descriptors));
    return answer ? std::string() : answer.error().id;
}

std::string stateOf(Link& link, const std::string& workspace)
{
    auto answer = link->call("workspace.get", {{"workspace", workspace}});
    return answer ? answer->value("state", "") : answer.error().id;
}

Streams::Streams()
{
    int pipes[3][2];
    for (auto& pipe : pipes)
        if (::pipe2(pipe, O_CLOEXEC) != 0)
            qFatal("no pipe");
    given.emplace_back(pipes[0][0]);
    given.emplace_back(pipes[1][1]);
    given.emplace_back(pipes[2][1]);
    in.reset(pipes[0][1]);
    out.reset(pipes[1][0]);
    error.reset(pipes[2][0]);
}

std::string Streams::readAll(UniqueFd& from)
{
    std::string text;
    char buffer[4096];
    ssize_t got = 0;
    while ((got = ::read(from.get(), buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<std::size_t>(got));
    return text;
}

std::vector<UniqueFd> openFile(const std::string& path)
{
    std::vector<UniqueFd> out;
    out.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    return out;
}

void writeFile(const std::string& path, const std::string& content)
{
    UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    QCOMPARE(::write(file.get(), content.data(), content.size()), static_cast<ssize_t>(content.size()));
}

} // namespace annex::test

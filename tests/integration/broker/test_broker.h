// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <QTemporaryDir>

#include <nlohmann/json.hpp>

#include "app/api/client_connection.h"
#include "app/broker/testing/fake_init.h"
#include "base/channel/posix/local_socket.h"
#include "base/clock.h"

namespace annex::test {

using api::ClientConnection;
using broker::testing::FakeInit;
using nlohmann::json;
using Link = std::unique_ptr<ClientConnection>;

/// Time that moves only when told.
class FakeClock final : public Clock {
public:
    std::chrono::steady_clock::time_point steadyNow() const override { return m_steadyStart + std::chrono::seconds(m_seconds.load()); }
    std::chrono::system_clock::time_point systemNow() const override { return m_systemStart + std::chrono::seconds(m_seconds.load()); }
    void advance(std::chrono::seconds by) { m_seconds += by.count(); }

private:
    std::chrono::steady_clock::time_point m_steadyStart = std::chrono::steady_clock::now();
    std::chrono::system_clock::time_point m_systemStart = std::chrono::system_clock::now();
    std::atomic<std::int64_t> m_seconds{0};
};

/// A whole broker over a real socket with the fake engine, on a thread of its own. The world of running guests outlives kill().
class TestBroker {
public:
    TestBroker();
    ~TestBroker();

    void start();
    /// Ends the broker the way SIGKILL does: nobody is told, nothing is stopped.
    void kill();
    /// The same in the moment in which the start of a workspace was told to give up and has not done so yet.
    void killWhileCancelling(const std::string& workspace);
    /// Runs something on the broker's loop and waits for it.
    void onLoop(std::function<void()> work);

    /// A client that said hello.
    Link client(const std::string& name = "test");
    /// The init of the guest that started last.
    std::shared_ptr<FakeInit> init();
    std::size_t guestCount();
    std::size_t clientCount();
    void lookAround();
    std::vector<std::string> unhandledMethods();
    /// On the loop only.
    isolation::FakeScript& script();
    void publish(std::string_view type, const json& parameters, int times);

    void writePolicy(const std::string& text);
    std::string path(const char* name) const { return (std::filesystem::path(m_folder.path().toStdString()) / name).string(); }

    std::atomic<bool> answersByDefault = true; ///< of inits that start from now on
    FakeClock clock;
    std::function<Result<void>(const Credentials&)> writerCheck = checkWriter;
    std::atomic<bool> finished = false;

private:
    struct Parts;
    QTemporaryDir m_folder;
    std::unique_ptr<Parts> m_parts;
};

/// Handles the traffic of these connections until `done`, at most some seconds.
bool pump(const std::vector<ClientConnection*>& links, const std::function<bool()>& done);

/// The answer, or an empty object after a test failure was noted.
json ask(Link& link, std::string_view method, const json& parameters = json::object(), std::vector<UniqueFd> descriptors = {});
/// The id of the problem; "" when it succeeded.
std::string problemOf(Link& link, std::string_view method, const json& parameters = json::object(), std::vector<UniqueFd> descriptors = {});
/// The state of a workspace.
std::string stateOf(Link& link, const std::string& workspace = "Untrusted");

/// Three pipes for exec, with our ends.
struct Streams {
    Streams();
    std::vector<UniqueFd> given;
    UniqueFd in, out, error;
    std::string readAll(UniqueFd& from);
};

/// A file open for reading.
std::vector<UniqueFd> openFile(const std::string& path);
void writeFile(const std::string& path, const std::string& content);

} // namespace annex::test

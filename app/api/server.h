// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <nlohmann/json.hpp>

#include "app/api/message.h"
#include "app/api/methods.h"
#include "app/api/problem.h"
#include "app/api/scope.h"
#include "app/api/server_limits.h"
#include "base/channel/posix/local_socket.h"
#include "base/posix/unique_fd.h"
#include "base/result.h"

/// The broker's end of the API: a Unix socket that only the owner can open, and that believes only writers of its own user and namespaces.
namespace annex::api {

using ClientId = std::uint64_t;

/// One request under way. Kept alive by whoever handles it.
struct Call {
    ClientId client = 0;
    std::string clientName; ///< as it said hello; untrusted
    const Method* method = nullptr;
    Json parameters;
    std::vector<UniqueFd> descriptors;

    std::string text(const char* name) const { return parameters.value(name, std::string()); }
    bool flag(const char* name) const { return parameters.value(name, false); }
};

struct Reply {
    Json result = Json::object();
    std::vector<UniqueFd> descriptors;
    std::function<void()> afterwards; ///< called once the answer is on its way: what must not overtake it
};

/// Runs on the loop. Cancelled (terminal) by `$/cancel`, by the deadline and when the client goes.
using Handler = std::function<asio::awaitable<Outcome<Reply>>(std::shared_ptr<Call>)>;

struct ServerOptions {
    /// Decides for each read who may have written it. Tests put in another.
    std::function<Result<void>(const Credentials&)> writerCheck = checkWriter;
    std::string product;
    std::size_t maximumClients = kMaxClients;
};

class Session;

class Server {
public:
    Server(asio::io_context& loop, ServerOptions options);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// Makes the folder private, the socket 0600, and begins to accept.
    Result<void> listen(const std::filesystem::path& socket);
    /// Takes one connected socket as a client (tests).
    Result<void> adopt(UniqueFd socket);

    void handle(std::string_view method, Handler handler);
    /// Methods of the table that nobody handles: none, in a whole broker.
    std::vector<std::string> unhandled() const;

    /// To every client that subscribed to this type.
    void publish(std::string_view type, const Json& parameters);
    /// To one client, subscribed or not.
    void tell(ClientId client, std::string_view type, const Json& parameters);
    /// A request of the broker's own (to `annex`).
    asio::awaitable<Outcome<Json>> ask(ClientId client, std::string method, Json parameters, std::chrono::milliseconds deadline = kAskDeadline);
    void subscribe(ClientId client, const std::vector<std::string>& types);

    std::size_t clientCount() const { return m_sessions.size(); }
    /// Called after a client went; its calls were cancelled.
    void onClientGone(std::function<void(ClientId)> handler) { m_onGone = std::move(handler); }
    void onClientCount(std::function<void()> handler) { m_onCount = std::move(handler); }
    /// Stops accepting, ends all connections after writing what is queued, removes the socket.
    void close();

private:
    friend class Session;
    void accept();
    void acceptAll();
    void gone(ClientId client);
    const Handler* handlerOf(std::string_view method) const;

    asio::io_context& m_loop;
    ServerOptions m_options;
    asio::posix::stream_descriptor m_listener;
    std::filesystem::path m_path;
    std::map<std::string, Handler, std::less<>> m_handlers;
    std::map<ClientId, std::shared_ptr<Session>> m_sessions;
    std::function<void(ClientId)> m_onGone;
    std::function<void()> m_onCount;
    ClientId m_nextClient = 1;
    Scope m_scope{m_loop}; ///< of the calls, which use what the handlers of the owner refer to
};

} // namespace annex::api

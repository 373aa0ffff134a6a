// SPDX-License-Identifier: Apache-2.0
#include "app/api/server.h"

#include <fcntl.h>

#include <asio/bind_executor.hpp>

#include "app/api/session.h"
#include "base/files.h"
#include "base/log.h"

namespace annex::api {

Server::Server(asio::io_context& loop, ServerOptions options) : m_loop(loop), m_options(std::move(options)), m_listener(loop) {}

Server::~Server()
{
    close();
}

Result<void> Server::listen(const std::filesystem::path& socket)
{
    if (auto made = ensurePrivateFolder(socket.parent_path()); !made)
        return while_("make the runtime folder", std::move(made));
    auto listener = listenLocal(socket);
    if (!listener)
        return while_("listen", std::move(listener));
    m_path = socket;
    asio::error_code error;
    m_listener.assign(listener->release(), error);
    if (error)
        return fail(Errc::SystemFailed, "watch the listening socket", error);
    accept();
    return {};
}

void Server::accept()
{
    auto onClients = [this](asio::error_code error) {
        if (error)
            return;
        acceptAll();
        if (m_listener.is_open())
            accept();
    };
    m_listener.async_wait(asio::posix::stream_descriptor::wait_read, asio::bind_executor(m_scope.executor(), std::move(onClients)));
}

void Server::acceptAll()
{
    while (true) {
        auto socket = acceptLocal(m_listener.native_handle());
        if (!socket)
            return;
        if (auto taken = adopt(std::move(*socket)); !taken)
            log("api").warn("client not taken: {}", taken.error().describe());
    }
}

Result<void> Server::adopt(UniqueFd socket)
{
    if (m_sessions.size() >= m_options.maximumClients)
        return fail(Errc::TooLarge, "too many clients"); // the closed socket tells it
    if (auto asked = askForCredentials(socket.get()); !asked)
        return asked;
    const ClientId id = m_nextClient++;
    auto session = std::make_shared<Session>(*this, id, std::move(socket));
    m_sessions.emplace(id, session);
    session->start();
    if (m_onCount)
        m_onCount();
    return {};
}

void Server::handle(std::string_view method, Handler handler)
{
    m_handlers.insert_or_assign(std::string(method), std::move(handler));
}

std::vector<std::string> Server::unhandled() const
{
    std::vector<std::string> out;
    for (const auto& method : methodTable())
        if (method.name != "hello" && method.name != "events.subscribe" && !m_handlers.contains(method.name))
            out.emplace_back(method.name);
    return out;
}

const Handler* Server::handlerOf(std::string_view method) const
{
    const auto found = m_handlers.find(method);
    return found == m_handlers.end() ? nullptr : &found->second;
}

void Server::publish(std::string_view type, const Json& parameters)
{
    const auto sessions = m_sessions; // writing may end one of them
    for (const auto& [id, session] : sessions)
        session->event(type, parameters, true);
}

void Server::tell(ClientId client, std::string_view type, const Json& parameters)
{
    if (const auto found = m_sessions.find(client); found != m_sessions.end()) {
        const auto session = found->second;
        session->event(type, parameters, false);
    }
}

void Server::subscribe(ClientId client, const std::vector<std::string>& types)
{
    if (const auto found = m_sessions.find(client); found != m_sessions.end())
        found->second->subscribe(types);
}

asio::awaitable<Outcome<Json>> Server::ask(ClientId client, std::string method, Json parameters, std::chrono::milliseconds deadline)
{
    const auto found = m_sessions.find(client);
    if (found == m_sessions.end())
        co_return refuse("desktop.none");
    const auto session = found->second;
    co_return co_await session->ask(std::move(method), std::move(parameters), deadline);
}

void Server::gone(ClientId client)
{
    if (m_sessions.erase(client) == 0)
        return;
    if (m_onGone)
        m_onGone(client);
    if (m_onCount)
        m_onCount();
}

void Server::close()
{
    asio::error_code ignored;
    if (m_listener.is_open()) {
        m_listener.close(ignored);
        std::error_code alsoIgnored;
        std::filesystem::remove(m_path, alsoIgnored);
    }
    auto sessions = std::exchange(m_sessions, {});
    for (auto& [id, session] : sessions) {
        session->detach();
        session->end("the broker ends");
    }
}

} // namespace annex::api

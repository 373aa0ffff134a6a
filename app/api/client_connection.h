// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/api/client_core.h"

/// A connection to annexd: a socket and a ClientCore, for a loop (Qt, asio) or for a caller that waits.
///
///     auto link = ClientConnection::open({.client = "annex"});
///     QSocketNotifier read(link->descriptor(), QSocketNotifier::Read), write(link->descriptor(), QSocketNotifier::Write);
///     read.activated → link->onReadable();   write enabled while link->wantsWrite(), activated → link->onWritable();
///     link->core().request("workspace.list", {}, [](Answer a) { … });  then link->flush()
namespace annex::api {

struct OpenOptions {
    std::string client = "client";       ///< for the broker's log
    bool startBroker = true;             ///< start annexd if nobody answers
    std::filesystem::path runtimeFolder; ///< empty: the account's own
    std::filesystem::path brokerProgram; ///< empty: annexd beside this program, else ../libexec/annex
    std::vector<std::string> brokerArguments; ///< added when it is started
    std::chrono::milliseconds deadline{10'000}; ///< for a start and the handshake
};

/// What the broker said to hello.
struct Welcome {
    std::string product;
    std::int64_t pid = 0;
    bool desktop = false; ///< `annex` is registered
};

class ClientConnection {
public:
    /// Connects, starting annexd if nobody answers (one starter at a time: annexd.lock), and says hello. Waits at most for the deadline.
    static Outcome<std::unique_ptr<ClientConnection>> open(OpenOptions options);
    /// Without hello and without starting anything: for a caller that sends its own first request along.
    static Outcome<std::unique_ptr<ClientConnection>> connect(const OpenOptions& options);

    explicit ClientConnection(UniqueFd socket) : m_socket(std::move(socket)) {}

    int descriptor() const { return m_socket.get(); }
    ClientCore& core() { return m_core; }
    const Welcome& welcome() const { return m_welcome; }
    bool alive() const { return static_cast<bool>(m_socket); }

    /// Reads all that is there. Afterwards alive() may be false: every open request has then failed.
    void onReadable();
    /// Writes what fits.
    void onWritable() { flush(); }
    void flush();
    bool wantsWrite() const { return alive() && (m_core.hasOutgoing() || !m_partial.empty()); }

    /// Sends a request and waits for its answer; events that come meanwhile go to their handler.
    /// @param descriptorsBack  where descriptors of the answer go
    Outcome<nlohmann::json> call(std::string_view method, const nlohmann::json& parameters, std::vector<UniqueFd> descriptors = {},
                                 std::vector<UniqueFd>* descriptorsBack = nullptr);
    /// Waits for traffic once, on this socket and optionally on another descriptor, and handles this socket's.
    /// @return false on a timeout
    bool waitOnce(std::optional<std::chrono::milliseconds> timeout);

    /// Queues hello; for callers who need not wait for its answer before their own request.
    void sayHello(std::string_view client, ClientCore::OnAnswer onAnswer = {});

private:
    void close(std::string reason);

    UniqueFd m_socket;
    ClientCore m_core;
    std::string m_partial; ///< rest of a line whose descriptors went out already
    Welcome m_welcome;
};

/// Where annexd lies for a program in `folder`: beside it, else in ../libexec/annex.
std::optional<std::filesystem::path> findSibling(const std::filesystem::path& folder, std::string_view program);

} // namespace annex::api

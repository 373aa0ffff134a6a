// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <asio/cancellation_signal.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include "app/api/line_decoder.h"
#include "app/api/server.h"

namespace annex::api {

/// One client's connection. Lives while the Server or a call of its own holds it.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(Server& server, ClientId id, UniqueFd socket);

    void start() { waitReadable(); }
    /// Writes what fits, then ends. Calls under way are cancelled. The server forgets the session.
    void end(std::string_view reason);
    /// The server is going away: nothing of it is touched any more.
    void detach();

    void event(std::string_view type, const Json& parameters, bool onlyIfSubscribed);
    void subscribe(const std::vector<std::string>& types);
    asio::awaitable<Outcome<Json>> ask(std::string method, Json parameters, std::chrono::milliseconds deadline);

private:
    struct Open {
        asio::cancellation_signal cancel;
        asio::steady_timer deadline;
        bool answered = false;
        bool timedOut = false;
        explicit Open(asio::io_context& loop) : deadline(loop) {}
    };
    struct Question {
        asio::steady_timer done;
        std::optional<Outcome<Json>> outcome;
        explicit Question(asio::io_context& loop) : done(loop) {}
    };
    struct Outgoing {
        std::string bytes;
        std::vector<UniqueFd> descriptors;
    };

    void waitReadable();
    void readAll();
    bool readOnce();
    void onLine(Line line);
    void onRequest(Message message, std::vector<UniqueFd> descriptors);
    void onCancel(const Message& message);
    void onAnswer(Message message);
    std::optional<Outcome<Reply>> answerHello(const Call& call);
    void run(const Json& id, const Handler& handler, std::shared_ptr<Call> call);
    static asio::awaitable<Outcome<Reply>> guarded(Handler handler, std::shared_ptr<Call> call);
    void finish(const Json& id, Outcome<Reply> outcome);
    void write(std::string line, std::vector<UniqueFd> descriptors = {});
    void flush();

    Server* m_server;
    asio::io_context& m_loop;
    ClientId m_id;
    asio::posix::stream_descriptor m_socket;
    LineDecoder m_decoder;
    std::deque<Outgoing> m_out;
    std::size_t m_out_bytes = 0;
    bool m_waitingToWrite = false;
    std::map<std::string, std::shared_ptr<Open>> m_open;         // by the id's own JSON text: 1 and "1" are two
    std::map<std::string, std::shared_ptr<Question>> m_questions;
    std::uint64_t m_nextQuestion = 1;
    std::string m_name;
    bool m_saidHello = false;
    bool m_allEvents = false;
    std::set<std::string, std::less<>> m_events;
};

} // namespace annex::api

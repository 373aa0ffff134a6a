// SPDX-License-Identifier: Apache-2.0
#include "app/api/session.h"

#include <array>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "app/api/errors.h"
#include "base/log.h"

namespace annex::api {

namespace {

constexpr auto kQuietly = asio::experimental::as_tuple(asio::use_awaitable);
constexpr unsigned kReadsInARow = 16; // then the others have their turn

} // namespace

Session::Session(Server& server, ClientId id, UniqueFd socket) : m_server(&server), m_loop(server.m_loop), m_id(id), m_socket(server.m_loop, socket.release()) {}

void Session::detach()
{
    m_server = nullptr;
}

void Session::end(std::string_view reason)
{
    if (!m_socket.is_open())
        return;
    log("api").debug("client {} ({}) ends: {}", m_id, GuestText{m_name}, reason);
    const auto self = shared_from_this();
    flush();
    asio::error_code ignored;
    m_socket.close(ignored);
    m_out.clear();
    for (auto& [id, open] : std::exchange(m_open, {})) {
        open->answered = true;
        open->deadline.cancel();
        open->cancel.emit(asio::cancellation_type::terminal);
    }
    for (auto& [id, question] : std::exchange(m_questions, {})) {
        question->outcome.emplace(refuse("desktop.none"));
        question->done.cancel();
    }
    if (m_server)
        m_server->gone(m_id);
}

// ---- reading

void Session::waitReadable()
{
    m_socket.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](asio::error_code error) {
        if (!error)
            self->readAll();
    });
}

void Session::readAll()
{
    for (unsigned i = 0; i < kReadsInARow && m_socket.is_open(); ++i)
        if (!readOnce())
            break;
    if (m_socket.is_open())
        waitReadable();
}

bool Session::readOnce()
{
    std::array<std::uint8_t, kReadSize_bytes> buffer;
    auto got = receive(m_socket.native_handle(), buffer, kMaxDescriptors);
    if (!got) {
        if (got.error().code != Errc::Busy)
            end(got.error().describe());
        return false;
    }
    if (got->closed) {
        end("closed by the client");
        return false;
    }
    // Whoever holds a stolen descriptor can write here: the writer of these very bytes is judged, not whoever connected.
    const Result<void> judged = got->writer && m_server ? m_server->m_options.writerCheck(*got->writer) : Result<void>(fail(Errc::Denied, "unknown writer"));
    if (!judged) {
        log("api").warn("request refused: {}", judged.error().describe());
        write(failureLine(nullptr, problem("request.writer")));
        end("a writer that is not ours");
        return false;
    }
    if (auto fed = m_decoder.feed(ByteSpan(buffer).first(got->bytes), std::move(got->descriptors)); !fed) {
        write(failureLine(nullptr, problem("request.invalid", {{"reason", "It breaks a limit of the protocol: " + fed.error().context}})));
        end(fed.error().describe());
        return false;
    }
    while (m_socket.is_open()) {
        auto line = m_decoder.next();
        if (!line)
            break;
        onLine(std::move(*line));
    }
    return m_socket.is_open() && got->bytes == buffer.size();
}

void Session::onLine(Line line)
{
    auto message = parseMessage(line.text);
    if (!message)
        return write(failureLine(nullptr, message.error()));
    switch (message->kind) {
    case Message::Kind::Request: return onRequest(std::move(*message), std::move(line.descriptors));
    case Message::Kind::Notification:
        if (message->method == "$/cancel")
            onCancel(*message);
        return; // JSON-RPC: a notification is never answered, not even an unknown one
    case Message::Kind::Answer:
    case Message::Kind::Failure: return onAnswer(std::move(*message));
    }
}

void Session::onCancel(const Message& message)
{
    const auto id = message.body.find("id");
    if (id == message.body.end())
        return;
    if (const auto found = m_open.find(id->dump()); found != m_open.end()) {
        const auto open = found->second;
        open->cancel.emit(asio::cancellation_type::terminal);
    }
}

void Session::onAnswer(Message message)
{
    if (!message.id.is_string())
        return;
    const auto found = m_questions.find(message.id.get_ref<const std::string&>());
    if (found == m_questions.end())
        return; // too late, or never asked
    if (message.kind == Message::Kind::Answer)
        found->second->outcome.emplace(std::move(message.body));
    else
        found->second->outcome.emplace(Refused(problemFromJson(message.body)));
    found->second->done.cancel();
}

// ---- requests

std::optional<Outcome<Reply>> Session::answerHello(const Call& call)
{
    if (call.method->name == "events.subscribe") {
        subscribe(call.parameters.value("types", std::vector<std::string>()));
        return Reply{};
    }
    if (call.method->name != "hello")
        return std::nullopt;
    if (const auto version = call.parameters["version"].get<int>(); version != kProtocolVersion)
        return refuse("request.hello", {{"reason", fmt::format("The client speaks version {}, the broker version {}", version, kProtocolVersion)}});
    m_saidHello = true;
    m_name = call.parameters["client"].get<std::string>();
    return std::nullopt; // the broker's own handler adds what it knows
}

void Session::onRequest(Message message, std::vector<UniqueFd> descriptors)
{
    const auto no = [&](const Problem& p) { write(failureLine(message.id, p)); };
    const Method* method = findMethod(message.method);
    if (!method)
        return no(problem("request.method", {{"method", message.method}}));
    if (!m_saidHello && !method->beforeHello)
        return no(problem("request.hello", {{"reason", "The first request is not hello"}}));
    if (auto fits = check(*method, message.body, descriptors.size()); !fits)
        return no(fits.error());
    if (m_open.size() >= kMaxOpenCalls)
        return no(problem("request.too-many", {{"n", std::to_string(kMaxOpenCalls)}}));
    if (m_open.contains(message.id.dump()))
        return no(problem("request.invalid", {{"reason", "Its id is in use"}}));

    auto call = std::make_shared<Call>(Call{m_id, m_name, method, std::move(message.body), std::move(descriptors)});
    if (auto answered = answerHello(*call)) {
        if (*answered)
            return write(answerLine(message.id, (*answered)->result));
        return no(answered->error());
    }
    call->clientName = m_name;
    const Handler* handler = m_server ? m_server->handlerOf(method->name) : nullptr;
    if (!handler)
        return no(problem("request.method", {{"method", message.method}}));
    run(message.id, *handler, std::move(call));
}

void Session::run(const Json& id, const Handler& handler, std::shared_ptr<Call> call)
{
    auto open = std::make_shared<Open>(m_loop);
    m_open.emplace(id.dump(), open);
    const auto limit = std::chrono::milliseconds(call->parameters.value("deadline_ms", std::int64_t{call->method->deadline_s} * 1000));
    open->deadline.expires_after(limit);
    auto self = shared_from_this();
    open->deadline.async_wait([self, open, id, limit](asio::error_code error) {
        if (error || open->answered)
            return;
        open->timedOut = true;
        self->finish(id, refuse("request.timed-out", {{"seconds", fmt::format("{:.3g}", std::chrono::duration<double>(limit).count())}}));
        open->cancel.emit(asio::cancellation_type::terminal);
    });
    auto done = [self, open, id](std::exception_ptr, Outcome<Reply> outcome) {
        if (!open->answered)
            self->finish(id, std::move(outcome));
    };
    asio::co_spawn(m_server->m_scope.executor(), guarded(handler, std::move(call)), asio::bind_cancellation_slot(open->cancel.slot(), std::move(done)));
}

asio::awaitable<Outcome<Reply>> Session::guarded(Handler handler, std::shared_ptr<Call> call)
{
    Problem failure;
    try {
        co_return co_await handler(call);
    } catch (const asio::system_error& error) {
        failure = error.code() == asio::error::operation_aborted ? problem("request.cancelled") : problem("failed.system", {}, error.what());
    } catch (const std::exception& error) {
        log("api").error("{} threw: {}", call->method->name, error.what());
        failure = problem("internal", {}, error.what());
    }
    co_return Refused(std::move(failure));
}

void Session::finish(const Json& id, Outcome<Reply> outcome)
{
    const auto node = m_open.extract(id.dump());
    if (!node)
        return;
    node.mapped()->answered = true;
    node.mapped()->deadline.cancel();
    if (!outcome)
        return write(failureLine(id, outcome.error()));
    std::string line = answerLine(id, outcome->result);
    if (line.size() > kMaxLine_bytes)
        return write(failureLine(id, problem("internal", {}, "an answer longer than a line")));
    write(std::move(line), std::move(outcome->descriptors));
    if (outcome->afterwards)
        outcome->afterwards();
}

// ---- events and questions

void Session::subscribe(const std::vector<std::string>& types)
{
    m_allEvents |= types.empty();
    m_events.insert(types.begin(), types.end());
}

void Session::event(std::string_view type, const Json& parameters, bool onlyIfSubscribed)
{
    if (!m_socket.is_open() || (onlyIfSubscribed && !m_allEvents && !m_events.contains(type)))
        return;
    Json whole = parameters;
    whole["type"] = type;
    write(notificationLine("event", whole));
}

asio::awaitable<Outcome<Json>> Session::ask(std::string method, Json parameters, std::chrono::milliseconds deadline)
{
    const auto self = shared_from_this();
    const std::string id = "b" + std::to_string(m_nextQuestion++);
    auto question = std::make_shared<Question>(m_loop);
    m_questions.emplace(id, question);
    write(requestLine(id, method, parameters));
    question->done.expires_after(deadline);
    if (!question->outcome)
        co_await question->done.async_wait(kQuietly);
    m_questions.erase(id);
    if (!question->outcome)
        co_return refuse("request.timed-out", {{"seconds", fmt::format("{:.3g}", std::chrono::duration<double>(deadline).count())}});
    co_return std::move(*question->outcome);
}

// ---- writing

void Session::write(std::string line, std::vector<UniqueFd> descriptors)
{
    if (!m_socket.is_open() || line.size() > kMaxLine_bytes) // an event that long is worth less than the connection
        return;
    m_out_bytes += line.size();
    m_out.push_back({std::move(line), std::move(descriptors)});
    if (!m_waitingToWrite)
        flush();
    if (m_out_bytes > kMaxOutgoing_bytes && m_socket.is_open()) {
        m_out.clear();
        end("it does not read");
    }
}

void Session::flush()
{
    while (m_socket.is_open() && !m_out.empty()) {
        auto& first = m_out.front();
        std::vector<int> numbers;
        for (const auto& d : first.descriptors)
            numbers.push_back(d.get());
        auto sent = sendWith(m_socket.native_handle(), asBytes(first.bytes), numbers);
        if (!sent && sent.error().code == Errc::Busy) {
            if (std::exchange(m_waitingToWrite, true))
                return;
            m_socket.async_wait(asio::posix::stream_descriptor::wait_write, [self = shared_from_this()](asio::error_code error) {
                self->m_waitingToWrite = false;
                if (!error)
                    self->flush();
            });
            return;
        }
        if (!sent) {
            m_out.clear();
            asio::post(m_loop, [self = shared_from_this()] { self->end("it is gone"); });
            return;
        }
        m_out_bytes -= *sent;
        first.bytes.erase(0, *sent);
        first.descriptors.clear();
        if (first.bytes.empty())
            m_out.pop_front();
    }
}

} // namespace annex::api

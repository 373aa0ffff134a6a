// SPDX-License-Identifier: Apache-2.0
#include "app/api/client_core.h"

#include "app/api/message.h"

namespace annex::api {

ClientCore::ClientCore() = default;
ClientCore::~ClientCore() = default;

ClientCore::RequestId ClientCore::request(std::string_view method, const Json& parameters, OnAnswer onAnswer, std::vector<UniqueFd> descriptors)
{
    const RequestId id = m_nextId++;
    m_open.emplace(id, std::move(onAnswer));
    m_outgoing.push_back({requestLine(id, method, parameters), std::move(descriptors)});
    return id;
}

void ClientCore::cancel(RequestId id)
{
    if (m_open.contains(id))
        m_outgoing.push_back({notificationLine("$/cancel", {{"id", id}}), {}});
}

void ClientCore::answer(const std::string& id, const Json& result)
{
    m_outgoing.push_back({answerLine(id, result), {}});
}

void ClientCore::fail(const std::string& id, const Problem& problem)
{
    m_outgoing.push_back({failureLine(id, problem), {}});
}

Result<void> ClientCore::feed(ByteSpan bytes, std::vector<UniqueFd> descriptors)
{
    if (auto fed = m_decoder.feed(bytes, std::move(descriptors)); !fed)
        return fed;
    while (auto line = m_decoder.next())
        dispatch(std::move(*line));
    return {};
}

void ClientCore::dispatch(Line line)
{
    auto message = parseMessage(line.text);
    if (!message)
        return; // a broker does not send such; whatever was asked ends by its own deadline
    switch (message->kind) {
    case Message::Kind::Notification: {
        if (message->method != "event" || !m_onEvent || !message->body.contains("type") || !message->body["type"].is_string())
            return;
        const std::string type = message->body["type"].get<std::string>();
        m_onEvent(type, message->body);
        return;
    }
    case Message::Kind::Request:
        if (m_onRequest && message->id.is_string())
            m_onRequest(message->id.get_ref<const std::string&>(), message->method, message->body);
        return;
    case Message::Kind::Answer:
        if (message->id.is_number_unsigned())
            complete(message->id.get<RequestId>(), {&message->body, nullptr, std::move(line.descriptors)});
        return;
    case Message::Kind::Failure: {
        const Problem told = problemFromJson(message->body);
        if (message->id.is_number_unsigned())
            complete(message->id.get<RequestId>(), {nullptr, &told, {}});
        return;
    }
    }
}

void ClientCore::complete(RequestId id, Answer answer)
{
    auto node = m_open.extract(id); // first out of the map: the callback may make requests
    if (node && node.mapped())
        node.mapped()(std::move(answer));
}

void ClientCore::ended(std::string reason)
{
    const Problem away = problem("broker.away", {{"reason", std::move(reason)}});
    m_outgoing.clear();
    auto open = std::exchange(m_open, {});
    for (auto& [id, callback] : open)
        if (callback)
            callback({nullptr, &away, {}});
}

ClientCore::Outgoing ClientCore::takeOutgoing()
{
    Outgoing first = std::move(m_outgoing.front());
    m_outgoing.pop_front();
    return first;
}

} // namespace annex::api

// SPDX-License-Identifier: Apache-2.0
#include "app/api/message.h"

#include <set>

#include "app/api/errors.h"

namespace annex::api {

namespace {

std::string dumpLine(const Json& value)
{
    return value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Outcome<Message> invalid(std::string reason)
{
    return refuse("request.invalid", {{"reason", std::move(reason)}});
}

bool isId(const Json& id)
{
    return id.is_number_integer() || (id.is_string() && id.get_ref<const std::string&>().size() <= kMaxId_bytes);
}

Outcome<Message> parseCall(Json& object)
{
    Message out;
    if (!object["method"].is_string())
        return invalid("The method is not text");
    out.method = object["method"].get<std::string>();
    if (out.method.empty() || out.method.size() > kMaxMethod_bytes)
        return invalid("The method's name is empty or too long");
    const auto id = object.find("id");
    out.kind = id == object.end() ? Message::Kind::Notification : Message::Kind::Request;
    if (id != object.end()) {
        if (!isId(*id))
            return invalid("The id is neither a whole number nor a short text");
        out.id = *id;
    }
    const auto params = object.find("params");
    out.body = params == object.end() ? Json::object() : std::move(*params);
    if (!out.body.is_object())
        return invalid("The parameters are not an object");
    for (const auto& item : object.items())
        if (item.key() != "jsonrpc" && item.key() != "method" && item.key() != "id" && item.key() != "params")
            return invalid("It has a member that JSON-RPC 2.0 does not know");
    return out;
}

Outcome<Message> parseResult(Json& object)
{
    Message out;
    const auto id = object.find("id");
    if (id == object.end() || !(isId(*id) || id->is_null()))
        return invalid("The answer has no usable id");
    out.id = *id;
    const bool hasResult = object.contains("result");
    if (hasResult == object.contains("error"))
        return invalid("An answer has either a result or an error");
    out.kind = hasResult ? Message::Kind::Answer : Message::Kind::Failure;
    out.body = std::move(object[hasResult ? "result" : "error"]);
    if (!hasResult && !out.body.is_object())
        return invalid("The error is not an object");
    return out;
}

} // namespace

Outcome<Json> parseStrict(std::string_view text)
{
    std::string_view reason;
    std::vector<std::set<std::string>> keys;
    // The callback sees each key before its value is kept, which is where a second one of the same name still shows.
    const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
        if (static_cast<std::size_t>(depth) >= kMaxNesting)
            reason = "It is nested too deeply";
        else if (event == Json::parse_event_t::object_start)
            keys.emplace_back();
        else if (event == Json::parse_event_t::object_end && !keys.empty())
            keys.pop_back();
        else if (event == Json::parse_event_t::key && !keys.empty() && !keys.back().insert(value.get_ref<const std::string&>()).second)
            reason = "It names a key twice";
        return reason.empty(); // what is thrown away needs no memory
    };
    Json value = Json::parse(text.begin(), text.end(), watch, false);
    if (!reason.empty())
        return refuse("request.invalid", {{"reason", std::string(reason)}});
    if (value.is_discarded())
        return refuse("request.parse");
    return value;
}

Outcome<Message> parseMessage(std::string_view line)
{
    auto value = parseStrict(line);
    if (!value)
        return Refused(std::move(value.error()));
    if (value->is_array())
        return invalid("Batches are not accepted");
    if (!value->is_object())
        return invalid("It is not an object");
    const auto version = value->find("jsonrpc");
    if (version == value->end() || *version != "2.0")
        return invalid("It does not say jsonrpc 2.0");
    return value->contains("method") ? parseCall(*value) : parseResult(*value);
}

std::string requestLine(const Json& id, std::string_view method, const Json& params)
{
    return dumpLine({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
}

std::string notificationLine(std::string_view method, const Json& params)
{
    return dumpLine({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
}

std::string answerLine(const Json& id, const Json& result)
{
    return dumpLine({{"jsonrpc", "2.0"}, {"id", id}, {"result", result}});
}

std::string failureLine(const Json& id, const Problem& problem)
{
    return dumpLine({{"jsonrpc", "2.0"}, {"id", id}, {"error", toJson(problem)}});
}

Json toJson(const Problem& p)
{
    Json data = {{"id", p.id}, {"title", p.title}, {"why", p.why}, {"do", p.todo}};
    if (!p.detail.empty())
        data["detail"] = p.detail;
    return {{"code", p.code}, {"message", p.title + ". " + p.why}, {"data", std::move(data)}};
}

Problem problemFromJson(const Json& error)
{
    const auto text = [](const Json& from, const char* name) {
        const auto found = from.find(name);
        return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    Problem out;
    if (!error.is_object())
        return problem("internal");
    if (const auto number = error.find("code"); number != error.end() && number->is_number_integer())
        out.code = number->get<int>();
    out.title = text(error, "message");
    const auto data = error.find("data");
    if (data == error.end() || !data->is_object())
        return out;
    out.id = text(*data, "id");
    out.title = text(*data, "title");
    out.why = text(*data, "why");
    out.detail = text(*data, "detail");
    if (const auto rows = data->find("do"); rows != data->end() && rows->is_array())
        for (const auto& row : *rows)
            if (row.is_string())
                out.todo.push_back(row.get<std::string>());
    return out;
}

} // namespace annex::api

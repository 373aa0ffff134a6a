// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "app/api/problem.h"

/// One line as a JSON-RPC 2.0 message, both ways. Pure.
namespace annex::api {

using Json = nlohmann::json;

inline constexpr int kProtocolVersion = 1;
inline constexpr std::size_t kMaxNesting = 16;     // the deepest honest message has 6 levels
inline constexpr std::size_t kMaxId_bytes = 64;    // an id is only given back
inline constexpr std::size_t kMaxMethod_bytes = 64;

struct Message {
    enum class Kind { Request, Notification, Answer, Failure } kind = Kind::Request;
    Json id;            ///< number or text; null for a notification
    std::string method; ///< Request and Notification
    Json body;          ///< params (an object), result, or the error object
};

/// JSON text with the rules that JSON leaves open: no duplicate keys, at most kMaxNesting levels, valid UTF-8, nothing behind the value.
Outcome<Json> parseStrict(std::string_view text);

/// @return the message, or the error to answer with ("request.parse", "request.invalid")
Outcome<Message> parseMessage(std::string_view line);

/// Lines, with their ends. Text that is not valid UTF-8 is replaced, never sent.
std::string requestLine(const Json& id, std::string_view method, const Json& params);
std::string notificationLine(std::string_view method, const Json& params);
std::string answerLine(const Json& id, const Json& result);
std::string failureLine(const Json& id, const Problem& problem);

Json toJson(const Problem& problem);
/// From the "error" member of an answer; what is missing stays empty.
Problem problemFromJson(const Json& error);

} // namespace annex::api

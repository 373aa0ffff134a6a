// SPDX-License-Identifier: Apache-2.0
// A hostile client of the broker: bytes to lines, lines to messages, messages to checked parameters.
// Input: a byte that says how the stream is cut, then the stream.
#include <nlohmann/json.hpp>

#include "app/api/line_decoder.h"
#include "app/api/message.h"
#include "app/api/methods.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

using namespace annex;
using namespace annex::api;
using fuzz::must;

namespace {

void checkProblem(const Problem& problem)
{
    must(problem.code < 0 && !problem.id.empty() && !problem.title.empty(), "a refusal says what is wrong");
    const std::string line = failureLine(Json(), problem);
    must(line.ends_with("\n") && line.find('\n') == line.size() - 1 && isValidUtf8(line), "a refusal is one line");
}

void takeLine(const std::string& text)
{
    must(text.size() <= kMaxLine_bytes && text.find('\n') == std::string::npos, "lines are bounded");
    auto message = parseMessage(text);
    if (!message)
        return checkProblem(message.error());
    if (message->kind != Message::Kind::Request && message->kind != Message::Kind::Notification)
        return;
    must(message->method.size() <= kMaxMethod_bytes, "method names are short");
    must(message->body.is_object() || message->body.is_null(), "parameters are an object");
    const Method* method = findMethod(message->method);
    if (method == nullptr)
        return;
    auto checked = check(*method, message->body, 0);
    if (!checked)
        checkProblem(checked.error());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Choices choices({data, size});
    const std::size_t piece = std::size_t{choices.byte()} * 16 + 1;
    LineDecoder decoder;
    bool broken = false;
    while (!choices.empty()) {
        const bool fed = decoder.feed(choices.take(piece)).has_value();
        must(!(broken && fed), "an error is final");
        broken = !fed;
        while (auto line = decoder.next())
            takeLine(line->text);
    }
    return 0;
}

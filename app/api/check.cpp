// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "app/api/message.h"
#include "app/api/methods.h"

namespace annex::api {

namespace {

using Reason = std::string; // empty: nothing wrong

bool isWhole(const Json& value)
{
    // A number above 2^63 would come out negative.
    return value.is_number_integer() && !(value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX});
}

Reason checkText(const Parameter& p, const Json& value, std::int64_t minimum, std::int64_t maximum)
{
    if (!value.is_string())
        return fmt::format("\"{}\" is not text", p.name);
    const auto& text = value.get_ref<const std::string&>();
    const auto size = static_cast<std::int64_t>(text.size());
    if (size < minimum || size > maximum)
        return fmt::format("\"{}\" has {} bytes, not {} to {}", p.name, size, minimum, maximum);
    if (text.find('\0') != std::string::npos)
        return fmt::format("\"{}\" contains a zero character", p.name);
    return {};
}

Reason checkTexts(const Parameter& p, const Json& value, std::int64_t minimum, std::int64_t maximum)
{
    if (!value.is_array())
        return fmt::format("\"{}\" is not a list", p.name);
    const auto size = static_cast<std::int64_t>(value.size());
    if (size < minimum || size > maximum)
        return fmt::format("\"{}\" has {} elements, not {} to {}", p.name, size, minimum, maximum);
    for (const auto& element : value)
        if (auto reason = checkText(p, element, 0, static_cast<std::int64_t>(kMaxElement_bytes)); !reason.empty())
            return reason;
    return {};
}

Reason checkNumber(const Parameter& p, const Json& value)
{
    if (!isWhole(value))
        return fmt::format("\"{}\" is not a whole number", p.name);
    const auto number = value.get<std::int64_t>();
    return number < p.minimum || number > p.maximum ? fmt::format("\"{}\" is not between {} and {}", p.name, p.minimum, p.maximum) : Reason();
}

Reason checkValue(const Parameter& p, const Json& value)
{
    if (value.is_boolean() || isWhole(value))
        return {};
    if (value.is_array())
        return checkTexts(p, value, 0, 256);
    return checkText(p, value, 0, p.maximum);
}

Reason checkOne(const Parameter& p, const Json& value)
{
    switch (p.kind) {
    case Kind::Text: return checkText(p, value, p.minimum, p.maximum);
    case Kind::Flag: return value.is_boolean() ? Reason() : fmt::format("\"{}\" is neither true nor false", p.name);
    case Kind::Number: return checkNumber(p, value);
    case Kind::Texts: return checkTexts(p, value, p.minimum, p.maximum);
    case Kind::Value: return checkValue(p, value);
    }
    return "of no known kind";
}

const Parameter kDeadline{"deadline_ms", Kind::Number, false, 1, kMaxDeadline_ms, ""};

const Parameter* parameterOf(const Method& method, const std::string& name)
{
    if (name == kDeadline.name)
        return &kDeadline;
    const auto found = std::find_if(method.parameters.begin(), method.parameters.end(), [&](const Parameter& p) { return p.name == name; });
    return found == method.parameters.end() ? nullptr : &*found;
}

} // namespace

Outcome<void> check(const Method& method, const Json& parameters, std::size_t descriptors)
{
    const auto wrong = [](std::string reason) { return refuse("request.params", {{"reason", std::move(reason)}}); };
    for (const auto& item : parameters.items()) {
        const Parameter* p = parameterOf(method, item.key());
        if (!p)
            return wrong(fmt::format("{} takes no such parameter", method.name));
        if (auto reason = checkOne(*p, item.value()); !reason.empty())
            return wrong(std::move(reason));
    }
    for (const auto& p : method.parameters)
        if (p.required && !parameters.contains(std::string(p.name)))
            return wrong(fmt::format("\"{}\" is missing", p.name));
    if (descriptors < method.minimumDescriptors || descriptors > method.maximumDescriptors)
        return refuse("request.descriptors", {{"reason", fmt::format("{} takes {} to {} descriptors, {} came", method.name, method.minimumDescriptors, method.maximumDescriptors, descriptors)}});
    return {};
}

} // namespace annex::api

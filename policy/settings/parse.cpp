// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "policy/settings/setting.h"

namespace annex::policy {
namespace {

/// Longest text looked at: the longest value is a label of 24 characters of at most 4 bytes; whatever is longer is quoted shortened.
constexpr std::size_t kMaxValue_bytes = 256;

struct Unit {
    std::string_view name; ///< lower case
    std::int64_t factor;
};

constexpr Unit kByteUnits[] = {
    {"b", 1},
    {"kib", std::int64_t{1} << 10}, {"kb", std::int64_t{1} << 10}, {"k", std::int64_t{1} << 10},
    {"mib", std::int64_t{1} << 20}, {"mb", std::int64_t{1} << 20}, {"m", std::int64_t{1} << 20},
    {"gib", std::int64_t{1} << 30}, {"gb", std::int64_t{1} << 30}, {"g", std::int64_t{1} << 30},
    {"tib", std::int64_t{1} << 40}, {"tb", std::int64_t{1} << 40}, {"t", std::int64_t{1} << 40},
};
constexpr Unit kTimeUnits[] = {
    {"s", 1}, {"sec", 1}, {"second", 1}, {"seconds", 1},
    {"min", 60}, {"m", 60}, {"minute", 60}, {"minutes", 60},
    {"h", 3600}, {"hour", 3600}, {"hours", 3600},
    {"d", 86400}, {"day", 86400}, {"days", 86400},
};
constexpr Unit kPercentUnits[] = {{"%", 1}, {"", 1}};
constexpr Unit kNoUnits[] = {{"", 1}};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::string lowered(std::string_view text)
{
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string inQuotes(std::string_view text) { return fmt::format("“{}”", sanitiseLine(text, 40)); }

struct Amount {
    std::int64_t whole = 0;
    std::int64_t tenths = 0; ///< one digit after the point, so that "1.5 GB" can be read back
    std::string_view unit;
};

std::optional<Amount> splitAmount(std::string_view text)
{
    Amount amount;
    const char* end = text.data() + text.size();
    auto [after, error] = std::from_chars(text.data(), end, amount.whole);
    if (error != std::errc{} || after == text.data() || text.front() == '-')
        return std::nullopt;
    if (after != end && *after == '.') {
        if (end - after < 2 || after[1] < '0' || after[1] > '9')
            return std::nullopt;
        amount.tenths = after[1] - '0';
        after += 2;
    }
    amount.unit = trimmed({after, static_cast<std::size_t>(end - after)});
    return amount;
}

/// Nothing where the text is no amount in these units, or does not fit 63 bits.
std::optional<std::int64_t> readAmount(std::string_view text, std::span<const Unit> units)
{
    const auto amount = splitAmount(text);
    if (!amount)
        return std::nullopt;
    const std::string unitName = lowered(amount->unit);
    const auto unit = std::ranges::find(units, unitName, &Unit::name);
    if (unit == units.end())
        return std::nullopt;
    if (amount->tenths != 0 && unit->factor == 1)
        return std::nullopt;
    std::int64_t total = 0;
    if (__builtin_mul_overflow(amount->whole, unit->factor, &total)
        || __builtin_add_overflow(total, unit->factor / 10 * amount->tenths + unit->factor % 10 * amount->tenths / 10, &total))
        return std::nullopt;
    return total;
}

std::span<const Unit> unitsOf(Type type)
{
    switch (type) {
    case Type::Bytes: return kByteUnits;
    case Type::Duration: return kTimeUnits;
    case Type::Percent: return kPercentUnits;
    default: return kNoUnits;
    }
}

std::string_view howToWrite(Type type)
{
    switch (type) {
    case Type::Bytes: return "a size; write a number and a unit, as in 1 MiB";
    case Type::Duration: return "a time; write a number and a unit, as in 15 min";
    case Type::Percent: return "a share; write a number, as in 50 %";
    default: return "a whole number";
    }
}

bool isNumber(Type type)
{
    return type == Type::Bytes || type == Type::Percent || type == Type::Integer || type == Type::Duration;
}

Result<Value> withinLimits(const Setting& setting, std::int64_t number, const HostFacts& host)
{
    const Limits limits = limitsOf(setting, host);
    if (number < limits.minimum)
        return fail(Errc::TooLarge, fmt::format("{}: {} is less than {}.", setting.key, formatValue(setting, number),
                                                formatValue(setting, limits.minimum)));
    if (number > limits.maximum)
        return fail(Errc::TooLarge, fmt::format("{}: {} is more than {}.", setting.key, formatValue(setting, number),
                                                formatValue(setting, limits.maximum)));
    return Value(number);
}

Result<Value> parseNumber(const Setting& setting, std::string_view text, const HostFacts& host)
{
    const auto number = readAmount(text, unitsOf(setting.type));
    if (!number) {
        const std::string orNone = setting.none.empty() ? "" : fmt::format(", or {}", setting.none);
        return fail(Errc::Malformed, fmt::format("{}: {} is not {}{}.", setting.key, inQuotes(text), howToWrite(setting.type), orNone));
    }
    return withinLimits(setting, *number, host);
}

Result<Value> parseChoice(const Setting& setting, std::string_view text)
{
    const std::string word = lowered(text);
    if (std::ranges::find(setting.choices, word) == setting.choices.end())
        return fail(Errc::Malformed, fmt::format("{}: {} is not one of: {}.", setting.key, inQuotes(text), fmt::join(setting.choices, ", ")));
    return Value(word);
}

Result<Value> parseLine(const Setting& setting, std::string_view text)
{
    // One character more than allowed, so that a longer text shows as different instead of being cut to fit.
    const auto limit = static_cast<std::size_t>(setting.limits.maximum);
    if (text.empty())
        return fail(Errc::Malformed, fmt::format("{}: the text is empty.", setting.key));
    if (!isValidUtf8(text) || sanitiseLine(text, kMaxValue_bytes) != text)
        return fail(Errc::Malformed, fmt::format("{}: the text has characters that cannot be shown in one line.", setting.key));
    if (sanitiseLine(text, limit) != text)
        return fail(Errc::TooLarge, fmt::format("{}: the text is longer than {} characters.", setting.key, limit));
    return Value(std::string(text));
}

} // namespace

Result<Value> parseValue(const Setting& setting, std::string_view text, const HostFacts& host)
{
    if (text.size() > kMaxValue_bytes)
        return fail(Errc::TooLarge, fmt::format("{}: {} is too long for a value.", setting.key, inQuotes(text)));
    text = trimmed(text);
    if (!setting.none.empty() && lowered(text) == setting.none)
        return Value(None{});
    if (isNumber(setting.type))
        return parseNumber(setting, text, host);
    if (setting.type == Type::Text)
        return parseLine(setting, text);
    if (setting.type != Type::Switch)
        return parseChoice(setting, text);
    const std::string word = lowered(text);
    if (word == "on" || word == "off")
        return Value(word == "on");
    return fail(Errc::Malformed, fmt::format("{}: {} is not one of: on, off.", setting.key, inQuotes(text)));
}

Result<Value> parseJson(const Setting& setting, const nlohmann::json& json, const HostFacts& host)
{
    if (json.is_string())
        return parseValue(setting, json.get_ref<const std::string&>(), host);
    if (json.is_boolean() && setting.type == Type::Switch)
        return Value(json.get<bool>());
    if (json.is_number_integer() && isNumber(setting.type)) {
        if (json.is_number_unsigned() && json.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
            return withinLimits(setting, INT64_MAX, host);
        return withinLimits(setting, json.get<std::int64_t>(), host);
    }
    return fail(Errc::Malformed, fmt::format("{}: a JSON {} is no value of this setting.", setting.key, json.type_name()));
}

std::string formatValue(const Setting& setting, const Value& value)
{
    if (std::holds_alternative<None>(value))
        return std::string(setting.none);
    if (const auto* on = std::get_if<bool>(&value))
        return *on ? "on" : "off";
    if (const auto* text = std::get_if<std::string>(&value))
        return *text;
    const std::int64_t number = std::get<std::int64_t>(value);
    if (setting.type == Type::Percent)
        return fmt::format("{} %", number);
    if (setting.type == Type::Integer)
        return fmt::format("{}", number);
    struct Written {
        std::int64_t factor;
        const char* unit;
    };
    static constexpr Written kBytes[] = {{std::int64_t{1} << 40, "TiB"}, {std::int64_t{1} << 30, "GiB"}, {std::int64_t{1} << 20, "MiB"},
                                         {std::int64_t{1} << 10, "KiB"}};
    static constexpr Written kTimes[] = {{86400, "d"}, {3600, "h"}, {60, "min"}};
    const bool bytes = setting.type == Type::Bytes;
    for (const Written& written : bytes ? std::span<const Written>(kBytes) : std::span<const Written>(kTimes)) {
        if (number != 0 && number % written.factor == 0)
            return fmt::format("{} {}", number / written.factor, written.unit);
    }
    return fmt::format("{} {}", number, bytes ? "B" : "s");
}

nlohmann::json toJson(const Setting& setting, const Value& value)
{
    if (const auto* on = std::get_if<bool>(&value))
        return *on;
    if (const auto* number = std::get_if<std::int64_t>(&value))
        return *number;
    return formatValue(setting, value);
}

} // namespace annex::policy

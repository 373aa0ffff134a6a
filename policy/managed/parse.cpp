// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "policy/managed/managed_policy.h"

namespace annex::policy {
namespace {

using Json = nlohmann::json;

/// Most problems that are told about one file: enough to repair it, and a hostile file cannot fill the log.
constexpr std::size_t kMaxProblems = 20;

class Problems {
public:
    void add(std::string problem)
    {
        if (m_list.size() < kMaxProblems)
            m_list.push_back(std::move(problem));
    }
    bool any() const { return !m_list.empty(); }
    std::string joined() const { return fmt::format("{}", fmt::join(m_list, "; ")); }

private:
    std::vector<std::string> m_list;
};

std::string inQuotes(std::string_view text) { return fmt::format("“{}”", sanitiseLine(text, 60)); }

/// Sees each token while the text is parsed: finds what a parsed document no longer shows (a key written twice) and what
/// must be stopped before it is built (nesting).
class Strictness {
public:
    explicit Strictness(Problems& problems) : m_problems(problems) {}

    bool operator()(int depth, Json::parse_event_t event, const Json& parsed)
    {
        if (depth >= kMaxManagedDepth)
            m_tooDeep = true;
        if (event == Json::parse_event_t::object_start)
            m_keys.emplace_back();
        else if (event == Json::parse_event_t::object_end && !m_keys.empty())
            m_keys.pop_back();
        else if (event == Json::parse_event_t::key)
            noteKey(parsed.get_ref<const std::string&>());
        return !m_tooDeep; // false drops the value, so that nothing deep is kept
    }
    bool tooDeep() const { return m_tooDeep; }

private:
    void noteKey(const std::string& key)
    {
        if (!m_keys.empty() && !m_keys.back().insert(key).second)
            m_problems.add(fmt::format("{} is written twice", inQuotes(key)));
    }

    Problems& m_problems;
    std::vector<std::set<std::string>> m_keys;
    bool m_tooDeep = false;
};

std::string readLine(const Json& json, std::string_view what, std::size_t limit, Problems& problems)
{
    if (!json.is_string()) {
        problems.add(fmt::format("{} is not a text", what));
        return {};
    }
    const auto& text = json.get_ref<const std::string&>();
    // Compared with its own cleaned form: longer, in several lines, or with hidden characters all show as a difference.
    if (sanitiseLine(text, limit) != text)
        problems.add(fmt::format("{} is longer than {} characters or cannot be shown in one line", what, limit));
    return text;
}

void readSetting(const std::string& key, const Json& json, ManagedFile& file, Problems& problems)
{
    const Setting* setting = findSetting(key);
    if (setting == nullptr) {
        problems.add(fmt::format("{} is no setting of this version", inQuotes(key)));
        return;
    }
    if (!json.is_object()) {
        problems.add(fmt::format("{}: write an object with \"value\"", key));
        return;
    }
    ManagedValue managed;
    bool hasValue = false;
    for (const auto& [name, member] : json.items()) {
        if (name == "value") {
            hasValue = true;
            auto value = parseJson(*setting, member, anyHost());
            if (value)
                managed.value = *value;
            else
                problems.add(value.error().context);
        } else if (name == "lock") {
            if (member.is_boolean())
                managed.lock = member.get<bool>();
            else
                problems.add(fmt::format("{}: \"lock\" is neither true nor false", key));
        } else if (name == "reason") {
            managed.reason = readLine(member, fmt::format("{}: \"reason\"", key), kMaxReason_characters, problems);
        } else {
            problems.add(fmt::format("{}: {} is not known here", key, inQuotes(name)));
        }
    }
    if (!hasValue)
        problems.add(fmt::format("{}: \"value\" is missing", key));
    file.values.emplace(key, std::move(managed));
}

void readMembers(const Json& document, ManagedFile& file, Problems& problems)
{
    const auto format = document.find("format");
    if (format == document.end() || !format->is_number_unsigned() || format->get<std::uint64_t>() != 1)
        problems.add("\"format\" is not 1");
    for (const auto& [name, member] : document.items()) {
        if (name == "format")
            continue;
        if (name == "organisation") {
            file.organisation = readLine(member, "\"organisation\"", kMaxOrganisation_characters, problems);
        } else if (name == "settings" && member.is_object()) {
            for (const auto& [key, setting] : member.items())
                readSetting(key, setting, file, problems);
        } else if (name == "settings") {
            problems.add("\"settings\" is not an object");
        } else {
            problems.add(fmt::format("{} is not known here", inQuotes(name)));
        }
    }
}

} // namespace

Result<ManagedFile> parseManaged(std::string_view text)
{
    if (text.size() > kMaxManagedFile_bytes)
        return fail(Errc::Malformed, fmt::format("it is larger than {}", bytesInWords(kMaxManagedFile_bytes)));
    if (text.find('\0') != std::string_view::npos)
        return fail(Errc::Malformed, "it is not JSON"); // the parser takes a zero byte for the end of its input
    Problems problems;
    Strictness strict(problems);
    const Json document = Json::parse(text, std::ref(strict), /*allow_exceptions=*/false, /*ignore_comments=*/false);
    if (strict.tooDeep())
        return fail(Errc::Malformed, fmt::format("it is nested deeper than {} levels", kMaxManagedDepth));
    if (document.is_discarded())
        return fail(Errc::Malformed, "it is not JSON");
    if (!document.is_object())
        return fail(Errc::Malformed, "it is not a JSON object");
    ManagedFile file;
    readMembers(document, file, problems);
    if (problems.any())
        return fail(Errc::Malformed, problems.joined());
    return file;
}

} // namespace annex::policy

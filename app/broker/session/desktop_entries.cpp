// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/desktop_entries.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include <unistd.h>

#include "base/files.h"
#include "base/text.h"

namespace annex::broker {

namespace {

using Group = std::map<std::string, std::string, std::less<>>;

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The group "Desktop Entry" alone; the first of two equal keys counts.
Result<Group> readGroup(std::string_view text)
{
    Group out;
    bool inside = false, seen = false;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.size() > kMaxEntryLine_bytes)
            return fail(Errc::TooLarge, "a line is too long");
        if (line.empty() || line.front() == '#')
            continue;
        if (line.front() == '[') {
            inside = line == "[Desktop Entry]";
            seen |= inside;
            continue;
        }
        const auto equals = line.find('=');
        if (inside && equals != std::string_view::npos)
            out.try_emplace(std::string(trimmed(line.substr(0, equals))), trimmed(line.substr(equals + 1)));
    }
    return seen ? Result<Group>(std::move(out)) : Result<Group>(fail(Errc::Malformed, "it has no group [Desktop Entry]"));
}

std::string valueOf(const Group& group, std::string_view key)
{
    const auto found = group.find(key);
    return found == group.end() ? std::string() : found->second;
}

std::string unescaped(std::string_view value)
{
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\' || i + 1 == value.size()) {
            out += value[i];
            continue;
        }
        const char c = value[++i];
        out += c == 's' ? ' ' : c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
    return out;
}

std::string translated(const Group& group, const std::string& key, std::string_view language)
{
    const auto base = language.substr(0, language.find_first_of("_.@"));
    for (const auto& wish : {std::string(language.substr(0, language.find_first_of(".@"))), std::string(base)})
        if (const auto value = valueOf(group, key + "[" + wish + "]"); !wish.empty() && !value.empty())
            return sanitiseLine(unescaped(value), kMaxEntryText_characters);
    return sanitiseLine(unescaped(valueOf(group, key)), kMaxEntryText_characters);
}

std::vector<std::string> keywordsOf(const Group& group, std::string_view language)
{
    std::vector<std::string> out;
    std::string all = translated(group, "Keywords", language);
    std::string_view rest = all;
    while (!rest.empty() && out.size() < kMaxKeywords) {
        const auto end = rest.find(';');
        if (const auto word = trimmed(rest.substr(0, end)); !word.empty())
            out.emplace_back(word);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return out;
}

bool isMeantForUs(const Group& group)
{
    return valueOf(group, "Type") == "Application" && valueOf(group, "NoDisplay") != "true" && valueOf(group, "Hidden") != "true" && valueOf(group, "OnlyShowIn").empty();
}

bool programExists(const std::string& program)
{
    if (program.find('/') != std::string::npos)
        return ::access(program.c_str(), X_OK) == 0;
    for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/usr/games/", "/usr/sbin/"})
        if (::access((folder + program).c_str(), X_OK) == 0)
            return true;
    return false;
}

} // namespace

std::optional<std::vector<std::string>> parseExec(std::string_view value)
{
    std::vector<std::string> out;
    std::string word;
    bool quoted = false, any = false;
    const auto finish = [&] {
        // A field code stands for files or links, which do not come this way, or for decoration.
        if (any && !(word.size() == 2 && word[0] == '%' && word[1] != '%'))
            out.push_back(word);
        word.clear();
        any = false;
    };
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '"') {
            quoted = !quoted;
            any = true;
        } else if (c == '\\' && quoted && i + 1 < value.size()) {
            word += value[++i];
        } else if (c == ' ' && !quoted) {
            finish();
        } else if (c == '%' && i + 1 < value.size() && value[i + 1] == '%') {
            word += value[++i];
            any = true;
        } else {
            word += c;
            any = true;
        }
    }
    finish();
    if (quoted || out.empty() || out.size() > kMaxExecArguments)
        return std::nullopt;
    return out;
}

Result<std::optional<AppEntry>> parseDesktopEntry(std::string_view id, std::string_view text, std::string_view language)
{
    if (!isValidUtf8(text))
        return fail(Errc::Malformed, "it is not UTF-8");
    auto group = readGroup(text);
    if (!group)
        return Unexpected(std::move(group.error()));
    if (!isMeantForUs(*group))
        return std::optional<AppEntry>();
    auto exec = parseExec(unescaped(valueOf(*group, "Exec")));
    AppEntry out;
    out.id = std::string(id);
    out.name = translated(*group, "Name", language);
    if (!exec || out.name.empty())
        return fail(Errc::Malformed, "it has no name or no usable command");
    out.exec = std::move(*exec);
    if (valueOf(*group, "Terminal") == "true")
        out.exec.insert(out.exec.begin(), {"foot", "--"});
    out.comment = translated(*group, "Comment", language);
    out.icon = sanitiseLine(valueOf(*group, "Icon"), kMaxEntryText_characters);
    out.keywords = keywordsOf(*group, language);
    return std::optional(std::move(out));
}

std::vector<AppEntry> readDesktopEntries(const std::string& folder, std::string_view language)
{
    namespace fs = std::filesystem;
    std::vector<AppEntry> out;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end && out.size() < kMaxEntries; it.increment(error)) {
        const std::string id = it->path().filename().string();
        if (!id.ends_with(".desktop") || id != cleanFileName(id))
            continue;
        const auto text = readTextFile(it->path(), kMaxEntryFile_bytes);
        if (!text)
            continue;
        auto entry = parseDesktopEntry(id, *text, language);
        if (entry && *entry && programExists((*entry)->exec.front()))
            out.push_back(std::move(**entry));
    }
    std::sort(out.begin(), out.end(), [](const AppEntry& a, const AppEntry& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
    return out;
}

} // namespace annex::broker

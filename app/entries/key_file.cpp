// SPDX-License-Identifier: Apache-2.0
#include "app/entries/key_file.h"

namespace annex::entries {

namespace {

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kBlanks = " \t\r";
    auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// "Name[de]" → "Name", "de".
void splitLocale(std::string_view& key, std::string_view& locale)
{
    auto open = key.find('[');
    if (open == std::string_view::npos || key.back() != ']')
        return;
    locale = key.substr(open + 1, key.size() - open - 2);
    key = key.substr(0, open);
}

char escapedCharacter(char c)
{
    switch (c) {
    case 's': return ' ';
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return c;
    }
}

} // namespace

Result<void> eachLine(std::string_view text, std::size_t maximumLines, std::size_t maximumValue_bytes,
                      const std::function<void(const KeyFileLine&)>& take)
{
    std::string_view group;
    for (std::size_t count = 0; !text.empty(); ++count) {
        if (count == maximumLines)
            return fail(Errc::TooLarge, "too many lines");
        std::string_view line = trimmed(text.substr(0, text.find('\n')));
        text.remove_prefix(std::min(text.size(), text.find('\n') == std::string_view::npos ? text.size() : text.find('\n') + 1));
        if (line.empty() || line.front() == '#')
            continue;
        if (line.front() == '[' && line.back() == ']') {
            group = line.substr(1, line.size() - 2);
            continue;
        }
        auto equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0)
            continue;
        KeyFileLine found{group, trimmed(line.substr(0, equals)), {}, trimmed(line.substr(equals + 1))};
        if (found.value.size() > maximumValue_bytes)
            return fail(Errc::TooLarge, "a value is too long");
        if (found.key.empty())
            continue;
        splitLocale(found.key, found.locale);
        take(found);
    }
    return {};
}

std::string unescaped(std::string_view value)
{
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\' || i + 1 == value.size()) {
            out.push_back(value[i]);
            continue;
        }
        char next = value[++i];
        // An unknown escape keeps its backslash: Exec has escapes of its own ("\$") below this level.
        if (escapedCharacter(next) == next && next != '\\')
            out.push_back('\\');
        out.push_back(escapedCharacter(next));
    }
    return out;
}

std::vector<std::string> listOf(std::string_view value, std::size_t maximumItems)
{
    std::vector<std::string> items;
    std::string item;
    auto finish = [&] {
        if (!item.empty() && items.size() < maximumItems)
            items.push_back(std::move(item));
        item.clear();
    };
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size())
            item.push_back(escapedCharacter(value[++i]));
        else if (value[i] == ';')
            finish();
        else
            item.push_back(value[i]);
    }
    finish();
    return items;
}

} // namespace annex::entries

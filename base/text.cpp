// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text_ranges.h"

namespace annex {

std::optional<CodePoint> decodeFirst(std::string_view text)
{
    auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80)
        return CodePoint{lead, 1};
    std::size_t size = 0;
    char32_t value = 0;
    char32_t smallest = 0;
    if ((lead & 0xe0) == 0xc0) {
        size = 2, value = lead & 0x1f, smallest = 0x80;
    } else if ((lead & 0xf0) == 0xe0) {
        size = 3, value = lead & 0x0f, smallest = 0x800;
    } else if ((lead & 0xf8) == 0xf0) {
        size = 4, value = lead & 0x07, smallest = 0x10000;
    } else {
        return {};
    }
    if (text.size() < size)
        return {};
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {};
        value = value << 6 | (byte(i) & 0x3f);
    }
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < smallest || value > 0x10ffff || surrogate)
        return {};
    return CodePoint{value, size};
}

void appendUtf8(std::string& out, char32_t c)
{
    auto put = [&](char32_t bits) { out += static_cast<char>(static_cast<std::uint8_t>(bits)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | c >> 6);
        put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        put(0xe0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    } else {
        put(0xf0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3f));
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    }
}

bool isValidUtf8(std::string_view text)
{
    while (!text.empty()) {
        const auto c = decodeFirst(text);
        if (!c)
            return false;
        text.remove_prefix(c->size);
    }
    return true;
}

namespace {

template <std::size_t N> bool isIn(const std::array<CodeRange, N>& ranges, char32_t c)
{
    auto after = std::upper_bound(ranges.begin(), ranges.end(), c,
                                  [](char32_t value, const CodeRange& range) { return value < range.first; });
    return after != ranges.begin() && c <= std::prev(after)->last;
}

bool isNoncharacter(char32_t c)
{
    return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/// A letter with more marks than any script uses only paints over its neighbours.
constexpr int kMaxCombiningMarks = 4;

/// The next character of `text`, replaced where it is not UTF-8; takes it off.
char32_t takeCharacter(std::string_view& text)
{
    const auto c = decodeFirst(text);
    text.remove_prefix(c ? c->size : 1);
    return c ? c->value : 0xfffd;
}

} // namespace

bool isUnfitForLine(char32_t c)
{
    return isIn(kUnfitRanges, c) || isNoncharacter(c);
}

std::string sanitiseLine(std::string_view text, std::size_t maxCharacters)
{
    if (maxCharacters == 0)
        return {};
    std::string line;
    std::size_t count = 0;
    std::size_t lastStart = 0; // of the last character kept, for the ellipsis
    bool blankWaits = false;
    bool cut = false;
    int marks = 0;
    // Characters that are dropped cost time too: a title of 10 MB of nothing is looked at only so far.
    std::size_t budget = maxCharacters * 64 + 256;
    while (!text.empty()) {
        if (budget-- == 0) {
            cut = true;
            break;
        }
        const char32_t c = takeCharacter(text);
        if (isIn(kSpaceRanges, c)) {
            blankWaits = !line.empty();
            continue;
        }
        if (isUnfitForLine(c))
            continue;
        const bool mark = isIn(kCombiningRanges, c);
        marks = mark ? marks + 1 : 0;
        if (marks > kMaxCombiningMarks || (mark && (line.empty() || blankWaits)))
            continue;
        if (count + (blankWaits ? 1 : 0) >= maxCharacters) {
            cut = true;
            break;
        }
        if (blankWaits) {
            line += ' ';
            ++count;
            blankWaits = false;
        }
        lastStart = line.size();
        appendUtf8(line, c);
        ++count;
    }
    if (cut) {
        if (count >= maxCharacters)
            line.resize(lastStart);
        while (!line.empty() && line.back() == ' ')
            line.pop_back();
        line += kEllipsis;
    }
    return line;
}

namespace {

void appendHex(std::string& out, std::uint32_t value, int digits)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        out += kDigits[value >> shift & 15];
}

void appendEscaped(std::string& out, char32_t c)
{
    if (c == '\n') {
        out += "\\n";
    } else if (c == '\t') {
        out += "\\t";
    } else if (c == '\\' || c == '"') {
        out += '\\';
        out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f) {
        out += "\\x";
        appendHex(out, c, 2);
    } else if (isUnfitForLine(c) || (c > 0x7f && (isIn(kSpaceRanges, c) || isIn(kCombiningRanges, c)))) {
        out += "\\u{";
        appendHex(out, c, c > 0xffff ? 6 : 4);
        out += '}';
    } else {
        appendUtf8(out, c);
    }
}

} // namespace

std::string escapeForLog(std::string_view text, std::size_t maxBytes)
{
    std::string line;
    while (!text.empty()) {
        const std::size_t before = line.size();
        const auto c = decodeFirst(text);
        const std::size_t size = c ? c->size : 1;
        if (c) {
            appendEscaped(line, c->value);
        } else {
            line += "\\x";
            appendHex(line, static_cast<std::uint8_t>(text[0]), 2);
        }
        if (line.size() > maxBytes) {
            line.resize(before);
            line += kEllipsis;
            line += "(+" + std::to_string(text.size()) + " bytes)";
            return line;
        }
        text.remove_prefix(size);
    }
    return line;
}

namespace {

bool isRefusedInFileName(char32_t c)
{
    static constexpr std::string_view kRefused = R"(/\:*?"<>|)";
    return c < 0x80 && kRefused.find(static_cast<char>(c)) != std::string_view::npos;
}

/// Names of devices on Windows, with any extension and case.
bool isDeviceName(std::string_view name)
{
    std::string stem(name.substr(0, name.find('.')));
    while (!stem.empty() && stem.back() == ' ')
        stem.pop_back();
    std::transform(stem.begin(), stem.end(), stem.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    for (std::string_view device : {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}) {
        if (stem == device)
            return true;
    }
    const bool port = stem.starts_with("COM") || stem.starts_with("LPT");
    return port && stem.size() == 4 && stem[3] >= '0' && stem[3] <= '9';
}

/// Cuts in front of a byte limit without splitting a character.
void cutTo(std::string& text, std::size_t limit)
{
    if (text.size() <= limit)
        return;
    while (limit > 0 && (static_cast<std::uint8_t>(text[limit]) & 0xc0) == 0x80)
        --limit;
    text.resize(limit);
}

/// The extension with its dot ("report.tar.gz" → ".gz"), empty where there is none worth keeping.
std::string extensionOf(const std::string& name)
{
    constexpr std::size_t kMaxExtension_bytes = 16; // ".flatpakref" is 11
    const auto dot = name.rfind('.');
    if (dot == std::string::npos || dot == 0 || name.size() - dot > kMaxExtension_bytes)
        return {};
    return name.substr(dot);
}

void stripEnds(std::string& name)
{
    while (!name.empty() && (name.back() == '.' || name.back() == ' '))
        name.pop_back();
    const auto first = name.find_first_not_of(".- ");
    name.erase(0, first == std::string::npos ? name.size() : first);
}

} // namespace

std::string cleanFileName(std::string_view text)
{
    std::string name;
    std::string line = sanitiseLine(text, 1024);
    for (std::string_view rest = line; !rest.empty();) {
        const char32_t c = takeCharacter(rest);
        appendUtf8(name, isRefusedInFileName(c) || c == 0xfffd ? U'_' : c);
    }
    stripEnds(name);
    if (name.size() > kMaxFileName_bytes) {
        const std::string extension = extensionOf(name);
        cutTo(name, kMaxFileName_bytes - extension.size());
        name += extension;
        stripEnds(name);
    }
    if (name.empty())
        return "file";
    if (isDeviceName(name))
        name.insert(0, "_");
    return name;
}

} // namespace annex

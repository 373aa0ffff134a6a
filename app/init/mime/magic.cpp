// SPDX-License-Identifier: Apache-2.0
#include "app/init/mime/magic.h"

#include <algorithm>
#include <charconv>

namespace annex::init::mime {

/// Reads "[50:image/png]\n>0=\0\4....\n1>8=..." with binary values.
class Magic::Parser {
public:
    explicit Parser(std::string_view file) : m_rest(file) {}

    bool header()
    {
        constexpr std::string_view kHeader("MIME-Magic\0\n", 12);
        if (!m_rest.starts_with(kHeader))
            return false;
        m_rest.remove_prefix(kHeader.size());
        return true;
    }
    bool atEnd() const { return m_rest.empty(); }
    bool atSection() const { return m_rest.starts_with('['); }

    bool section(Section& section)
    {
        auto end = m_rest.find("]\n");
        if (end == std::string_view::npos)
            return false;
        std::string_view inside = m_rest.substr(1, end - 1);
        m_rest.remove_prefix(end + 2);
        auto colon = inside.find(':');
        if (colon == std::string_view::npos || std::from_chars(inside.data(), inside.data() + colon, section.priority).ec != std::errc{})
            return false;
        section.type = inside.substr(colon + 1);
        return !section.type.empty();
    }

    bool rule(Rule& rule)
    {
        std::uint32_t indent = 0;
        if (!m_rest.starts_with('>') && (!number(indent) || indent > kMaxIndent))
            return false;
        rule.indent = indent;
        if (!take('>') || !number(rule.offset) || !take('=') || !value(rule.value))
            return false;
        if (take('&') && !bytes(rule.mask, rule.value.size()))
            return false;
        std::uint32_t word = 1;
        if (take('~') && !number(word))
            return false;
        if (take('+') && (!number(rule.range) || rule.range == 0))
            return false;
        rule.range = std::min(rule.range, kMaxRange);
        swapWords(rule.value, word);
        swapWords(rule.mask, word);
        return take('\n');
    }

private:
    bool take(char c)
    {
        if (!m_rest.starts_with(c))
            return false;
        m_rest.remove_prefix(1);
        return true;
    }
    bool number(std::uint32_t& out)
    {
        auto [end, error] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), out);
        if (error != std::errc{})
            return false;
        m_rest.remove_prefix(static_cast<std::size_t>(end - m_rest.data()));
        return true;
    }
    bool bytes(ByteVector& out, std::size_t count)
    {
        if (m_rest.size() < count)
            return false;
        out.assign(m_rest.begin(), m_rest.begin() + static_cast<std::ptrdiff_t>(count));
        m_rest.remove_prefix(count);
        return true;
    }
    bool value(ByteVector& out)
    {
        ByteVector length;
        if (!bytes(length, 2))
            return false;
        std::size_t count = std::size_t{length[0]} << 8 | length[1];
        return count > 0 && count <= kMaxValue_bytes && bytes(out, count);
    }
    /// Values of "host16" and "host32" rules are stored big-endian and meant in the host's order; every host of Annex is little-endian.
    static void swapWords(ByteVector& value, std::uint32_t word)
    {
        if ((word != 2 && word != 4) || value.size() % word != 0)
            return;
        for (auto at = value.begin(); at != value.end(); at += word)
            std::reverse(at, at + word);
    }

    std::string_view m_rest;
};

void Magic::add(std::string_view file)
{
    Parser parser(file);
    if (!parser.header())
        return;
    while (!parser.atEnd() && m_sections.size() < kMaxSections) {
        Section section;
        if (!parser.section(section))
            return;
        while (!parser.atEnd() && !parser.atSection()) {
            Rule rule;
            if (!parser.rule(rule) || ++m_ruleCount > kMaxRules)
                return;
            section.rules.push_back(std::move(rule));
        }
        m_sections.push_back(std::move(section));
    }
}

bool Magic::matches(const Rule& rule, ByteSpan head)
{
    auto matchesAt = [&](std::size_t offset) {
        for (std::size_t i = 0; i < rule.value.size(); ++i) {
            std::uint8_t mask = rule.mask.empty() ? 0xff : rule.mask[i];
            if ((head[offset + i] & mask) != (rule.value[i] & mask))
                return false;
        }
        return true;
    };
    for (std::size_t offset = rule.offset; offset < std::size_t{rule.offset} + rule.range; ++offset) {
        if (offset + rule.value.size() > head.size())
            return false;
        if (matchesAt(offset))
            return true;
    }
    return false;
}

/// The rule at `first`, and one of its children if it has any. Depth is bounded by kMaxIndent.
bool Magic::matchesFrom(const std::vector<Rule>& rules, std::size_t first, ByteSpan head)
{
    if (!matches(rules[first], head))
        return false;
    unsigned childIndent = rules[first].indent + 1;
    bool hasChild = false;
    for (std::size_t i = first + 1; i < rules.size() && rules[i].indent >= childIndent; ++i) {
        if (rules[i].indent != childIndent)
            continue;
        hasChild = true;
        if (matchesFrom(rules, i, head))
            return true;
    }
    return !hasChild;
}

bool Magic::matches(const Section& section, ByteSpan head)
{
    for (std::size_t i = 0; i < section.rules.size(); ++i) {
        if (section.rules[i].indent == 0 && matchesFrom(section.rules, i, head))
            return true;
    }
    return false;
}

std::string Magic::typeOf(ByteSpan head) const
{
    const Section* best = nullptr;
    for (const Section& section : m_sections) {
        if ((!best || section.priority > best->priority) && matches(section, head))
            best = &section;
    }
    return best ? best->type : std::string{};
}

bool looksLikeText(ByteSpan head)
{
    constexpr std::size_t kLooked_bytes = 4'096;
    return std::none_of(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(std::min(head.size(), kLooked_bytes)), [](std::uint8_t c) {
        return (c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1b) || c == 0x7f;
    });
}

} // namespace annex::init::mime

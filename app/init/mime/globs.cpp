// SPDX-License-Identifier: Apache-2.0
#include "app/init/mime/globs.h"

#include <algorithm>
#include <charconv>

#include <fnmatch.h>

namespace annex::init::mime {

namespace {

std::string_view takeField(std::string_view& line, char separator)
{
    auto end = line.find(separator);
    std::string_view field = line.substr(0, end);
    line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 1);
    return field;
}

std::string lowerCase(std::string_view text)
{
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

} // namespace

void Globs::add(std::string_view globs2)
{
    while (!globs2.empty() && m_globs.size() < kMaxPatterns) {
        std::string_view line = takeField(globs2, '\n');
        if (line.starts_with('#'))
            continue;
        Glob glob;
        std::string_view weight = takeField(line, ':');
        if (std::from_chars(weight.data(), weight.data() + weight.size(), glob.weight).ec != std::errc{})
            continue;
        glob.type = takeField(line, ':');
        std::string_view pattern = takeField(line, ':');
        glob.caseSensitive = line.find("cs") != std::string_view::npos;
        glob.pattern = glob.caseSensitive ? std::string(pattern) : lowerCase(pattern);
        if (!glob.type.empty() && !pattern.empty() && pattern.size() <= kMaxPattern_bytes && pattern != "__NOGLOBS__")
            m_globs.push_back(std::move(glob));
    }
}

std::vector<std::string> Globs::typesOf(std::string_view fileName) const
{
    std::string exact(fileName);
    std::string lower = lowerCase(fileName);
    const Glob* best = nullptr;
    std::vector<std::string> types;
    for (const Glob& glob : m_globs) {
        if (::fnmatch(glob.pattern.c_str(), (glob.caseSensitive ? exact : lower).c_str(), 0) != 0)
            continue;
        auto rank = [](const Glob& g) { return std::pair(g.weight, g.pattern.size()); };
        if (best && rank(glob) < rank(*best))
            continue;
        if (!best || rank(*best) < rank(glob)) {
            best = &glob;
            types.clear();
        }
        if (std::find(types.begin(), types.end(), glob.type) == types.end())
            types.push_back(glob.type);
    }
    return types;
}

} // namespace annex::init::mime

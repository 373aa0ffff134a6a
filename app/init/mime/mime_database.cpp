// SPDX-License-Identifier: Apache-2.0
#include "app/init/mime/mime_database.h"

#include <algorithm>
#include <functional>

#include "base/files.h"

namespace annex::init::mime {

namespace {

void eachPair(std::string_view text, std::size_t maximum, const std::function<void(std::string, std::string)>& take)
{
    for (std::size_t count = 0; !text.empty() && count < maximum; ++count) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        auto blank = line.find(' ');
        if (blank != std::string_view::npos && blank > 0 && blank + 1 < line.size())
            take(std::string(line.substr(0, blank)), std::string(line.substr(blank + 1)));
    }
}

} // namespace

MimeDatabase MimeDatabase::read(const std::vector<std::filesystem::path>& folders)
{
    MimeDatabase database;
    for (const auto& folder : folders) {
        auto use = [&](const char* name, void (MimeDatabase::*add)(std::string_view)) {
            if (auto text = readTextFile(folder / "mime" / name, kMaxFile_bytes))
                (database.*add)(*text);
        };
        use("globs2", &MimeDatabase::addGlobs);
        use("magic", &MimeDatabase::addMagic);
        use("aliases", &MimeDatabase::addAliases);
        use("subclasses", &MimeDatabase::addSubclasses);
    }
    return database;
}

void MimeDatabase::addAliases(std::string_view text)
{
    eachPair(text, kMaxPairs, [this](std::string from, std::string to) { m_aliases.try_emplace(std::move(from), std::move(to)); });
}

void MimeDatabase::addSubclasses(std::string_view text)
{
    eachPair(text, kMaxPairs, [this](std::string from, std::string to) { m_parents.emplace(std::move(from), std::move(to)); });
}

std::string MimeDatabase::canonical(const std::string& type) const
{
    auto at = m_aliases.find(type);
    return at == m_aliases.end() ? type : at->second;
}

bool MimeDatabase::isKindOf(const std::string& type, const std::string& ancestor) const
{
    auto kinds = withParents(type);
    return std::find(kinds.begin(), kinds.end(), ancestor) != kinds.end();
}

std::string MimeDatabase::typeOf(std::string_view fileName, ByteSpan head) const
{
    auto named = m_globs.typesOf(fileName);
    if (named.size() == 1)
        return canonical(named.front());
    std::string sniffed = canonical(m_magic.typeOf(head));
    for (const std::string& type : named) {
        if (!sniffed.empty() && isKindOf(canonical(type), sniffed))
            return canonical(type);
    }
    if (!sniffed.empty())
        return sniffed;
    if (!named.empty())
        return canonical(named.front());
    return looksLikeText(head) ? kPlainText : kUnknown;
}

std::vector<std::string> MimeDatabase::withParents(const std::string& type) const
{
    std::vector<std::string> kinds{canonical(type)};
    for (std::size_t i = 0; i < kinds.size() && kinds.size() < kMaxParents; ++i) {
        auto [begin, end] = m_parents.equal_range(kinds[i]);
        for (auto at = begin; at != end && kinds.size() < kMaxParents; ++at) {
            if (std::find(kinds.begin(), kinds.end(), canonical(at->second)) == kinds.end())
                kinds.push_back(canonical(at->second));
        }
    }
    // Every text/* is a kind of text/plain, said or not.
    if (kinds.front().starts_with("text/") && std::find(kinds.begin(), kinds.end(), kPlainText) == kinds.end())
        kinds.push_back(kPlainText);
    return kinds;
}

} // namespace annex::init::mime

// SPDX-License-Identifier: Apache-2.0
#include "app/init/mime/associations.h"

#include <algorithm>

#include "app/entries/application_folders.h"
#include "app/entries/key_file.h"
#include "base/files.h"

namespace annex::init::mime {

namespace {

void walk(std::string_view text, const std::function<void(const entries::KeyFileLine&)>& take)
{
    // A list over its limit counts as far as it was read.
    [[maybe_unused]] auto ignored = entries::eachLine(text, Associations::kMaxLines, entries::kMaxValue_bytes, take);
}

} // namespace

void Associations::append(ByType& map, const std::string& type, const std::string& id)
{
    auto& ids = map[type];
    if (ids.size() < kMaxPrograms && std::find(ids.begin(), ids.end(), id) == ids.end())
        ids.push_back(id);
}

void Associations::addList(std::string_view text)
{
    walk(text, [this](const entries::KeyFileLine& line) {
        std::string type(line.key);
        for (const std::string& id : entries::listOf(line.value, kMaxPrograms)) {
            if (line.group == "Default Applications")
                append(m_defaults, type, id);
            else if (line.group == "Added Associations" && !m_removed[type].contains(id))
                append(m_added, type, id);
            else if (line.group == "Removed Associations")
                m_removed[type].insert(id); // holds for weaker lists and for what programs say themselves
        }
    });
}

void Associations::addCache(std::string_view text)
{
    walk(text, [this](const entries::KeyFileLine& line) {
        if (line.group != "MIME Cache")
            return;
        for (const std::string& id : entries::listOf(line.value, kMaxPrograms))
            append(m_known, std::string(line.key), id);
    });
}

void Associations::addEntry(const std::string& id, const std::vector<std::string>& mimeTypes)
{
    for (const std::string& type : mimeTypes)
        append(m_known, type, id);
}

Associations Associations::read(const AssociationFolders& folders)
{
    Associations associations;
    for (const auto& folder : folders.configuration) {
        if (auto text = readTextFile(folder / "mimeapps.list", kMaxList_bytes))
            associations.addList(*text);
    }
    for (const auto& folder : folders.applications) {
        for (const char* name : {"mimeapps.list", "defaults.list"}) {
            if (auto text = readTextFile(folder / name, kMaxList_bytes))
                associations.addList(*text);
        }
    }
    for (const auto& folder : folders.applications) {
        if (auto text = readTextFile(folder / "mimeinfo.cache", kMaxList_bytes)) {
            associations.addCache(*text);
            continue;
        }
        for (const auto& entry : entries::readApplications({folder}, {}))
            associations.addEntry(entry.id, entry.mimeTypes);
    }
    return associations;
}

std::vector<std::string> Associations::programsFor(const std::string& type) const
{
    std::vector<std::string> ids;
    auto removed = m_removed.find(type);
    for (const ByType* map : {&m_defaults, &m_added, &m_known}) {
        auto at = map->find(type);
        if (at == map->end())
            continue;
        for (const std::string& id : at->second) {
            bool unwanted = map == &m_known && removed != m_removed.end() && removed->second.contains(id);
            if (!unwanted && std::find(ids.begin(), ids.end(), id) == ids.end())
                ids.push_back(id);
        }
    }
    return ids;
}

} // namespace annex::init::mime

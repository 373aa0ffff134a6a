// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/entries/desktop_entry.h"

namespace annex::init::mime {

/// Where associations are looked for, strongest first in each list.
struct AssociationFolders {
    std::vector<std::filesystem::path> configuration; ///< $XDG_CONFIG_HOME, $XDG_CONFIG_DIRS: mimeapps.list
    std::vector<std::filesystem::path> applications;  ///< …/applications: entries, mimeapps.list, defaults.list, mimeinfo.cache
};

/// Which program opens a type: mimeapps.list, then mimeinfo.cache, then the MimeType lines of the entries themselves.
/// A bare Debian has neither of the first two: desktop-file-utils makes the cache, and it is only recommended.
/// @source MIME Associations Specification 1.0.1
class Associations {
public:
    static Associations read(const AssociationFolders& folders);

    /// Desktop ids for exactly this type, best first, each once.
    std::vector<std::string> programsFor(const std::string& type) const;

    void addList(std::string_view mimeappsList);
    void addCache(std::string_view mimeinfoCache);
    void addEntry(const std::string& id, const std::vector<std::string>& mimeTypes);

    static constexpr std::size_t kMaxList_bytes = 4u << 20; // the cache of a full Debian desktop has 60 kB
    static constexpr std::size_t kMaxLines = 100'000;
    static constexpr std::size_t kMaxPrograms = 256; // for one type

private:
    using ByType = std::map<std::string, std::vector<std::string>>;
    static void append(ByType& map, const std::string& type, const std::string& id);

    ByType m_defaults, m_added, m_known;
    std::map<std::string, std::set<std::string>> m_removed;
};

} // namespace annex::init::mime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/entries/desktop_entry.h"

namespace annex::entries {

inline constexpr std::size_t kMaxApplications = 4'096; // a full Debian desktop has 400
inline constexpr int kMaxFolderDepth = 4;              // "kde4/okular.desktop" is the deepest in Debian
inline constexpr std::size_t kMaxFolderFiles = 16'384; // looked at, entries or not

/// The folders that hold desktop entries, strongest first: $XDG_DATA_HOME/applications, then each of $XDG_DATA_DIRS.
/// @param dataHome, dataDirectories  the variables' values; empty: what the specification says (home/.local/share; /usr/local/share:/usr/share)
std::vector<std::filesystem::path> applicationFolders(const std::filesystem::path& home, std::string_view dataHome, std::string_view dataDirectories);

/// Desktop file id → path of each entry, stronger folders first (an id of a stronger folder hides the same id further on).
/// "kde4/okular.desktop" in a folder has the id "kde4-okular.desktop". Links to files are followed, links to folders are not.
std::map<std::string, std::filesystem::path> findEntries(const std::vector<std::filesystem::path>& folders);

/// Reads one entry; `id` and `file` are set. @errors as parseDesktopEntry, and of reading
Result<DesktopEntry> readEntry(const std::string& id, const std::filesystem::path& path, std::string_view locale);

/// All entries that can be read, by id. Files that are no entries are left out.
std::vector<DesktopEntry> readApplications(const std::vector<std::filesystem::path>& folders, std::string_view locale);

} // namespace annex::entries

// SPDX-License-Identifier: Apache-2.0
#include "app/entries/application_folders.h"

#include <algorithm>
#include <system_error>

#include "base/files.h"

namespace annex::entries {

namespace fs = std::filesystem;

namespace {

std::string idOf(const fs::path& folder, const fs::path& file)
{
    std::string id = file.lexically_relative(folder).generic_string();
    std::replace(id.begin(), id.end(), '/', '-');
    return id;
}

void addFolder(const fs::path& folder, std::map<std::string, fs::path>& found)
{
    std::error_code error;
    std::size_t seen = 0;
    // The default options follow no links to folders; an unreadable folder ends the walk of this one only.
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        if (++seen > kMaxFolderFiles || found.size() >= kMaxApplications)
            return;
        if (at.depth() >= kMaxFolderDepth)
            at.disable_recursion_pending();
        if (at->path().extension() == ".desktop")
            found.try_emplace(idOf(folder, at->path()), at->path());
    }
}

} // namespace

std::vector<fs::path> applicationFolders(const fs::path& home, std::string_view dataHome, std::string_view dataDirectories)
{
    std::vector<fs::path> folders;
    folders.push_back((dataHome.empty() ? home / ".local/share" : fs::path(dataHome)) / "applications");
    if (dataDirectories.empty())
        dataDirectories = "/usr/local/share:/usr/share";
    while (!dataDirectories.empty()) {
        auto colon = dataDirectories.find(':');
        fs::path folder(dataDirectories.substr(0, colon));
        if (folder.is_absolute()) // the specification has relative ones ignored
            folders.push_back(folder / "applications");
        dataDirectories = colon == std::string_view::npos ? std::string_view{} : dataDirectories.substr(colon + 1);
    }
    return folders;
}

std::map<std::string, fs::path> findEntries(const std::vector<fs::path>& folders)
{
    std::map<std::string, fs::path> found;
    for (const fs::path& folder : folders)
        addFolder(folder, found);
    return found;
}

Result<DesktopEntry> readEntry(const std::string& id, const fs::path& path, std::string_view locale)
{
    auto text = readTextFile(path, kMaxEntry_bytes);
    if (!text)
        return Unexpected(std::move(text.error()));
    auto entry = parseDesktopEntry(*text, locale);
    if (!entry)
        return while_("read '" + id + "'", std::move(entry));
    entry->id = id;
    entry->file = path.string();
    return entry;
}

std::vector<DesktopEntry> readApplications(const std::vector<fs::path>& folders, std::string_view locale)
{
    std::vector<DesktopEntry> entries;
    for (const auto& [id, path] : findEntries(folders)) {
        if (auto entry = readEntry(id, path, locale))
            entries.push_back(std::move(*entry));
    }
    return entries;
}

} // namespace annex::entries

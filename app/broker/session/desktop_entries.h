// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Programs that a workspace offers: the desktop entries of the system files it shares with this host.
namespace annex::broker {

inline constexpr std::size_t kMaxEntryFile_bytes = 256 * 1024; // the longest of Debian has 60 KiB of translations
inline constexpr std::size_t kMaxEntryLine_bytes = 16 * 1024;
inline constexpr std::size_t kMaxEntries = 1'000;              // a full desktop has some 200; all of them have to fit one answer
inline constexpr std::size_t kMaxEntryText_characters = 120;
inline constexpr std::size_t kMaxExecArguments = 64;
inline constexpr std::size_t kMaxKeywords = 20;

struct AppEntry {
    std::string id; ///< "foot.desktop"
    std::string name;
    std::string comment;
    std::string icon; ///< theme name or absolute path of a host file
    std::vector<std::string> exec;
    std::vector<std::string> keywords;
    friend bool operator==(const AppEntry&, const AppEntry&) = default;
};

/// One desktop entry. Pure; takes any bytes.
/// @param language  "de_DE": its translation is used where there is one, else that of "de"
/// @return nothing where it is no program, hidden, or meant for one particular desktop only
/// @errors Malformed: no entry at all, or one without name or command
/// @source Desktop Entry Specification 1.5
Result<std::optional<AppEntry>> parseDesktopEntry(std::string_view id, std::string_view text, std::string_view language);

/// The words of an Exec value without its field codes ("%U"); nothing where its quoting is broken.
std::optional<std::vector<std::string>> parseExec(std::string_view value);

/// All entries of a folder, by name. Entries that cannot be read are left out; links are followed only inside it (the files are root's).
std::vector<AppEntry> readDesktopEntries(const std::string& folder, std::string_view language);

} // namespace annex::broker

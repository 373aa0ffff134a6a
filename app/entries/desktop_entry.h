// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Desktop entries: the files that say how a program is named and started. Read by the broker (the host's own, for the list of programs)
/// and by annex-init (the guest's, to open a file). Pure: text in, values out, nothing is started or looked up here.
/// @source Desktop Entry Specification 1.5
namespace annex::entries {

inline constexpr std::size_t kMaxEntry_bytes = 512 * 1024;    // the longest in Debian, with all translations, has 90 kB
inline constexpr std::size_t kMaxLines = 20'000;              // the longest in Debian has 1,500
inline constexpr std::size_t kMaxValue_bytes = 16 * 1024;     // MimeType of an office program: 5 kB
inline constexpr std::size_t kMaxListItems = 1'024;           // MimeType of VLC: 200
inline constexpr std::size_t kMaxExecArguments = 256;

/// The parts of an entry that Annex uses. Texts are UTF-8 as the file has them; whoever shows one sanitises it.
struct DesktopEntry {
    std::string id; ///< set by whoever knows where the file lies: "org.gnome.Evince.desktop"
    std::string file; ///< path it was read from, for %k; may be empty
    bool application = false; ///< Type=Application
    std::string name;         ///< in the wished language
    std::string comment;
    std::vector<std::string> keywords;
    std::string icon; ///< a name in the icon theme, or a path
    std::string exec; ///< the command line as written, after the escapes of a value; see execToArguments()
    std::string tryExec;
    std::string workingFolder;
    std::string startupClass; ///< StartupWMClass
    std::vector<std::string> categories, mimeTypes, onlyShowIn, notShowIn;
    bool terminal = false, noDisplay = false, hidden = false;
};

/// Reads the group [Desktop Entry].
/// @param locale  as in LANG ("de_DE.UTF-8@euro"); decides between Name and Name[de]
/// @errors Malformed: no such group, not UTF-8, a NUL, no Name; TooLarge
Result<DesktopEntry> parseDesktopEntry(std::string_view text, std::string_view locale = {});

/// The command line of an entry as an argument list, ready to be started without a shell.
///
/// Field codes are replaced once, in the entry's own words only: a file name that looks like "%f" or begins with a dash is one argument
/// as it stands. Pass absolute paths; %u and %U get file: URIs.
/// @param files  an entry without a file code gets the first one as its last argument
/// @errors Malformed: unbalanced quotes, an unknown field code, or a file code inside quotes (it would become part of a script)
Result<std::vector<std::string>> execToArguments(const DesktopEntry& entry, const std::vector<std::string>& files = {});

/// Whether the entry belongs in a list of programs: an application that is not hidden and is not meant for other desktops only.
bool isListed(const DesktopEntry& entry);

/// "file:///home/user/100%25.pdf": everything but unreserved characters and '/' as %XX. @param path  absolute
std::string fileUri(std::string_view path);

} // namespace annex::entries

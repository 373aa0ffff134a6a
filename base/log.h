// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <spdlog/fmt/fmt.h>
#include <spdlog/logger.h>

#include "base/result.h"
#include "base/text.h"

/// One line per event: `time level module text`. Each module asks for its own logger; lines go to stderr from the first on, and
/// to a rotating file once setUpLogging was called. Include in .cpp files only.
namespace annex {

/// The logger of a module ("broker", "viewer"). Lives as long as the process; any thread.
spdlog::logger& log(std::string_view module);

/// Largest log file, and how many old ones stay: a guest that provokes warnings cannot fill the disk.
inline constexpr std::size_t kMaxLogFile_bytes = 4u << 20;
inline constexpr std::size_t kKeptLogFiles = 3;

/// Adds `folder/PROGRAM.log` (made private to the account) and sets the level for all modules.
/// @param level  trace, debug, info, warn, error or off
/// @param program  name of the file; empty: the running program's own
/// @errors Malformed: no such level; what ensurePrivateFolder and opening the file give
Result<void> setUpLogging(const std::filesystem::path& folder, std::string_view level = "info", std::string_view program = {});

/// Text that a guest, a file or a person outside our control wrote. The only form in which it may be logged: its formatter
/// escapes whatever could forge a line, move a terminal's cursor or reorder what is read, and cuts it.
///
///     log("viewer").info("window {} is called {}", id, GuestText{title});
struct GuestText {
    std::string_view text;
};

} // namespace annex

template <> struct fmt::formatter<annex::GuestText> : fmt::formatter<std::string_view> {
    template <class Context> auto format(annex::GuestText guest, Context& context) const
    {
        return fmt::format_to(context.out(), "\"{}\"", annex::escapeForLog(guest.text));
    }
};

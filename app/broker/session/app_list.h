// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace annex::broker {

inline constexpr std::size_t kMaxApps = 1'000;             // a full desktop has some 200; all of them have to fit one answer
inline constexpr std::size_t kMaxAppText_characters = 120;
inline constexpr std::size_t kMaxAppKeywords = 20;

/// A program that a workspace offers: from the desktop entries of the system files that it shares with this host.
struct App {
    std::string id; ///< "foot.desktop"
    std::string name;
    std::string comment;
    std::string icon;              ///< theme name or absolute path of a host file
    std::vector<std::string> exec; ///< ready to be started, without files
    std::vector<std::string> keywords;
};

/// Programs of these folders that can be started, by name. Blocks: call it off the loop.
/// @param locale  as in LANG
std::vector<App> listApps(const std::vector<std::filesystem::path>& folders, std::string_view locale);

} // namespace annex::broker

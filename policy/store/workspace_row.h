// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace annex::policy {

/// A workspace as it is kept between starts.
struct WorkspaceRow {
    std::string id;     ///< 16 hexadecimal digits, never used again
    std::string name;   ///< "Untrusted", "Untrusted 2"; unique without regard to case
    int number = 1;     ///< 1, or N of "Untrusted N" for a fresh one
    std::string profile = "quarantine";
    std::string colour;
    std::string pattern;
    bool fresh = false; ///< made for one file, goes when it stops
    std::chrono::system_clock::time_point created{};
    friend bool operator==(const WorkspaceRow&, const WorkspaceRow&) = default;
};

struct Appearance {
    std::string colour;
    std::string pattern;
    friend bool operator==(const Appearance&, const Appearance&) = default;
};

/// Longest workspace name, in characters: what the strip and the sidebar show whole.
inline constexpr std::size_t kMaxWorkspaceName_characters = 24;
/// Most workspaces that may exist: four times what may run.
inline constexpr std::size_t kMaxWorkspaces = 256;

/// Colour and pattern for a new workspace. Pure.
/// Without a wish: the next colour in order with its own pattern; the second round of a colour takes its next pattern.
/// With a wished colour (a fresh workspace keeps its profile's): that colour with the next pattern that no `taken` one has.
/// When all eight patterns of the wished colour are taken, the next colour in order. 64 pairs exist, the most that may run.
Appearance nextAppearance(std::span<const Appearance> taken, const std::optional<std::string>& colour, const std::optional<std::string>& pattern);

} // namespace annex::policy

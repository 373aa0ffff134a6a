// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace annex::policy {

/// A named set of values, weaker than what a person or IT chose and stronger than the defaults.
struct Profile {
    std::string_view name{};   ///< "quarantine"
    std::string_view title{};  ///< "Quarantine"
    std::string_view about{};  ///< "for files and programs you do not trust"
    std::string_view colour{}; ///< that fresh workspaces of it keep
    std::span<const std::pair<std::string_view, std::string_view>> values{}; ///< key, value as text
};

std::span<const Profile> profiles();
/// nullptr where none has this name.
const Profile* findProfile(std::string_view name);

} // namespace annex::policy

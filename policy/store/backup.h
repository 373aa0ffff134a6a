// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace annex::policy {

/// A copy of settings and workspaces.
struct Backup {
    std::string path;
    std::chrono::system_clock::time_point time{};
};

} // namespace annex::policy

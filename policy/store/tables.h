// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "policy/store/database.h"
#include "policy/store/workspace_row.h"

/// What the policy database holds, the trail excepted. Functions over a connection; the caller has the transaction.
namespace annex::policy::tables {

using Time = std::chrono::system_clock::time_point;

std::int64_t toStored(Time time); ///< microseconds since 1970
Time fromStored(std::int64_t microseconds);

struct StoredValue {
    std::string key;
    std::string value; ///< as formatValue() wrote it
    Time changed{};
};

/// @param workspace  id; empty: the values for all workspaces
Result<std::vector<StoredValue>> values(const Database& database, std::string_view workspace);
Result<void> setValue(const Database& database, std::string_view workspace, std::string_view key, std::string_view value, Time changed);
/// @return whether there was one
Result<bool> clearValue(const Database& database, std::string_view workspace, std::string_view key);

Result<std::vector<WorkspaceRow>> workspaces(const Database& database);
/// By id, else by name without regard to ASCII case. @errors NotFound
Result<WorkspaceRow> workspace(const Database& database, std::string_view idOrName);
Result<void> addWorkspace(const Database& database, const WorkspaceRow& row);
Result<void> renameWorkspace(const Database& database, std::string_view id, std::string_view name);
Result<void> removeWorkspace(const Database& database, std::string_view id);

/// Most programs counted for one workspace: its menu shows 8. The least used one makes room.
inline constexpr std::int64_t kMaxApps = 256;
Result<void> countAppUse(const Database& database, std::string_view workspace, std::string_view app, Time now);
/// Most used first.
Result<std::vector<std::pair<std::string, std::int64_t>>> mostUsed(const Database& database, std::string_view workspace, std::size_t limit);

Result<std::string> meta(const Database& database, std::string_view key); ///< empty where it is not set
Result<void> setMeta(const Database& database, std::string_view key, std::string_view value);

} // namespace annex::policy::tables

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "policy/store/database.h"

namespace annex::policy {

/// Marks a database file as ours: "Annx".
inline constexpr std::int64_t kApplicationId = 0x416e6e78;

/// From version N to N + 1, where N is the place in the list.
struct Migration {
    const char* script;
};
std::span<const Migration> migrations();

/// Brings the schema to the last version, each step in a transaction of its own.
/// @param backUp  called before each step that changes a database with contents (version ≥ 1); its failure stops the migration
/// @errors Unsupported: written by a newer Annex; else as Database
Result<void> migrate(const Database& database, std::span<const Migration> steps, const std::function<Result<void>(std::int64_t version)>& backUp);

/// Whether tables, indexes and triggers are exactly those that the migrations make. A changed trigger is a change of the rules.
Result<bool> hasOurSchema(const Database& database);

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/audit/record.h"
#include "policy/decide/decide.h"
#include "policy/policy_engine.h"
#include "policy/store/database.h"

/// Pure helpers of the engine, apart so that each can be read by itself.
namespace annex::policy::parts {

/// The person's values from the database. What cannot be parsed is there and not readable.
Result<UserValues> userValues(const Database& database, std::string_view workspace);

/// A decision as its record.
AuditEntry entryFor(const Subject& subject, const Action& action, const Decision& decision, const WorkspaceFacts& workspace);

/// @errors Malformed: empty, longer than kMaxWorkspaceName_characters, or not fit for one line
Result<std::string> checkedName(std::string_view name);
/// "Workspace", "Workspace 2" … the first that is free; for a fresh one "<freshOf> 2", "<freshOf> 3" …
std::pair<std::string, int> freeName(const NewWorkspace& wish, std::span<const WorkspaceRow> rows);
/// Checks a wish's profile, colour and pattern. @errors Malformed
Result<void> checkWish(const NewWorkspace& wish);

/// What a workspace would wear now, given what its settings say and what others wear.
Result<Appearance> distinct(const Resolved& colour, const Resolved& pattern, std::span<const Appearance> running);

} // namespace annex::policy::parts

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "policy/settings/setting.h"

/// What values mean, in the words of ui.md 5 and in the same voice. The table points here.
namespace annex::policy::words {

std::string isolationMinimum(const Value& value, const Lookup& others);
std::string isolationEngine(const Value& value, const Lookup& others);
std::string persistence(const Value& value, const Lookup& others);
std::string workspaceMaximum(const Value& value, const Lookup& others);
std::string colour(const Value& value, const Lookup& others);
std::string pattern(const Value& value, const Lookup& others);
std::string label(const Value& value, const Lookup& others);
std::string idleStop(const Value& value, const Lookup& others);
std::string clipboardIn(const Value& value, const Lookup& others);
std::string clipboardOut(const Value& value, const Lookup& others);
std::string clipboardMaximum(const Value& value, const Lookup& others);
std::string clipboardExpire(const Value& value, const Lookup& others);
std::string filesIn(const Value& value, const Lookup& others);
std::string filesMaximum(const Value& value, const Lookup& others);
std::string openFresh(const Value& value, const Lookup& others);
std::string memoryMaximum(const Value& value, const Lookup& others);
std::string processorMaximum(const Value& value, const Lookup& others);
std::string processorWeight(const Value& value, const Lookup& others);
std::string storageQuota(const Value& value, const Lookup& others);
std::string auditLevel(const Value& value, const Lookup& others);
std::string auditKeep(const Value& value, const Lookup& others);
std::string auditExport(const Value& value, const Lookup& others);

} // namespace annex::policy::words

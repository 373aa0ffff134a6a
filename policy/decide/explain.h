// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/decide/decide.h"

/// "Why?", as values and as the text that people read. No client composes its own.
namespace annex::policy {

struct Explanation {
    std::optional<bool> allowed;   ///< of an action; nothing for a setting
    std::string key;               ///< setting that decided; empty where none did
    std::string valueText;         ///< "off"
    Rule rule;                     ///< that holds
    std::optional<Rule> next;      ///< nearest loser
    std::vector<Rule> overruled;   ///< all losers, strongest first
    std::string ruleText;          ///< "Copy out: off"
    std::string originText;        ///< "Set by Acme Ltd, 3 Nov 2026", "Set by you, 12 Oct 2026", "Profile Quarantine", "Default"
    std::string text;              ///< all of it, some lines
};

Explanation explain(const Setting& setting, const Sources& sources);
Explanation explain(const Subject& subject, const Action& action, const Sources& sources);

/// "Set by Acme Ltd, 3 Nov 2026" and its like, for one rule.
std::string originText(const Rule& rule);
/// "Copy out: off"
std::string ruleText(const Rule& rule);

} // namespace annex::policy

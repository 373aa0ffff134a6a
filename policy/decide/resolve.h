// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/managed/managed_policy.h"
#include "policy/settings/profile.h"
#include "policy/settings/setting.h"

/// Which value of a setting holds, and why. Pure: everything it looks at is handed in.
namespace annex::policy {

enum class Source { Managed, User, Profile, Default };

std::string_view toString(Source source); ///< "managed", "user", "profile", "default"

using TimePoint = std::chrono::system_clock::time_point;

/// A value that a person chose.
struct UserValue {
    Value value;
    TimePoint changed{};
    bool readable = true; ///< false: what is stored is no value of this setting (any more); its strictest value holds
};
using UserValues = std::map<std::string, UserValue, std::less<>>;

/// Everything a decision about one workspace (or about none) may look at.
struct Sources {
    ManagedPolicy managed;
    UserValues global;           ///< chosen for all workspaces, and values of Scope::Global settings
    UserValues workspaceValues;  ///< chosen for this workspace
    const Profile* profile = nullptr;
    HostFacts host;
    WorkspaceFacts workspace;
    bool storeUnreadable = false; ///< the person's settings cannot be read: strictest values hold until they choose
};

/// One candidate for the value of a setting: where it came from and on whose word.
struct Rule {
    std::string key;
    Value value;
    Source source = Source::Default;
    std::string origin;        ///< managed: file; user: "this workspace" or "all workspaces"; profile: its title; default: empty
    bool locked = false;
    bool failedClosed = false; ///< the strictest value, because a stronger source could not be read
    std::string organisation;
    std::string reason;        ///< the organisation's sentence, or why it failed closed
    std::optional<TimePoint> since;

    friend bool operator==(const Rule&, const Rule&) = default;
};

/// The value that holds: the first of the rules that speak, strongest first.
struct Resolved {
    Value value;
    Rule rule;                   ///< the one that holds
    std::vector<Rule> overruled; ///< the others, strongest first; the last is the default unless the default holds

    Source source() const { return rule.source; }
    bool locked() const { return rule.locked; }
    const std::string& organisation() const { return rule.organisation; }
    const std::string& reason() const { return rule.reason; }
    /// A person or IT wanted this value: where it cannot be held the start is refused. A default or a profile is shown as not held.
    bool chosen() const { return rule.source == Source::Managed || rule.source == Source::User; }
};

/// The order is: managed and locked, user for this workspace, user for all workspaces, managed, profile, default
/// (docs/decisions, "Who wins when two set the same thing").
Resolved resolve(const Setting& setting, const Sources& sources);
/// By key of the table; NotFound otherwise.
Result<Resolved> resolve(std::string_view key, const Sources& sources);

/// For sentenceOf(): the values of the other settings.
Lookup lookupIn(const Sources& sources);

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/decide/resolve.h"

#include <algorithm>

#include <fmt/core.h>

namespace annex::policy {
namespace {

std::string whyManagedFails(const ManagedPolicy& managed)
{
    if (managed.problems.empty())
        return "The policy files of this computer cannot be read.";
    const ManagedProblem& first = managed.problems.front();
    return fmt::format("The policy files of this computer cannot be read ({}: {}).", first.file, first.what);
}

Rule managedFailure(const Setting& setting, const Sources& sources)
{
    Rule rule;
    rule.key = setting.key;
    rule.value = strictestOf(setting, sources.host, sources.workspace);
    rule.source = Source::Managed;
    rule.origin = sources.managed.problems.empty() ? "" : sources.managed.problems.front().file;
    rule.locked = true;
    rule.failedClosed = true;
    rule.reason = whyManagedFails(sources.managed);
    return rule;
}

Rule managedRule(const Setting& setting, const ManagedValue& managed)
{
    Rule rule;
    rule.key = setting.key;
    rule.value = managed.value;
    rule.source = Source::Managed;
    rule.origin = managed.file;
    rule.locked = managed.lock;
    rule.organisation = managed.organisation;
    rule.reason = managed.reason;
    rule.since = managed.since;
    return rule;
}

Rule userFailure(const Setting& setting, const Sources& sources, std::string origin, std::string reason)
{
    Rule rule;
    rule.key = setting.key;
    rule.value = strictestOf(setting, sources.host, sources.workspace);
    rule.source = Source::User;
    rule.origin = std::move(origin);
    rule.failedClosed = true;
    rule.reason = std::move(reason);
    return rule;
}

void appendUserRule(std::vector<Rule>& rules, const Setting& setting, const Sources& sources, const UserValues& values, const char* origin)
{
    const auto found = values.find(setting.key);
    if (found == values.end())
        return;
    if (!found->second.readable) {
        rules.push_back(userFailure(setting, sources, origin, "The stored value is not a value of this setting."));
        return;
    }
    Rule rule;
    rule.key = setting.key;
    rule.value = found->second.value;
    rule.source = Source::User;
    rule.origin = origin;
    rule.since = found->second.changed;
    rules.push_back(std::move(rule));
}

void appendUserRules(std::vector<Rule>& rules, const Setting& setting, const Sources& sources)
{
    if (sources.storeUnreadable) {
        rules.push_back(userFailure(setting, sources, "all workspaces", "Your settings cannot be read; strict ones hold until you choose."));
        return;
    }
    if (setting.scope == Scope::Workspace)
        appendUserRule(rules, setting, sources, sources.workspaceValues, "this workspace");
    appendUserRule(rules, setting, sources, sources.global, setting.scope == Scope::Workspace ? "all workspaces" : "this account");
}

void appendProfileRule(std::vector<Rule>& rules, const Setting& setting, const Sources& sources)
{
    if (sources.profile == nullptr)
        return;
    const auto found = std::ranges::find(sources.profile->values, setting.key, &std::pair<std::string_view, std::string_view>::first);
    if (found == sources.profile->values.end())
        return;
    Rule rule;
    rule.key = setting.key;
    rule.value = parseValue(setting, found->second, sources.host).value(); // a test parses every profile
    rule.source = Source::Profile;
    rule.origin = sources.profile->title;
    rules.push_back(std::move(rule));
}

/// Everyone who speaks about this setting, strongest first; never empty, the default is always last.
std::vector<Rule> rulesFor(const Setting& setting, const Sources& sources)
{
    std::vector<Rule> rules;
    const auto managed = sources.managed.values.find(setting.key);
    const bool isManaged = sources.managed.state == ManagedPolicy::State::Valid && managed != sources.managed.values.end();
    if (sources.managed.state == ManagedPolicy::State::Invalid)
        rules.push_back(managedFailure(setting, sources));
    if (isManaged && managed->second.lock)
        rules.push_back(managedRule(setting, managed->second));
    appendUserRules(rules, setting, sources);
    if (isManaged && !managed->second.lock)
        rules.push_back(managedRule(setting, managed->second));
    appendProfileRule(rules, setting, sources);

    Rule preset;
    preset.key = setting.key;
    preset.value = defaultOf(setting, sources.host, sources.workspace);
    rules.push_back(std::move(preset));
    return rules;
}

} // namespace

std::string_view toString(Source source)
{
    switch (source) {
    case Source::Managed: return "managed";
    case Source::User: return "user";
    case Source::Profile: return "profile";
    case Source::Default: return "default";
    }
    return "unknown";
}

Resolved resolve(const Setting& setting, const Sources& sources)
{
    std::vector<Rule> rules = rulesFor(setting, sources);
    Resolved resolved;
    resolved.rule = std::move(rules.front());
    resolved.rule.value = fittedTo(setting, std::move(resolved.rule.value), sources.host);
    resolved.value = resolved.rule.value;
    resolved.overruled.assign(std::make_move_iterator(rules.begin() + 1), std::make_move_iterator(rules.end()));
    return resolved;
}

Result<Resolved> resolve(std::string_view key, const Sources& sources)
{
    const Setting* setting = findSetting(key);
    if (setting == nullptr)
        return fail(Errc::NotFound, "No setting has this key.");
    return resolve(*setting, sources);
}

Lookup lookupIn(const Sources& sources)
{
    return [&sources](std::string_view key) -> Value {
        const Setting* setting = findSetting(key);
        return setting != nullptr ? resolve(*setting, sources).value : Value{};
    };
}

} // namespace annex::policy

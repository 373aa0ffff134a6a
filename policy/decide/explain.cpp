// SPDX-License-Identifier: Apache-2.0
#include "policy/decide/explain.h"

#include <fmt/core.h>

namespace annex::policy {
namespace {

std::string dateInWords(TimePoint time)
{
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
    return fmt::format("{} {} {}", static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()));
}

std::string whoSet(const Rule& rule)
{
    switch (rule.source) {
    case Source::Managed: return rule.organisation.empty() ? "Set by your organisation" : "Set by " + rule.organisation;
    case Source::User: return rule.origin == "this workspace" ? "Set by you" : "Set by you for " + rule.origin;
    case Source::Profile: return "Profile " + rule.origin;
    case Source::Default: return "Default";
    }
    return "";
}

void appendRules(Explanation& explanation)
{
    const Rule& rule = explanation.rule;
    if (explanation.key.empty()) {
        explanation.text += "\nNo setting speaks about this.";
        return;
    }
    explanation.text += fmt::format("\nRule that decided: {}. {}.", explanation.ruleText, explanation.originText);
    if (rule.locked && !rule.failedClosed)
        explanation.text += " Locked.";
    if (!rule.reason.empty())
        explanation.text += rule.failedClosed ? " " + rule.reason : fmt::format(" “{}”", rule.reason);
    if (!explanation.next) {
        explanation.text += "\nNothing was overruled.";
        return;
    }
    explanation.text += "\nNext in line, overruled:";
    for (const Rule& loser : explanation.overruled)
        explanation.text += fmt::format("\n  {}. {}.", ruleText(loser), originText(loser));
}

void fillFrom(Explanation& explanation, const Resolved& resolved, const Setting& setting)
{
    explanation.key = setting.key;
    explanation.valueText = formatValue(setting, resolved.value);
    explanation.rule = resolved.rule;
    explanation.overruled = resolved.overruled;
    if (!resolved.overruled.empty())
        explanation.next = resolved.overruled.front();
    explanation.ruleText = ruleText(resolved.rule);
    explanation.originText = originText(resolved.rule);
}

} // namespace

std::string originText(const Rule& rule)
{
    if (rule.failedClosed)
        return "Strictest value";
    std::string text = whoSet(rule);
    if (rule.since && rule.since->time_since_epoch().count() > 0)
        text += ", " + dateInWords(*rule.since);
    return text;
}

std::string ruleText(const Rule& rule)
{
    const Setting* setting = findSetting(rule.key);
    return setting != nullptr ? fmt::format("{}: {}", setting->title, formatValue(*setting, rule.value)) : "";
}

Explanation explain(const Setting& setting, const Sources& sources)
{
    Explanation explanation;
    const Resolved resolved = resolve(setting, sources);
    fillFrom(explanation, resolved, setting);
    explanation.text = sentenceOf(setting, resolved.value, lookupIn(sources));
    appendRules(explanation);
    return explanation;
}

Explanation explain(const Subject& subject, const Action& action, const Sources& sources)
{
    const Decision decision = decide(subject, action, sources);
    Explanation explanation;
    explanation.allowed = decision.allowed;
    if (const Setting* setting = findSetting(decision.rule.key)) {
        fillFrom(explanation, resolve(*setting, sources), *setting);
        explanation.text = decision.allowed ? sentenceOf(*setting, decision.rule.value, lookupIn(sources)) : decision.reason;
    } else {
        explanation.rule = decision.rule;
        explanation.text = decision.allowed ? "Allowed." : decision.reason;
    }
    appendRules(explanation);
    return explanation;
}

} // namespace annex::policy

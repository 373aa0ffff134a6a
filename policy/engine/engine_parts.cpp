// SPDX-License-Identifier: Apache-2.0
#include "policy/engine/engine_parts.h"

#include <algorithm>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "policy/store/tables.h"

namespace annex::policy::parts {
namespace {

std::string ruleWords(const Rule& rule)
{
    if (rule.key.empty())
        return "";
    const std::string failed = rule.failedClosed ? " (strictest)" : "";
    return rule.origin.empty() ? std::string(toString(rule.source)) + failed : fmt::format("{}: {}{}", toString(rule.source), rule.origin, failed);
}

struct AddAmounts {
    nlohmann::json& detail;
    void operator()(const action::WorkspaceStart& start) const
    {
        detail["level"] = toString(start.level);
        detail["engine"] = start.engine;
    }
    void operator()(const action::ClipboardPaste& paste) const { detail["bytes"] = paste.bytes; }
    void operator()(const action::ClipboardCopy& copy) const { detail["bytes"] = copy.bytes; }
    void operator()(const action::FileIn& file) const { detail["bytes"] = file.bytes; }
    void operator()(const action::ProgramRun& run) const
    {
        if (run.hostFile_bytes)
            detail["bytes"] = *run.hostFile_bytes;
    }
    void operator()(const action::PolicySet& set) const
    {
        detail["setting"] = set.key;
        if (const Setting* setting = findSetting(set.key))
            detail["to"] = formatValue(*setting, set.value);
    }
    void operator()(const action::PolicyClear& clear) const { detail["setting"] = clear.key; }
};

bool nameIsTaken(std::span<const WorkspaceRow> rows, std::string_view name)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::any_of(rows, [&](const WorkspaceRow& row) {
        return std::ranges::equal(row.name, name, {}, lower, lower);
    });
}

template <std::size_t N>
bool isOneOf(const std::array<std::string_view, N>& list, const std::string& name)
{
    return std::ranges::find(list, name) != list.end();
}

const std::string& textIn(const Resolved& resolved) { return std::get<std::string>(resolved.value); }

bool isWorn(std::span<const Appearance> running, const Appearance& appearance)
{
    return std::ranges::find(running, appearance) != running.end();
}

} // namespace

Result<UserValues> userValues(const Database& database, std::string_view workspace)
{
    auto stored = tables::values(database, workspace);
    if (!stored)
        return Unexpected(std::move(stored.error()));
    UserValues values;
    for (const auto& [key, text, changed] : *stored) {
        const Setting* setting = findSetting(key);
        if (setting == nullptr)
            continue; // of another version; nothing obeys it here
        auto value = parseValue(*setting, text, anyHost());
        values.emplace(key, UserValue{value ? *value : Value{}, changed, value.has_value()});
    }
    return values;
}

AuditEntry entryFor(const Subject& subject, const Action& action, const Decision& decision, const WorkspaceFacts& workspace)
{
    AuditEntry entry;
    entry.workspace = workspace.id;
    entry.workspaceName = workspace.id.empty() ? "" : workspace.name;
    entry.subject = subject.words();
    entry.action = nameOf(action);
    entry.outcome = decision.allowed ? Outcome::Allowed : Outcome::Refused;
    entry.key = decision.rule.key;
    entry.rule = ruleWords(decision.rule);
    entry.sentence = decision.sentence;
    nlohmann::json detail = nlohmann::json::object();
    std::visit(AddAmounts{detail}, action);
    if (!decision.allowed) {
        detail["id"] = decision.id;
        detail["reason"] = decision.reason;
    }
    if (const Setting* setting = findSetting(decision.rule.key))
        detail["value"] = formatValue(*setting, decision.rule.value);
    entry.detail = detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return entry;
}

Result<std::string> checkedName(std::string_view name)
{
    if (name.empty())
        return fail(Errc::Malformed, "The name is empty.");
    if (!isValidUtf8(name) || sanitiseLine(name, kMaxWorkspaceName_characters) != name)
        return fail(Errc::Malformed,
                    fmt::format("The name is longer than {} characters or cannot be shown in one line.", kMaxWorkspaceName_characters));
    return std::string(name);
}

std::pair<std::string, int> freeName(const NewWorkspace& wish, std::span<const WorkspaceRow> rows)
{
    const std::string stem = wish.fresh ? wish.freshOf : "Workspace";
    if (!wish.fresh && !nameIsTaken(rows, stem))
        return {stem, 1};
    for (int number = 2;; ++number) {
        std::string name = fmt::format("{} {}", stem, number);
        if (!nameIsTaken(rows, name))
            return {std::move(name), number};
    }
}

Result<void> checkWish(const NewWorkspace& wish)
{
    if (findProfile(wish.profile) == nullptr)
        return fail(Errc::Malformed, fmt::format("There is no profile “{}”.", sanitiseLine(wish.profile, 40)));
    if (wish.colour && !isOneOf(kColours, *wish.colour))
        return fail(Errc::Malformed, fmt::format("There is no colour “{}”.", sanitiseLine(*wish.colour, 40)));
    if (wish.pattern && !isOneOf(kPatterns, *wish.pattern))
        return fail(Errc::Malformed, fmt::format("There is no pattern “{}”.", sanitiseLine(*wish.pattern, 40)));
    return {};
}

Result<Appearance> distinct(const Resolved& colour, const Resolved& pattern, std::span<const Appearance> running)
{
    const Appearance wished{textIn(colour), textIn(pattern)};
    if (!isWorn(running, wished))
        return wished;
    if (!pattern.locked()) {
        Appearance found = nextAppearance(running, wished.colour, std::nullopt);
        const bool keptColour = found.colour == wished.colour || !colour.locked();
        if (keptColour && !isWorn(running, found))
            return found;
    } else if (!colour.locked()) {
        for (const std::string_view name : kColours) {
            Appearance found{std::string(name), wished.pattern};
            if (!isWorn(running, found))
                return found;
        }
    }
    return fail(Errc::Denied, "Another running workspace wears this colour and pattern, and both are locked.");
}

} // namespace annex::policy::parts

// SPDX-License-Identifier: Apache-2.0
#include "policy/decide/decide.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/text.h"
#include "policy/decide/action_words.h"

namespace annex::policy {
namespace {

constexpr std::array<std::string_view, 3> kLevelNames{"process", "emulated", "hypervisor"};

/// A rule of one setting with the value that holds, and the text of that value.
struct Held {
    const Setting& setting;
    Resolved resolved;

    std::string text() const { return formatValue(setting, resolved.value); }
    std::int64_t number() const { return std::get<std::int64_t>(resolved.value); }
};

Held held(std::string_view key, const Sources& sources)
{
    const Setting& setting = *findSetting(key); // keys below are literals; a test asks for each
    return {setting, resolve(setting, sources)};
}

Decision basedOn(const Held& held)
{
    Decision decision;
    decision.rule = held.resolved.rule;
    if (!held.resolved.overruled.empty())
        decision.next = held.resolved.overruled.front();
    return decision;
}

std::string place(const Sources& sources) { return sources.workspace.name.empty() ? "this workspace" : sources.workspace.name; }

std::string nameOr(const std::string& name, const char* otherwise) { return name.empty() ? otherwise : name; }

std::string organisationOf(const Rule& rule) { return nameOr(rule.organisation, "Your organisation"); }

std::string withOwnWords(std::string sentence, const Rule& rule)
{
    if (rule.reason.empty() || rule.source != Source::Managed)
        return sentence;
    return fmt::format("{} {}: “{}”", sentence, organisationOf(rule), rule.reason);
}

/// Why a rule stands in the way, and what can be done about it.
void explainRefusal(Decision& decision, const Setting& setting, std::string byOrganisation, std::string otherwise)
{
    const Rule& rule = decision.rule;
    if (rule.failedClosed) {
        decision.reason = rule.reason;
        if (rule.source == Source::Managed)
            decision.toDo = {"Ask whoever manages this computer.", "See what is wrong with the files: annexctl doctor"};
        else
            decision.toDo = {"Choose: restore a backup, or start with defaults."};
        return;
    }
    if (rule.locked) {
        decision.reason = withOwnWords(std::move(byOrganisation), rule);
        decision.toDo = {fmt::format("Ask {}.", nameOr(rule.organisation, "your organisation"))};
        return;
    }
    decision.reason = std::move(otherwise);
    decision.toDo = {fmt::format("Change “{}” in Settings, or: annexctl policy set {} VALUE", setting.title, setting.key)};
}

Decision refuse(const Held& held, std::string id, std::string title, std::string byOrganisation, std::string otherwise)
{
    Decision decision = basedOn(held);
    decision.id = std::move(id);
    decision.title = std::move(title);
    explainRefusal(decision, held.setting, std::move(byOrganisation), std::move(otherwise));
    return decision;
}

Decision allow(const Held& held)
{
    Decision decision = basedOn(held);
    decision.allowed = true;
    return decision;
}

Level levelOf(const Held& minimum) { return levelFrom(minimum.text()).value_or(Level::Hypervisor); }

std::optional<Decision> refuseLimits(const action::WorkspaceStart& start, const Sources& sources, const std::string& title)
{
    for (const std::string& key : start.notHeld) {
        const Setting* setting = findSetting(key);
        if (setting == nullptr)
            continue;
        const Held limit{*setting, resolve(*setting, sources)};
        if (!limit.resolved.chosen())
            continue;
        Decision decision =
            refuse(limit, "policy.limit-not-held", title,
                   fmt::format("{} requires “{}: {}”, and this computer cannot hold that limit now.", organisationOf(limit.resolved.rule),
                               setting->title, limit.text()),
                   fmt::format("“{}” is set to {}, and this computer cannot hold that limit now.", setting->title, limit.text()));
        decision.toDo.insert(decision.toDo.begin(), "See what is missing: annexctl doctor");
        return decision;
    }
    return std::nullopt;
}

Decision decideStart(const action::WorkspaceStart& start, const Sources& sources)
{
    const std::string title = fmt::format("{} may not start here", place(sources));
    const Held minimum = held("isolation.minimum", sources);
    const Level wanted = levelOf(minimum);
    if (start.level < wanted) {
        Decision decision = refuse(minimum, "policy.level-refused", title,
                                   fmt::format("{} requires level {}; this computer offers {}.", organisationOf(minimum.resolved.rule),
                                               titleOf(wanted), titleOf(start.level)),
                                   fmt::format("It is set to level {}; this computer offers {}.", titleOf(wanted), titleOf(start.level)));
        decision.toDo.insert(decision.toDo.begin(), "See what this computer offers: annexctl doctor");
        return decision;
    }
    const Held engine = held("isolation.engine", sources);
    if (engine.text() != "auto" && engine.text() != start.engine)
        return refuse(engine, "policy.engine-refused", title,
                      fmt::format("{} requires the engine “{}”; this computer would use “{}”.", organisationOf(engine.resolved.rule), engine.text(),
                                  start.engine),
                      fmt::format("It is set to the engine “{}”; this computer would use “{}”.", engine.text(), start.engine));
    const Held maximum = held("workspace.maximum", sources);
    if (static_cast<std::int64_t>(start.running) >= maximum.number()) {
        const std::string full = fmt::format("{} of {} workspaces are running.", start.running, maximum.number());
        Decision decision = refuse(maximum, "policy.workspace-maximum", title, full, full);
        decision.toDo.insert(decision.toDo.begin(), "Stop a workspace.");
        return decision;
    }
    if (auto decision = refuseLimits(start, sources, title))
        return *decision;
    return allow(minimum);
}

/// Clipboard and files share one shape: a switch, then a size.
struct Crossing {
    std::string_view switchKey;
    std::string_view sizeKey;
    std::uint64_t bytes = 0;
    std::string title;             ///< when switched off
    std::string byOrganisation;
    std::string otherwise;
    std::string_view largeId;
    std::string_view largeVerb;    ///< "paste": Too large to paste: 3 MB, limit 1 MB
    std::string_view largeToDo;
};

Decision decideCrossing(const Crossing& crossing, const Sources& sources)
{
    const Held allowed = held(crossing.switchKey, sources);
    if (allowed.text() == "off")
        return refuse(allowed, "policy.refused", crossing.title, crossing.byOrganisation, crossing.otherwise);
    const Held limit = held(crossing.sizeKey, sources);
    const auto most = static_cast<std::uint64_t>(limit.number());
    if (crossing.bytes <= most)
        return allow(allowed);
    const std::string sentence =
        fmt::format("Too large to {}: {}, limit {}", crossing.largeVerb, bytesInWords(crossing.bytes), bytesInWords(most));
    Decision decision = refuse(limit, std::string(crossing.largeId), sentence,
                               fmt::format("{} allows up to {}.", organisationOf(limit.resolved.rule), bytesInWords(most)),
                               fmt::format("Up to {} may cross at a time.", bytesInWords(most)));
    if (!crossing.largeToDo.empty())
        decision.toDo.insert(decision.toDo.begin(), std::string(crossing.largeToDo));
    return decision;
}

Decision decidePaste(const action::ClipboardPaste& paste, const Sources& sources)
{
    return decideCrossing({.switchKey = "clipboard.to_workspace",
                           .sizeKey = "clipboard.maximum_bytes",
                           .bytes = paste.bytes,
                           .title = "Nothing was pasted",
                           .byOrganisation = fmt::format("Your organisation does not let text be pasted into {}.", place(sources)),
                           .otherwise = fmt::format("Copy in is off for {}.", place(sources)),
                           .largeId = "clipboard.large",
                           .largeVerb = "paste",
                           .largeToDo = "Send it as a file."},
                          sources);
}

Decision decideCopy(const action::ClipboardCopy& copy, const Sources& sources)
{
    return decideCrossing({.switchKey = "clipboard.from_workspace",
                           .sizeKey = "clipboard.maximum_bytes",
                           .bytes = copy.bytes,
                           .title = "Nothing was copied out",
                           .byOrganisation = fmt::format("Your organisation does not let text leave {}.", place(sources)),
                           .otherwise = fmt::format("Copy out is off for {}.", place(sources)),
                           .largeId = "clipboard.large",
                           .largeVerb = "copy out",
                           .largeToDo = "Copy less at a time."},
                          sources);
}

Decision decideFile(const std::string& name, std::uint64_t bytes, const Sources& sources)
{
    return decideCrossing({.switchKey = "files.to_workspace",
                           .sizeKey = "files.maximum_bytes",
                           .bytes = bytes,
                           .title = fmt::format("{} was not sent in", words::shown(name, "The file")),
                           .byOrganisation = fmt::format("Your organisation does not let files be sent into {}.", place(sources)),
                           .otherwise = fmt::format("Files in is off for {}.", place(sources)),
                           .largeId = "files.large",
                           .largeVerb = "send in",
                           .largeToDo = {}},
                          sources);
}

Decision decideRun(const action::ProgramRun& run, const Sources& sources)
{
    if (run.hostFile_bytes)
        return decideFile(run.program, *run.hostFile_bytes, sources);
    Decision decision; // no setting speaks about programs that are in the workspace already
    decision.allowed = true;
    return decision;
}

Decision decideChange(std::string_view key, const Sources& sources)
{
    const Setting* setting = findSetting(key);
    if (setting == nullptr)
        return refusal(action::PolicySet{std::string(key), {}}, "policy.unknown", "Nothing was changed", "No setting has this key.",
                       {"See all settings: annexctl policy get"});
    const Held now{*setting, resolve(*setting, sources)};
    if (!now.resolved.locked() && !now.resolved.rule.failedClosed)
        return allow(now);
    if (!now.resolved.locked() && !sources.storeUnreadable)
        return allow(now); // one stored value is unreadable: choosing another is the cure
    return refuse(now, now.resolved.locked() ? "policy.locked" : "policy.store-corrupt", fmt::format("“{}” was not changed", setting->title),
                  fmt::format("It is locked by {}.", nameOr(now.resolved.organisation(), "your organisation")), "");
}

/// The organisation is known by name where the file gives one.
void nameOrganisation(Decision& decision)
{
    static constexpr std::string_view kAnonymous = "Your organisation";
    if (decision.rule.organisation.empty() || !decision.reason.starts_with(kAnonymous))
        return;
    decision.reason.replace(0, kAnonymous.size(), decision.rule.organisation);
}

struct Decide {
    const Sources& sources;
    Decision operator()(const action::WorkspaceStart& start) const { return decideStart(start, sources); }
    Decision operator()(const action::ClipboardPaste& paste) const { return decidePaste(paste, sources); }
    Decision operator()(const action::ClipboardCopy& copy) const { return decideCopy(copy, sources); }
    Decision operator()(const action::FileIn& file) const { return decideFile(file.name, file.bytes, sources); }
    Decision operator()(const action::ProgramRun& run) const { return decideRun(run, sources); }
    Decision operator()(const action::PolicySet& set) const { return decideChange(set.key, sources); }
    Decision operator()(const action::PolicyClear& clear) const { return decideChange(clear.key, sources); }
};

} // namespace

std::string Subject::words() const
{
    const std::string shown = sanitiseLine(name, 60);
    switch (kind) {
    case Kind::Person: return shown.empty() ? "You" : fmt::format("You, {}", shown);
    case Kind::Viewer: return "You, in a window";
    case Kind::Guest: return shown.empty() ? "A program in the workspace" : fmt::format("A program that calls itself “{}”", shown);
    case Kind::Broker: return "Annex";
    }
    return "Annex";
}

std::string_view toString(Level level) { return kLevelNames.at(static_cast<std::size_t>(level) - 1); }

std::string_view titleOf(Level level)
{
    switch (level) {
    case Level::Process: return "Process";
    case Level::Emulated: return "Emulated";
    case Level::Hypervisor: return "Hypervisor";
    }
    return "";
}

std::optional<Level> levelFrom(std::string_view text)
{
    const auto found = std::ranges::find(kLevelNames, text);
    if (found == kLevelNames.end())
        return std::nullopt;
    return static_cast<Level>(found - kLevelNames.begin() + 1);
}

Decision decide(const Subject&, const Action& action, const Sources& sources)
{
    Decision decision = std::visit(Decide{sources}, action);
    nameOrganisation(decision);
    decision.sentence = words::sentenceFor(action, decision.allowed);
    return decision;
}

Decision refusal(const Action& action, std::string id, std::string title, std::string reason, std::vector<std::string> toDo)
{
    Decision decision;
    decision.id = std::move(id);
    decision.title = std::move(title);
    decision.reason = std::move(reason);
    decision.toDo = std::move(toDo);
    decision.sentence = words::sentenceFor(action, false);
    return decision;
}

std::vector<std::string> shownAsUnlimited(const std::vector<std::string>& notHeld, const Sources& sources)
{
    std::vector<std::string> keys;
    for (const std::string& key : notHeld) {
        const Setting* setting = findSetting(key);
        if (setting != nullptr && !resolve(*setting, sources).chosen())
            keys.push_back(key);
    }
    return keys;
}

} // namespace annex::policy

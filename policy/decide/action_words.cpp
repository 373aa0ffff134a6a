// SPDX-License-Identifier: Apache-2.0
#include "policy/decide/action_words.h"

#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/text.h"

namespace annex::policy {
namespace words {
namespace {

/// Longest name inside a sentence, in characters: a file name that is longer says nothing more to a person.
constexpr std::size_t kMaxName_characters = 80;

std::string amountOfText(std::uint64_t bytes, std::uint64_t characters)
{
    if (characters == 1)
        return ", 1 character";
    if (characters > 1)
        return fmt::format(", {} characters", characters);
    return bytes > 0 ? ", " + bytesInWords(bytes) : "";
}

std::string amountOfFile(std::uint64_t bytes) { return bytes > 0 ? ", " + bytesInWords(bytes) : ""; }

std::string settingWords(const std::string& key)
{
    const Setting* setting = findSetting(key);
    return setting != nullptr ? fmt::format("“{}”", setting->title) : shown(key, "A setting");
}

std::string valueWords(const action::PolicySet& set)
{
    const Setting* setting = findSetting(set.key);
    return setting != nullptr ? formatValue(*setting, set.value) : "a value";
}

struct Sentence {
    bool allowed;

    std::string operator()(const action::WorkspaceStart& start) const
    {
        return allowed ? fmt::format("Workspace started at level {}", titleOf(start.level)) : "Workspace asked to start";
    }
    std::string operator()(const action::ClipboardPaste& paste) const
    {
        return (allowed ? "Text pasted in" : "Text asked to come in") + amountOfText(paste.bytes, paste.characters);
    }
    std::string operator()(const action::ClipboardCopy& copy) const
    {
        return (allowed ? "Text copied out" : "Text asked to leave") + amountOfText(copy.bytes, copy.characters);
    }
    std::string operator()(const action::FileIn& file) const
    {
        return fmt::format("{} {}{}", shown(file.name, "A file"), allowed ? "sent in" : "asked to come in", amountOfFile(file.bytes));
    }
    std::string operator()(const action::ProgramRun& run) const
    {
        const std::string program = shown(run.program, "A program");
        if (!run.hostFile_bytes)
            return fmt::format("{} {}", program, allowed ? "started" : "asked to start");
        return fmt::format("{} {}{}", program, allowed ? "sent in and started" : "asked to come in and start", amountOfFile(*run.hostFile_bytes));
    }
    std::string operator()(const action::PolicySet& set) const
    {
        return fmt::format("{} {} {}", settingWords(set.key), allowed ? "set to" : "asked to become", valueWords(set));
    }
    std::string operator()(const action::PolicyClear& clear) const
    {
        return fmt::format("{} {}", settingWords(clear.key), allowed ? "set back" : "asked to be set back");
    }
};

} // namespace

std::string shown(std::string_view name, std::string_view otherwise)
{
    std::string line = sanitiseLine(name, kMaxName_characters);
    return line.empty() ? std::string(otherwise) : line;
}

std::string sentenceFor(const Action& action, bool allowed) { return std::visit(Sentence{allowed}, action); }

} // namespace words

namespace {

/// In the order of the variant's alternatives; a test compares the two.
constexpr std::array<std::string_view, std::variant_size_v<Action>> kNames{
    "workspace.start", "clipboard.paste", "clipboard.copy", "file.in", "program.run", "policy.set", "policy.clear"};

template <std::size_t... I>
std::optional<Action> emptyAction(std::size_t index, std::index_sequence<I...>)
{
    std::optional<Action> action;
    ((I == index ? (action.emplace(std::in_place_index<I>), true) : false) || ...);
    return action;
}

} // namespace

std::string_view nameOf(const Action& action) { return kNames.at(action.index()); }

std::optional<Action> actionNamed(std::string_view name)
{
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name)
            return emptyAction(i, std::make_index_sequence<std::variant_size_v<Action>>{});
    }
    return std::nullopt;
}

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "policy/settings/value.h"

/// The table that defines each setting once. Store, decision, command line, API, window and documents are made from it.
namespace annex::policy {

/// What defaults and limits depend on. A value that is handed in: nothing below looks at the machine.
struct HostFacts {
    Bytes memory{};          ///< all physical memory
    unsigned processors = 1; ///< that this account may use
};

/// What a workspace was given when it was made; the defaults of workspace.colour, .pattern and .label.
struct WorkspaceFacts {
    std::string id{};
    std::string name{};
    std::string profile = "quarantine";
    std::string colour = "amber";
    std::string pattern = "dots";
    friend bool operator==(const WorkspaceFacts&, const WorkspaceFacts&) = default;
};

enum class Scope {
    Global,    ///< one value for this account
    Workspace, ///< a value of its own in each workspace; a value for all workspaces may stand behind it
};

/// The card on which a setting appears.
enum class Group { Border, Machine, Life, Look, Trail };

std::string_view titleOf(Group group); ///< "Across the border"
std::string_view toString(Group group); ///< "border", for the API

/// In the order in which workspaces get them; the same index of both is a colour's own pattern.
inline constexpr std::array<std::string_view, 8> kColours{"amber", "teal", "violet", "blue", "rose", "green", "copper", "graphite"};
inline constexpr std::array<std::string_view, 8> kPatterns{"dots",       "rising-stripes", "upright-bars", "level-bars",
                                                           "plus-signs", "chevrons",       "checks",       "falling-stripes"};

/// Longest workspace label, in characters: what fits the frame's strip (ui.md 7, "Name").
inline constexpr std::size_t kMaxLabel_characters = 24;

/// Smallest and largest number of a Bytes, Percent, Integer or Duration setting, both allowed.
struct Limits {
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
};

/// Gives a sentence the values of other settings of the same workspace: the size limit in "up to 1 MB".
using Lookup = std::function<Value(std::string_view key)>;

struct Setting {
    std::string_view key{};         ///< "clipboard.to_workspace"
    std::string_view managedName{}; ///< its name in a policy registry: "ClipboardToWorkspace"
    std::string_view title{};       ///< "Copy in"
    std::string_view icon{};        ///< ui.md 12
    std::string_view about{};       ///< what it does, one sentence, for the documents
    Group group = Group::Border;
    Scope scope = Scope::Workspace;
    Type type = Type::Switch;
    std::span<const std::string_view> choices{}; ///< of a Choice, Colour or Pattern; else empty
    std::string_view none{};                     ///< word for None, empty where there is always a value
    Limits limits{};                             ///< maximum 0 with a `limitsByHost`: see limitsOf()
    bool maximumIsHostMemory = false;
    std::string_view preset{};                   ///< default as text; empty where presetBy computes it
    Value (*presetBy)(const HostFacts&, const WorkspaceFacts&) = nullptr;
    std::string_view presetWords{};              ///< "half of the host's memory, at most 8 GiB"; else the preset itself
    std::string_view strictest{};                ///< as text: what holds when policy or store cannot be read; empty: the default (nothing is stricter)
    bool restart = false;                      ///< a running workspace keeps the old value until its next start
    std::string (*sentence)(const Value&, const Lookup&) = nullptr;
};

/// All settings, in the order in which they are shown.
std::span<const Setting> settings();
/// nullptr where no setting has this key.
const Setting* findSetting(std::string_view key);

Limits limitsOf(const Setting& setting, const HostFacts& host);
/// A host so large that no limit depends on it: for values that were written elsewhere (managed files, a database from a larger machine).
HostFacts anyHost();
/// The value lowered to what this host has; others come back as they are.
Value fittedTo(const Setting& setting, Value value, const HostFacts& host);
Value defaultOf(const Setting& setting, const HostFacts& host, const WorkspaceFacts& workspace);
/// What holds when managed policy or the store cannot be read: nothing crosses, the highest level, the smallest limits.
Value strictestOf(const Setting& setting, const HostFacts& host, const WorkspaceFacts& workspace);

/// A value from what a person or an administrator wrote: "1 MiB", "15 min", "50 %", "on", "text", "never".
/// KB, MB, GB, TB mean KiB, MiB, GiB, TiB. Case and blanks around the unit do not matter.
/// @errors Malformed: not a value of this type; TooLarge: outside its limits. `context` is one sentence for people.
Result<Value> parseValue(const Setting& setting, std::string_view text, const HostFacts& host);
/// The same from JSON: text as above, or true/false for a switch, or a whole number (bytes, percent, seconds) for a number.
Result<Value> parseJson(const Setting& setting, const nlohmann::json& json, const HostFacts& host);
/// The one way a value is written: "1 MiB", "15 min", "50 %", "on". parseValue() gives it back exactly.
std::string formatValue(const Setting& setting, const Value& value);
/// bool, number or text; None as its word.
nlohmann::json toJson(const Setting& setting, const Value& value);
/// What the value means now, in words: "Only when you paste, one item at a time, up to 1 MB."
std::string sentenceOf(const Setting& setting, const Value& value, const Lookup& others);

/// An amount as people read it: 1048576 → "1 MB", 1610612736 → "1.5 GB".
std::string bytesInWords(std::uint64_t bytes);
/// 300 → "5 minutes", 1 → "1 second".
std::string durationInWords(std::int64_t seconds);

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/decide/resolve.h"

/// May this happen? Pure: no clock, no files, no database.
namespace annex::policy {

/// Who wants it.
struct Subject {
    enum class Kind {
        Person, ///< a client of the API: annexctl, annex
        Viewer, ///< a gesture that came over the frame link; the viewer may be taken over
        Guest,  ///< annex-init, annex-display or a program in the workspace: hostile
        Broker, ///< Annex itself
    };
    Kind kind = Kind::Person;
    std::string name; ///< "annexctl", or what a guest's program calls itself

    /// For the trail: "You", "You, annexctl", "A program that calls itself “Recorder”", "Annex".
    std::string words() const;
};

enum class Level { Process = 1, Emulated, Hypervisor };
std::string_view toString(Level level);            ///< "process"
std::string_view titleOf(Level level);             ///< "Process"
std::optional<Level> levelFrom(std::string_view);  ///< from "process"

namespace action {
/// A workspace is to run.
struct WorkspaceStart {
    Level level = Level::Process;      ///< that the engine really has on this host
    std::string engine{};              ///< "namespaces"
    unsigned running = 0;              ///< workspaces that run or are starting already
    std::vector<std::string> notHeld{}; ///< keys of limits that engine and host cannot hold now: "memory.maximum"
};
/// Host clipboard → workspace.
struct ClipboardPaste {
    std::uint64_t bytes = 0;
    std::uint64_t characters = 0;
};
/// Workspace → host clipboard.
struct ClipboardCopy {
    std::uint64_t bytes = 0;
    std::uint64_t characters = 0;
};
/// A host file → workspace, as a read-only copy.
struct FileIn {
    std::string name{};
    std::uint64_t bytes = 0;
};
/// A program of the workspace is to run, or (with `hostFile_bytes`) a host file that is copied in first.
struct ProgramRun {
    std::string program{};
    std::optional<std::uint64_t> hostFile_bytes{};
};
/// A person changes a setting, or takes their change back.
struct PolicySet {
    std::string key{};
    Value value{};
};
struct PolicyClear {
    std::string key{};
};
} // namespace action

using Action = std::variant<action::WorkspaceStart, action::ClipboardPaste, action::ClipboardCopy, action::FileIn, action::ProgramRun,
                            action::PolicySet, action::PolicyClear>;

std::string_view nameOf(const Action& action); ///< "clipboard.paste"
/// An action with nothing in it, for `explain` before anything happens; nothing for an unknown name.
std::optional<Action> actionNamed(std::string_view name);

/// The answer, with its grounds. The texts are whole sentences for people; ids are those of ui.md 10.
struct Decision {
    bool allowed = false;
    std::string id;                ///< "policy.level-refused"; empty when allowed
    std::string title;             ///< "Untrusted may not start here"; empty when allowed
    std::string reason;            ///< "Acme Ltd requires level Hypervisor; this computer offers Process."
    std::vector<std::string> toDo; ///< what the person can do, best first
    Rule rule;                     ///< that decided
    std::optional<Rule> next;      ///< nearest loser
    std::string sentence;          ///< for the trail: thing + past verb, "Text pasted in, 214 characters"
};

Decision decide(const Subject& subject, const Action& action, const Sources& sources);

/// A refusal that no setting made: too many in one minute, or no record can be written.
Decision refusal(const Action& action, std::string id, std::string title, std::string reason, std::vector<std::string> toDo);

/// Keys of `notHeld` that are only defaults: shown as "unlimited".
std::vector<std::string> shownAsUnlimited(const std::vector<std::string>& notHeld, const Sources& sources);

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#include "app/api/methods.h"

#include <algorithm>
#include <iterator>

namespace annex::api {

namespace {

constexpr std::int64_t kPath = 4'096;        // PATH_MAX
constexpr std::int64_t kFileName = 255;      // NAME_MAX
constexpr std::int64_t kArguments = 4'096;   // control::kMaxArguments
constexpr std::int64_t kEnvironment = 256;   // an exec -e is typed or scripted, not a whole environment
constexpr std::int64_t kWord = 64;
constexpr std::int64_t kSearch = 200;
constexpr std::int64_t kSettingText = 4'096; // policy's longest text
constexpr std::int64_t kMaxNumber = 9'007'199'254'740'991; // what every JSON reader holds exactly
constexpr std::int64_t kTerminal = 10'000;   // rows or columns; more is a mistake

constexpr Parameter kWorkspace{"workspace", Kind::Text, true, 1, kMaxName_bytes, "id or name"};
constexpr Parameter kWorkspaceOptional{"workspace", Kind::Text, false, 1, kMaxName_bytes, "id or name; default: the workspace \"Untrusted\""};
constexpr Parameter kWorkspaceSetting{"workspace", Kind::Text, false, 1, kMaxName_bytes, "id or name; without it the values for all workspaces"};
constexpr Parameter kFresh{"fresh", Kind::Flag, false, 0, 0, "in a fresh disposable workspace; default: as `open.fresh` says"};
constexpr Parameter kProgram{"program", Kind::Number, true, 1, 0xFFFF'FFFF, "the number that the start answered"};
constexpr Parameter kKey{"key", Kind::Text, true, 1, kWord, "the setting's key"};
constexpr Parameter kRows{"rows", Kind::Number, false, 1, kTerminal, "of the terminal; default 24"};
constexpr Parameter kColumns{"cols", Kind::Number, false, 1, kTerminal, "of the terminal; default 80"};

constexpr Parameter kHello[] = {
    {"version", Kind::Number, true, 1, 1'000, "of this protocol: 1"},
    {"client", Kind::Text, true, 1, kWord, "the client's name, for the log"},
};
constexpr Parameter kOne[] = {kWorkspace};
constexpr Parameter kCreate[] = {
    {"name", Kind::Text, false, 1, kMaxName_bytes, "1 to 40 characters; default: the next free \"Untrusted N\""},
    {"profile", Kind::Text, false, 1, kWord, "default: quarantine"},
    {"colour", Kind::Text, false, 1, kWord, "default: the next in order"},
    {"pattern", Kind::Text, false, 1, kWord, "default: the colour's own"},
};
constexpr Parameter kStop[] = {kWorkspace, {"force", Kind::Flag, false, 0, 0, "give programs no time"}};
constexpr Parameter kRun[] = {
    kWorkspaceOptional,
    {"argv", Kind::Texts, true, 1, kArguments, "the program and its arguments"},
    {"path", Kind::Text, false, 1, kPath, "the host file's name, when one is attached: it is copied in and run instead of argv[0]"},
    kFresh,
};
constexpr Parameter kExec[] = {
    kWorkspaceOptional,
    {"argv", Kind::Texts, true, 1, kArguments, "the program and its arguments"},
    {"terminal", Kind::Flag, false, 0, 0, "on a terminal made inside; standard error then comes with standard output"},
    kRows,
    kColumns,
    {"env", Kind::Texts, false, 0, kEnvironment, "NAME=value, added to the workspace's own environment"},
};
constexpr Parameter kSignal[] = {kWorkspace, kProgram, {"number", Kind::Number, true, 1, 64, "of Linux"}};
constexpr Parameter kResize[] = {kWorkspace, kProgram, {"rows", Kind::Number, true, 1, kTerminal, ""}, {"cols", Kind::Number, true, 1, kTerminal, ""}};
constexpr Parameter kKill[] = {kWorkspace, kProgram};
constexpr Parameter kOpen[] = {{"name", Kind::Text, true, 1, kFileName * 4, "the file's name, for the copy"}, kWorkspaceOptional, kFresh};
constexpr Parameter kAppList[] = {kWorkspaceOptional};
constexpr Parameter kAppOpen[] = {kWorkspaceOptional, {"id", Kind::Text, true, 1, kFileName, "the desktop entry's id"}, kFresh};
constexpr Parameter kPolicyList[] = {kWorkspaceSetting};
constexpr Parameter kPolicyKey[] = {kKey, kWorkspaceSetting};
constexpr Parameter kPolicySet[] = {kKey, {"value", Kind::Value, true, 0, kSettingText, "as `policy.list` describes it"}, kWorkspaceSetting};
constexpr Parameter kRepair[] = {{"backup", Kind::Text, false, 1, kPath, "one of the paths that `policy.state` lists under `backups`; none: start with defaults"}};
constexpr Parameter kExplain[] = {
    {"key", Kind::Text, false, 1, kWord, "a setting …"},
    {"action", Kind::Text, false, 1, kWord, "… or an action: clipboard.paste, clipboard.copy, file.in, program.run, workspace.start"},
    kWorkspaceSetting,
};
constexpr Parameter kAuditList[] = {
    {"limit", Kind::Number, false, 1, 200, "records; default 50"},
    {"before", Kind::Number, false, 1, kMaxNumber, "only records before this number"},
    {"workspace", Kind::Text, false, 1, kMaxName_bytes, "only of this workspace"},
    {"outcome", Kind::Text, false, 1, kWord, "only allowed, refused or noted ones"},
    {"search", Kind::Text, false, 1, kSearch, "only records whose sentence contains this"},
};
constexpr Parameter kGone[] = {kWorkspace, {"status", Kind::Number, false, -1'000, 1'000, "exit status of the viewer, negative: a signal"}};
constexpr Parameter kWindow[] = {kWorkspace, {"window", Kind::Number, false, 0, 0xFFFF'FFFF, "its id; 0 or none: all windows"}};
constexpr Parameter kSubscribe[] = {{"types", Kind::Texts, false, 0, 32, "default: all"}};
constexpr Parameter kShutdown[] = {{"force", Kind::Flag, false, 0, 0, "stop running workspaces first"}};
constexpr Parameter kNotice[] = {{"theme", Kind::Text, false, 1, kWord, "light, dark or high-contrast: what frames shall wear"},
                                 {"tray", Kind::Flag, false, 0, 0, "whether the desktop shows a tray"},
                                 {"display", Kind::Text, false, 0, kWord, "kind of display: x11 or wayland"}};

constexpr std::string_view kStartErrors[] = {"workspace.unknown", "workspace.limit", "workspace.state", "engine.none", "engine.unavailable", "engine.limit-not-held",
                                             "policy.level-refused", "guest.start-failed", "guest.start-timeout"};
constexpr std::string_view kWorkspaceErrors[] = {"workspace.unknown", "workspace.state"};
constexpr std::string_view kPauseErrors[] = {"workspace.unknown", "workspace.state", "workspace.no-pause"};
constexpr std::string_view kCreateErrors[] = {"workspace.exists", "workspace.name", "policy.bad-value"};
constexpr std::string_view kRemoveErrors[] = {"workspace.unknown", "workspace.state", "workspace.default"};
constexpr std::string_view kRunErrors[] = {"app.failed", "program.limit", "file.not-regular", "file.too-large", "file.refused", "file.failed", "file.changed"};
constexpr std::string_view kExecErrors[] = {"workspace.unknown", "workspace.state", "app.failed", "program.limit", "request.descriptors"};
constexpr std::string_view kProgramErrors[] = {"workspace.unknown", "program.unknown"};
constexpr std::string_view kOpenErrors[] = {"file.not-regular", "file.too-large", "file.refused", "file.failed", "file.changed", "file.executable", "file.no-program"};
constexpr std::string_view kAppErrors[] = {"app.unknown", "app.failed"};
constexpr std::string_view kPolicyErrors[] = {"policy.unknown-key", "workspace.unknown"};
constexpr std::string_view kPolicySetErrors[] = {"policy.unknown-key", "policy.bad-value", "policy.locked", "policy.store", "workspace.unknown"};
constexpr std::string_view kAuditErrors[] = {"audit.failed"};
constexpr std::string_view kViewerErrors[] = {"workspace.unknown", "viewer.unavailable"};
constexpr std::string_view kShutdownErrors[] = {"broker.busy"};

constexpr Method kMethods[] = {
    {"hello", "Says who the client is and checks that both speak the same version. The first request on a connection.", kHello,
     "{version, product, pid, desktop: whether `annex` is registered}", {}, "", 0, 0, 10, true},
    {"version", "Says what this broker is and which engines this host offers.", {}, "{product, protocol, engines: [{name, level, available, reason}]}", {}, "", 0, 0, 30, true},
    {"workspace.list", "Lists all workspaces.", {}, "{workspaces: [W]}", {}},
    {"workspace.get", "Describes one workspace.", kOne, "W", kWorkspaceErrors},
    {"workspace.create", "Makes a workspace. It does not start it.", kCreate, "W", kCreateErrors},
    {"workspace.remove", "Forgets a stopped workspace and its settings.", kOne, "{}", kRemoveErrors},
    {"workspace.start", "Starts a workspace and answers when programs can be started in it. Starting one that runs is not an error. Events: workspace.stage.", kOne, "W", kStartErrors, "", 0, 0, 90},
    {"workspace.cancel", "Gives up a start under way; nothing is left behind.", kOne, "{}", kWorkspaceErrors},
    {"workspace.stop", "Stops a workspace. A disposable one is thrown away.", kStop, "{discarded_bytes?: where the engine can tell}", kWorkspaceErrors, "", 0, 0, 60},
    {"workspace.pause", "Holds all programs of a workspace.", kOne, "W", kPauseErrors},
    {"workspace.resume", "Lets them go on.", kOne, "W", kPauseErrors},
    {"workspace.reset", "Throws the contents of a workspace away; one that runs is stopped and started again.", kOne, "{discarded_bytes?: where the engine can tell}", kWorkspaceErrors, "", 0, 0, 150},
    {"program.run", "Starts a program with windows, in a workspace that is started if needed. With a descriptor the host's file is copied in and run.", kRun, "{workspace: id, program: number}",
     kRunErrors, "the host file, opened read-only, where `path` is given", 0, 1, 600},
    {"program.exec", "Starts a program with the client's streams, in a workspace that is started if needed. Event when it ends: program.exited.", kExec, "{program: number}", kExecErrors,
     "standard input, output and error: pipe or socket ends that the client made for this and gives away", 3, 3, 60},
    {"program.signal", "Sends a signal to a program and its group.", kSignal, "{}", kProgramErrors},
    {"program.resize", "Tells a program's terminal its size.", kResize, "{}", kProgramErrors},
    {"program.kill", "Ends a program and its group.", kKill, "{}", kProgramErrors},
    {"file.open", "Copies a file in and opens the copy with the program that the workspace's own file types name.", kOpen, "{workspace: id, program: number, mime, application}", kOpenErrors,
     "the file, opened read-only", 1, 1, 600},
    {"app.list", "Lists the programs that have a desktop entry.", kAppList, "{apps: [{id, name, comment, icon, exec: [text], keywords: [text], uses: number}]}", {}},
    {"app.open", "Starts one of them.", kAppOpen, "{workspace: id, program: number}", kAppErrors, "", 0, 0, 90},
    {"window.activate", "Brings a window of a workspace to the front.", kWindow, "{}", kViewerErrors},
    {"window.close", "Asks a window's program to close it.", kWindow, "{}", kViewerErrors},
    {"policy.list", "Lists all settings with their values and where these come from.", kPolicyList,
     "{settings: [{key, type, values?, value, text, default, source, locked, organisation?, reason?, held, title, sentence, group, icon, none?, restart, scope, minimum?, maximum?, unit?}]}", kPolicyErrors},
    {"policy.get", "Describes one setting.", kPolicyKey, "as an element of policy.list", kPolicyErrors},
    {"policy.set", "Changes a setting.", kPolicySet, "as an element of policy.list", kPolicySetErrors},
    {"policy.clear", "Gives a setting back to profile and default.", kPolicyKey, "as an element of policy.list", kPolicySetErrors},
    {"policy.explain", "Says which rule decides, and which it overrules.", kExplain, "{decision?, value, rule: {source, origin, organisation, reason}, next?: {…}, text}", kPolicyErrors},
    {"policy.state", "Says whether the policy is managed, and what is wrong with it.", {}, "{managed, organisation, files: [text], problems: [text], store: \"ok\" or \"set-aside\", set_aside_path, store_reason, backups: [{path, time}]}", {}},
    {"policy.repair", "After a damaged store was set aside: takes a backup, or starts with defaults.", kRepair, "{}", kPolicySetErrors},
    {"audit.list", "Lists audit records, newest first.", kAuditList, "{records: [{seq, time, workspace, subject, action, outcome, sentence, rule, detail}], more}", kAuditErrors},
    {"audit.verify", "Checks the chain of the audit trail.", {}, "{whole, up_to, broken_at?, anchored, anchor_seq?, text}", kAuditErrors, "", 0, 0, 120},
    {"audit.export", "Writes all records as JSON lines.", {}, "{records: number}", kAuditErrors, "where to write: a pipe, socket or file opened for writing", 1, 1, 120},
    {"doctor.run", "Checks what this host offers and what it lacks, with cures.", {}, "{verdict, checks: [{id, title, finding, cure, state}]}", {}, "", 0, 0, 60},
    {"viewer.attach", "For `annex`: hands over what a viewer of this workspace inherits.", kOne, "{pool_bytes, pool: bool}", kViewerErrors, "answer: display stream, pixel pool (if `pool`), frame link", 0, 0, 30},
    {"viewer.gone", "For `annex`: the viewer of a workspace ended.", kGone, "{}", kWorkspaceErrors},
    {"desktop.register", "For `annex`: it is in the person's session and answers the broker's own requests (desktop.clipboard_text, desktop.set_clipboard, desktop.show, desktop.open_file_dialog).", kNotice, "{}", {}},
    {"desktop.unregister", "For `annex`: it leaves.", {}, "{}", {}},
    {"events.subscribe", "Asks for events on this connection.", kSubscribe, "{}", {}},
    {"broker.shutdown", "Ends annexd.", kShutdown, "{}", kShutdownErrors, "", 0, 0, 90},
};

constexpr Event kEvents[] = {
    {"workspace.changed", "{workspace: W}", "A workspace was made, or something of it changed."},
    {"workspace.removed", "{id}", "A workspace is no longer known."},
    {"workspace.stage", "{workspace, stage: \"prepare\", \"start\" or \"connect\", elapsed_ms}", "A start has come to this stage."},
    {"viewer.wanted", "{workspace}", "Windows of this workspace have nobody who shows them."},
    {"program.exited", "{workspace, program, status, signalled}", "A program that this client started has ended."},
    {"policy.changed", "{key, workspace?}", "A setting has another value; without key: any of them."},
    {"audit.added", "{seq}", "There is a new audit record."},
    {"notice", "{id, title, why, do, workspace?}", "Something happened that people should know."},
    {"desktop.changed", "{registered}", "`annex` came or went."},
};

} // namespace

std::span<const Method> methodTable()
{
    return kMethods;
}

std::span<const Event> eventTable()
{
    return kEvents;
}

const Method* findMethod(std::string_view name)
{
    const auto found = std::find_if(std::begin(kMethods), std::end(kMethods), [&](const Method& m) { return m.name == name; });
    return found == std::end(kMethods) ? nullptr : found;
}

const Event* findEvent(std::string_view name)
{
    const auto found = std::find_if(std::begin(kEvents), std::end(kEvents), [&](const Event& e) { return e.name == name; });
    return found == std::end(kEvents) ? nullptr : found;
}

} // namespace annex::api

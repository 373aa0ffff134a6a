// SPDX-License-Identifier: Apache-2.0
#include "app/api/errors.h"

#include <algorithm>

namespace annex::api {

namespace {

constexpr ErrorEntry kErrors[] = {
    // The request itself
    {code::kParse, "request.parse", "The request could not be read", "It is not one JSON object a line.", {"Send one JSON-RPC 2.0 object on a line of its own."}},
    {code::kInvalidRequest, "request.invalid", "The request could not be read", "{reason}.", {"Compare it with docs/api.md."}},
    {code::kMethodNotFound, "request.method", "Nothing is called {method}", "This version of Annex has no such method.", {"Compare the version of the client with that of the broker: annexctl version"}},
    {code::kInvalidParams, "request.params", "The request could not be used", "{reason}.", {"Compare its parameters with docs/api.md."}},
    {code::kInvalidParams, "request.descriptors", "The request could not be used", "{reason}.", {"Attach exactly the descriptors that docs/api.md names."}},
    {code::kLimit, "request.too-many", "Too many requests at once", "This client waits for {n} answers already.", {"Wait for answers before asking again."}},
    {code::kTimedOut, "request.timed-out", "It took too long", "There was no result within {seconds} seconds.", {"Try again.", "Look at the check-up: annexctl doctor"}},
    {code::kCancelled, "request.cancelled", "Cancelled", "It was cancelled before it was done.", {"Try again when you wish."}},
    {code::kNotYou, "request.writer", "The request was refused", "It was not written by a program of this user outside every workspace.", {"Ask from a program on the host, as the user who owns this broker."}},
    {code::kInvalidRequest, "request.hello", "The client and the broker do not match", "{reason}.", {"Install one version of Annex; then end the old broker: annexctl quit --force"}},
    {code::kInternal, "internal", "Annex itself failed", "It broke a promise of its own. Nothing was changed.", {"Try again.", "Send the log: annexctl doctor --json"}},

    // The broker
    {code::kUnavailable, "broker.away", "Annex's service does not answer", "{reason}.", {"Try again.", "Look at the log in ~/.local/state/annex/log."}},
    {code::kUnavailable, "broker.root", "Annex does not run as root", "A program for untrusted files has no business with root's rights.", {"Run it as an ordinary user."}},
    {code::kWrongState, "broker.busy", "Annex keeps running", "{n} workspaces are running.", {"Stop them first: annexctl stop --all", "End them with it: annexctl quit --force"}},

    // Workspaces
    {code::kNotFound, "workspace.unknown", "There is no workspace {workspace}", "No workspace has this name or id.", {"Look at the list: annexctl list"}},
    {code::kWrongState, "workspace.state", "{workspace} cannot do this now", "It is {state}.", {"Wait until it is done, then try again.", "Look at the list: annexctl list"}},
    {code::kWrongState, "workspace.exists", "{workspace} exists already", "Two workspaces cannot have one name.", {"Choose another name."}},
    {code::kInvalidParams, "workspace.name", "This name cannot be used", "{reason}.", {"Choose a name of 1 to 40 letters, digits, spaces and dashes."}},
    {code::kRefused, "workspace.limit", "{workspace} was not started", "{n} workspaces may run at once, and that many are running.", {"Stop one: annexctl stop NAME", "Raise the limit: annexctl policy set workspace.maximum N"}},
    {code::kUnavailable, "workspace.no-pause", "{workspace} cannot be paused", "This system has not given Annex a control group, so its programs cannot be held.", {"See how to give one: annexctl doctor"}},
    {code::kWrongState, "workspace.default", "{workspace} stays", "It is the workspace that Annex brings along.", {"Reset it instead: annexctl reset {workspace}"}},

    // Engines and guests
    {code::kUnavailable, "engine.none", "{workspace} did not start", "No way to run a workspace works on this computer. {reason}", {"See what is missing: annexctl doctor"}},
    {code::kUnavailable, "engine.unknown", "{workspace} did not start", "It is set to the engine {engine}, which this version does not have.", {"Choose another: annexctl policy set isolation.engine auto"}},
    {code::kUnavailable, "engine.unavailable", "{workspace} did not start", "It is set to the engine {engine}, which does not work here. {reason}", {"See what is missing: annexctl doctor", "Let Annex choose: annexctl policy set isolation.engine auto"}},
    {code::kUnavailable, "engine.no-userns", "{workspace} did not start", "This system keeps programs from making user namespaces.", {"See how to allow it: annexctl doctor"}},
    {code::kUnavailable, "engine.no-bubblewrap", "{workspace} did not start", "The program bwrap is not installed.", {"Install it: apt install bubblewrap"}},
    {code::kUnavailable, "engine.old-bubblewrap", "{workspace} did not start", "The installed bwrap is too old to keep workspaces from making namespaces of their own.", {"Install a newer one: apt install bubblewrap", "See what is needed: annexctl doctor"}},
    {code::kUnavailable, "engine.apparmor-userns", "{workspace} did not start", "This system keeps programs from making user namespaces (AppArmor).", {"See how to allow it for bwrap alone: annexctl doctor"}},
    {code::kUnavailable, "engine.in-chroot", "{workspace} did not start", "Annex runs inside a changed root, where the kernel refuses user namespaces.", {"Start it outside of it.", "See what is missing: annexctl doctor"}},
    {code::kUnavailable, "engine.no-seccomp", "{workspace} did not start", "This kernel cannot filter system calls.", {"Use a kernel with seccomp filters; those of all distributions have them."}},
    {code::kUnavailable, "engine.programs-missing", "{workspace} did not start", "A program of Annex itself is not where it should be.", {"Install Annex again.", "See which: annexctl doctor"}},
    {code::kUnavailable, "engine.bubblewrap-failed", "{workspace} did not start", "The program bwrap does not do its work on this system.", {"See what it says: annexctl doctor"}},
    {code::kUnavailable, "engine.limit-not-held", "{workspace} did not start", "A limit was chosen for it that this computer cannot hold: {reason}.", {"See what is missing: annexctl doctor", "Give up the limit: annexctl policy clear KEY"}},
    {code::kRefused, "policy.level-refused", "{workspace} may not start here", "{organisation} requires level {required}; this computer offers {offered}.", {"See the check-up: annexctl doctor", "See the rule: annexctl policy explain isolation.minimum"}},
    {code::kFailed, "guest.start-failed", "{workspace} did not start", "The part that runs it ended or did not answer. Nothing was left behind.", {"Try again.", "See the check-up: annexctl doctor"}},
    {code::kTimedOut, "guest.start-timeout", "{workspace} did not start", "It was not ready within {seconds} seconds. Nothing was left behind.", {"Try again.", "See the check-up: annexctl doctor"}},
    {code::kFailed, "guest.crashed", "{workspace} stopped unexpectedly", "What ran it ended by itself.", {"Start it again: annexctl start {workspace}", "Look at Activity: annexctl audit show"}},
    {code::kFailed, "guest.hostile", "{workspace} was cut off", "It sent something that no honest workspace sends. Other workspaces are not affected.", {"Reset it: annexctl reset {workspace}", "Look at Activity: annexctl audit show"}},
    {code::kFailed, "guest.display-given-up", "{workspace} shows no windows", "The part that draws them failed three times within a minute. Programs keep running.", {"Restart it: annexctl reset {workspace}"}},
    {code::kFailed, "guest.gone", "{workspace} ended meanwhile", "It stopped before this was done.", {"Start it again: annexctl start {workspace}"}},
    {code::kFailed, "guest.stop-failed", "{workspace} did not stop cleanly", "Something it left could not be removed.", {"Try again: annexctl stop --force {workspace}", "See the check-up: annexctl doctor"}},
    {code::kLimit, "storage.full", "{workspace} has no space left", "It reached its limit. Running programs see a full disk.", {"Reset it: annexctl reset {workspace}", "Raise the limit: annexctl policy set storage.quota SIZE"}},

    // Programs and files
    {code::kFailed, "app.failed", "{program} did not open", "It is not installed in this workspace, or could not be started.", {"Look at what is installed: annexctl run foot", "A program of this computer needs its path: annexctl run ./{program}"}},
    {code::kNotFound, "app.unknown", "There is no app {program}", "No program of this name has a desktop entry.", {"Run it by its command: annexctl run COMMAND"}},
    {code::kNotFound, "program.unknown", "The program is not running", "It ended, or was never started by this client.", {"Start it again."}},
    {code::kLimit, "program.limit", "{program} did not open", "{n} programs run in this workspace already.", {"Close some first."}},
    {code::kInvalidParams, "file.not-regular", "{file} was not sent in", "Only ordinary files can be sent into a workspace.", {"Choose a file, not a folder, link, pipe or device."}},
    {code::kLimit, "file.too-large", "{file} was not sent in", "It is {size}, and the limit is {limit}.", {"Raise the limit: annexctl policy set files.maximum_bytes SIZE"}},
    {code::kRefused, "file.refused", "{file} was not sent in", "{reason}", {"See the rule: annexctl policy explain files.to_workspace"}},
    {code::kFailed, "file.failed", "{file} was not sent in", "The workspace did not take it: {reason}.", {"Make space or reset the workspace, then try again."}},
    {code::kFailed, "file.changed", "{file} was not sent in", "It changed while it was read.", {"Try again when no program writes to it."}},
    {code::kFailed, "file.executable", "{file} is a program", "Programs are not opened, they are run.", {"Run it in a workspace: annexctl run ./{file}"}},
    {code::kFailed, "file.no-program", "{file} did not open", "No program in the workspace opens files of type {type}.", {"Open it with a program of your choice: annexctl run PROGRAM"}},

    // Policy and audit
    {code::kRefused, "policy.refused", "Not allowed", "{reason}", {"See the rule: annexctl policy explain {key}"}},
    {code::kRefused, "policy.locked", "{key} was not changed", "It is locked by {organisation}. {reason}", {"See the rule: annexctl policy explain {key}", "Ask {organisation}."}},
    {code::kNotFound, "policy.unknown-key", "There is no setting {key}", "This version of Annex has no setting of this name.", {"Look at the list: annexctl policy list"}},
    {code::kInvalidParams, "policy.bad-value", "{key} was not changed", "{reason}.", {"Look at what it accepts: annexctl policy explain {key}"}},
    {code::kFailed, "policy.store", "The settings could not be changed", "The policy store did not take it: {reason}.", {"Try again.", "See the check-up: annexctl doctor"}},
    {code::kFailed, "policy.store-corrupt", "Your settings could not be read", "The file is damaged. It was set aside; strict defaults hold until you choose.", {"See the check-up: annexctl doctor"}},
    {code::kFailed, "audit.failed", "The audit trail could not be read", "{reason}.", {"Check it: annexctl audit verify"}},

    // The desktop
    {code::kUnavailable, "desktop.none", "There is no desktop", "Annex has no window on this screen, so nothing can be shown or pasted.", {"Start it from a session with a display: annex"}},
    {code::kUnavailable, "viewer.unavailable", "No windows can be shown", "{reason}.", {"Start the workspace first: annexctl start NAME"}},

    // What the lower layers report without an id of their own
    {code::kUnavailable, "failed.unsupported", "It cannot be done here", "This computer lacks something it needs.", {"See what is missing: annexctl doctor"}},
    {code::kNotFound, "failed.not-found", "It was not found", "What was named does not exist.", {"Check the name."}},
    {code::kWrongState, "failed.exists", "It exists already", "Something of this name is there.", {"Choose another name."}},
    {code::kRefused, "failed.denied", "It was refused", "The system or a policy said no.", {"See the check-up: annexctl doctor"}},
    {code::kInvalidParams, "failed.malformed", "It could not be understood", "The value breaks a rule.", {"Check what was typed."}},
    {code::kLimit, "failed.too-large", "It is too large", "It is over a limit.", {"Look at the limits: annexctl policy list"}},
    {code::kWrongState, "failed.busy", "It cannot be done now", "Something else is under way.", {"Try again in a moment."}},
    {code::kLimit, "failed.no-space", "There is no space left", "The disk or a limit is full.", {"Make space, then try again."}},
    {code::kFailed, "failed.system", "It did not work", "The system refused a step.", {"Try again.", "See the check-up: annexctl doctor"}},
};

std::string replaceNames(std::string_view text, const Arguments& arguments)
{
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        const auto close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos) {
            out += text;
            break;
        }
        out += text.substr(0, open);
        const auto name = text.substr(open + 1, close - open - 1);
        const auto found = std::find_if(arguments.begin(), arguments.end(), [&](const auto& a) { return a.first == name; });
        out += found == arguments.end() ? std::string(name) : found->second;
        text.remove_prefix(close + 1);
    }
    return out;
}

std::string_view idOf(Errc codeOfError)
{
    switch (codeOfError) {
    case Errc::Unsupported: return "failed.unsupported";
    case Errc::NotFound: return "failed.not-found";
    case Errc::AlreadyExists: return "failed.exists";
    case Errc::Denied: return "failed.denied";
    case Errc::TimedOut: return "request.timed-out";
    case Errc::Cancelled: return "request.cancelled";
    case Errc::Malformed: return "failed.malformed";
    case Errc::TooLarge: return "failed.too-large";
    case Errc::Busy: return "failed.busy";
    case Errc::Disconnected: return "guest.gone";
    case Errc::NoSpace: return "failed.no-space";
    case Errc::Corrupt: return "policy.store-corrupt";
    case Errc::EngineFailed: return "guest.start-failed";
    case Errc::SystemFailed: return "failed.system";
    case Errc::Internal: return "internal";
    }
    return "internal";
}

} // namespace

std::span<const ErrorEntry> errorTable()
{
    return kErrors;
}

const ErrorEntry* findError(std::string_view id)
{
    const auto found = std::find_if(std::begin(kErrors), std::end(kErrors), [&](const ErrorEntry& e) { return e.id == id; });
    return found == std::end(kErrors) ? nullptr : found;
}

Problem problem(std::string_view id, const Arguments& arguments, std::string detail)
{
    const ErrorEntry* entry = findError(id);
    if (!entry) {
        entry = findError("internal");
        detail = std::string(id) + (detail.empty() ? "" : ": " + detail);
    }
    Problem out{entry->code, std::string(entry->id), replaceNames(entry->title, arguments), replaceNames(entry->why, arguments), {}, std::move(detail)};
    for (const auto row : entry->todo)
        if (!row.empty())
            out.todo.push_back(replaceNames(row, arguments));
    return out;
}

Refused refuse(std::string_view id, const Arguments& arguments, std::string detail)
{
    return Refused(problem(id, arguments, std::move(detail)));
}

Problem problemFrom(const Error& error, const Arguments& arguments)
{
    const std::string_view id = findError(error.id) ? std::string_view(error.id) : idOf(error.code);
    return problem(id, arguments, error.describe());
}

} // namespace annex::api

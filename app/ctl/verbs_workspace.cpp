// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <memory>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/ctl/exit_codes.h"
#include "app/ctl/output.h"
#include "app/ctl/verbs.h"

namespace annex::ctl {

namespace {

using nlohmann::json;

constexpr const char* kDefaultWorkspace = "Untrusted";

struct Options {
    std::string workspace = kDefaultWorkspace;
    bool force = false;
    bool all = false;
    bool yes = false;
};

std::string stateLine(const json& w)
{
    const std::string state = w.value("state", "");
    if (state == "failed" && w["error"].is_object())
        return "failed: " + w["error"].value("title", "");
    return state;
}

int list(Context& context)
{
    json answer;
    if (const int code = context.call("workspace.list", json::object(), answer))
        return code;
    if (context.json)
        return printJson(answer), kDone;
    std::vector<std::vector<std::string>> rows{{"NAME", "STATE", "LEVEL", "WINDOWS", "MEMORY", "KEPT"}};
    for (const auto& w : answer["workspaces"]) {
        const bool runs = w.value("state", "") != "stopped" && w.value("state", "") != "failed";
        rows.push_back({w.value("name", ""), stateLine(w), runs ? w.value("level", "") : "–", runs ? std::to_string(w.value("windows", 0)) : "–",
                        w["memory_bytes"].is_number() ? sizeInWords(w["memory_bytes"].get<std::uint64_t>()) : "–", w.value("fresh", false) ? "until it stops" : w.value("persistence", "")});
    }
    std::string text = table(rows);
    text.pop_back();
    printLine(text);
    return kDone;
}

// One request about one workspace, and a sentence when it is done.
int simple(Context& context, std::string_view method, const std::string& workspace, json parameters, const std::string& sentence)
{
    json answer;
    parameters["workspace"] = workspace;
    if (const int code = context.call(method, parameters, answer))
        return code;
    if (context.json)
        printJson(answer);
    else
        printLine(workspace + " " + sentence);
    return kDone;
}

int start(Context& context, const std::string& workspace)
{
    json answer;
    if (const int code = context.call("workspace.start", {{"workspace", workspace}}, answer))
        return code;
    startDesktopIfNeeded(context);
    if (context.json)
        return printJson(answer), kDone;
    std::string line = workspace + " is running, level " + answer.value("level", "");
    for (const auto& key : answer["unlimited"])
        line += "\n  " + key.get<std::string>() + " is unlimited: this system cannot hold it (annexctl doctor)";
    printLine(line);
    return kDone;
}

// Without a broker nothing runs: that is what was wished.
bool nothingRuns(Context& context, int& code)
{
    if (!context.brokerAnswers()) {
        code = kDone;
        return true;
    }
    code = context.connect(false);
    return code != kDone;
}

int stopAll(Context& context, bool force)
{
    int code = kDone;
    if (nothingRuns(context, code))
        return code;
    json list, stopped = json::array();
    if (code = context.call("workspace.list", json::object(), list); code != kDone)
        return code;
    for (const auto& w : list["workspaces"]) {
        if (w.value("state", "") == "stopped" || w.value("state", "") == "failed")
            continue;
        json answer;
        code = std::max(code, context.call("workspace.stop", {{"workspace", w["id"]}, {"force", force}}, answer));
        stopped.push_back(w["name"]);
    }
    context.json ? printJson({{"stopped", stopped}}) : printLine(stopped.empty() ? "Nothing was running" : "All workspaces are stopped");
    return code;
}

int quit(Context& context, bool force)
{
    int code = kDone;
    if (nothingRuns(context, code))
        return code;
    json answer;
    if (code = context.call("broker.shutdown", {{"force", force}}, answer); code != kDone)
        return code;
    context.json ? printJson(answer) : printLine("Annex has ended");
    return kDone;
}

// What cannot be undone is asked once, where somebody can answer; Enter keeps.
bool isConfirmed(const std::string& workspace)
{
    if (!::isatty(STDIN_FILENO) || !::isatty(STDERR_FILENO))
        return true;
    std::fprintf(stderr, "Reset %s? Its files and open windows are deleted for good. [y/N] ", workspace.c_str());
    char answer[8] = {};
    return std::fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

int reset(Context& context, const Options& options)
{
    if (!options.yes && !isConfirmed(options.workspace))
        return kFailed;
    return simple(context, "workspace.reset", options.workspace, json::object(), "was reset");
}

CLI::App* add(CLI::App& app, const char* name, const char* about, const std::shared_ptr<Options>& options)
{
    auto* verb = app.add_subcommand(name, about);
    verb->add_option("WORKSPACE", options->workspace, "Name or id of a workspace")->capture_default_str();
    return verb;
}

} // namespace

void addWorkspaceVerbs(CLI::App& app, Command& command)
{
    const auto options = std::make_shared<Options>();
    Context& context = command.context;
    const auto on = [&command](CLI::App* verb, std::function<int()> work) { verb->callback([&command, work = std::move(work)] { command.run = work; }); };

    on(app.add_subcommand("list", "List workspaces and what they do"), [&context] { return list(context); });
    on(add(app, "start", "Start a workspace", options), [&context, options] { return start(context, options->workspace); });

    auto* stop = add(app, "stop", "Stop a workspace; a disposable one is thrown away", options);
    stop->add_flag("-f,--force", options->force, "Give programs no time");
    stop->add_flag("-a,--all", options->all, "Stop all workspaces");
    on(stop, [&context, options] {
        return options->all ? stopAll(context, options->force) : simple(context, "workspace.stop", options->workspace, {{"force", options->force}}, "is stopped");
    });
    on(add(app, "pause", "Hold all programs of a workspace", options), [&context, options] { return simple(context, "workspace.pause", options->workspace, json::object(), "is paused"); });
    on(add(app, "resume", "Let the programs of a paused workspace go on", options),
       [&context, options] { return simple(context, "workspace.resume", options->workspace, json::object(), "goes on"); });
    auto* resetVerb = add(app, "reset", "Throw the contents of a workspace away; one that runs starts again empty", options);
    resetVerb->add_flag("-y,--yes", options->yes, "Do not ask");
    on(resetVerb, [&context, options] { return reset(context, *options); });

    auto* quitVerb = app.add_subcommand("quit", "End the broker; refused while workspaces run");
    quitVerb->add_flag("-f,--force", options->force, "Stop running workspaces first");
    on(quitVerb, [&context, options] { return quit(context, options->force); });

    auto* create = app.add_subcommand("create", "Make another workspace");
    create->add_option("NAME", options->workspace, "Its name")->required();
    on(create, [&context, options] {
        json answer;
        if (const int code = context.call("workspace.create", {{"name", options->workspace}}, answer))
            return code;
        context.json ? printJson(answer) : printLine(answer.value("name", "") + " was made");
        return static_cast<int>(kDone);
    });
    auto* remove = app.add_subcommand("remove", "Forget a stopped workspace and its settings");
    remove->add_option("WORKSPACE", options->workspace, "Name or id of a workspace")->required();
    on(remove, [&context, options] { return simple(context, "workspace.remove", options->workspace, json::object(), "was removed"); });
}

} // namespace annex::ctl

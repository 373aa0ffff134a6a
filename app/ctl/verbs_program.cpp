// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/ctl/exec.h"
#include "app/ctl/exit_codes.h"
#include "app/ctl/host_file.h"
#include "app/ctl/output.h"
#include "app/ctl/verbs.h"

namespace annex::ctl {

namespace {

using nlohmann::json;

struct Options {
    std::string workspace;
    bool fresh = false;
    std::vector<std::string> command;
    std::vector<std::string> files;
    ExecRequest exec;
};

void place(const Options& options, json& parameters)
{
    if (!options.workspace.empty())
        parameters["workspace"] = options.workspace;
    if (options.fresh)
        parameters["fresh"] = true;
}

std::string nameOf(Context& context, const std::string& id)
{
    json w;
    return context.call("workspace.get", {{"workspace", id}}, w) == 0 ? w.value("name", id) : id;
}

int run(Context& context, Options options)
{
    json parameters;
    std::vector<UniqueFd> descriptors;
    // As in a shell: a name is looked up (inside), a path is a file (here).
    if (options.command.front().find('/') != std::string::npos) {
        auto file = openHostFile(options.command.front());
        if (!file) {
            printProblem(file.error(), context.json);
            return exitCodeFor(file.error());
        }
        descriptors.push_back(std::move(*file));
        parameters["path"] = options.command.front();
        options.command.front() = fileNameOf(options.command.front());
    }
    parameters["argv"] = options.command;
    place(options, parameters);
    json answer;
    if (const int code = context.call("program.run", parameters, answer, std::move(descriptors)))
        return code;
    startDesktopIfNeeded(context);
    if (context.json)
        printJson(answer);
    else
        printLine(options.command.front() + " runs in " + nameOf(context, answer.value("workspace", "")));
    return kDone;
}

int openOne(Context& context, const Options& options, const std::string& path, json& answer)
{
    auto file = openHostFile(path);
    if (!file) {
        printProblem(file.error(), context.json);
        return exitCodeFor(file.error());
    }
    std::vector<UniqueFd> descriptors;
    descriptors.push_back(std::move(*file));
    json parameters{{"name", fileNameOf(path)}};
    place(options, parameters);
    return context.call("file.open", parameters, answer, std::move(descriptors));
}

int open(Context& context, const Options& options)
{
    json all = json::array();
    int worst = kDone;
    for (const auto& path : options.files) {
        json answer;
        const int code = openOne(context, options, path, answer);
        worst = std::max(worst, code);
        if (code != kDone)
            continue;
        startDesktopIfNeeded(context);
        if (!context.json)
            printLine(fileNameOf(path) + " opens in " + nameOf(context, answer.value("workspace", "")) + " with " + answer.value("application", ""));
        answer["file"] = path;
        all.push_back(std::move(answer));
    }
    if (context.json && !all.empty())
        printJson({{"opened", std::move(all)}});
    return worst;
}

int apps(Context& context, const Options& options)
{
    json answer, parameters = json::object();
    place(options, parameters);
    if (const int code = context.call("app.list", parameters, answer))
        return code;
    if (context.json)
        return printJson(answer), kDone;
    std::vector<std::vector<std::string>> rows{{"ID", "NAME", "WHAT IT IS"}};
    for (const auto& app : answer["apps"])
        rows.push_back({app.value("id", ""), app.value("name", ""), app.value("comment", "")});
    std::string text = table(rows);
    text.pop_back();
    printLine(text);
    return kDone;
}

void addPlace(CLI::App* verb, const std::shared_ptr<Options>& options)
{
    verb->add_option("-w,--workspace", options->workspace, "Name or id of a workspace; it is started if needed");
    verb->add_flag("--fresh", options->fresh, "In a fresh disposable workspace");
}

} // namespace

void addProgramVerbs(CLI::App& app, Command& command)
{
    const auto options = std::make_shared<Options>();
    Context& context = command.context;
    const auto on = [&command](CLI::App* verb, std::function<int()> work) { verb->callback([&command, work = std::move(work)] { command.run = work; }); };

    auto* runVerb = app.add_subcommand("run", "Run a program with windows: a name is looked up in the workspace, a path is a file of this computer that is copied in");
    addPlace(runVerb, options);
    runVerb->add_option("PROGRAM", options->command, "Program and its arguments")->required();
    on(runVerb, [&context, options] { return run(context, *options); });

    auto* openVerb = app.add_subcommand("open", "Open files: a read-only copy, with the program that the workspace has for its type");
    addPlace(openVerb, options);
    openVerb->add_option("FILE", options->files, "Files of this computer")->required();
    on(openVerb, [&context, options] { return open(context, *options); });

    auto* execVerb = app.add_subcommand("exec", "Run a command in a workspace with this terminal's streams; gives the command's exit code (125: Annex failed, 126: cannot be run, 127: not found)");
    execVerb->add_option("-w,--workspace", options->exec.workspace, "Name or id of a workspace; it is started if needed");
    execVerb->add_flag("-t,--tty", options->exec.terminal, "On a terminal made inside");
    execVerb->add_option("-e,--env", options->exec.environment, "NAME=value for the command")->allow_extra_args(false);
    execVerb->add_option("COMMAND", options->exec.command, "Command and its arguments")->required();
    on(execVerb, [&context, options] { return runExec(context, options->exec); });

    auto* appsVerb = app.add_subcommand("apps", "List the programs of a workspace that have a desktop entry");
    appsVerb->add_option("-w,--workspace", options->workspace, "Name or id of a workspace");
    on(appsVerb, [&context, options] { return apps(context, *options); });
}

} // namespace annex::ctl

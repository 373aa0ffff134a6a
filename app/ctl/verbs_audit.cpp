// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/ctl/exit_codes.h"
#include "app/ctl/output.h"
#include "app/ctl/verbs.h"

namespace annex::ctl {

namespace {

using nlohmann::json;

struct Options {
    std::string workspace, outcome, search, file;
    int limit = 50;
};

int show(Context& context, const Options& options)
{
    json parameters{{"limit", options.limit}}, answer;
    for (const auto& [name, value] : {std::pair("workspace", options.workspace), std::pair("outcome", options.outcome), std::pair("search", options.search)})
        if (!value.empty())
            parameters[name] = value;
    if (const int code = context.call("audit.list", parameters, answer))
        return code;
    if (context.json)
        return printJson(answer), kDone;
    std::vector<std::vector<std::string>> rows{{"NO", "TIME", "WORKSPACE", "OUTCOME", "WHAT"}};
    auto& records = answer["records"];
    for (auto it = records.rbegin(); it != records.rend(); ++it)
        rows.push_back({std::to_string(it->value("seq", std::int64_t{0})), timeInWords(it->value("time", std::int64_t{0})), it->value("workspace_name", ""), it->value("outcome", ""), it->value("sentence", "")});
    std::string text = table(rows);
    text.pop_back();
    printLine(text);
    return kDone;
}

int verify(Context& context)
{
    json answer;
    if (const int code = context.call("audit.verify", json::object(), answer))
        return code;
    context.json ? printJson(answer) : printLine(answer.value("text", ""));
    return answer.value("whole", false) ? kDone : kFailed;
}

int exportTrail(Context& context, const Options& options)
{
    // Opened here, with this person's rights; a file that exists is not overwritten by mistake.
    UniqueFd file(options.file.empty() || options.file == "-" ? ::dup(STDOUT_FILENO) : ::open(options.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) {
        auto problem = api::problem("failed.system");
        problem.title = options.file + " was not written";
        problem.why = "It exists already, or its folder cannot be written.";
        problem.todo = {"Choose another name."};
        printProblem(problem, context.json);
        return kFailed;
    }
    std::vector<UniqueFd> descriptors;
    descriptors.push_back(std::move(file));
    json answer;
    if (const int code = context.call("audit.export", json::object(), answer, std::move(descriptors)))
        return code;
    if (!options.file.empty() && options.file != "-")
        context.json ? printJson(answer) : printLine(std::to_string(answer.value("records", std::int64_t{0})) + " records written to " + options.file);
    return kDone;
}

} // namespace

void addAuditVerbs(CLI::App& app, Command& command)
{
    const auto options = std::make_shared<Options>();
    Context& context = command.context;
    const auto on = [&command](CLI::App* verb, std::function<int()> work) { verb->callback([&command, work = std::move(work)] { command.run = work; }); };

    auto* audit = app.add_subcommand("audit", "What was allowed, refused and noted");
    audit->require_subcommand(1);
    auto* showVerb = audit->add_subcommand("show", "Show the newest records");
    showVerb->add_option("-n,--limit", options->limit, "How many, at most 200")->check(CLI::Range(1, 200))->capture_default_str();
    showVerb->add_option("-w,--workspace", options->workspace, "Only of this workspace");
    showVerb->add_option("--outcome", options->outcome, "Only these")->check(CLI::IsMember({"allowed", "refused", "noted"}));
    showVerb->add_option("--search", options->search, "Only records that contain this");
    on(showVerb, [&context, options] { return show(context, *options); });
    on(audit->add_subcommand("verify", "Say what of the trail is whole, and since which anchor"), [&context] { return verify(context); });
    auto* exportVerb = audit->add_subcommand("export", "Write all records as JSON lines");
    exportVerb->add_option("FILE", options->file, "A new file; none: standard output");
    on(exportVerb, [&context, options] { return exportTrail(context, *options); });
}

} // namespace annex::ctl

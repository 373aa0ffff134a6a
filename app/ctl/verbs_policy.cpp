// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/ctl/exit_codes.h"
#include "app/ctl/output.h"
#include "app/ctl/verbs.h"

namespace annex::ctl {

namespace {

using nlohmann::json;

struct Options {
    std::string workspace, key, value, backup;
};

json scope(const Options& options)
{
    json out = json::object();
    if (!options.workspace.empty())
        out["workspace"] = options.workspace;
    return out;
}

std::string sourceOf(const json& s)
{
    std::string out = s.value("source", "");
    if (s.value("locked", false))
        out += ", locked by " + s.value("organisation", "your organisation");
    if (!s.value("held", true))
        out += ", not held here";
    return out;
}

int list(Context& context, const Options& options)
{
    json answer;
    if (const int code = context.call("policy.list", scope(options), answer))
        return code;
    if (context.json)
        return printJson(answer), kDone;
    std::vector<std::vector<std::string>> rows{{"KEY", "VALUE", "FROM"}};
    for (const auto& s : answer["settings"])
        rows.push_back({s.value("key", ""), s.value("text", ""), sourceOf(s)});
    std::string text = table(rows);
    text.pop_back();
    printLine(text);
    return kDone;
}

int showSetting(Context& context, const json& s)
{
    if (context.json)
        printJson(s);
    else
        printLine(s.value("text", ""));
    return kDone;
}

int get(Context& context, const Options& options)
{
    json answer, parameters = scope(options);
    parameters["key"] = options.key;
    if (const int code = context.call("policy.get", parameters, answer))
        return code;
    return showSetting(context, answer);
}

int set(Context& context, const Options& options)
{
    json answer, parameters = scope(options);
    parameters.update({{"key", options.key}, {"value", options.value}});
    if (const int code = context.call("policy.set", parameters, answer))
        return code;
    return showSetting(context, answer);
}

int clear(Context& context, const Options& options)
{
    json answer, parameters = scope(options);
    parameters["key"] = options.key;
    if (const int code = context.call("policy.clear", parameters, answer))
        return code;
    return showSetting(context, answer);
}

int explain(Context& context, const Options& options)
{
    json answer, parameters = scope(options);
    constexpr std::string_view kActions[] = {"workspace.start", "clipboard.paste", "clipboard.copy", "file.in", "program.run"};
    const bool isAction = std::find(std::begin(kActions), std::end(kActions), options.key) != std::end(kActions);
    parameters[isAction ? "action" : "key"] = options.key;
    if (const int code = context.call("policy.explain", parameters, answer))
        return code;
    if (context.json)
        printJson(answer);
    else
        printLine(answer.value("text", ""));
    return kDone;
}

int state(Context& context)
{
    json answer;
    if (const int code = context.call("policy.state", json::object(), answer))
        return code;
    if (context.json)
        return printJson(answer), kDone;
    printLine(answer.value("managed", false) ? "Managed by " + answer.value("organisation", "your organisation") : "Not managed");
    for (const auto& problem : answer["problems"])
        printLine("Problem: " + problem.get<std::string>());
    if (answer.value("store", "ok") != "ok") {
        printLine("Your settings could not be read: " + answer.value("store_reason", ""));
        for (const auto& backup : answer["backups"])
            printLine("  Backup of " + timeInWords(backup.value("time", std::int64_t{0})) + ": " + backup.value("path", ""));
        printLine("  → Restore one: annexctl policy repair --backup PATH, or start with defaults: annexctl policy repair");
    }
    return kDone;
}

int repair(Context& context, const Options& options)
{
    json answer, parameters = json::object();
    if (!options.backup.empty())
        parameters["backup"] = options.backup;
    if (const int code = context.call("policy.repair", parameters, answer))
        return code;
    context.json ? printJson(answer) : printLine(options.backup.empty() ? "Settings begin with their defaults" : "The backup is in force");
    return kDone;
}

} // namespace

void addPolicyVerbs(CLI::App& app, Command& command)
{
    const auto options = std::make_shared<Options>();
    Context& context = command.context;
    const auto on = [&command](CLI::App* verb, std::function<int()> work) { verb->callback([&command, work = std::move(work)] { command.run = work; }); };

    auto* policy = app.add_subcommand("policy", "Settings: what may cross the border, and who decided it");
    policy->require_subcommand(1);
    const auto add = [&](const char* name, const char* about) {
        auto* verb = policy->add_subcommand(name, about);
        verb->add_option("-w,--workspace", options->workspace, "For this workspace; else for all");
        return verb;
    };
    on(add("list", "List all settings"), [&context, options] { return list(context, *options); });
    auto* getVerb = add("get", "Print one value");
    getVerb->add_option("KEY", options->key, "As in `policy list`")->required();
    on(getVerb, [&context, options] { return get(context, *options); });
    auto* setVerb = add("set", "Change a value");
    setVerb->add_option("KEY", options->key, "As in `policy list`")->required();
    setVerb->add_option("VALUE", options->value, "\"off\", \"text\", \"2 GiB\", \"15 min\", …")->required();
    on(setVerb, [&context, options] { return set(context, *options); });
    auto* clearVerb = add("clear", "Give a value back to profile and default");
    clearVerb->add_option("KEY", options->key, "As in `policy list`")->required();
    on(clearVerb, [&context, options] { return clear(context, *options); });
    auto* explainVerb = add("explain", "Say which rule decides, and which it overrules");
    explainVerb->add_option("KEY", options->key, "A setting, or an action: clipboard.paste, clipboard.copy, file.in, workspace.start")->required();
    on(explainVerb, [&context, options] { return explain(context, *options); });
    on(policy->add_subcommand("state", "Say whether the policy is managed, and what is wrong with it"), [&context] { return state(context); });
    auto* repairVerb = policy->add_subcommand("repair", "After damage: take a backup, or start with defaults");
    repairVerb->add_option("--backup", options->backup, "A path that `policy state` lists");
    on(repairVerb, [&context, options] { return repair(context, *options); });
}

} // namespace annex::ctl

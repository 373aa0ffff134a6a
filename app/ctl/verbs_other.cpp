// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/ctl/completion.h"
#include "app/ctl/exit_codes.h"
#include "app/ctl/output.h"
#include "app/ctl/verbs.h"

namespace annex::ctl {

namespace {

using nlohmann::json;

const char* word(const std::string& state)
{
    return state == "fine" ? "Fine" : state == "look" ? "Look" : "Broken";
}

int doctor(Context& context)
{
    json answer;
    if (const int code = context.call("doctor.run", json::object(), answer))
        return code;
    const std::string verdict = answer.value("verdict", "");
    const int code = verdict == "broken" ? kFailed : kDone;
    if (context.json)
        return printJson(answer), code;
    printLine(verdict == "fine" ? "Everything works." : verdict == "look" ? "Annex works; some things are worth a look." : "Something is broken.");
    for (const auto& check : answer["checks"]) {
        const std::string state = word(check.value("state", ""));
        printLine(state + std::string(8 - state.size(), ' ') + check.value("title", "") + ": " + check.value("finding", ""));
        if (const std::string cure = check.value("cure", ""); !cure.empty())
            printLine("        → " + cure);
    }
    return code;
}

// Needs no broker; asks a running one what it offers only if wished.
int version(Context& context, bool engines)
{
    if (!engines) {
        if (context.json)
            printJson({{"product", ANNEX_VERSION}, {"protocol", 1}});
        else
            printLine("annexctl " ANNEX_VERSION);
        return kDone;
    }
    json answer;
    if (const int code = context.call("version", json::object(), answer))
        return code;
    if (context.json)
        return printJson(answer), kDone;
    printLine("annexctl " ANNEX_VERSION ", annexd " + answer.value("product", ""));
    for (const auto& engine : answer["engines"])
        printLine("  " + engine.value("name", "") + " (" + engine.value("level", "") + "): " + (engine.value("available", false) ? "available" : engine.value("reason", "")));
    return kDone;
}

int completion(const CLI::App& app, const std::string& shell)
{
    printLine(completionFor(app, shell));
    return kDone;
}

} // namespace

void addOtherVerbs(CLI::App& app, Command& command)
{
    Context& context = command.context;
    const auto on = [&command](CLI::App* verb, std::function<int()> work) { verb->callback([&command, work = std::move(work)] { command.run = work; }); };

    on(app.add_subcommand("doctor", "Check what this computer offers and lacks, with cures"), [&context] { return doctor(context); });
    const auto engines = std::make_shared<bool>(false);
    auto* versionVerb = app.add_subcommand("version", "Print the version");
    versionVerb->add_flag("--engines", *engines, "And what the broker and this computer offer");
    on(versionVerb, [&context, engines] { return version(context, *engines); });
    const auto shell = std::make_shared<std::string>();
    auto* completionVerb = app.add_subcommand("completion", "Print a completion script");
    completionVerb->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    on(completionVerb, [&app, shell] { return completion(app, *shell); });
    const auto manual = std::make_shared<bool>(false);
    auto* manualVerb = app.add_subcommand("manual", "Print the manual page");
    manualVerb->group("");
    on(manualVerb, [&app] {
        printLine(manualPage(app));
        return static_cast<int>(kDone);
    });
}

} // namespace annex::ctl

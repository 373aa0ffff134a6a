// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <cstring>

#include <CLI/CLI.hpp>

#include "app/ctl/arguments.h"
#include "app/ctl/exit_codes.h"
#include "app/ctl/verbs.h"

namespace {

using namespace annex::ctl;

int parseAndRun(std::vector<std::string> arguments)
{
    CLI::App app("Open what you do not trust in a second desktop.", "annexctl");
    Command command;
    app.require_subcommand(1);
    app.set_version_flag("--version", "annexctl " ANNEX_VERSION);
    app.add_flag("--json", command.context.json, "Answers, also errors, as JSON on standard output");
    app.add_flag("--no-start", command.context.noStart, "Do not start the broker");
    app.add_option("--runtime-dir", command.context.runtimeDir, "Where the broker's socket lies")->group("");
    app.fallthrough();
    app.footer("Exit codes: 0 done, 1 failed, 2 wrong command line, 3 policy refused, 4 not available here, 5 no broker.\n"
               "Examples: annexctl run foot    annexctl run ./setup.sh    annexctl open invoice.pdf    annexctl exec -t -- bash");
    addProgramVerbs(app, command);
    addWorkspaceVerbs(app, command);
    addPolicyVerbs(app, command);
    addAuditVerbs(app, command);
    addOtherVerbs(app, command);
    const auto verb = std::find_if(arguments.begin(), arguments.end(), [](const std::string& word) { return !word.starts_with("-"); });
    const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
    const auto isVerb = [&](const std::string& word) { return std::any_of(verbs.begin(), verbs.end(), [&](const CLI::App* v) { return v->get_name() == word; }); };
    if (verb != arguments.end() && verb == arguments.begin() && !isVerb(*verb)) {
        std::fprintf(stderr, "annexctl: There is no verb \"%s\".\n  → See them all: annexctl --help\n", verb->c_str());
        return kUsage;
    }
    std::reverse(arguments.begin(), arguments.end()); // as CLI11 wants them
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kDone : kUsage;
    }
    try {
        return command.run ? command.run() : kUsage;
    } catch (const std::exception& error) { // an answer of another shape than this version knows
        std::fprintf(stderr, "annexctl: The broker's answer was not understood.\n  %s\n  → Compare versions: annexctl version --engines\n", error.what());
        return kFailed;
    }
}

} // namespace

int main(int argc, char** argv)
{
    // The one verb that everything else is measured against: no parser is built for it.
    if (argc == 2 && std::strcmp(argv[1], "version") == 0)
        return std::puts("annexctl " ANNEX_VERSION) < 0 ? kFailed : kDone;
    return parseAndRun(separateProgram(std::vector<std::string>(argv + 1, argv + argc)));
}

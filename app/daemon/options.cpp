// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/options.h"

#include <CLI/CLI.hpp>

namespace annex::daemon {

std::optional<Options> parseOptions(int argc, char** argv, int& code)
{
    Options out;
    unsigned managedUid = 0;
    CLI::App app("annexd: the broker of Annex. Clients start it when they need it; it ends by itself.");
    app.set_version_flag("--version", ANNEX_VERSION);
    app.add_option("--ready-fd", out.readyFd, "Descriptor that is told when it listens");
    app.add_option("--lock-fd", out.lockFd, "Descriptor of the lock that the starter took");
    app.add_option("--engine", out.engine, "Ways to run a workspace")->check(CLI::IsMember({"auto", "namespaces", "fake"}));
    app.add_option("--runtime-dir", out.runtimeDir, "Instead of $XDG_RUNTIME_DIR/annex");
    app.add_option("--data-dir", out.dataDir, "Instead of $XDG_DATA_HOME/annex");
    app.add_option("--config-dir", out.configDir, "Instead of $XDG_CONFIG_HOME/annex");
    app.add_option("--managed-dir", out.managedDir, "Instead of /etc/annex/policy.d");
    app.add_option("--log-level", out.logLevel, "trace, debug, info, warn, error or off");
    app.add_flag("--test-hooks", out.testHooks, "For tests: honour the options below and the fake engine")->group("Tests");
    app.add_option("--weaken", out.weaken, "Leave this defence out")->group("Tests");
    auto* owner = app.add_option("--managed-uid", managedUid, "Who has to own policy files")->group("Tests");
    app.add_option("--empty-seconds", out.emptySeconds, "How long to stay without workspace and client")->group("Tests");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        code = app.exit(error) == 0 ? 0 : 2;
        return std::nullopt;
    }
    if (!out.testHooks && (!out.weaken.empty() || owner->count() > 0 || out.engine == "fake" || out.emptySeconds != 300)) {
        std::fprintf(stderr, "annexd: this option is for tests and needs --test-hooks\n");
        code = 2;
        return std::nullopt;
    }
    if (owner->count() > 0)
        out.managedUid = managedUid;
    return out;
}

Result<Paths> pathsFor(const Options& options)
{
    auto paths = accountPaths();
    if (!paths)
        return paths;
    const auto replace = [](std::filesystem::path& path, const std::string& by) {
        if (!by.empty())
            path = by;
    };
    replace(paths->runtime, options.runtimeDir);
    replace(paths->data, options.dataDir);
    replace(paths->config, options.configDir);
    replace(paths->managed, options.managedDir);
    return paths;
}

} // namespace annex::daemon

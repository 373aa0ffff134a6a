// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/paths.h"
#include "base/result.h"

namespace annex::daemon {

/// annexd's command line (docs/architecture.md).
struct Options {
    int readyFd = -1;             ///< one line goes there: "ready", or why not
    int lockFd = -1;              ///< annexd.lock, taken by whoever started us
    std::string engine = "auto";  ///< auto, namespaces or fake
    std::string runtimeDir, dataDir, configDir, managedDir;
    std::string logLevel = "info";
    bool testHooks = false;       ///< honour what only tests need (`weaken`, the fake engine, `managedUid`)
    std::vector<std::string> weaken; ///< defences to leave out: positive controls of tests/security
    std::optional<unsigned> managedUid; ///< who owns policy files; 0 in the product
    unsigned emptySeconds = 300;
};

/// @return nothing after --help or --version (already printed). `code` is then the exit code.
std::optional<Options> parseOptions(int argc, char** argv, int& code);

/// The account's folders with what the options replace.
Result<Paths> pathsFor(const Options& options);

} // namespace annex::daemon

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/posix/unique_fd.h"
#include "base/process/process.h"
#include "base/result.h"

/// annex-display with what annex-init and the keeper would hand it.
namespace annex::test {

struct DisplayOptions {
    bool xwayland = false;
    bool inlineFrames = false;
    std::uint64_t pool_bytes = 64u << 20;
    std::string runtimeFolder;                ///< XDG_RUNTIME_DIR, mode 0700
    std::string socketName = "annex-0";
    std::vector<std::string> environment;     ///< added to the little that it gets
    bool showErrors = false;                  ///< its stderr goes to ours
};

/// What the host holds of a running annex-display.
struct DisplayEnd {
    ChildProcess process;
    UniqueFd stream, pool, relay;
    std::uint64_t pool_bytes = 0;
};

/// A memfd, sized and sealed as the keeper makes it.
Result<UniqueFd> makePool(std::uint64_t size_bytes);
Result<DisplayEnd> startDisplay(const DisplayOptions& options);

/// The environment that a guest program gets.
std::vector<std::string> guestEnvironment(const std::string& runtimeFolder, const std::string& waylandDisplay, const std::string& x11Display);

struct ReadyNames {
    std::string wayland, x11;
};
/// Waits for DisplayReady on the relay.
/// @errors TimedOut, Disconnected
Result<ReadyNames> waitUntilReady(int relay, int patience_ms);

} // namespace annex::test

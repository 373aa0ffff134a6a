// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "app/api/client_connection.h"

namespace annex::ctl {

/// What every verb shares: the options that stand before it, and the connection once it is needed.
struct Context {
    bool json = false;
    bool noStart = false; ///< do not start annexd
    std::string runtimeDir;
    std::unique_ptr<api::ClientConnection> link;

    /// Connects, starting annexd if needed. @return 0, or the exit code after the problem was printed
    int connect(bool startBroker = true);
    /// Whether a broker runs; starts none and prints nothing.
    bool brokerAnswers() const;
    /// Asks and waits. While a workspace starts, its stages are shown on a terminal; an interrupt cancels the request.
    /// @return 0 with `result`, or the exit code after the problem was printed
    int call(std::string_view method, const nlohmann::json& parameters, nlohmann::json& result, std::vector<UniqueFd> descriptors = {});
};

/// A verb's work: its exit code.
using Verb = int (*)(Context&);

/// Starts `annex` in the background where a display exists and none is registered, so that windows are shown.
void startDesktopIfNeeded(Context& context);

} // namespace annex::ctl

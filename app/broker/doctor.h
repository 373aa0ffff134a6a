// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>

namespace annex::broker {

class Broker;

/// One thing that was looked at, in plain words.
struct Check {
    enum class State { Fine, Look, Broken } state = State::Fine;
    std::string id;
    std::string title;   ///< what was looked at
    std::string finding; ///< what is
    std::string cure;    ///< what to do about it; empty where nothing is to be done
};

/// Looks at everything that Annex needs of this host and of the desktop.
/// @return {verdict, checks}, the gravest first
asio::awaitable<nlohmann::json> examine(Broker& broker);

nlohmann::json report(std::vector<Check> checks);

} // namespace annex::broker

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "isolation/namespaces/host_facts.h"
#include "isolation/namespaces/namespaces_engine.h"

namespace annex::isolation {

/// Reads this host's facts, and runs bubblewrap twice: for its version, and with all namespaces and /bin/true.
asio::awaitable<HostFacts> probeHost(asio::any_io_executor executor, NamespacesOptions options);

} // namespace annex::isolation

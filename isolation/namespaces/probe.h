// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include "base/result.h"
#include "isolation/namespaces/namespaces_engine.h"

namespace annex::isolation {

/// Runs bubblewrap once with all namespaces and /bin/true.
/// @errors Unsupported, with the id of what is missing (engine.no-bubblewrap, engine.no-userns, engine.apparmor-userns, engine.in-chroot,
///         engine.bubblewrap-failed) and, in the context, what enables it
asio::awaitable<Result<void>> probeNamespaces(asio::any_io_executor executor, NamespacesOptions options);

} // namespace annex::isolation

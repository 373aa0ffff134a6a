// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <asio/io_context.hpp>

#include "app/broker/broker.h"
#include "app/daemon/options.h"

namespace annex::daemon {

/// The one place that knows concrete engines, folders and clocks.
Result<std::unique_ptr<broker::Broker>> compose(asio::io_context& loop, const Clock& clock, const Options& options, const Paths& paths);

} // namespace annex::daemon

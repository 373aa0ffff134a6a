// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <set>

#include <asio/any_io_executor.hpp>

#include "base/bytes.h"
#include "base/process/process.h"
#include "isolation/engine.h"
#include "isolation/namespaces/keeper_protocol.h"

namespace annex::isolation {

struct NamespacesOptions {
    std::filesystem::path keeperFolder;                    ///< sockets of keepers (Paths::keeperFolder); made if missing
    std::filesystem::path keeperProgram;                   ///< annex-keeper
    std::filesystem::path bubblewrap = "/usr/bin/bwrap";
    bool testHooks = false;                                ///< honour GuestSpec::weakenedForTest
    bool ignoreDelegation = false;                         ///< behave as on a host that delegated no control group (tests)
};

/// What of the host's size decides about a guest's limits.
struct HostSize {
    unsigned processors = 1;
    Bytes memory{};
};
HostSize readHostSize();

/// Linux namespaces, set up by bubblewrap; level "process". Everything lives on `executor`, one thread.
class NamespacesEngine final : public Engine {
public:
    NamespacesEngine(asio::any_io_executor executor, NamespacesOptions options);
    ~NamespacesEngine() override;

    std::string name() const override { return "namespaces"; }
    Level level() const override { return Level::Process; }
    asio::awaitable<Result<void>> probe() override;
    asio::awaitable<std::vector<HostCheck>> examine() override;
    asio::awaitable<Result<std::unique_ptr<Guest>>> start(GuestSpec spec, StageHandler stages, Deadline deadline) override;
    asio::awaitable<Result<std::vector<std::unique_ptr<Guest>>>> adopt() override;

private:
    struct State; ///< shared with coroutines that outlive a caller

    asio::awaitable<Result<ChildProcess>> startKeeper(GuestSpec spec, StageHandler stages, Deadline deadline);

    asio::any_io_executor m_executor;
    NamespacesOptions m_options;
    std::shared_ptr<State> m_state;
};

/// The scratch layer lies in memory here: at most the quota, half of the guest's memory limit (so that a full disk is met before the end
/// of memory) and a quarter of the host's.
Bytes memoryScratch(const GuestSpec& spec, Bytes hostMemory);

/// From a specification and what is known of this host to what the keeper does. Pure.
/// @errors Unsupported (engine.limit-not-held), and those of checkSpec
Result<keeper::Specification> keeperSpecification(const GuestSpec& spec, const NamespacesOptions& options, const HostLayout& layout,
    const Delegation& delegation, const HostSize& host, const std::vector<ByteVector>& filters);

} // namespace annex::isolation

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include "base/posix/unique_fd.h"
#include "isolation/engine.h"
#include "isolation/namespaces/keeper_client.h"

namespace annex::isolation {

/// A guest as its keeper handed it over.
class NamespacesGuest final : public Guest {
public:
    /// Called when a keeper died without cleaning up; sweeps.
    using SweepHandler = std::function<void()>;

    /// @param taken  the keeper's answer to Take
    /// @errors Malformed: the keeper's answer has not the descriptors it must have
    static Result<std::unique_ptr<NamespacesGuest>> create(asio::any_io_executor executor, std::string guestId,
        std::filesystem::path socket, KeeperAnswer taken, SweepHandler sweep);
    ~NamespacesGuest() override;

    const std::string& id() const override { return m_id; }
    Level level() const override { return Level::Process; }
    ControlEndpoint control() override { return {m_control.get()}; }
    DisplayEndpoint display() override;
    std::vector<std::string> unheldLimits() const override { return m_info.unheld; }
    bool canPause() const override { return m_info.canPause; }
    asio::awaitable<Result<void>> pause(Deadline deadline) override;
    asio::awaitable<Result<void>> resume(Deadline deadline) override;
    asio::awaitable<Result<void>> stop(StopHow how, Deadline deadline) override;
    GuestUsage usage() const override;
    void onEvent(std::function<void(GuestEvent)> handler) override;

private:
    struct Watch;

    NamespacesGuest(asio::any_io_executor executor, std::string guestId, std::filesystem::path socket);
    static asio::awaitable<void> watchKeeper(std::shared_ptr<Watch> watch);
    asio::awaitable<Result<void>> command(keeper::Verb verb, Deadline deadline);

    asio::any_io_executor m_executor;
    std::string m_id;
    std::filesystem::path m_socket;
    keeper::GuestInfo m_info;
    UniqueFd m_control;
    UniqueFd m_display;
    UniqueFd m_pool;
    std::shared_ptr<Watch> m_watch; ///< shared with the coroutine that reads the keeper's socket, which may outlive us by one step
};

} // namespace annex::isolation

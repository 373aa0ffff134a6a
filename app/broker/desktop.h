// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>

#include "app/api/server.h"
#include "app/broker/session/clipboard.h"

namespace annex::broker {

/// The person's desktop, as far as the broker reaches it: the client that registered as `annex`.
class Desktop {
public:
    explicit Desktop(api::Server& server) : m_server(server) {}

    void registerClient(api::ClientId client, std::string theme, std::optional<bool> tray, std::string display);
    /// @return whether it was the desktop
    bool forget(api::ClientId client);
    bool isHere() const { return m_client.has_value(); }
    const std::string& theme() const { return m_theme; }
    std::optional<bool> tray() const { return m_tray; }
    const std::string& display() const { return m_display; }

    asio::awaitable<std::optional<HostText>> clipboardText(std::string workspace, std::int64_t viewerPid, std::uint64_t maximum_bytes);
    asio::awaitable<bool> setClipboard(std::string text, std::string workspace, std::optional<std::chrono::seconds> expire);
    /// Fire and forget: brings a page of the main window, or the dialog that sends a file in.
    asio::awaitable<void> show(std::string page, std::string workspace);
    asio::awaitable<void> openFileDialog(std::string workspace);
    /// Tells the desktop alone.
    void tell(std::string_view type, const nlohmann::json& parameters);

private:
    asio::awaitable<api::Outcome<nlohmann::json>> ask(std::string method, nlohmann::json parameters);

    api::Server& m_server;
    std::optional<api::ClientId> m_client;
    std::string m_theme = "light";
    std::optional<bool> m_tray;
    std::string m_display;
};

} // namespace annex::broker

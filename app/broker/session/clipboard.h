// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <nlohmann/json_fwd.hpp>

#include "app/broker/core/wakeup.h"
#include "app/broker/session/crossing_gate.h"
#include "app/broker/session/frame_messages.h"
#include "app/control/relay.h"
#include "policy/policy_engine.h"

namespace annex::broker {

/// The host's clipboard, as `annex` tells it.
struct HostText {
    bool focused = false;                    ///< the active host window belongs to this workspace's viewer
    std::string text;                        ///< valid UTF-8; empty: the clipboard holds no text
    std::optional<std::uint64_t> tooLarge_bytes; ///< it is larger than was asked for
};

/// What a clipboard needs of the rest, for one workspace. Functions may be called at any time on the loop.
struct ClipboardPorts {
    std::string workspace; ///< id
    policy::PolicyEngine& policy;
    /// Nothing: there is no desktop, or it does not answer.
    std::function<asio::awaitable<std::optional<HostText>>(std::uint64_t maximum_bytes)> hostText;
    std::function<asio::awaitable<bool>(std::string text, std::optional<std::chrono::seconds> expire)> setHostText;
    std::function<asio::awaitable<Result<void>>(ByteVector frame)> toDisplay;
    std::function<void(std::string_view id, const nlohmann::json& arguments, std::uint32_t window)> strip;
    std::function<void(std::uint32_t serial)> offerReady;
    std::function<void()> recorded; ///< something was written to the trail
};

/// Clipboard crossings of one workspace, both ways: one gesture, one decision, one audit record. Made with std::make_shared.
class Clipboard : public std::enable_shared_from_this<Clipboard> {
public:
    Clipboard(asio::io_context& loop, ClipboardPorts ports);

    void newLink() { m_gate.newLink(); }
    void onGesture(const frame::Gesture& gesture);
    /// "Paste host clipboard" and "Copy out" of the frame menu.
    void onMenuPaste(std::uint32_t window);
    void onMenuCopy(std::uint32_t window);
    void onDisplay(const control::relay::FromGuest& message);
    /// The display is new or gone: whatever was offered or read is void.
    void displayGone();
    void close();

private:
    struct Reading {
        std::uint32_t number = 0;
        std::uint64_t limit_bytes = 0;
        std::string text;
        std::optional<control::relay::SelectionOutcome> outcome;
    };

    void paste(std::uint32_t window, std::optional<std::uint32_t> serial);
    void readSelection(std::uint32_t number);
    asio::awaitable<void> doPaste(std::uint32_t window, std::optional<std::uint32_t> serial);
    asio::awaitable<Result<void>> offer(std::string text);
    asio::awaitable<void> doCopy(std::uint32_t number, std::uint32_t window);
    asio::awaitable<std::optional<Reading>> fetch(std::uint32_t number, std::uint64_t limit_bytes);
    bool decide(const policy::Action& action, std::string_view way, std::uint64_t bytes, std::uint32_t window);
    void note(std::string_view action, std::string sentence);
    void armExpiry(std::uint32_t offer);

    asio::io_context& m_loop;
    std::shared_ptr<ClipboardPorts> m_ports; ///< empty once closed
    CrossingGate m_gate;
    Wakeup m_changed;
    asio::steady_timer m_expiry;
    std::shared_ptr<Reading> m_reading;
    std::uint32_t m_nextOffer = 1;
    std::uint32_t m_offerSet = 0; ///< newest offer that the display has set
    std::uint32_t m_copyWindow = 0; ///< guest window of the copy gesture, for its strip
    bool m_pasting = false;
};

/// Characters (not bytes) of valid UTF-8.
std::uint64_t characterCount(std::string_view utf8);

} // namespace annex::broker

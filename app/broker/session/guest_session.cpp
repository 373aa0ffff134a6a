// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/guest_session.h"

#include <csignal>

#include <nlohmann/json.hpp>

#include "base/channel/posix/local_socket.h"
#include "base/log.h"

namespace annex::broker {

using nlohmann::json;

GuestSession::GuestSession(asio::io_context& loop, asio::thread_pool& files, UniqueFd control, ClipboardPorts ports, Events events)
    : m_loop(loop), m_events(std::move(events))
{
    m_link = std::make_shared<GuestLink>(loop, files, std::move(control), linkEvents());
    m_clipboard = std::make_shared<Clipboard>(loop, completed(std::move(ports)));
}

GuestSession::~GuestSession()
{
    close();
}

// `this` outlives the link's events: close() clears them first.
GuestLink::Events GuestSession::linkEvents()
{
    GuestLink::Events events;
    events.gone = [this] {
        call(m_events.guestGone);
    };
    events.hostile = [this](const Error& error) {
        call(m_events.hostile, error.describe());
    };
    events.display = [this](const control::relay::FromGuest& message) { m_clipboard->onDisplay(message); };
    events.displayState = [this](control::DisplayCondition condition) { onDisplay(condition); };
    events.programs = [this](std::size_t) {
        call(m_events.changed);
    };
    return events;
}

ClipboardPorts GuestSession::completed(ClipboardPorts ports)
{
    ports.toDisplay = [link = m_link](ByteVector frame) { return link->toDisplay(std::move(frame)); };
    ports.strip = [this](std::string_view id, const json& arguments, std::uint32_t window) {
        send({{"m", "strip"}, {"id", id}, {"arguments", arguments}, {"window", window}});
    };
    ports.offerReady = [this](std::uint32_t serial) { send({{"m", "offer_ready"}, {"serial", serial}}); };
    return ports;
}

void GuestSession::close()
{
    m_events = {};
    m_clipboard->close();
    m_link->close();
    if (m_frame)
        m_frame->close();
    m_frame.reset();
}

// ---- viewer

Result<UniqueFd> GuestSession::attachViewer()
{
    auto pair = streamPair();
    if (!pair)
        return while_("make a frame link", std::move(pair));
    if (m_frame)
        m_frame->close();
    m_clipboard->newLink();
    m_windows.clear();
    m_incoming.clear();
    std::weak_ptr<GuestSession> weak = weak_from_this();
    m_frame = std::make_shared<FrameLink>(
        m_loop, std::move((*pair)[0]),
        [weak](const frame::FromViewer& message) {
            if (const auto self = weak.lock())
                self->onFrame(message);
        },
        [weak](std::string reason) {
            if (const auto self = weak.lock()) {
                log("broker").info("frame link ended: {}", reason);
                self->viewerGone();
            }
        });
    m_frame->start();
    if (m_appearance)
        m_frame->send(*m_appearance);
    if (m_menu)
        m_frame->send(*m_menu);
    if (m_paused)
        m_frame->send({{"m", "paused"}, {"paused", true}});
    call(m_events.changed);
    return std::move((*pair)[1]);
}

void GuestSession::viewerGone()
{
    if (!m_frame)
        return;
    std::exchange(m_frame, nullptr)->close();
    m_windows.clear();
    m_box.reset();
    call(m_events.changed);
    call(m_events.viewerLost);
}

void GuestSession::send(const json& message)
{
    if (const auto frame = m_frame)
        frame->send(message);
}

void GuestSession::setAppearance(json appearance)
{
    appearance["m"] = "appearance";
    if (m_appearance && *m_appearance == appearance)
        return;
    m_appearance = std::make_unique<json>(std::move(appearance));
    send(*m_appearance);
}

void GuestSession::setMenu(json menu)
{
    if (m_menu && *m_menu == menu)
        return;
    m_menu = std::make_unique<json>(std::move(menu));
    send(*m_menu);
}

void GuestSession::setPaused(bool paused)
{
    if (std::exchange(m_paused, paused) != paused)
        send({{"m", "paused"}, {"paused", paused}});
}

void GuestSession::expectWindow()
{
    send({{"m", "expect_window"}});
}

bool GuestSession::isOwnedBy(std::uint32_t program, std::uint64_t client) const
{
    const auto found = m_owners.find(program);
    return found != m_owners.end() && found->second == client;
}

void GuestSession::clientGone(std::uint64_t client)
{
    for (const auto& [program, owner] : m_owners)
        if (owner == client)
            (void)m_link->signal(program, SIGHUP).has_value();
    std::erase_if(m_owners, [client](const auto& entry) { return entry.second == client; });
}

void GuestSession::onFrame(const frame::FromViewer& message)
{
    if (const auto* gesture = std::get_if<frame::Gesture>(&message))
        return m_clipboard->onGesture(*gesture);
    if (const auto* windows = std::get_if<frame::Windows>(&message))
        return onWindows(*windows);
    if (const auto* menu = std::get_if<frame::Menu>(&message)) {
        if (menu->item == "paste")
            return m_clipboard->onMenuPaste(menu->window);
        if (menu->item == "copy-out")
            return m_clipboard->onMenuCopy(menu->window);
        call(m_events.menu, *menu);
        return;
    }
    if (const auto* error = std::get_if<frame::ProtocolError>(&message)) {
        call(m_events.hostile, "window protocol: " + error->reason);
        return;
    }
    if (const auto* hello = std::get_if<frame::Hello>(&message))
        m_box = *hello;
    else if (std::holds_alternative<frame::HostFirst>(message))
        call(m_events.hostFirst);
}

void GuestSession::onWindows(const frame::Windows& message)
{
    if (m_incoming.size() + message.list.size() > frame::kMaxWindows)
        return m_incoming.clear();
    m_incoming.insert(m_incoming.end(), message.list.begin(), message.list.end());
    if (message.more)
        return;
    const bool same = m_incoming == m_windows;
    m_windows = std::exchange(m_incoming, {});
    if (!same)
        call(m_events.changed);
}

void GuestSession::onDisplay(control::DisplayCondition condition)
{
    switch (condition) {
    case control::DisplayCondition::Starting: return;
    case control::DisplayCondition::Ready:
        // The stream is the same, what reads it is new and knows nothing.
        if (std::exchange(m_displayCrashed, false))
            send({{"m", "display_restarted"}});
        return;
    case control::DisplayCondition::Crashed:
        m_displayCrashed = true;
        return m_clipboard->displayGone();
    case control::DisplayCondition::GivenUp:
        m_clipboard->displayGone();
        call(m_events.displayGivenUp);
        return;
    }
}

} // namespace annex::broker

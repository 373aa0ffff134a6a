// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/thread_pool.hpp>
#include <nlohmann/json_fwd.hpp>

#include "app/broker/session/clipboard.h"
#include "app/broker/session/frame_link.h"
#include "app/broker/session/guest_link.h"

namespace annex::broker {

/// What belongs to one running guest beside its life: control channel, viewer, windows, clipboard. Made with std::make_shared.
class GuestSession : public std::enable_shared_from_this<GuestSession> {
public:
    struct Events {
        std::function<void()> guestGone;                 ///< its control channel ended
        std::function<void(std::string reason)> hostile; ///< guest or viewer's report of it: it broke a protocol
        std::function<void()> changed;                   ///< windows, programs or the viewer
        std::function<void()> viewerLost;                ///< the frame link ended though nobody asked
        std::function<void(const frame::Menu&)> menu;
        std::function<void()> hostFirst;                 ///< the person wants the host's own window
        std::function<void()> displayGivenUp;            ///< annex-display died too often
    };

    GuestSession(asio::io_context& loop, asio::thread_pool& files, UniqueFd control, ClipboardPorts ports, Events events);
    ~GuestSession();

    GuestLink& link() { return *m_link; }
    /// Ends everything; no event comes any more.
    void close();

    /// A new viewer takes over. @return the end that it inherits
    Result<UniqueFd> attachViewer();
    void viewerGone();
    bool hasViewer() const { return m_frame != nullptr; }
    std::int64_t viewerPid() const { return m_frame ? m_frame->writerPid() : 0; }
    const std::vector<frame::Window>& windows() const { return m_windows; }
    /// What the viewer's box could do here; nothing before it said so.
    const std::optional<frame::Hello>& viewerBox() const { return m_box; }

    void send(const nlohmann::json& message);
    /// What the frame shall show; kept for the next viewer.
    void setAppearance(nlohmann::json appearance);
    void setMenu(nlohmann::json menu);
    void setPaused(bool paused);
    /// The person just opened something: the next new window may take the focus.
    void expectWindow();

    /// A client's exec: when the client goes, its program is told (SIGHUP), as if its terminal had been closed.
    void own(std::uint32_t program, std::uint64_t client) { m_owners[program] = client; }
    void disown(std::uint32_t program) { m_owners.erase(program); }
    bool isOwnedBy(std::uint32_t program, std::uint64_t client) const;
    void clientGone(std::uint64_t client);

private:
    /// By value: what it leads to may close this session and with it every handler.
    template <class... Arguments> static void call(std::function<void(Arguments...)> handler, std::type_identity_t<Arguments>... arguments)
    {
        if (handler)
            handler(arguments...);
    }
    GuestLink::Events linkEvents();
    ClipboardPorts completed(ClipboardPorts ports);
    void onFrame(const frame::FromViewer& message);
    void onWindows(const frame::Windows& message);
    void onDisplay(control::DisplayCondition condition);

    asio::io_context& m_loop;
    Events m_events;
    std::shared_ptr<GuestLink> m_link;
    std::shared_ptr<FrameLink> m_frame;
    std::shared_ptr<Clipboard> m_clipboard;
    std::vector<frame::Window> m_windows, m_incoming;
    std::unique_ptr<nlohmann::json> m_appearance, m_menu;
    std::map<std::uint32_t, std::uint64_t> m_owners; ///< program → client
    bool m_paused = false;
    std::optional<frame::Hello> m_box;
    bool m_displayCrashed = false;
};

} // namespace annex::broker

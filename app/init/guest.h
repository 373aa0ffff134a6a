// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/init/display.h"
#include "app/init/environment.h"
#include "app/init/host_link.h"
#include "app/init/loop.h"
#include "app/init/programs.h"
#include "app/init/session_bus.h"
#include "app/init/transfers.h"

namespace annex::init {

/// What annex-init is given: all of it by inheritance.
struct GuestOptions {
    int control = 3;
    int displayStream = 4;
    int pool = 5;               ///< -1: none
    std::string displayProgram; ///< path of annex-display, empty: none
    Environment environment;    ///< whole, see guestEnvironment()
};

/// The first process of a guest: joins the broker's wishes to programs, files, the display and the bus, and buries orphans.
class Guest {
public:
    Guest(Loop& loop, GuestOptions options);
    ~Guest();

    /// Makes the home, starts the display. Then run the loop; it stops when the guest is to end.
    void start();

    /// Programs with windows wait this long for the display, then start anyway and say themselves what they miss.
    static constexpr std::chrono::seconds kDisplayPatience{10};

private:
    void onFrame(const wire::Frame& frame);
    template <class Message> void dispatch(const wire::Frame& frame);
    void on(std::uint32_t object, control::Spawn message);
    void on(std::uint32_t object, control::Input message);
    void on(std::uint32_t object, control::InputEnd message);
    void on(std::uint32_t object, control::Signal message);
    void on(std::uint32_t object, control::TerminalSize message);
    void on(std::uint32_t object, control::FileBegin message);
    void on(std::uint32_t object, control::FileData message);
    void on(std::uint32_t object, control::FileEnd message);
    void on(std::uint32_t object, control::Open message);
    void on(std::uint32_t object, control::ToDisplay message);
    void on(std::uint32_t object, control::Ping message);
    void on(std::uint32_t object, control::OutputCredit message);
    void on(std::uint32_t object, control::Shutdown message);

    void onTakeOver();
    void onDisplayReady(const std::string& wayland, const std::string& x11);
    void onDisplayState(control::DisplayCondition condition);
    void onSignals();
    void whenDisplayReady(std::function<void()> start);
    void runWaiting();
    void spawn(std::uint32_t number, const control::Spawn& message);
    void open(std::uint32_t number, const std::string& path);
    void shutDown(std::chrono::milliseconds grace);
    bool othersAlive() const;
    std::string home() const { return std::string(valueOf(m_environment, "HOME")); }

    Loop& m_loop;
    GuestOptions m_options;
    Environment m_environment;
    UniqueFd m_signals;
    HostLink m_link;
    Programs m_programs;
    Transfers m_transfers;
    SessionBus m_bus;
    Display m_display;
    std::vector<std::function<void()>> m_waiting; ///< programs for the display
    bool m_patienceOver = false;
    bool m_shuttingDown = false;
};

} // namespace annex::init

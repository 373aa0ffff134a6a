// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "app/init/environment.h"
#include "app/init/host_link.h"
#include "app/init/loop.h"
#include "base/posix/unique_fd.h"

namespace annex::init {

/// Keeps annex-display running, and carries its relay frames to the broker and back.
/// Three deaths within a minute give it up: whatever kills it would go on doing so.
class Display {
public:
    struct Events {
        /// Its names for programs: WAYLAND_DISPLAY, and DISPLAY or empty.
        std::function<void(const std::string& wayland, const std::string& x11)> onReady;
        std::function<void(control::DisplayCondition)> onState;
    };

    /// @param program  path of annex-display; empty: this guest has none, the state is GivenUp from the start
    /// @param stream, pool  inherited; the pool may be -1 (inline frames)
    Display(Loop& loop, HostLink& link, std::string program, int stream, int pool, Events events);
    ~Display();
    Display(const Display&) = delete;
    Display& operator=(const Display&) = delete;

    void start(const Environment& environment);
    control::DisplayCondition condition() const { return m_condition; }
    /// @return whether that was annex-display
    bool reaped(pid_t pid, int waitStatus);
    /// One relay frame of the broker. Dropped while no display runs: its offer dies with it.
    void toDisplay(ByteSpan frame);
    void update();
    /// No restart from here on.
    void shutDown() { m_shuttingDown = true; }

    static constexpr unsigned kMaxDeaths = 3;
    static constexpr std::chrono::seconds kDeathWindow{60};
    /// Frames waiting for a display that does not read. Clipboard text comes in pieces of 48 KiB, one paste at a time.
    static constexpr std::size_t kMaxWaiting_bytes = 1 << 20;

private:
    void setCondition(control::DisplayCondition condition);
    void ready(std::uint32_t events);
    void read();
    bool handleFrame(const wire::Frame& frame);
    bool onDisplayReady(ByteSpan payload);
    void write();
    void dropRelay();
    void misbehaved(std::string_view what);

    Loop& m_loop;
    HostLink& m_link;
    std::string m_program;
    int m_stream;
    int m_pool;
    Events m_events;
    Environment m_environment;
    control::DisplayCondition m_condition = control::DisplayCondition::Starting;
    pid_t m_pid = -1;
    UniqueFd m_relay;
    wire::FrameReader m_reader;
    ByteVector m_out;
    std::deque<Loop::Clock::time_point> m_deaths;
    bool m_shuttingDown = false;
};

} // namespace annex::init

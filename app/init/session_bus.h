// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "app/init/environment.h"
#include "app/init/loop.h"
#include "base/posix/unique_fd.h"

namespace annex::init {

/// The guest's own D-Bus session bus, started when the first program connects: most guests never pay for it.
/// init listens on $XDG_RUNTIME_DIR/bus and hands the listening socket to dbus-daemon the way systemd does (sd_listen_fds(3)).
class SessionBus {
public:
    explicit SessionBus(Loop& loop) : m_loop(loop) {}
    ~SessionBus();
    SessionBus(const SessionBus&) = delete;
    SessionBus& operator=(const SessionBus&) = delete;

    /// Listens. @return what DBUS_SESSION_BUS_ADDRESS must be; "disabled:" where the guest has no dbus-daemon
    std::string prepare(const Environment& environment);
    /// What a bus started from now on, and the services that it starts, see.
    void setEnvironment(const Environment& environment) { m_environment = environment; }
    bool reaped(pid_t pid, int waitStatus);

    /// A bus that dies so often is broken; then connections are refused instead of waiting.
    static constexpr unsigned kMaxStarts = 5;

private:
    void launch();
    void giveUp();

    Loop& m_loop;
    Environment m_environment;
    std::string m_program;
    UniqueFd m_listener;
    pid_t m_pid = -1;
    unsigned m_starts = 0;
};

} // namespace annex::init

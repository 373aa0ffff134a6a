// SPDX-License-Identifier: Apache-2.0
#include "app/init/session_bus.h"

#include <cstring>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/init/note.h"
#include "app/init/start_process.h"

namespace annex::init {

namespace {

constexpr const char* kDisabled = "disabled:"; // a transport that no client has: it fails at once and starts no bus of its own

UniqueFd listenAt(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return {};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::unlink(path.c_str());
    if (!listener || ::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener.get(), 64) != 0)
        return {};
    return listener;
}

} // namespace

SessionBus::~SessionBus()
{
    if (m_listener)
        m_loop.forget(m_listener.get());
}

std::string SessionBus::prepare(const Environment& environment)
{
    m_environment = environment;
    m_program = findProgram("dbus-daemon", valueOf(environment, "PATH"));
    if (m_program.empty())
        return kDisabled;
    std::string path = std::string(valueOf(environment, "XDG_RUNTIME_DIR")) + "/bus";
    m_listener = listenAt(path);
    if (!m_listener) {
        note("cannot listen for the session bus");
        return kDisabled;
    }
    m_loop.watch(m_listener.get(), EPOLLIN, [this](std::uint32_t) { launch(); });
    return "unix:path=" + path;
}

void SessionBus::launch()
{
    if (++m_starts > kMaxStarts)
        return giveUp();
    StartRequest request;
    // LISTEN_PID must name the daemon itself, which only a process that execs it knows: the shell keeps its number across exec.
    request.arguments = {"/bin/sh", "-c", "LISTEN_PID=$$; export LISTEN_PID; exec \"$0\" --session --nofork --nopidfile --nosyslog --address=systemd:",
                         m_program};
    request.environment = m_environment;
    assign(request.environment, "LISTEN_FDS", "1");
    request.expendable = false;
    request.descriptors = {{m_listener.get(), 3}};
    auto [process, error] = startProcess(request);
    if (error != 0)
        return giveUp();
    m_pid = process.pid;
    m_loop.want(m_listener.get(), 0); // it accepts now
}

bool SessionBus::reaped(pid_t pid, int)
{
    if (pid != m_pid)
        return false;
    m_pid = -1;
    if (m_listener)
        m_loop.want(m_listener.get(), EPOLLIN);
    return true;
}

void SessionBus::giveUp()
{
    note("the session bus does not stay up");
    m_loop.forget(m_listener.get());
    m_listener.reset();
}

} // namespace annex::init

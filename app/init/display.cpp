// SPDX-License-Identifier: Apache-2.0
#include "app/init/display.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/control/relay.h"
#include "app/init/note.h"
#include "app/init/start_process.h"

namespace annex::init {

namespace relay = control::relay;
using control::DisplayCondition;

namespace {

/// A display name becomes part of an environment and of a path: letters, digits, and what ":0.0" and "wayland-0" need.
bool plainDisplayName(std::string_view name)
{
    return std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ':' || c == '-' || c == '_' || c == '.';
    });
}

} // namespace

Display::Display(Loop& loop, HostLink& link, std::string program, int stream, int pool, Events events)
    : m_loop(loop), m_link(link), m_program(std::move(program)), m_stream(stream), m_pool(pool), m_events(std::move(events)),
      m_reader(control::kMaxRelay_bytes - wire::kHeader_bytes)
{
    if (m_program.empty())
        m_condition = DisplayCondition::GivenUp;
}

Display::~Display()
{
    dropRelay();
}

void Display::start(const Environment& environment)
{
    m_environment = environment;
    if (m_condition == DisplayCondition::GivenUp)
        return;
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
        return setCondition(DisplayCondition::GivenUp);
    UniqueFd theirs(pair[1]);
    m_relay.reset(pair[0]);
    StartRequest request;
    request.arguments = {m_program, "--xwayland"};
    request.environment = environment;
    request.expendable = false;
    request.descriptors = {{STDERR_FILENO, STDERR_FILENO}, {m_stream, 3}, {theirs.get(), 5}};
    if (m_pool >= 0)
        request.descriptors.emplace_back(m_pool, 4);
    else
        request.arguments.push_back("--inline");
    setCondition(DisplayCondition::Starting);
    auto [process, error] = startProcess(request);
    if (error != 0) {
        note("annex-display cannot be started");
        m_relay.reset();
        return setCondition(DisplayCondition::GivenUp);
    }
    m_pid = process.pid;
    m_reader = wire::FrameReader(control::kMaxRelay_bytes - wire::kHeader_bytes);
    m_loop.watch(m_relay.get(), EPOLLIN, [this](std::uint32_t events) { ready(events); });
}

void Display::setCondition(DisplayCondition condition)
{
    m_condition = condition;
    m_events.onState(condition);
}

bool Display::reaped(pid_t pid, int)
{
    if (pid != m_pid)
        return false;
    m_pid = -1;
    dropRelay();
    if (m_shuttingDown)
        return true;
    auto now = Loop::Clock::now();
    m_deaths.push_back(now);
    while (now - m_deaths.front() > kDeathWindow)
        m_deaths.pop_front();
    setCondition(DisplayCondition::Crashed);
    if (m_deaths.size() >= kMaxDeaths)
        setCondition(DisplayCondition::GivenUp);
    else
        start(m_environment);
    return true;
}

void Display::ready(std::uint32_t events)
{
    if (events & EPOLLOUT)
        write();
    if (m_relay && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        read();
}

void Display::read()
{
    std::array<std::uint8_t, 16 * 1024> buffer;
    ssize_t count = ::recv(m_relay.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count <= 0)
        return dropRelay(); // it closed the socket; its death is told by reaped()
    m_reader.feed(ByteSpan(buffer).first(static_cast<std::size_t>(count)));
    while (m_relay) {
        auto event = m_reader.next();
        if (!event)
            return misbehaved("annex-display sent too large a message");
        if (!*event)
            break;
        if (!handleFrame(*(*event)->frame))
            return misbehaved("annex-display sent a malformed message");
    }
    update();
}

bool Display::handleFrame(const wire::Frame& frame)
{
    if (frame.header.type == static_cast<std::uint16_t>(relay::Type::DisplayReady))
        return onDisplayReady(frame.payload);
    control::FromDisplay message;
    wire::appendFrame(message.bytes, frame.header.type, frame.header.flags, frame.header.object, frame.payload);
    // What the broker would end this guest for, ends annex-display only.
    if (!relay::decodeFromGuest(message.bytes))
        return false;
    m_link.send(0, message);
    return true;
}

bool Display::onDisplayReady(ByteSpan payload)
{
    wire::Reader r(payload);
    std::string wayland = r.text(relay::kMaxDisplayName_bytes);
    std::string x11 = r.text(relay::kMaxDisplayName_bytes);
    if (!r.finish() || wayland.empty() || !plainDisplayName(wayland) || !plainDisplayName(x11))
        return false;
    m_events.onReady(wayland, x11);
    setCondition(DisplayCondition::Ready);
    return true;
}

void Display::toDisplay(ByteSpan frame)
{
    if (!m_relay || m_out.size() + frame.size() > kMaxWaiting_bytes)
        return;
    m_out.insert(m_out.end(), frame.begin(), frame.end());
    write();
}

void Display::write()
{
    std::size_t start = 0;
    while (m_relay && start < m_out.size()) {
        ssize_t count = ::send(m_relay.get(), m_out.data() + start, m_out.size() - start, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        start += static_cast<std::size_t>(count);
    }
    m_out.erase(m_out.begin(), m_out.begin() + static_cast<std::ptrdiff_t>(start));
    update();
}

void Display::update()
{
    if (!m_relay)
        return;
    std::uint32_t events = m_out.empty() ? 0u : std::uint32_t{EPOLLOUT};
    if (m_link.roomy() || m_condition != DisplayCondition::Ready) // until it is ready it has only that to say
        events |= EPOLLIN;
    m_loop.want(m_relay.get(), events);
}

void Display::dropRelay()
{
    if (!m_relay)
        return;
    m_loop.forget(m_relay.get());
    m_relay.reset();
    m_out.clear();
}

void Display::misbehaved(std::string_view what)
{
    note(what);
    dropRelay();
    if (m_pid > 0)
        ::kill(m_pid, SIGKILL); // reaped() counts it as a death
}

} // namespace annex::init

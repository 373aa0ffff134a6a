// SPDX-License-Identifier: Apache-2.0
#include "app/init/loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include <sys/epoll.h>

namespace annex::init {

Result<std::unique_ptr<Loop>> Loop::create()
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll)
        return failErrno("make an epoll set");
    return std::unique_ptr<Loop>(new Loop(std::move(epoll)));
}

void Loop::apply(int fd, std::uint32_t before, std::uint32_t after)
{
    if (before == after)
        return;
    epoll_event event{};
    event.events = after;
    event.data.fd = fd;
    ::epoll_ctl(m_epoll.get(), after == 0 ? EPOLL_CTL_DEL : before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
}

void Loop::watch(int fd, std::uint32_t events, Handler handler)
{
    Watch& entry = m_watches[fd];
    apply(fd, entry.events, events);
    entry.events = events;
    entry.handler = std::make_shared<Handler>(std::move(handler));
}

void Loop::want(int fd, std::uint32_t events)
{
    auto at = m_watches.find(fd);
    if (at == m_watches.end())
        return;
    apply(fd, at->second.events, events);
    at->second.events = events;
}

void Loop::forget(int fd)
{
    auto at = m_watches.find(fd);
    if (at == m_watches.end())
        return;
    apply(fd, at->second.events, 0);
    m_watches.erase(at);
}

Loop::TimerId Loop::after(Clock::duration delay, std::function<void()> handler)
{
    m_timers[m_nextTimer] = Timer{Clock::now() + delay, std::move(handler)};
    return m_nextTimer++;
}

void Loop::cancel(TimerId timer)
{
    m_timers.erase(timer);
}

int Loop::timeout_ms() const
{
    if (m_timers.empty())
        return -1;
    auto first = std::min_element(m_timers.begin(), m_timers.end(), [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
    auto left = std::chrono::ceil<std::chrono::milliseconds>(first->second.due - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

void Loop::runTimers()
{
    auto now = Clock::now();
    std::vector<TimerId> due;
    for (const auto& [id, timer] : m_timers) {
        if (timer.due <= now)
            due.push_back(id);
    }
    for (TimerId id : due) {
        auto node = m_timers.extract(id); // a handler before may have cancelled it
        if (!node.empty())
            node.mapped().handler();
    }
}

int Loop::run()
{
    std::array<epoll_event, 64> events;
    while (!m_stopped) {
        int count = ::epoll_wait(m_epoll.get(), events.data(), static_cast<int>(events.size()), timeout_ms());
        if (count < 0 && errno != EINTR)
            return 1;
        for (int i = 0; i < count && !m_stopped; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            auto at = m_watches.find(event.data.fd);
            if (at == m_watches.end() || at->second.events == 0)
                continue; // forgotten by a handler of this round
            auto handler = at->second.handler; // outlives forget() of its own descriptor
            (*handler)(event.events);
        }
        runTimers();
    }
    return m_status;
}

void Loop::stop(int status)
{
    m_stopped = true;
    m_status = status;
}

} // namespace annex::init

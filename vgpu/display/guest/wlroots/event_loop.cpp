// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/event_loop.h"

#include <algorithm>

#include <sys/timerfd.h>
#include <unistd.h>

namespace annex::display::guest {

Time steadyNow()
{
    return std::chrono::steady_clock::now().time_since_epoch();
}

IdleTask::~IdleTask()
{
    if (m_source)
        wl_event_source_remove(m_source);
}

void IdleTask::schedule()
{
    if (m_source)
        return;
    m_source = wl_event_loop_add_idle(
        m_loop,
        [](void* data) {
            auto* task = static_cast<IdleTask*>(data);
            task->m_source = nullptr; // libwayland frees an idle source after its call
            task->m_run();
        },
        this);
}

FdWatch::FdWatch(wl_event_loop* loop, int fd, std::uint32_t mask, Callback callback) : m_callback(std::move(callback)), m_mask(mask)
{
    m_source = wl_event_loop_add_fd(
        loop, fd, mask,
        [](int, std::uint32_t events, void* data) {
            auto run = static_cast<FdWatch*>(data)->m_callback; // a copy: it may end this watch
            run(events);
            return 0;
        },
        this);
}

FdWatch::~FdWatch()
{
    if (m_source)
        wl_event_source_remove(m_source);
}

void FdWatch::setMask(std::uint32_t mask)
{
    if (m_source && std::exchange(m_mask, mask) != mask)
        wl_event_source_fd_update(m_source, mask);
}

Result<std::unique_ptr<DeadlineTimer>> DeadlineTimer::create(wl_event_loop* loop, std::function<void()> run)
{
    UniqueFd fd(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!fd)
        return failErrno("make a timer");
    return std::unique_ptr<DeadlineTimer>(new DeadlineTimer(loop, std::move(fd), std::move(run)));
}

DeadlineTimer::DeadlineTimer(wl_event_loop* loop, UniqueFd fd, std::function<void()> run)
    : m_fd(std::move(fd)), m_run(std::move(run)), m_watch(loop, m_fd.get(), WL_EVENT_READABLE, [this](std::uint32_t) {
          std::uint64_t expirations = 0;
          if (::read(m_fd.get(), &expirations, sizeof expirations) < 0)
              return; // it was set anew between the wake-up and now
          m_at.reset();
          m_run();
      })
{
}

void DeadlineTimer::set(std::optional<Time> at)
{
    if (at == m_at)
        return;
    m_at = at;
    itimerspec spec{};
    if (at) {
        constexpr std::int64_t kSecond_ns = 1'000'000'000;
        const std::int64_t when = std::max<std::int64_t>(at->count(), 1); // zero would disarm
        spec.it_value.tv_sec = when / kSecond_ns;
        spec.it_value.tv_nsec = when % kSecond_ns;
    }
    ::timerfd_settime(m_fd.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

} // namespace annex::display::guest

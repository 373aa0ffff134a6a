// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/posix/unique_fd.h"
#include "base/result.h"
#include "vgpu/display/guest/core/pacer.h"
#include "vgpu/display/guest/wlroots/listener.h"

namespace annex::display::guest {

Time steadyNow();

/// Runs a callback once at the end of the present turn of the loop, however often it was asked: several commits of one burst become one flush.
class IdleTask {
public:
    IdleTask(wl_event_loop* loop, std::function<void()> run) : m_loop(loop), m_run(std::move(run)) {}
    IdleTask(const IdleTask&) = delete;
    IdleTask& operator=(const IdleTask&) = delete;
    ~IdleTask();
    void schedule();

private:
    wl_event_loop* m_loop;
    std::function<void()> m_run;
    wl_event_source* m_source = nullptr;
};

/// Watches one descriptor while it lives.
class FdWatch {
public:
    using Callback = std::function<void(std::uint32_t mask)>; ///< WL_EVENT_ bits
    FdWatch(wl_event_loop* loop, int fd, std::uint32_t mask, Callback callback);
    FdWatch(const FdWatch&) = delete;
    FdWatch& operator=(const FdWatch&) = delete;
    ~FdWatch();
    void setMask(std::uint32_t mask);

private:
    Callback m_callback;
    std::uint32_t m_mask;
    wl_event_source* m_source;
};

/// A one-shot timer with a nanosecond deadline. libwayland's own counts whole milliseconds, which would make 60 Hz into 58.8.
/// Costs no wake-up while nothing is set.
class DeadlineTimer {
public:
    static Result<std::unique_ptr<DeadlineTimer>> create(wl_event_loop* loop, std::function<void()> run);
    /// Nothing: not at all. A moment that has passed: at the next turn of the loop.
    void set(std::optional<Time> at);

private:
    DeadlineTimer(wl_event_loop* loop, UniqueFd fd, std::function<void()> run);

    UniqueFd m_fd;
    std::function<void()> m_run;
    std::optional<Time> m_at;
    FdWatch m_watch;
};

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "base/posix/unique_fd.h"
#include "base/result.h"

namespace annex::init {

/// One epoll loop, level-triggered, for everything in annex-init: a single thread waits for descriptors and timers.
/// A handler may add and forget descriptors and timers, its own included.
class Loop {
public:
    using Clock = std::chrono::steady_clock;
    using Handler = std::function<void(std::uint32_t events)>;
    using TimerId = std::uint64_t;

    static Result<std::unique_ptr<Loop>> create();

    /// Watches a descriptor that the caller owns and forgets before it closes it.
    /// @param events  EPOLLIN | EPOLLOUT; 0 takes it out of the set (an epoll set reports hang-ups even when asked for nothing)
    void watch(int fd, std::uint32_t events, Handler handler);
    void want(int fd, std::uint32_t events);
    void forget(int fd);

    TimerId after(Clock::duration delay, std::function<void()> handler);
    void cancel(TimerId timer);

    /// Runs until stop(). @return the value given to stop()
    int run();
    void stop(int status);

private:
    struct Watch {
        std::uint32_t events = 0;
        std::shared_ptr<Handler> handler;
    };
    struct Timer {
        Clock::time_point due;
        std::function<void()> handler;
    };

    explicit Loop(UniqueFd epoll) : m_epoll(std::move(epoll)) {}
    void apply(int fd, std::uint32_t before, std::uint32_t after);
    int timeout_ms() const;
    void runTimers();

    UniqueFd m_epoll;
    std::map<int, Watch> m_watches;
    std::map<TimerId, Timer> m_timers; ///< a handful at a time
    TimerId m_nextTimer = 1;
    bool m_stopped = false;
    int m_status = 0;
};

} // namespace annex::init

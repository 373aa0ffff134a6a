// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace annex {

/// Time as a value that is handed in, so that whatever waits can be tested without waiting.
class Clock {
public:
    virtual ~Clock() = default;
    /// Never jumps: for deadlines and durations.
    virtual std::chrono::steady_clock::time_point steadyNow() const = 0;
    /// The wall clock (UTC): for what is shown or stored. May jump.
    virtual std::chrono::system_clock::time_point systemNow() const = 0;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
public:
    std::chrono::steady_clock::time_point steadyNow() const override { return std::chrono::steady_clock::now(); }
    std::chrono::system_clock::time_point systemNow() const override { return std::chrono::system_clock::now(); }
};

} // namespace annex

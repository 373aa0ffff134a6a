// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "vgpu/display/guest/core/host_link.h"

namespace annex::display::guest {

/// Holds the host's input back while a window is not yet where, or what, that input is meant for. Focus and place of X11 windows travel to Xwayland on
/// another socket than keys and motion; without this the first key after a focus is lost and menus open where the window was before.
class InputGate {
public:
    using Pass = std::function<void(std::uint32_t object, const HostMessage&)>;

    /// What cannot be kept is let through early: a person's hands make some hundred messages a second, a program must not make us keep them for ever.
    static constexpr std::size_t kMost = 4096;

    explicit InputGate(Pass pass) : m_pass(std::move(pass)) {}
    /// Input waits, and keeps its order; everything else passes.
    void message(std::uint32_t object, const HostMessage& message);
    /// @return the number to open it with; each closing makes the earlier ones void
    std::uint32_t close();
    void open(std::uint32_t number);
    bool isClosed() const { return m_closed; }
    /// Nothing that waited is of use any more.
    void forget();

private:
    Pass m_pass;
    std::deque<std::pair<std::uint32_t, HostMessage>> m_waiting;
    std::uint32_t m_number = 0;
    bool m_closed = false;
};

} // namespace annex::display::guest

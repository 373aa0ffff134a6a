// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "vgpu/display/guest/core/pacer.h"

namespace annex::display::guest {

/// What the host asks of a toplevel.
struct SizeWish {
    std::uint32_t serial = 0; ///< of the host's Configure
    std::int32_t width = 0, height = 0;
    std::uint32_t states = 0;
    friend bool operator==(const SizeWish&, const SizeWish&) = default;
};

/// Keeps one configure in flight and remembers only the newest wish: a size per mouse move makes some toolkits draw every one of them late.
class ResizeState {
public:
    /// A program that has not answered by then gets the newest wish anyway.
    static constexpr Time kPatience = std::chrono::milliseconds(150);

    /// @return the wish to send to the program now, if none is in flight
    std::optional<SizeWish> ask(const SizeWish& wish, Time now);
    /// The program answered the configure that carried `serial` (or a later one). @return the next wish to send
    std::optional<SizeWish> answered(std::uint32_t serial, Time now);
    /// @return the next wish to send because the program kept us waiting
    std::optional<SizeWish> timedOut(Time now);

    std::optional<Time> due() const;
    std::optional<SizeWish> inFlight() const { return m_inFlight; }
    /// A new viewer counts its serials afresh.
    void forgetHost();

private:
    std::optional<SizeWish> sendNext(Time now);

    std::optional<SizeWish> m_inFlight, m_waiting;
    Time m_sentAt{};
};

} // namespace annex::display::guest

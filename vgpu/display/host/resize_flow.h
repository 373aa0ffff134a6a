// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "vgpu/display/protocol/messages.h"

namespace annex::display {

struct Size {
    std::int32_t width = 0;
    std::int32_t height = 0;
    friend bool operator==(const Size&, const Size&) = default;
};

/// The nearest size that the program's hints allow: minimum, maximum, whole increments above the base. Never 0, never above kMaxWindowEdge_px.
/// @param hints  plausible ones (WindowModel makes them so)
Size constrain(Size wish, const SizeHints& hints);

/// Host side of resizing one window: one Configure in flight, of the wishes that come meanwhile only the newest is kept.
/// A size per mouse move would make programs draw dozens of sizes that nobody wants any more.
///
///     if (auto ask = flow.wish({{w, h}, states})) flow.sent(session.configure(id, *ask), now);
///     frame came:           if (auto ask = flow.frame(info.configureSerial, {view.width, view.height})) flow.sent(…);
///     at flow.deadline():   if (auto ask = flow.expire(now)) flow.sent(…);
class ResizeFlow {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// How long an unanswered Configure holds the next one back: programs that ignore sizes must not freeze the handle for good,
    /// and a healthy program answers in one or two frames.
    static constexpr std::chrono::milliseconds kPatience{500};

    /// What is to be sent now. The session numbers it; hand the number to `sent`.
    struct Ask {
        Size size;                ///< 0 x 0: the program chooses
        std::uint32_t states = 0; ///< WindowState bits
        friend bool operator==(const Ask&, const Ask&) = default;
    };

    /// The host would like this size and these states. Nothing is to be sent when it must wait, is what the window has, or was asked and answered.
    [[nodiscard]] std::optional<Ask> wish(Ask ask);
    /// An Ask was sent under this serial.
    void sent(std::uint32_t serial, Time now);
    /// A frame of this size came; it names the newest Configure it answers (0: none). @return the wish that has waited, if there is one
    [[nodiscard]] std::optional<Ask> frame(std::uint32_t configureSerial, Size size);
    /// When patience with the one in flight ends; nothing when none is in flight or nothing waits.
    std::optional<Time> deadline() const;
    [[nodiscard]] std::optional<Ask> expire(Time now);

    bool inFlight() const { return m_inFlight != 0; }
    bool waits() const { return m_waiting.has_value(); }

private:
    bool isPointless(const Ask& ask) const;
    std::optional<Ask> takeWaiting();

    std::uint32_t m_inFlight = 0; ///< serial, 0 for none
    bool m_handedOut = false;     ///< an Ask was returned and not yet reported as sent
    Time m_sentAt{};
    std::optional<Ask> m_asked;   ///< newest handed out
    std::optional<Size> m_answer; ///< size of the frame that answered it
    std::optional<Size> m_actual; ///< size of the newest frame
    std::optional<Ask> m_waiting;
};

} // namespace annex::display

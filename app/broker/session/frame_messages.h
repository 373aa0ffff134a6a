// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

/// What a viewer may say on the frame link (app/viewer/frame_link.h), as checked values. Pure. A viewer may be taken over: everything is untrusted.
namespace annex::broker::frame {

inline constexpr std::size_t kMaxWindows = 512;
inline constexpr std::size_t kMaxTitle_characters = 80;
inline constexpr std::size_t kMaxReason_characters = 200;

struct Hello {
    bool landlock = false; ///< what the viewer's own box could do here, by its own word
    bool seccomp = false;
};
/// The person wants the host's own window: full screen was left.
struct HostFirst {};
struct Gesture {
    enum class Kind { Paste, Copy } kind = Kind::Paste;
    std::uint32_t window = 0;
    std::uint32_t serial = 0;
};
struct Menu {
    std::string item; ///< one of viewer::frame_link::kMenuItems
    std::uint32_t window = 0;
};
struct Window {
    std::uint32_t id = 0;
    std::string title; ///< cleaned and cut here once more
    std::string app;
    bool minimised = false;
    bool active = false;
    friend bool operator==(const Window&, const Window&) = default;
};
struct Windows {
    std::vector<Window> list;
    bool more = false; ///< further pieces of the same list follow
};
struct ProtocolError {
    std::string reason;
};
struct FirstFrame {
    std::uint32_t window = 0;
};
using FromViewer = std::variant<Hello, Gesture, Menu, Windows, ProtocolError, FirstFrame, HostFirst>;

/// @param line  without its end, at most viewer::frame_link::kMaxLine_bytes
/// @errors Malformed: anything that the closed list does not contain
Result<FromViewer> parse(std::string_view line);

} // namespace annex::broker::frame

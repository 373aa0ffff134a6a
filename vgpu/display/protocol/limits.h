// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// Every limit of the window protocol, each with its reason.
namespace annex::display {

inline constexpr std::uint16_t kProtocolVersion = 1;

inline constexpr std::int32_t kMaxWindowEdge_px = 16'384;    // X11 and pixman coordinates are 16 bit; w*h*4 stays under 2^31
inline constexpr std::int32_t kMaxCoordinate_px = 65'536;    // any honest position, with room for several screens either way
inline constexpr std::uint32_t kMaxWindows = 512;            // a person has dozens; a bomb has 100,000
inline constexpr std::uint32_t kMaxSlotsPerWindow = 4;       // double buffering needs 2, triple 3
inline constexpr std::uint32_t kMaxDamageRects = 32;         // beyond that one bounding box is cheaper to paint
inline constexpr std::uint32_t kMaxPopupDepth = 16;          // nested menus of real programs stay under 6
inline constexpr std::size_t kMaxTitle_bytes = 1'024;        // 80 characters are shown; this is 12 bytes for each
inline constexpr std::size_t kMaxAppId_bytes = 128;          // longest desktop file id in Debian is 60
inline constexpr std::int32_t kMaxIconEdge_px = 256;         // largest icon a taskbar asks for
inline constexpr std::int32_t kMaxCursorEdge_px = 256;       // largest cursor X11 hosts take
inline constexpr std::size_t kMaxKeymap_bytes = 256 * 1024;  // a full evdev keymap is 63 kB as text
inline constexpr std::uint64_t kMaxPool_bytes = 1ull << 31;  // 2 GiB: sixteen 8K windows, double-buffered
inline constexpr std::uint64_t kDefaultPool_bytes = 256ull << 20;
inline constexpr std::size_t kMaxInlineFrame_bytes = 8u << 20; // one band of a 4K row set; larger damage is sent in bands

/// Longest payload a guest may send: an inline band plus its header fields.
inline constexpr std::size_t kMaxGuestPayload_bytes = kMaxInlineFrame_bytes + 256;
/// Longest payload the host sends: the keymap.
inline constexpr std::size_t kMaxHostPayload_bytes = kMaxKeymap_bytes + 256;

} // namespace annex::display

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"

/// What the broker and annex-display say to each other through annex-init, which relays the bytes unread (ToDisplay, FromDisplay).
/// Each relayed piece is one frame of base/wire.h with one of these types. Clipboard text only; everything from the guest is untrusted.
namespace annex::control::relay {

inline constexpr std::size_t kMaxPiece_bytes = 48 * 1024;   // fits a control message with its headers
inline constexpr std::size_t kMaxText_bytes = 64u << 20;    // the largest value that clipboard.maximum_bytes accepts

enum class Type : std::uint16_t {
    OfferBegin = 1,      ///< host: text for one paste follows. object: offer number
    OfferPiece = 2,      ///< host: bytes
    OfferEnd = 3,        ///< host: set the selection now
    OfferSet = 4,        ///< guest: done, programs see the offer
    OfferWithdraw = 5,   ///< host: take it away (expired)
    SelectionChanged = 6,///< guest: a program took the selection. object: its number. payload: u8 hasText
    SelectionRead = 7,   ///< host: send the text of selection `object`. payload: u32 maximum bytes
    SelectionPiece = 8,  ///< guest: bytes of it
    SelectionEnd = 9,    ///< guest: payload u8: 0 whole, 1 too large, 2 gone, 3 timed out
    DisplayReady = 32,   ///< display → init only, never relayed. object 0. payload: text wayland display name, text X11 display (":0", or
                         ///< empty), each at most kMaxDisplayName_bytes
};
inline constexpr std::size_t kMaxDisplayName_bytes = 64; // "wayland-0", ":12"

enum class SelectionOutcome : std::uint8_t { Whole = 0, TooLarge = 1, Gone = 2, TimedOut = 3 };

// ---- guest → host, as checked by decodeFromGuest. `number` is the offer or selection.
struct OfferSet { std::uint32_t number = 0; };
struct SelectionChanged { std::uint32_t number = 0; bool hasText = false; };
struct SelectionPiece { std::uint32_t number = 0; ByteVector bytes; }; ///< not checked to be UTF-8: pieces may cut a character
struct SelectionEnd { std::uint32_t number = 0; SelectionOutcome outcome = SelectionOutcome::Whole; };
using FromGuest = std::variant<OfferSet, SelectionChanged, SelectionPiece, SelectionEnd>;

/// Checks one relayed piece from the guest.
/// @errors Malformed: not exactly one frame, a type that the guest may not send, or a payload that breaks its rule
Result<FromGuest> decodeFromGuest(ByteSpan piece);

// ---- host → guest, one frame each, for HostControl::toDisplay
ByteVector offerBegin(std::uint32_t offer);
/// @param utf8  at most kMaxPiece_bytes
ByteVector offerPiece(std::uint32_t offer, std::string_view utf8);
ByteVector offerEnd(std::uint32_t offer);
ByteVector offerWithdraw(std::uint32_t offer);
ByteVector selectionRead(std::uint32_t selection, std::uint32_t maximum_bytes);

} // namespace annex::control::relay

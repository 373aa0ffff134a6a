// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

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
};

} // namespace annex::control::relay

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace annex::display::guest {

/// The numbers of app/control/relay.h.
struct RelayNumbers {
    std::uint16_t offerBegin = 0, offerPiece = 0, offerEnd = 0, offerSet = 0, offerWithdraw = 0;
    std::uint16_t selectionChanged = 0, selectionRead = 0, selectionPiece = 0, selectionEnd = 0;
    std::uint16_t displayReady = 0;
    std::size_t maximumPiece_bytes = 0, maximumText_bytes = 0;
};

} // namespace annex::display::guest

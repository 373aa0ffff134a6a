// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "vgpu/display/protocol/messages.h"

namespace annex::display::guest {

/// Chooses from the value of _NET_WM_ICON: a list of (width, height, width * height pixels of unpremultiplied ARGB), each a 32-bit number.
/// @return the largest image of at most kMaxIconEdge_px a side, premultiplied; nothing when the value is malformed before one was found
std::optional<Icon> chooseIcon(std::span<const std::uint32_t> value);

} // namespace annex::display::guest

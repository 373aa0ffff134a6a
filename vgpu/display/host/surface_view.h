// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "vgpu/display/protocol/messages.h"

namespace annex::display {

/// Pixels of one frame, checked to lie wholly inside memory that we may read. Premultiplied ARGB8888, little-endian.
///
/// The *values* may change while they are read (the guest holds the same memory): copy them, never read one twice to decide on it,
/// and where `opaque` is set ignore the alpha instead of believing it. Valid until the frame is acknowledged, its window ends, or the
/// session ends.
struct SurfaceView {
    const std::uint8_t* pixels = nullptr;
    std::int32_t width = 0;         ///< 1 … kMaxWindowEdge_px
    std::int32_t height = 0;        ///< 1 … kMaxWindowEdge_px
    std::uint32_t stride_bytes = 0; ///< >= 4 * width
    bool opaque = false;            ///< the guest says that every alpha is 255

    const std::uint8_t* row(std::int32_t y) const { return pixels + std::size_t{stride_bytes} * static_cast<std::size_t>(y); }
};

/// An icon or a cursor: rows of width * 4 bytes, premultiplied ARGB8888; 0 x 0 for none. The bytes are our own copy.
struct Image {
    std::int32_t width = 0;
    std::int32_t height = 0;
    ByteVector pixels;
    bool empty() const { return width == 0; }
};

} // namespace annex::display

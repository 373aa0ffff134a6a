// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/x11_icon.h"

namespace annex::display::guest {

namespace {

std::uint8_t premultiplied(std::uint32_t channel, std::uint32_t alpha)
{
    return static_cast<std::uint8_t>((channel * alpha + 127) / 255);
}

Icon convert(std::int32_t width, std::int32_t height, std::span<const std::uint32_t> pixels)
{
    Icon icon;
    icon.width = width;
    icon.height = height;
    icon.pixels.reserve(pixels.size() * 4);
    for (std::uint32_t pixel : pixels) {
        const std::uint32_t alpha = pixel >> 24;
        icon.pixels.push_back(premultiplied(pixel & 0xff, alpha));
        icon.pixels.push_back(premultiplied(pixel >> 8 & 0xff, alpha));
        icon.pixels.push_back(premultiplied(pixel >> 16 & 0xff, alpha));
        icon.pixels.push_back(static_cast<std::uint8_t>(alpha));
    }
    return icon;
}

} // namespace

std::optional<Icon> chooseIcon(std::span<const std::uint32_t> value)
{
    std::span<const std::uint32_t> best;
    std::int32_t bestWidth = 0, bestHeight = 0;
    while (value.size() > 2) {
        const std::uint64_t width = value[0], height = value[1];
        value = value.subspan(2);
        if (width == 0 || height == 0 || width > UINT16_MAX || height > UINT16_MAX || width * height > value.size())
            break; // what follows cannot be found any more
        const auto pixels = value.first(width * height);
        value = value.subspan(width * height);
        const bool fits = width <= static_cast<std::uint64_t>(kMaxIconEdge_px) && height <= static_cast<std::uint64_t>(kMaxIconEdge_px);
        if (fits && pixels.size() > best.size()) {
            best = pixels;
            bestWidth = static_cast<std::int32_t>(width);
            bestHeight = static_cast<std::int32_t>(height);
        }
    }
    if (best.empty())
        return {};
    return convert(bestWidth, bestHeight, best);
}

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "vgpu/display/guest/core/exported_window.h"
#include "vgpu/display/guest/wlroots/wlr.h"

namespace annex::display::guest {

/// A surface of a tree and where it lies, relative to the root surface, in surface coordinates.
struct PlacedSurface {
    wlr_surface* surface = nullptr;
    Rect box;
    friend bool operator==(const PlacedSurface&, const PlacedSurface&) = default;
};

/// Root and subsurfaces in drawing order, lowest first. Popups are not part of it.
std::vector<PlacedSurface> surfaceTree(wlr_surface* root);

/// Called with a surface whose program took its pixels away while they were read.
using Culprit = std::function<void(wlr_surface*)>;

/// Copies client buffers into slots. Reads each buffer's memory anew: an image kept from an earlier commit may point to where the pool was.
class Painter {
public:
    /// @param crop   the part of the tree that is the window, surface coordinates
    /// @param scale  slot pixels per surface pixel
    static void paint(const std::vector<PlacedSurface>& tree, const Rect& crop, int scale, const PaintTarget& target, const Region& region,
                      const Culprit& culprit);
    static bool isOpaque(const std::vector<PlacedSurface>& tree, const Rect& crop);
};

} // namespace annex::display::guest

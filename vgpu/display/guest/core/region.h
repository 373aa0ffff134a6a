// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include <pixman.h>

#include "vgpu/display/protocol/messages.h"

namespace annex::display::guest {

/// A set of pixels, kept as rectangles that do not overlap. Owns one pixman region.
class Region {
public:
    Region() { pixman_region32_init(&m_region); }
    explicit Region(const Rect& rect);
    Region(const Region& other);
    Region(Region&& other) noexcept;
    Region& operator=(Region other) noexcept;
    ~Region() { pixman_region32_fini(&m_region); }

    /// Empty and negative rectangles add nothing.
    void add(const Rect& rect);
    void add(const Region& other);
    void clipTo(const Rect& rect);
    void clear();
    void translate(int dx, int dy) { pixman_region32_translate(&m_region, dx, dy); }
    /// Each pixel becomes factor x factor pixels. @param factor  1 or more
    [[nodiscard]] Region scaled(int factor) const;

    bool empty() const { return !pixman_region32_not_empty(&m_region); }
    bool contains(const Rect& rect) const;
    Rect extents() const;
    std::uint64_t area() const;
    /// The rectangles, or their bounding box alone when there are more than `limit`.
    std::vector<Rect> rects(std::size_t limit) const;

    const pixman_region32_t* raw() const { return &m_region; }
    pixman_region32_t* raw() { return &m_region; }

private:
    pixman_region32_t m_region;
};

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/region.h"

#include <utility>

namespace annex::display::guest {

namespace {

// The read-only functions of pixman 0.42 take non-const pointers.
pixman_region32_t* writable(const pixman_region32_t* region)
{
    return const_cast<pixman_region32_t*>(region);
}

Rect fromBox(const pixman_box32_t& box)
{
    return {box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1};
}

} // namespace

Region::Region(const Rect& rect) : Region()
{
    add(rect);
}

Region::Region(const Region& other) : Region()
{
    pixman_region32_copy(&m_region, writable(&other.m_region));
}

Region::Region(Region&& other) noexcept : Region()
{
    std::swap(m_region, other.m_region);
}

Region& Region::operator=(Region other) noexcept
{
    std::swap(m_region, other.m_region);
    return *this;
}

void Region::add(const Rect& rect)
{
    if (rect.width > 0 && rect.height > 0)
        pixman_region32_union_rect(&m_region, &m_region, rect.x, rect.y, static_cast<unsigned>(rect.width),
                                   static_cast<unsigned>(rect.height));
}

void Region::add(const Region& other)
{
    pixman_region32_union(&m_region, &m_region, writable(&other.m_region));
}

void Region::clipTo(const Rect& rect)
{
    if (rect.width <= 0 || rect.height <= 0)
        clear();
    else
        pixman_region32_intersect_rect(&m_region, &m_region, rect.x, rect.y, static_cast<unsigned>(rect.width),
                                       static_cast<unsigned>(rect.height));
}

void Region::clear()
{
    pixman_region32_clear(&m_region);
}

Region Region::scaled(int factor) const
{
    if (factor == 1)
        return *this;
    Region out;
    int count = 0;
    const pixman_box32_t* boxes = pixman_region32_rectangles(writable(&m_region), &count);
    for (int i = 0; i < count; ++i) {
        Rect rect = fromBox(boxes[i]);
        out.add({rect.x * factor, rect.y * factor, rect.width * factor, rect.height * factor});
    }
    return out;
}

bool Region::contains(const Rect& rect) const
{
    pixman_box32_t box{rect.x, rect.y, rect.x + rect.width, rect.y + rect.height};
    return pixman_region32_contains_rectangle(writable(&m_region), &box) == PIXMAN_REGION_IN;
}

Rect Region::extents() const
{
    return fromBox(*pixman_region32_extents(writable(&m_region)));
}

std::uint64_t Region::area() const
{
    int count = 0;
    const pixman_box32_t* boxes = pixman_region32_rectangles(writable(&m_region), &count);
    std::uint64_t sum = 0;
    for (int i = 0; i < count; ++i) {
        Rect rect = fromBox(boxes[i]);
        sum += static_cast<std::uint64_t>(rect.width) * static_cast<std::uint64_t>(rect.height);
    }
    return sum;
}

std::vector<Rect> Region::rects(std::size_t limit) const
{
    if (empty())
        return {};
    int count = 0;
    const pixman_box32_t* boxes = pixman_region32_rectangles(writable(&m_region), &count);
    if (static_cast<std::size_t>(count) > limit)
        return {extents()};
    std::vector<Rect> out;
    out.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        out.push_back(fromBox(boxes[i]));
    return out;
}

} // namespace annex::display::guest

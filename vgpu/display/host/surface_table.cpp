// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/host/surface_table.h"

#include <algorithm>
#include <utility>
#include <cstring>

namespace annex::display {
namespace {

constexpr std::uint64_t kPage_bytes = 4096;
constexpr std::uint32_t kStrideUnit_bytes = 64; // a cache line: rows are copied without sharing one

bool isSide(std::int32_t length)
{
    return length >= 1 && length <= kMaxWindowEdge_px;
}

/// Compared in 64 bit: sums of 32-bit values from outside would wrap.
bool isInside(const Rect& rect, std::int32_t width, std::int32_t height)
{
    return rect.x >= 0 && rect.y >= 0 && rect.width >= 1 && rect.height >= 1 &&
           std::int64_t{rect.x} + rect.width <= width && std::int64_t{rect.y} + rect.height <= height;
}

std::uint64_t area_bytes(std::int32_t width, std::int32_t height)
{
    return std::uint64_t{4} * static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
}

Rect unite(const Rect& a, const Rect& b)
{
    const std::int32_t left = std::min(a.x, b.x);
    const std::int32_t top = std::min(a.y, b.y);
    const std::int32_t right = std::max(a.x + a.width, b.x + b.width);
    const std::int32_t bottom = std::max(a.y + a.height, b.y + b.height);
    return {left, top, right - left, bottom - top};
}

} // namespace

Result<void> SurfaceTable::define(WindowId window, const DefineSlot& message)
{
    if (!hasPool())
        return fail(Errc::Malformed, "a slot is defined where there is no pool");
    if (message.slot >= kMaxSlotsPerWindow)
        return fail(Errc::Malformed, "a slot number is out of range");
    if (!isSide(message.width) || !isSide(message.height))
        return fail(Errc::Malformed, "a slot's size is out of range");
    if (message.offset % kPage_bytes != 0)
        return fail(Errc::Malformed, "a slot does not begin on a page");
    if (message.stride_bytes % kStrideUnit_bytes != 0 || message.stride_bytes < area_bytes(message.width, 1))
        return fail(Errc::Malformed, "a slot's rows are too short or not aligned");
    // At most 2^32 * 2^14: no overflow.
    const std::uint64_t length = std::uint64_t{message.stride_bytes} * static_cast<std::uint64_t>(message.height);
    if (message.offset > m_pool.size() || length > m_pool.size() - message.offset)
        return fail(Errc::TooLarge, "a slot reaches beyond the pool");
    m_surfaces[window].slotTable[message.slot].next = Place{message.offset, message.width, message.height, message.stride_bytes};
    return {};
}

Result<SurfaceView> SurfaceTable::present(WindowId window, const Frame& message)
{
    if (!hasPool())
        return fail(Errc::Malformed, "a frame names a slot where there is no pool");
    if (message.slot >= kMaxSlotsPerWindow)
        return fail(Errc::Malformed, "a slot number is out of range");
    auto found = m_surfaces.find(window);
    if (found == m_surfaces.end())
        return fail(Errc::Malformed, "a frame names a slot that was never defined");
    Surface& surface = found->second;
    Slot& slot = surface.slotTable[message.slot];
    if (slot.inFlight)
        return fail(Errc::Malformed, "a frame names a slot that is in the host's hands");
    const std::optional<Place>& place = slot.next ? slot.next : slot.current;
    if (!place)
        return fail(Errc::Malformed, "a frame names a slot that was never defined");
    if (message.damage.empty() || message.damage.size() > kMaxDamageRects)
        return fail(Errc::Malformed, "a frame has no damage or too much");
    for (const Rect& rect : message.damage) {
        if (!isInside(rect, place->width, place->height))
            return fail(Errc::Malformed, "a frame's damage lies outside its slot");
    }
    if (auto charged = charge(surface, area_bytes(place->width, place->height)); !charged)
        return tl::unexpected<Error>(std::move(charged.error()));
    if (slot.next)
        slot.current = std::exchange(slot.next, std::nullopt);
    slot.inFlight = message.serial;
    slot.opaque = message.opaque;
    surface.dropped = false;
    return viewOf(surface, slot);
}

Result<void> SurfaceTable::beginAssembly(WindowId window, const InlineFrame& message)
{
    Surface& surface = m_surfaces[window];
    if (surface.slotTable[0].inFlight)
        return fail(Errc::Malformed, "a frame begins before the last one of its window was acknowledged");
    if (!isSide(message.width) || !isSide(message.height))
        return fail(Errc::Malformed, "a frame's size is out of range");
    if (auto charged = charge(surface, area_bytes(message.width, message.height)); !charged)
        return charged;
    if (surface.width != message.width || surface.height != message.height) {
        // Transparent where no band comes: never the bytes of an older size, which would show a sheared picture.
        surface.pixels.assign(area_bytes(message.width, message.height), 0);
        surface.width = message.width;
        surface.height = message.height;
    }
    surface.dropped = false;
    m_assembly = Assembly{window, message.serial, message.opaque, message.configureSerial, message.width, message.height, {}};
    return {};
}

Result<void> SurfaceTable::continueAssembly(WindowId window, const InlineFrame& message) const
{
    const bool same = m_assembly->window == window && m_assembly->serial == message.serial && m_assembly->opaque == message.opaque &&
                      m_assembly->configureSerial == message.configureSerial && m_assembly->width == message.width &&
                      m_assembly->height == message.height;
    if (!same)
        return fail(Errc::Malformed, "the bands of a frame contradict each other");
    return {};
}

Result<std::optional<SurfaceTable::Assembled>> SurfaceTable::band(WindowId window, const InlineFrame& message)
{
    if (hasPool())
        return fail(Errc::Malformed, "a frame carries its pixels where there is a pool");
    auto agreed = m_assembly ? continueAssembly(window, message) : beginAssembly(window, message);
    if (!agreed)
        return tl::unexpected<Error>(std::move(agreed.error()));
    if (!isInside(message.band, message.width, message.height))
        return fail(Errc::Malformed, "a band lies outside its window");
    if (message.pixels.size() != area_bytes(message.band.width, message.band.height))
        return fail(Errc::Malformed, "a band's pixels are not as many as its size says");

    Surface& surface = m_surfaces[window];
    const std::size_t row_bytes = area_bytes(message.band.width, 1);
    for (std::int32_t y = 0; y < message.band.height; ++y) {
        const std::size_t to = area_bytes(surface.width, message.band.y + y) + area_bytes(message.band.x, 1);
        std::memcpy(surface.pixels.data() + to, message.pixels.data() + row_bytes * static_cast<std::size_t>(y), row_bytes);
    }
    if (m_assembly->damage.size() < kMaxDamageRects)
        m_assembly->damage.push_back(message.band);
    else
        m_assembly->damage.back() = unite(m_assembly->damage.back(), message.band);
    if (!message.last)
        return std::optional<Assembled>{};

    Slot& slot = surface.slotTable[0];
    slot.inFlight = message.serial;
    slot.opaque = message.opaque;
    Assembled frame{viewOf(surface, slot), std::move(m_assembly->damage)};
    m_assembly.reset();
    return std::optional<Assembled>(std::move(frame));
}

SurfaceView SurfaceTable::viewOf(const Surface& surface, const Slot& slot) const
{
    if (!hasPool())
        return {surface.pixels.data(), surface.width, surface.height, static_cast<std::uint32_t>(surface.width) * 4, slot.opaque};
    const Place& place = *slot.current;
    return {m_pool.data() + place.offset, place.width, place.height, place.stride_bytes, slot.opaque};
}

Result<void> SurfaceTable::charge(Surface& surface, std::uint64_t bytes)
{
    const std::uint64_t others = m_content_bytes - surface.content_bytes;
    if (bytes > m_budget_bytes - std::min(others, m_budget_bytes))
        return fail(Errc::TooLarge, "the windows' contents together exceed their budget");
    m_content_bytes = others + bytes;
    surface.content_bytes = bytes;
    return {};
}

std::optional<std::uint8_t> SurfaceTable::release(WindowId window, std::uint32_t serial)
{
    auto found = m_surfaces.find(window);
    if (found == m_surfaces.end())
        return {};
    Surface& surface = found->second;
    for (std::size_t i = 0; i < surface.slotTable.size(); ++i) {
        if (surface.slotTable[i].inFlight != serial)
            continue;
        surface.slotTable[i].inFlight.reset();
        if (surface.dropped)
            freeContent(surface);
        return static_cast<std::uint8_t>(i);
    }
    return {};
}

std::optional<SurfaceView> SurfaceTable::inFlight(WindowId window, std::uint32_t serial) const
{
    auto found = m_surfaces.find(window);
    if (found == m_surfaces.end())
        return {};
    for (const Slot& slot : found->second.slotTable) {
        if (slot.inFlight == serial)
            return viewOf(found->second, slot);
    }
    return {};
}

void SurfaceTable::freeContent(Surface& surface)
{
    const bool held = std::any_of(surface.slotTable.begin(), surface.slotTable.end(), [](const Slot& slot) { return slot.inFlight.has_value(); });
    if (held)
        return; // somebody may still read it
    m_content_bytes -= std::exchange(surface.content_bytes, 0);
    surface.pixels = ByteVector();
    surface.width = surface.height = 0;
}

void SurfaceTable::dropContent(WindowId window)
{
    if (m_assembly && m_assembly->window == window)
        m_assembly.reset();
    auto found = m_surfaces.find(window);
    if (found == m_surfaces.end())
        return;
    found->second.dropped = true;
    freeContent(found->second);
}

void SurfaceTable::forget(WindowId window)
{
    if (m_assembly && m_assembly->window == window)
        m_assembly.reset();
    auto found = m_surfaces.find(window);
    if (found == m_surfaces.end())
        return;
    m_content_bytes -= found->second.content_bytes;
    m_surfaces.erase(found);
}

} // namespace annex::display

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/slots.h"

#include <algorithm>
#include <limits>
#include <span>

namespace annex::display::guest {

namespace {

constexpr Rect kEverything{0, 0, kMaxWindowEdge_px, kMaxWindowEdge_px};
constexpr std::uint64_t kGiveBackRatio = 4; // memory four times larger than the window needs is worth a new allocation

std::uint64_t roundUp(std::uint64_t value, std::uint64_t step)
{
    return (value + step - 1) / step * step;
}

std::uint32_t strideFor(std::int32_t width)
{
    return static_cast<std::uint32_t>(roundUp(static_cast<std::uint64_t>(width) * 4, SlotSet::kStrideAlign_bytes));
}

} // namespace

void SlotSet::addDamage(const Region& damage)
{
    for (Slot& slot : m_slots)
        slot.stale.add(damage);
}

SlotSet::Acquired SlotSet::acquire(PixelStore& store, std::int32_t width, std::int32_t height)
{
    // Least to paint first; memory that is there before memory that would have to be made.
    Slot* best = nullptr;
    auto cost = [&](const Slot& slot) {
        if (!slot.memory)
            return std::numeric_limits<std::uint64_t>::max();
        if (slot.width != width || slot.height != height)
            return std::numeric_limits<std::uint64_t>::max() - 1;
        return slot.stale.area();
    };
    m_dropping = false;
    for (Slot& slot : std::span(m_slots).first(m_count)) {
        if (slot.inFlight == 0 && (!best || cost(slot) < cost(*best)))
            best = &slot;
    }
    if (!best)
        return {Outcome::AllBusy, nullptr};
    if (!fit(*best, store, width, height)) {
        // With the pool full one slot per window has to do: wait for the one that is out.
        return {anyInFlight() ? Outcome::AllBusy : Outcome::NoMemory, nullptr};
    }
    best->stale.clipTo({0, 0, width, height});
    return {Outcome::Ready, best};
}

bool SlotSet::fit(Slot& slot, PixelStore& store, std::int32_t width, std::int32_t height)
{
    const std::uint32_t stride = strideFor(width);
    const std::uint64_t exact = std::uint64_t{stride} * static_cast<std::uint64_t>(height);
    const std::uint64_t rounded = std::uint64_t{strideFor(static_cast<std::int32_t>(roundUp(static_cast<std::uint64_t>(width), kRound_px)))}
        * roundUp(static_cast<std::uint64_t>(height), kRound_px);

    const bool tooSmall = slot.memory.size_bytes() < exact;
    const bool tooLarge = slot.memory.size_bytes() > kGiveBackRatio * rounded;
    if (!slot.memory || tooSmall || tooLarge) {
        slot.memory = PixelRange();
        slot.defined = false;
        auto memory = store.allocate(rounded);
        if (!memory)
            memory = store.allocate(exact);
        if (!memory)
            return false;
        slot.memory = std::move(*memory);
        slot.stale = Region(kEverything);
    }
    if (slot.width != width || slot.height != height || slot.stride_bytes != stride) {
        slot.width = width;
        slot.height = height;
        slot.stride_bytes = stride;
        slot.defined = false;
        slot.stale = Region(kEverything);
    }
    return true;
}

bool SlotSet::acknowledge(std::uint8_t index, std::uint32_t serial)
{
    if (index >= m_slots.size() || serial == 0 || m_slots[index].inFlight != serial)
        return false;
    m_slots[index].inFlight = 0;
    if (m_dropping)
        drop();
    return true;
}

bool SlotSet::anyFree() const
{
    return std::ranges::any_of(std::span(m_slots).first(m_count), [](const Slot& slot) { return slot.inFlight == 0; });
}

bool SlotSet::anyInFlight() const
{
    return std::ranges::any_of(m_slots, [](const Slot& slot) { return slot.inFlight != 0; });
}

void SlotSet::forgetHost()
{
    std::uint8_t index = 0;
    for (Slot& slot : m_slots) {
        slot.index = index++;
        slot.inFlight = 0;
        slot.defined = false;
        slot.stale = Region(kEverything);
    }
}

void SlotSet::drop()
{
    m_dropping = true;
    for (Slot& slot : m_slots) {
        slot.defined = false;
        slot.stale = Region(kEverything);
        if (slot.inFlight == 0)
            slot.memory = PixelRange();
    }
}

} // namespace annex::display::guest

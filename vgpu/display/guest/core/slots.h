// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "vgpu/display/guest/core/pixel_store.h"
#include "vgpu/display/guest/core/region.h"

namespace annex::display::guest {

/// One buffer of a window.
struct Slot {
    std::uint8_t index = 0;
    PixelRange memory;
    std::int32_t width = 0, height = 0;
    std::uint32_t stride_bytes = 0;
    Region stale;               ///< what this slot has not got yet; each slot has its own
    std::uint32_t inFlight = 0; ///< serial of the frame the host still reads, 0: the slot is ours
    bool defined = false;       ///< the host knows place and size
};

/// The buffers of one window: which one to fill next, and what each of them lacks.
///
/// Memory is rounded up to whole blocks of kRound_px each way and reused while a window is resized: fresh pages of a 1080p buffer cost some
/// milliseconds, the second fill a tenth of one. A second slot gets memory only when the first is still with the host.
class SlotSet {
public:
    static constexpr std::uint8_t kSlots = 2;      // one with the host, one to fill
    static constexpr std::int32_t kRound_px = 128; // steps of a drag stay within one block for a while
    static constexpr std::uint32_t kStrideAlign_bytes = 64;

    SlotSet() { forgetHost(); }
    /// @param count  1 … kSlots; only while nothing is in flight
    void setCount(std::uint8_t count) { m_count = count; }

    /// Every slot misses these pixels until they are copied into it.
    void addDamage(const Region& damage);

    enum class Outcome { Ready, AllBusy, NoMemory };
    struct Acquired {
        Outcome outcome = Outcome::AllBusy;
        Slot* slot = nullptr; ///< only when Ready; its `stale` is what must be painted
    };
    /// The slot that needs the least painting for a content of this size.
    /// @param width,height  1 … kMaxWindowEdge_px
    Acquired acquire(PixelStore& store, std::int32_t width, std::int32_t height);

    /// @return false when that frame is not in flight
    bool acknowledge(std::uint8_t slot, std::uint32_t serial);
    bool anyFree() const;
    bool anyInFlight() const;
    /// A new viewer: nothing is in flight, nothing is defined, everything is stale.
    void forgetHost();
    /// Gives all memory back. What the host still reads is given back when it has acknowledged.
    void drop();

private:
    bool fit(Slot& slot, PixelStore& store, std::int32_t width, std::int32_t height);

    std::array<Slot, kSlots> m_slots;
    std::uint8_t m_count = kSlots;
    bool m_dropping = false;
};

} // namespace annex::display::guest

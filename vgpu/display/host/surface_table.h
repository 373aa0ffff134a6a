// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "vgpu/display/host/surface_view.h"
#include "vgpu/display/host/window_model.h"

namespace annex::display {

/// Where the pixels of the windows are, and whose turn it is: a slot that the guest named in a Frame is the host's until
/// `release`; naming it again before that is a breach.
///
/// With a pool the pixels lie in it; without one they are put together here from bands. In both cases the windows' contents together
/// never exceed the size the host announced in Welcome: that bounds what the viewer has to copy.
class SurfaceTable {
public:
    /// @param pool  the read-only mapping, outliving this table; empty: inline frames
    /// @param content_bytes  bound of all windows' contents together: the pool's size, or what Welcome announced
    SurfaceTable(ByteSpan pool, std::uint64_t content_bytes) : m_pool(pool), m_budget_bytes(content_bytes) {}

    bool hasPool() const { return !m_pool.empty(); }

    /// @errors Malformed, TooLarge: the slot is not wholly inside the pool, or not aligned
    Result<void> define(WindowId window, const DefineSlot& message);
    /// @errors Malformed: undefined slot, slot in the host's hands, damage outside; TooLarge: contents over the budget
    Result<SurfaceView> present(WindowId window, const Frame& message);

    /// A whole frame put together from bands.
    struct Assembled {
        SurfaceView view;
        std::vector<Rect> damage; ///< at most kMaxDamageRects
    };
    /// One band. Bands of one frame follow each other (the session sees to that) and agree in everything but place and pixels.
    /// @return the frame when this was its last band
    Result<std::optional<Assembled>> band(WindowId window, const InlineFrame& message);

    /// The host is done with a frame. @return the slot to acknowledge, or nothing where no such frame is in flight
    std::optional<std::uint8_t> release(WindowId window, std::uint32_t serial);
    /// A frame that is not released yet, to be read once more; nothing where it was released or its window ended.
    std::optional<SurfaceView> inFlight(WindowId window, std::uint32_t serial) const;
    /// The window has no content: its share of the budget is free again. Frames in flight stay in flight.
    void dropContent(WindowId window);
    /// The window ended: its slots are the guest's again, without a word.
    void forget(WindowId window);

    std::uint64_t content_bytes() const { return m_content_bytes; }

private:
    struct Place {
        std::uint64_t offset = 0;
        std::int32_t width = 0, height = 0;
        std::uint32_t stride_bytes = 0;
    };
    struct Slot {
        std::optional<Place> current;
        std::optional<Place> next; ///< takes effect at the next Frame
        std::optional<std::uint32_t> inFlight;
        bool opaque = false;
    };
    struct Surface {
        std::array<Slot, kMaxSlotsPerWindow> slotTable; // "slots" is a macro of Qt
        std::uint64_t content_bytes = 0;
        ByteVector pixels; ///< inline only, rows of width * 4
        std::int32_t width = 0, height = 0;
        bool dropped = false; ///< unmapped; the content goes when nothing is in flight
    };
    struct Assembly {
        WindowId window = 0;
        std::uint32_t serial = 0;
        bool opaque = false;
        std::uint32_t configureSerial = 0;
        std::int32_t width = 0, height = 0;
        std::vector<Rect> damage;
    };

    Result<void> charge(Surface& surface, std::uint64_t bytes);
    Result<void> beginAssembly(WindowId window, const InlineFrame& message);
    Result<void> continueAssembly(WindowId window, const InlineFrame& message) const;
    SurfaceView viewOf(const Surface& surface, const Slot& slot) const;
    void freeContent(Surface& surface);

    ByteSpan m_pool;
    std::uint64_t m_budget_bytes;
    std::uint64_t m_content_bytes = 0;
    std::map<WindowId, Surface> m_surfaces;
    std::optional<Assembly> m_assembly;
};

} // namespace annex::display

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/result.h"
#include "vgpu/display/guest/core/exported_window.h"
#include "vgpu/display/guest/core/output_queue.h"
#include "vgpu/display/guest/core/pixel_store.h"

namespace annex::display::guest {

/// All windows of the workspace on their way to the host. Knows no Wayland, no loop and no clock.
///
/// Every message is made from the newest state and only while the output queue is short. A viewer that reads slowly, or is not there, therefore costs
/// bounded memory and never blocks a program; one that comes later is told everything again by hostArrived().
class Exporter {
public:
    /// Bytes of windows that may travel inline: two 4K windows. Larger ones are refused by name.
    static constexpr std::uint64_t kInlineBudget_bytes = 96u << 20;

    struct Hooks {
        std::function<void()> wake;  ///< call flush() soon, once, from the event loop
        std::function<Time()> now;
    };

    /// @param pool  memory shared with the host; null: frames travel inline
    Exporter(PoolStore* pool, Hooks hooks);
    ~Exporter();

    /// @return null when there are kMaxWindows already; the host is told
    ExportedWindow* open(WindowKind kind, std::uint32_t parent, bool x11, WindowContent& content);
    /// The window is gone for the program. Its id is never used again.
    void close(std::uint32_t id);
    ExportedWindow* find(std::uint32_t id);
    /// By the number that the host uses. @return null: no such window any more
    ExportedWindow* findWire(std::uint32_t wireId);
    std::size_t count() const { return m_windows.size(); }

    /// Pointer image for the whole workspace.
    void setCursor(Cursor cursor);
    /// @param id  our own number, 0: the compositor answers for itself
    void sendPong(std::uint32_t id, std::uint32_t serial);

    /// A viewer finished its handshake. Everything is announced again with full damage.
    /// @param features  exactly one Feature bit, as in Welcome
    /// @param budget_bytes  Welcome's pool_bytes: without a pool, what the host will hold for us
    void hostArrived(std::uint32_t features, std::uint64_t budget_bytes);
    /// The viewer is gone, or a new one knocks: nothing of what was queued may be sent.
    void hostLeft();
    bool hostPresent() const { return m_live; }
    void setRefresh(std::uint32_t refresh_mHz);

    /// Makes messages from what changed, until the queue is full.
    /// @return false when there is more to say: call again when the queue has become shorter
    bool flush();
    /// Sends frame callbacks and configures whose time has come.
    void tick();
    /// When tick() is to be called next.
    std::optional<Time> due() const;
    OutputQueue& output() { return m_output; }

private:
    friend class ExportedWindow;

    void wake() { m_hooks.wake(); }
    Time now() const { return m_hooks.now(); }
    PixelStore& store() { return m_inline ? static_cast<PixelStore&>(m_heap) : *m_pool; }
    std::uint32_t nextFrameSerial() { return ++m_frameSerial; }
    std::uint32_t nextWireId(const ExportedWindow& window);
    /// Inline, a frame must be acknowledged before the window's next one begins.
    std::uint8_t slotsPerWindow() const { return m_inline ? 1 : SlotSet::kSlots; }
    void tellStarved();

    Hooks m_hooks;
    PoolStore* m_pool;
    HeapStore m_heap{kInlineBudget_bytes};
    OutputQueue m_output;
    std::map<std::uint32_t, std::unique_ptr<ExportedWindow>> m_windows; // ids grow, so parents come before children
    std::map<std::uint32_t, std::uint32_t> m_byWireId; // → our own number
    std::uint32_t m_nextId = 1;
    std::uint32_t m_wireId = 0;
    std::uint32_t m_frameSerial = 0;
    Time m_interval = std::chrono::nanoseconds(16'666'667);
    bool m_live = false;
    bool m_inline = false;
    bool m_refusedWindow = false;
    std::optional<Cursor> m_cursor;
    bool m_cursorDirty = false;
};

} // namespace annex::display::guest

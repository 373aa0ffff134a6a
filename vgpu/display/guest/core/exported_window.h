// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "vgpu/display/guest/core/output_queue.h"
#include "vgpu/display/guest/core/pacer.h"
#include "vgpu/display/guest/core/resize_state.h"
#include "vgpu/display/guest/core/slots.h"

namespace annex::display::guest {

/// Memory to paint a window into: premultiplied ARGB8888, `width` x `height` slot pixels.
struct PaintTarget {
    std::uint8_t* pixels = nullptr;
    std::int32_t width = 0, height = 0;
    std::uint32_t stride_bytes = 0;
};

/// The real surface behind an exported window.
class WindowContent {
public:
    virtual ~WindowContent() = default;
    /// Paints exactly `region` of the present content.
    virtual void paint(const PaintTarget& target, const Region& region) = 0;
    /// Every pixel of the present content has full alpha.
    virtual bool isOpaque() const = 0;
    /// Answers the frame callbacks that are waiting.
    virtual void sendFrameCallbacks() = 0;
    /// Asks the program for a size.
    virtual void configure(const SizeWish& wish) = 0;
    /// The viewer is gone: what it asked for is not to be answered any more, the next one counts its serials afresh.
    virtual void hostChanged() {}
};

class Exporter;

/// One window as the host knows it: the newest state of everything, and what of it the host has not been told yet.
/// Nothing is queued; messages are made from this state when there is room for them.
class ExportedWindow {
public:
    ExportedWindow(Exporter& exporter, std::uint32_t id, WindowKind kind, std::uint32_t parent, bool x11, WindowContent& content);
    ExportedWindow(const ExportedWindow&) = delete;
    ExportedWindow& operator=(const ExportedWindow&) = delete;

    /// Our own number, never used again.
    std::uint32_t id() const { return m_id; }
    /// The number that the host knows: given when the window is announced, because those must count up. 0: the host does not know it.
    std::uint32_t wireId() const { return m_wireId; }
    WindowKind kind() const { return m_kind; }
    std::uint32_t parent() const { return m_parent; } ///< its own number, 0 for none
    bool visible() const { return m_visible; }

    // What the program says. Each wakes the exporter if something changed.
    void setTitle(std::string text);
    void setAppId(std::string text);
    void setIcon(Icon icon);
    void setSizeHints(const SizeHints& hints);
    /// Position (see Geometry); the size comes from commit().
    void setPosition(std::int32_t x, std::int32_t y);
    void request(RequestKind kind, std::uint32_t edges = 0);

    /// New content. @param width,height  slot pixels  @param damage  slot pixels  @param wantsCallback  a frame callback is waiting
    void commit(std::int32_t width, std::int32_t height, const Region& damage, bool wantsCallback);
    /// Tells the host (at most once until it has shown again) that something about this window had to be refused.
    void refuse(RefusedReason reason);

    // What the host says.
    void acknowledge(std::uint8_t slot, std::uint32_t serial, Time now);
    void setVisible(bool visible, Time now);
    void configure(const SizeWish& wish, Time now);

    /// The program's newest commit answers the Configure with this serial.
    void configureAnswered(std::uint32_t serial, Time now);
    /// Sends a small frame although nothing changed: a living host acknowledges it.
    /// @return false when no frame would go out: hidden, or without content
    bool poke();
    const ResizeState& resize() const { return m_resize; }

private:
    friend class Exporter;

    enum Dirty : unsigned { kTitle = 1, kAppId = 2, kIcon = 4, kSizeHints = 8, kGeometry = 16, kAll = 31 };

    void markDirty(unsigned what);
    bool announce(OutputQueue& out);
    void sendProperties(OutputQueue& out);
    void sendRequests(OutputQueue& out);
    void sendContent(OutputQueue& out, Time now);
    void sendFrame(OutputQueue& out, Slot& slot);
    void sendInline(OutputQueue& out, const Slot& slot, std::uint32_t serial);
    void flush(OutputQueue& out, Time now);
    bool showable() const;
    void withdraw(OutputQueue& out, RefusedReason reason);
    void tick(Time now);
    std::optional<Time> due() const;
    void forgetHost();
    void hostArrived(Time now);
    void memoryFreed();
    bool announced() const { return m_wireId != 0; }
    void setInterval(Time interval) { m_pacer.setInterval(interval); }

    Exporter& m_exporter;
    WindowContent& m_content;
    const std::uint32_t m_id;
    const WindowKind m_kind;
    const std::uint32_t m_parent;
    const bool m_x11;

    std::string m_title, m_appId;
    Icon m_icon;
    SizeHints m_hints;
    Rect m_box;
    std::array<bool, 8> m_requests{};
    std::uint32_t m_resizeEdges = 0;

    std::uint32_t m_wireId = 0;
    std::uint32_t m_depth = 0; ///< parents above it that the host knows, and itself
    bool m_shown = false, m_visible = true;
    unsigned m_dirty = kAll;
    bool m_contentDirty = false;   ///< a slot has to be filled
    bool m_wantsCallback = false;
    bool m_starved = false;        ///< waits for pool memory
    std::optional<RefusedReason> m_refuse;
    bool m_refusedOnce = false;
    std::uint32_t m_answer = 0;    ///< Configure that the next frame answers, 0 for none
    SlotSet m_slots;
    Pacer m_pacer;
    ResizeState m_resize;
};

} // namespace annex::display::guest

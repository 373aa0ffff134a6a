// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "vgpu/display/guest/core/exporter.h"
#include "vgpu/display/guest/wlroots/listener.h"
#include "vgpu/display/guest/wlroots/painter.h"

namespace annex::display::guest {

class ClientReaper;
class GuestWindow;
class InputGate;
class KeyboardInput;
class PointerInput;
class QuietOutput;

/// What every window needs of the compositor. One per compositor, outlives all windows.
struct Surroundings {
    wl_display* display = nullptr;
    wl_event_loop* loop = nullptr;
    wlr_seat* seat = nullptr;
    Exporter* exporter = nullptr;
    QuietOutput* output = nullptr;
    ClientReaper* reaper = nullptr;
    KeyboardInput* keyboard = nullptr;
    PointerInput* pointer = nullptr;
    InputGate* gate = nullptr; ///< null: nobody makes input
    std::map<std::uint32_t, GuestWindow*> windows; ///< mapped ones, by the id the host knows
    std::uint32_t focusedId = 0;                   ///< the window that has the keyboard, 0: none
};

struct Point {
    double x = 0, y = 0;
};

/// A mapped window of a program: a surface tree that is exported as one. Coordinates here are surface coordinates ("logical"); everything
/// that goes to or comes from the host is multiplied or divided by the scale at this border.
class GuestWindow : public WindowContent {
public:
    explicit GuestWindow(Surroundings& surroundings) : m_around(surroundings) {}
    ~GuestWindow() override;

    virtual wlr_surface* surface() const = 0;
    /// The window within its surface tree: what lies outside is shadow.
    virtual Rect crop() const = 0;
    /// Where the crop's corner lies on the virtual desktop, if the host has said so.
    virtual Point origin() const = 0;

    // What the host asks. Those that a kind of window cannot do are no-ops.
    virtual void focus(bool) {}
    virtual void close() = 0;
    virtual void kill();
    virtual void place(const Position&) {}
    virtual void dismissPopups() {}
    virtual void ping(std::uint32_t serial) = 0;

    ExportedWindow* exported() const { return m_exported; }
    std::uint32_t id() const { return m_exported ? m_exported->id() : 0; }

    /// A surface of the tree has new state. Called for each commit in the tree.
    void surfaceCommitted(wlr_surface* surface);
    /// A subsurface appeared or went without a commit.
    void treeChanged();
    /// The scale of the host changed: sizes in slot pixels are others now.
    void rescaled();
    /// The lowest window of the tree at this point (crop coordinates) that takes input. @return null: none
    wlr_surface* surfaceAt(Point inCrop, Point& inSurface) const;

    // WindowContent
    void paint(const PaintTarget& target, const Region& region) override;
    bool isOpaque() const override;
    void sendFrameCallbacks() override;

protected:
    /// @return false when the host's limit of windows is reached
    bool show(WindowKind kind, std::uint32_t parent, bool x11);
    void hide();
    int scale() const;
    Surroundings& around() const { return m_around; }
    /// Called for each commit of the root surface, before its content is exported.
    virtual void rootCommitted() {}

private:
    void exportContent(Region damage);
    Region treeDifference(const std::vector<PlacedSurface>& now) const;

    Surroundings& m_around;
    ExportedWindow* m_exported = nullptr;
    wlr_surface* m_bound = nullptr;
    std::vector<PlacedSurface> m_tree;
    Rect m_crop;
};

} // namespace annex::display::guest

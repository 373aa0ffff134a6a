// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "vgpu/display/guest/wlroots/event_loop.h"
#include "vgpu/display/guest/wlroots/guest_window.h"

namespace annex::display::guest {

/// What toplevels and popups of xdg-shell share.
class XdgWindow : public GuestWindow {
public:
    wlr_surface* surface() const override { return m_xdg->surface; }
    Rect crop() const override;
    /// Programs are pinged only when the host asks, which it does for visible windows: one that waits for a withheld callback would look hung.
    void ping(std::uint32_t serial) override;

protected:
    XdgWindow(Surroundings& surroundings, wlr_xdg_surface* xdg, std::function<void()> gone);
    virtual void mapped() = 0;
    /// From now on the program's next commit without content is a first one again, which wlroots answers with a configure.
    virtual void beginAnew() = 0;

    wlr_xdg_surface* m_xdg;

private:
    void unmapped();
    void checkPong();

    std::function<void()> m_gone;
    Listener m_onMap, m_onUnmap, m_onDestroy, m_onCommitOfNothing;
    std::unique_ptr<DeadlineTimer> m_pongTimer;
    std::uint32_t m_pingSerial = 0;
    Time m_pingDeadline{};
};

class XdgToplevel final : public XdgWindow {
public:
    XdgToplevel(Surroundings& surroundings, wlr_xdg_surface* xdg, std::function<void()> gone);

    Point origin() const override { return m_origin; }
    /// The box in which this window's popups must stay, in coordinates of its surface.
    wlr_box popupBox() const;

    void focus(bool focused) override;
    void close() override;
    void place(const Position& position) override;
    void dismissPopups() override;
    void configure(const SizeWish& wish) override;
    void hostChanged() override { m_asked.clear(); }

private:
    void mapped() override;
    void beginAnew() override { m_xdg->toplevel->added = false; }
    void rootCommitted() override;
    void tellHints();
    void connectRequests();

    struct Asked {
        std::uint32_t configureSerial; ///< of the program's configure
        std::uint32_t hostSerial;
    };
    std::deque<Asked> m_asked; ///< oldest first; a program that never answers is cut off at a few
    Point m_origin;
    Rect m_workArea; ///< empty until the host has said it
    SizeHints m_hints;
    Listener m_onTitle, m_onAppId, m_onMove, m_onResize, m_onMaximise, m_onMinimise, m_onFullscreen;
};

class XdgPopup final : public XdgWindow {
public:
    XdgPopup(Surroundings& surroundings, wlr_xdg_surface* xdg, std::function<void()> gone);

    Point origin() const override;
    void close() override;
    void configure(const SizeWish&) override {} ///< a popup's size is its own

private:
    void mapped() override;
    void beginAnew() override { m_xdg->popup->committed = false; }
    void rootCommitted() override;
    GuestWindow* parent() const;
    int depth() const;
    void unconstrain();
};

} // namespace annex::display::guest

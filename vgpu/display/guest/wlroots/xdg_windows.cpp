// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/xdg_windows.h"

#include <algorithm>

#include "vgpu/display/guest/wlroots/keyboard.h"
#include "vgpu/display/guest/wlroots/surface_watch.h"

namespace annex::display::guest {

namespace {

constexpr Time kPongPatience = std::chrono::seconds(10); // the host's own patience is shorter
constexpr Time kPongStep = std::chrono::milliseconds(20);
constexpr std::size_t kMaxAsked = 16;

RequestKind pick(bool on, RequestKind yes, RequestKind no)
{
    return on ? yes : no;
}

} // namespace

XdgWindow::XdgWindow(Surroundings& surroundings, wlr_xdg_surface* xdg, std::function<void()> gone)
    : GuestWindow(surroundings), m_xdg(xdg), m_gone(std::move(gone))
{
    m_onMap.connect(xdg->events.map, [this](void*) { mapped(); });
    m_onUnmap.connect(xdg->events.unmap, [this](void*) { unmapped(); });
    m_onDestroy.connect(xdg->events.destroy, [this](void*) {
        auto endThis = m_gone; // a copy: it ends this object
        endThis();
    });
}

// wlroots 0.15 sends the configure that a first commit asks for once in a window's life; a program that took its content away and wants to come
// back waits for another in vain, or is ended for drawing without it. The commit under way is the one that took the content away.
void XdgWindow::unmapped()
{
    hide();
    m_onCommitOfNothing.connect(m_xdg->surface->events.commit, [this](void*) {
        m_onCommitOfNothing.disconnect();
        beginAnew();
    });
}

Rect XdgWindow::crop() const
{
    wlr_box box{};
    wlr_xdg_surface_get_geometry(m_xdg, &box);
    return {box.x, box.y, box.width, box.height};
}

void XdgWindow::ping(std::uint32_t serial)
{
    m_pingSerial = serial;
    m_pingDeadline = steadyNow() + kPongPatience;
    if (m_xdg->client->ping_serial == 0)
        wlr_xdg_surface_ping(m_xdg);
    if (!m_pongTimer) {
        auto timer = DeadlineTimer::create(around().loop, [this] { checkPong(); });
        if (!timer)
            return;
        m_pongTimer = std::move(*timer);
    }
    m_pongTimer->set(steadyNow() + kPongStep);
}

// wlroots 0.15 reports no pong, it only forgets the serial; so look while one is awaited.
void XdgWindow::checkPong()
{
    if (m_xdg->client->ping_serial == 0)
        around().exporter->sendPong(id(), m_pingSerial);
    else if (steadyNow() < m_pingDeadline)
        m_pongTimer->set(steadyNow() + kPongStep);
}

XdgToplevel::XdgToplevel(Surroundings& surroundings, wlr_xdg_surface* xdg, std::function<void()> gone)
    : XdgWindow(surroundings, xdg, std::move(gone))
{
    auto& events = xdg->toplevel->events;
    m_onTitle.connect(events.set_title, [this](void*) {
        if (exported())
            exported()->setTitle(m_xdg->toplevel->title ? m_xdg->toplevel->title : "");
    });
    m_onAppId.connect(events.set_app_id, [this](void*) {
        if (exported())
            exported()->setAppId(m_xdg->toplevel->app_id ? m_xdg->toplevel->app_id : "");
    });
    connectRequests();
}

void XdgToplevel::connectRequests()
{
    auto& events = m_xdg->toplevel->events;
    m_onMove.connect(events.request_move, [this](void*) {
        if (exported())
            exported()->request(RequestKind::Move);
    });
    m_onResize.connect(events.request_resize, [this](void* data) {
        if (exported())
            exported()->request(RequestKind::Resize, static_cast<wlr_xdg_toplevel_resize_event*>(data)->edges & 15u);
    });
    m_onMinimise.connect(events.request_minimize, [this](void*) {
        if (exported())
            exported()->request(RequestKind::Minimise);
    });
    // These two expect a configure even when nothing comes of them.
    m_onMaximise.connect(events.request_maximize, [this](void*) {
        if (exported())
            exported()->request(pick(m_xdg->toplevel->requested.maximized, RequestKind::Maximise, RequestKind::Unmaximise));
        if (m_xdg->added)
            wlr_xdg_surface_schedule_configure(m_xdg);
    });
    m_onFullscreen.connect(events.request_fullscreen, [this](void* data) {
        const bool on = static_cast<wlr_xdg_toplevel_set_fullscreen_event*>(data)->fullscreen;
        if (exported())
            exported()->request(pick(on, RequestKind::Fullscreen, RequestKind::LeaveFullscreen));
        if (m_xdg->added)
            wlr_xdg_surface_schedule_configure(m_xdg);
    });
}

void XdgToplevel::mapped()
{
    m_asked.clear(); // those of an earlier appearance
    std::uint32_t parent = 0;
    if (m_xdg->toplevel->parent) {
        if (auto* window = static_cast<GuestWindow*>(m_xdg->toplevel->parent->surface->data))
            parent = window->id();
    }
    if (!show(WindowKind::Toplevel, parent, false)) {
        wlr_xdg_toplevel_send_close(m_xdg);
        return;
    }
    exported()->setTitle(m_xdg->toplevel->title ? m_xdg->toplevel->title : "");
    exported()->setAppId(m_xdg->toplevel->app_id ? m_xdg->toplevel->app_id : "");
    tellHints();
    // What the program asked for before it had anything to show.
    if (m_xdg->toplevel->requested.maximized)
        exported()->request(RequestKind::Maximise);
    if (m_xdg->toplevel->requested.fullscreen)
        exported()->request(RequestKind::Fullscreen);
}

void XdgToplevel::tellHints()
{
    const auto& state = m_xdg->toplevel->current;
    auto scaled = [this](std::uint32_t length) {
        return std::clamp(static_cast<std::int32_t>(std::min<std::uint32_t>(length, kMaxWindowEdge_px)) * scale(), 0, kMaxWindowEdge_px);
    };
    SizeHints hints;
    hints.minimumWidth = scaled(state.min_width);
    hints.minimumHeight = scaled(state.min_height);
    hints.maximumWidth = scaled(state.max_width);
    hints.maximumHeight = scaled(state.max_height);
    const bool same = hints.minimumWidth == m_hints.minimumWidth && hints.minimumHeight == m_hints.minimumHeight
        && hints.maximumWidth == m_hints.maximumWidth && hints.maximumHeight == m_hints.maximumHeight;
    if (same || !exported())
        return;
    m_hints = hints;
    exported()->setSizeHints(hints);
}

void XdgToplevel::rootCommitted()
{
    tellHints();
    std::uint32_t answered = 0;
    while (!m_asked.empty() && static_cast<std::int32_t>(m_xdg->current.configure_serial - m_asked.front().configureSerial) >= 0) {
        answered = m_asked.front().hostSerial;
        m_asked.pop_front();
    }
    if (answered)
        exported()->configureAnswered(answered, steadyNow());
}

void XdgToplevel::configure(const SizeWish& wish)
{
    const auto logical = [this](std::int32_t length) {
        return static_cast<std::uint32_t>(std::clamp(length, 0, kMaxWindowEdge_px) / scale());
    };
    wlr_xdg_toplevel_set_maximized(m_xdg, wish.states & kStateMaximised);
    wlr_xdg_toplevel_set_fullscreen(m_xdg, wish.states & kStateFullscreen);
    wlr_xdg_toplevel_set_resizing(m_xdg, wish.states & kStateResizing);
    const std::uint32_t serial = wlr_xdg_toplevel_set_size(m_xdg, logical(wish.width), logical(wish.height));
    m_asked.push_back({serial, wish.serial});
    if (m_asked.size() > kMaxAsked)
        m_asked.pop_front();
}

void XdgToplevel::focus(bool focused)
{
    wlr_xdg_toplevel_set_activated(m_xdg, focused);
    if (focused)
        around().keyboard->enter(surface());
    else
        around().keyboard->leave();
}

void XdgToplevel::close()
{
    wlr_xdg_toplevel_send_close(m_xdg);
}

void XdgToplevel::place(const Position& position)
{
    const double k = scale();
    m_origin = {position.x / k, position.y / k};
    m_workArea = {position.workArea.x / scale(), position.workArea.y / scale(), position.workArea.width / scale(),
                  position.workArea.height / scale()};
}

wlr_box XdgToplevel::popupBox() const
{
    const Rect window = crop();
    if (m_workArea.width <= 0 || m_workArea.height <= 0) // nobody has placed us: anywhere
        return {-kMaxWindowEdge_px, -kMaxWindowEdge_px, 2 * kMaxWindowEdge_px, 2 * kMaxWindowEdge_px};
    return {m_workArea.x - static_cast<int>(m_origin.x) + window.x, m_workArea.y - static_cast<int>(m_origin.y) + window.y, m_workArea.width,
            m_workArea.height};
}

void XdgToplevel::dismissPopups()
{
    wlr_xdg_popup *popup = nullptr, *next = nullptr;
    wl_list_for_each_safe(popup, next, &m_xdg->popups, link) wlr_xdg_popup_destroy(popup->base);
}

XdgPopup::XdgPopup(Surroundings& surroundings, wlr_xdg_surface* xdg, std::function<void()> gone)
    : XdgWindow(surroundings, xdg, std::move(gone))
{
    unconstrain();
}

GuestWindow* XdgPopup::parent() const
{
    return m_xdg->popup->parent ? SurfaceWatch::windowOf(m_xdg->popup->parent) : nullptr;
}

int XdgPopup::depth() const
{
    int depth = 1;
    for (wlr_surface* at = m_xdg->popup->parent; at && wlr_surface_is_xdg_surface(at);) {
        wlr_xdg_surface* xdg = wlr_xdg_surface_from_wlr_surface(at);
        if (!xdg || xdg->role != WLR_XDG_SURFACE_ROLE_POPUP || depth > static_cast<int>(kMaxPopupDepth))
            break;
        at = xdg->popup->parent;
        ++depth;
    }
    return depth;
}

void XdgPopup::unconstrain()
{
    wlr_surface* at = m_xdg->popup->parent;
    while (at && wlr_surface_is_xdg_surface(at)) {
        wlr_xdg_surface* xdg = wlr_xdg_surface_from_wlr_surface(at);
        if (!xdg)
            return;
        if (xdg->role != WLR_XDG_SURFACE_ROLE_POPUP)
            break;
        at = xdg->popup->parent;
    }
    auto* window = at ? dynamic_cast<XdgToplevel*>(static_cast<GuestWindow*>(at->data)) : nullptr;
    if (!window)
        return;
    const wlr_box box = window->popupBox();
    wlr_xdg_popup_unconstrain_from_box(m_xdg->popup, &box);
}

Point XdgPopup::origin() const
{
    Point at{static_cast<double>(m_xdg->popup->geometry.x), static_cast<double>(m_xdg->popup->geometry.y)};
    if (GuestWindow* above = parent()) {
        const Point from = above->origin();
        at.x += from.x;
        at.y += from.y;
    }
    return at;
}

void XdgPopup::mapped()
{
    GuestWindow* above = parent();
    if (!above || !above->exported() || depth() > static_cast<int>(kMaxPopupDepth) || !show(WindowKind::Popup, above->id(), false)) {
        close();
        return;
    }
    rootCommitted();
}

void XdgPopup::rootCommitted()
{
    const auto& box = m_xdg->popup->geometry;
    exported()->setPosition(box.x * scale(), box.y * scale());
}

void XdgPopup::close()
{
    wlr_xdg_popup_destroy(m_xdg);
}

} // namespace annex::display::guest

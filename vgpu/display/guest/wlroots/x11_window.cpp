// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/x11_window.h"

#include <algorithm>
#include <utility>

#include "vgpu/display/guest/core/input_gate.h"
#include "vgpu/display/guest/wlroots/keyboard.h"
#include "vgpu/display/guest/wlroots/pointer.h"
#include "vgpu/display/guest/wlroots/quiet_output.h"
#include "vgpu/display/guest/wlroots/x11_side_channel.h"

namespace annex::display::guest {

namespace {

constexpr Time kPongPatience = std::chrono::seconds(10);
constexpr Time kPongStep = std::chrono::milliseconds(20);
constexpr Time kSettleWithin = std::chrono::milliseconds(250); // a program may have stopped the whole server
constexpr int kMostLooks = 30;                                 // a window may refuse the focus, or move by itself

// Flags of WM_NORMAL_HINTS (ICCCM 4.1.2.3).
constexpr std::uint32_t kHasMinimum = 1 << 4, kHasMaximum = 1 << 5, kHasIncrements = 1 << 6, kHasBase = 1 << 8;

int clampCoordinate(int value)
{
    return std::clamp(value, INT16_MIN, INT16_MAX);
}

int clampLength(int value)
{
    return std::clamp(value, 1, static_cast<int>(kMaxWindowEdge_px));
}

} // namespace

X11Window::X11Window(Surroundings& surroundings, wlr_xwayland_surface* x11, std::function<X11SideChannel*()> side, std::function<void()> gone)
    : GuestWindow(surroundings), m_x11(x11), m_side(std::move(side))
{
    m_onMap.connect(x11->events.map, [this](void*) { mapped(); });
    m_onUnmap.connect(x11->events.unmap, [this](void*) { unmapped(); });
    m_onDestroy.connect(x11->events.destroy, [gone = std::move(gone)](void*) { gone(); });
    m_onConfigure.connect(x11->events.request_configure,
                          [this](void* data) { configureAsked(*static_cast<wlr_xwayland_surface_configure_event*>(data)); });
    m_onGeometry.connect(x11->events.set_geometry, [this](void*) {
        if (exported())
            exported()->setPosition(m_x11->x * scale(), m_x11->y * scale());
    });
    m_onOverride.connect(x11->events.set_override_redirect, [this](void*) {
        if (exported()) { // another kind of window now
            unmapped();
            mapped();
        }
    });
    connectProperties();
    connectRequests();
}

X11Window::~X11Window()
{
    hide();
    letInputGo();
}

void X11Window::letInputGo()
{
    if (around().gate)
        around().gate->open(m_gateNumber);
}

void X11Window::connectProperties()
{
    m_onTitle.connect(m_x11->events.set_title, [this](void*) {
        if (exported())
            exported()->setTitle(m_x11->title ? m_x11->title : "");
    });
    m_onClass.connect(m_x11->events.set_class, [this](void*) {
        if (exported())
            exported()->setAppId(m_x11->class_ ? m_x11->class_ : "");
    });
    m_onHints.connect(m_x11->events.set_hints, [this](void*) {
        if (exported() && m_x11->hints_urgency)
            exported()->request(RequestKind::Attention);
    });
}

void X11Window::connectRequests()
{
    auto ask = [this](RequestKind kind, std::uint32_t edges = 0) {
        if (exported())
            exported()->request(kind, edges);
    };
    m_onMove.connect(m_x11->events.request_move, [ask](void*) { ask(RequestKind::Move); });
    m_onResize.connect(m_x11->events.request_resize,
                       [ask](void* data) { ask(RequestKind::Resize, static_cast<wlr_xwayland_resize_event*>(data)->edges & 15u); });
    m_onMinimise.connect(m_x11->events.request_minimize, [ask](void* data) {
        if (static_cast<wlr_xwayland_minimize_event*>(data)->minimize)
            ask(RequestKind::Minimise);
    });
    m_onMaximise.connect(m_x11->events.request_maximize, [this, ask](void*) {
        ask(m_x11->maximized_horz || m_x11->maximized_vert ? RequestKind::Maximise : RequestKind::Unmaximise);
    });
    m_onFullscreen.connect(m_x11->events.request_fullscreen,
                           [this, ask](void*) { ask(m_x11->fullscreen ? RequestKind::Fullscreen : RequestKind::LeaveFullscreen); });
    m_onActivate.connect(m_x11->events.request_activate, [this, ask](void*) {
        if (id() != around().focusedId)
            ask(RequestKind::Attention);
    });
}

Rect X11Window::crop() const
{
    if (!m_x11->surface)
        return {};
    return {0, 0, m_x11->surface->current.width, m_x11->surface->current.height};
}

Point X11Window::origin() const
{
    return {static_cast<double>(m_x11->x), static_cast<double>(m_x11->y)};
}

std::uint32_t X11Window::parentId() const
{
    if (m_x11->parent) {
        for (const auto& [id, window] : around().windows) {
            if (auto* x11 = dynamic_cast<X11Window*>(window); x11 && x11->m_x11 == m_x11->parent)
                return id;
        }
    }
    // Menus seldom say to whom they belong: to the window that is in use.
    return m_x11->override_redirect ? around().focusedId : 0;
}

void X11Window::mapped()
{
    const WindowKind kind = m_x11->override_redirect ? WindowKind::OverrideRedirect : WindowKind::Toplevel;
    m_parent = parentId();
    if (!show(kind, m_parent, true)) {
        wlr_xwayland_surface_close(m_x11);
        return;
    }
    // A new window lands at the bottom of the X stack; a menu there lies under its own parent for the pointer.
    wlr_xwayland_surface_restack(m_x11, nullptr, XCB_STACK_MODE_ABOVE);
    exported()->setPosition(m_x11->x * scale(), m_x11->y * scale());
    exported()->setTitle(m_x11->title ? m_x11->title : "");
    exported()->setAppId(m_x11->class_ ? m_x11->class_ : "");
    tellHints();
    if (kind == WindowKind::Toplevel) {
        if (m_x11->maximized_horz && m_x11->maximized_vert)
            exported()->request(RequestKind::Maximise);
        if (m_x11->fullscreen)
            exported()->request(RequestKind::Fullscreen);
        fetchIcon();
    }
    // A menu gets its keys by the X server's own grab. Given the keyboard here it would leave nobody with it when it closes.
}

void X11Window::unmapped()
{
    if (around().focusedId == id())
        around().focusedId = 0;
    hide();
    letInputGo(); // it is not there any more to wait for
    m_placed = false;
    m_wishOpen = false;
}

void X11Window::fetchIcon()
{
    X11SideChannel* side = m_side();
    if (!side || !exported() || m_x11->override_redirect)
        return;
    // The answer comes later: the window may be another by then, or gone.
    Surroundings& surroundings = around();
    side->readIcon(m_x11->window_id, [&surroundings, id = id()](Icon icon) {
        if (ExportedWindow* window = surroundings.exporter->find(id))
            window->setIcon(std::move(icon));
    });
}

void X11Window::tellHints()
{
    const wlr_xwayland_surface_size_hints* from = m_x11->size_hints;
    if (!from || !exported())
        return;
    auto scaled = [this](std::int32_t length) { return std::clamp(length, 0, kMaxWindowEdge_px) * scale(); };
    SizeHints hints;
    if (from->flags & kHasMinimum) {
        hints.minimumWidth = scaled(from->min_width);
        hints.minimumHeight = scaled(from->min_height);
    }
    if (from->flags & kHasMaximum) {
        hints.maximumWidth = scaled(from->max_width);
        hints.maximumHeight = scaled(from->max_height);
    }
    if (from->flags & kHasBase) {
        // wlroots 0.15 copies xcb's structure into its own, whose last six fields stand in another order: the base lies where it has the
        // largest aspect. A wrong base makes terminals and window managers shrink each other's windows step by step.
        hints.baseWidth = scaled(from->max_aspect_num);
        hints.baseHeight = scaled(from->max_aspect_den);
    }
    if (from->flags & kHasIncrements) {
        hints.incrementWidth = scaled(from->width_inc);
        hints.incrementHeight = scaled(from->height_inc);
    }
    exported()->setSizeHints(hints);
}

void X11Window::moveTo(int x, int y, int width, int height)
{
    wlr_xwayland_surface_configure(m_x11, static_cast<std::int16_t>(clampCoordinate(x)), static_cast<std::int16_t>(clampCoordinate(y)),
                                   static_cast<std::uint16_t>(clampLength(width)), static_cast<std::uint16_t>(clampLength(height)));
}

// Must be answered in every case, or the program waits for ever. Its place is the host's business once it is shown; its size is its own.
void X11Window::configureAsked(const wlr_xwayland_surface_configure_event& event)
{
    const bool keepsPlace = exported() && m_placed && !m_x11->override_redirect;
    const bool keepsSize = exported() && (m_x11->fullscreen || (m_x11->maximized_horz && m_x11->maximized_vert)) && !m_x11->override_redirect;
    moveTo(keepsPlace ? m_x11->x : event.x, keepsPlace ? m_x11->y : event.y, keepsSize ? m_x11->width : event.width,
           keepsSize ? m_x11->height : event.height);
}

void X11Window::rootCommitted()
{
    // X11 has no acknowledgement: content of the size that the window now has is the answer (it may have asked for another since).
    if (m_wishOpen && surface()->current.width == m_x11->width && surface()->current.height == m_x11->height) {
        m_wishOpen = false;
        exported()->configureAnswered(m_wish.serial, steadyNow());
    }
}

void X11Window::configure(const SizeWish& wish)
{
    if (m_x11->override_redirect)
        return;
    m_wish = wish;
    m_wish.width = wish.width > 0 ? clampLength(wish.width / scale()) : m_x11->width;
    m_wish.height = wish.height > 0 ? clampLength(wish.height / scale()) : m_x11->height;
    wlr_xwayland_surface_set_maximized(m_x11, wish.states & kStateMaximised);
    wlr_xwayland_surface_set_fullscreen(m_x11, wish.states & kStateFullscreen);
    m_wishOpen = true;
    if (surface() && surface()->current.width == m_wish.width && surface()->current.height == m_wish.height) {
        m_wishOpen = false; // it has that size, so no new buffer will come
        exported()->configureAnswered(m_wish.serial, steadyNow());
        return;
    }
    moveTo(m_x11->x, m_x11->y, m_wish.width, m_wish.height);
}

void X11Window::place(const Position& position)
{
    if (m_x11->override_redirect)
        return;
    m_placed = true;
    const int x = position.x / scale(), y = position.y / scale();
    if (x == m_x11->x && y == m_x11->y)
        return;
    moveTo(x, y, m_x11->width, m_x11->height);
    holdInput();
}

void X11Window::holdInput()
{
    if (!around().gate || !exported() || !m_side())
        return;
    if (!m_gateTimer) {
        auto timer = DeadlineTimer::create(around().loop, [this] { letInputGo(); });
        if (!timer)
            return;
        m_gateTimer = std::move(*timer);
    }
    m_gateNumber = around().gate->close();
    m_gateTimer->set(steadyNow() + kSettleWithin);
    lookWhetherSettled(m_gateNumber, 0);
}

// wlroots has told the X server already, on its own connection: one or two looks are enough.
void X11Window::lookWhetherSettled(std::uint32_t gateNumber, int looks)
{
    X11SideChannel* side = m_side();
    if (!side) {
        around().gate->open(gateNumber);
        return;
    }
    Surroundings& surroundings = around();
    side->look(m_x11->window_id, [&surroundings, id = id(), gateNumber, looks](std::optional<X11SideChannel::Place> place) {
        if (!surroundings.gate)
            return;
        const auto entry = surroundings.windows.find(id); // it may be gone by now
        auto* window = entry == surroundings.windows.end() ? nullptr : dynamic_cast<X11Window*>(entry->second);
        if (!window || !place || looks >= kMostLooks || window->isSettled(*place)) {
            surroundings.gate->open(gateNumber);
            return;
        }
        window->lookWhetherSettled(gateNumber, looks + 1);
    });
}

bool X11Window::isSettled(const X11SideChannel::Place& place) const
{
    const bool wantsFocus = around().focusedId == id() && (!m_x11->hints || m_x11->hints->input);
    return place.x == m_x11->x && place.y == m_x11->y && (!wantsFocus || place.focus == m_x11->window_id);
}

void X11Window::focus(bool focused)
{
    if (m_x11->override_redirect)
        return;
    wlr_xwayland_surface_activate(m_x11, focused);
    if (!focused) {
        around().keyboard->leave();
        return;
    }
    wlr_xwayland_surface_restack(m_x11, nullptr, XCB_STACK_MODE_ABOVE);
    around().keyboard->enter(surface());
    holdInput();
}

bool X11Window::covers(Point root) const
{
    return root.x >= m_x11->x && root.y >= m_x11->y && root.x < m_x11->x + m_x11->width && root.y < m_x11->y + m_x11->height;
}

bool X11Window::hasMenu() const
{
    return std::ranges::any_of(around().windows, [this](const auto& entry) {
        const auto* x11 = dynamic_cast<const X11Window*>(entry.second);
        return x11 && x11->m_x11->override_redirect && (x11->m_parent == id() || x11->m_parent == 0);
    });
}

// A corner of the screen where a click reaches no X11 window.
std::optional<Point> X11Window::freePlace() const
{
    const double right = around().output->width() - 1, bottom = around().output->height() - 1;
    for (const Point corner : {Point{0, 0}, Point{right, 0}, Point{0, bottom}, Point{right, bottom}}) {
        const bool taken = std::ranges::any_of(around().windows, [&](const auto& entry) {
            const auto* x11 = dynamic_cast<const X11Window*>(entry.second);
            return x11 && x11->covers(corner);
        });
        if (!taken)
            return corner;
    }
    return {};
}

// Nothing in X11 closes another's menu. Its program holds the pointer, hears of every click, and closes it by one that is elsewhere; where no menu
// is open such a click reaches nobody.
void X11Window::dismissPopups()
{
    if (m_x11->override_redirect || !surface() || !hasMenu())
        return;
    if (const auto place = freePlace())
        around().pointer->clickBeside(*this, {place->x - m_x11->x, place->y - m_x11->y});
}

void X11Window::close()
{
    wlr_xwayland_surface_close(m_x11);
}

void X11Window::kill()
{
    if (X11SideChannel* side = m_side())
        side->kill(m_x11->window_id);
}

void X11Window::ping(std::uint32_t serial)
{
    m_pingSerial = serial;
    m_pingDeadline = steadyNow() + kPongPatience;
    if (!m_x11->pinging)
        wlr_xwayland_surface_ping(m_x11);
    if (!m_pongTimer) {
        auto timer = DeadlineTimer::create(around().loop, [this] { checkPong(); });
        if (!timer)
            return;
        m_pongTimer = std::move(*timer);
    }
    m_pongTimer->set(steadyNow() + kPongStep);
}

void X11Window::checkPong()
{
    if (!m_x11->pinging)
        around().exporter->sendPong(id(), m_pingSerial);
    else if (steadyNow() < m_pingDeadline)
        m_pongTimer->set(steadyNow() + kPongStep);
}

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/toplevel.h"

#include <QGuiApplication>
#include <QMouseEvent>
#include <QScreen>
#include <QStyleHints>
#include <QTimer>

#include "app/viewer/placement.h"
#include "app/viewer/seat.h"
#include "app/viewer/x11/x11_side.h"
#include "ui/theme/swatch.h"

namespace annex::viewer {

namespace {

using namespace std::chrono_literals;

constexpr int kNoMaximum = (1 << 24) - 1; // Qt's own "no limit"
constexpr auto kSettleAfter = 180ms;   // longer than the gap between two size steps of a slow drag
constexpr auto kPositionAfter = 100ms; // X11 menus need the place once a move has ended, not on its way
constexpr auto kTaskbarEvery = 100ms;
constexpr int kMostFits = 2; // once for the program, once more if its answer crossed ours
constexpr auto kFocusLossAfter = 50ms; // window managers take the focus for an instant when a move begins

QTimer* singleShot(QObject* parent, std::chrono::milliseconds after, auto slot)
{
    auto* timer = new QTimer(parent);
    timer->setSingleShot(true);
    timer->setInterval(after);
    QObject::connect(timer, &QTimer::timeout, parent, slot);
    return timer;
}

QList<QRect> screenBoxes()
{
    QList<QRect> boxes;
    for (const QScreen* screen : QGuiApplication::screens())
        boxes += screen->geometry();
    return boxes;
}

Qt::Edges edgesOf(std::uint32_t bits)
{
    Qt::Edges edges;
    edges.setFlag(Qt::TopEdge, bits & display::kEdgeTop);
    edges.setFlag(Qt::BottomEdge, bits & display::kEdgeBottom);
    edges.setFlag(Qt::LeftEdge, bits & display::kEdgeLeft);
    edges.setFlag(Qt::RightEdge, bits & display::kEdgeRight);
    return edges;
}

} // namespace

Toplevel::Toplevel(WindowContext& context, const display::Window& window) : GuestWindow(context, window.id, ui::FrameKind::Toplevel)
{
    setFlags(Qt::Window | Qt::FramelessWindowHint);
    m_settleTimer = singleShot(this, kSettleAfter, [this] { settle(); });
    m_positionTimer = singleShot(this, kPositionAfter, [this] {
        keepOnScreen();
        sendPosition();
    });
    m_focusTimer = singleShot(this, kFocusLossAfter, [this] {
        setActive(false);
        m_context.send();
    });
    m_stripTimer = singleShot(this, 0ms, [this] {
        if (m_strip.expire(now()))
            refresh();
        scheduleStrip();
    });
    m_taskbarTimer = singleShot(this, kTaskbarEvery, [this] {
        if (m_taskbarDue)
            scheduleTaskbar();
    });
    m_answerTimer = singleShot(this, 5s, [this] { answerOverdue(); });
    m_patienceTimer = singleShot(this, display::ResizeFlow::kPatience, [this] {
        send(m_resize.expire(Clock::now()));
        m_context.send();
    });
    connect(this, &QWindow::windowStateChanged, this, [this] { placementChanged(); });
    setGuestTitle(window);
    setHints(window.hints);
}

std::chrono::milliseconds Toplevel::now() const
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch());
}

// ---- frame -------------------------------------------------------------------------------------------------------------

ui::FrameState Toplevel::frameState() const
{
    ui::FrameState state = GuestWindow::frameState();
    state.placement = isFullScreen() ? ui::Placement::FullScreen : windowState() == Qt::WindowMaximized ? ui::Placement::Maximised : ui::Placement::Normal;
    state.focused = m_active;
    state.title = m_title.isEmpty() ? m_appId : m_title;
    state.canMaximise = m_hints.maximumWidth == 0 || m_hints.maximumWidth != m_hints.minimumWidth || m_hints.maximumHeight != m_hints.minimumHeight;
    if (const ui::StripMessage* message = m_strip.current())
        state.message = message->text;
    state.pill = m_pill;
    return state;
}

void Toplevel::appearanceChanged()
{
    if (handle())
        m_context.x11().setWindowClass(winId(), windowClassFor(m_context.appearance().identity.name.toStdString()));
    tellTaskbar();
    refresh();
    Q_EMIT frameChanged();
}

void Toplevel::setGuestTitle(const display::Window& window)
{
    m_title = QString::fromStdString(window.title);
    m_appId = QString::fromStdString(window.appId);
    scheduleTaskbar();
    refresh();
    Q_EMIT frameChanged();
}

void Toplevel::setGuestIcon(const display::Image& icon)
{
    m_guestIcon = icon.empty() ? QImage() : QImage(icon.pixels.data(), icon.width, icon.height, icon.width * 4, QImage::Format_ARGB32_Premultiplied).copy();
    scheduleTaskbar();
}

void Toplevel::scheduleTaskbar()
{
    // The first change shows at once, a flood of them ten times a second: window manager and taskbar serve others too.
    if (!m_taskbarTimer->isActive()) {
        tellTaskbar();
        m_taskbarTimer->start();
    } else {
        m_taskbarDue = true;
    }
}

void Toplevel::tellTaskbar()
{
    m_taskbarDue = false;
    const ui::Identity& identity = m_context.appearance().identity;
    setTitle(QStringLiteral("[%1] %2").arg(identity.name, m_title.isEmpty() ? m_appId : m_title));
    if (!handle() || (m_toldIcon == m_guestIcon.cacheKey() && m_toldIdentity == identity))
        return;
    m_toldIcon = m_guestIcon.cacheKey();
    m_toldIdentity = identity;
    QIcon badged;
    for (int edge : {16, 24, 32, 48, 64, 128})
        badged.addPixmap(QPixmap::fromImage(ui::badgedIcon(m_guestIcon, identity, edge)));
    setIcon(badged);
}

QString Toplevel::accessibleName() const
{
    const ui::Identity& identity = m_context.appearance().identity;
    return tr("%1 workspace, level %2: %3").arg(identity.name, ui::wordOf(identity.level), m_title.isEmpty() ? m_appId : m_title);
}

// ---- size --------------------------------------------------------------------------------------------------------------

void Toplevel::setHints(const display::SizeHints& hints)
{
    m_hints = hints;
    const auto logical = [scale = m_context.guestScale()](std::int32_t& value) { value = value > 0 ? std::max(1, value / scale) : 0; };
    for (std::int32_t* value : {&m_hints.minimumWidth, &m_hints.minimumHeight, &m_hints.maximumWidth, &m_hints.maximumHeight, &m_hints.baseWidth,
                                &m_hints.baseHeight, &m_hints.incrementWidth, &m_hints.incrementHeight})
        logical(*value);
    applyHints();
    refresh();
}

void Toplevel::applyHints()
{
    const QMargins m = frameMargins();
    const QSize frame(m.left() + m.right(), m.top() + m.bottom());
    const QSize smallest(ui::kMinimumFrameWidth, ui::kMinimumFrameHeight);
    setMinimumSize((QSize(m_hints.minimumWidth, m_hints.minimumHeight) + frame).expandedTo(smallest));
    const auto maximum = [](int wish, int border) { return wish > 0 ? wish + border : kNoMaximum; };
    setMaximumSize(QSize(maximum(m_hints.maximumWidth, frame.width()), maximum(m_hints.maximumHeight, frame.height())).expandedTo(minimumSize()));
    // The window manager steps in whole cells; otherwise terminals jitter between two sizes.
    if (m_hints.incrementWidth > 1 || m_hints.incrementHeight > 1) {
        setBaseSize(QSize(m_hints.baseWidth, m_hints.baseHeight) + frame);
        setSizeIncrement(QSize(std::max(1, m_hints.incrementWidth), std::max(1, m_hints.incrementHeight)));
    } else {
        setBaseSize({});
        setSizeIncrement({});
    }
}

void Toplevel::showFirst(const display::Window& window, QSize content)
{
    const QRect area = screen()->availableGeometry();
    const QSize wanted = windowSizeFor(content);
    if (auto* parent = qobject_cast<Toplevel*>(m_context.find(window.parent)); parent && parent->isVisible())
        setTransientParent(parent);
    resize(fitInto(wanted, area).expandedTo(minimumSize()));
    setProperty("_q_showWithoutActivating", !m_context.mayTakeFocus(*this));
    create();
    m_context.x11().setWindowClass(winId(), windowClassFor(m_context.appearance().identity.name.toStdString()));
    m_context.x11().watch(winId());
    tellTaskbar();
    refresh();
}

void Toplevel::frame(const display::Window& window, const display::SurfaceView& view, std::span<const display::Rect> damage, const display::FrameInfo& info)
{
    const QSize content = logicalSizeOf(window, view, m_context.guestScale());
    const bool first = !isVisible();
    if (first && !handle())
        showFirst(window, content);
    const bool newSize = content != m_surface.contentSize();
    m_surface.present(view, damage, content);
    send(m_resize.frame(info.configureSerial, {view.width, view.height}));
    if (!m_resize.waits())
        m_patienceTimer->stop();
    if (first) {
        setVisible(true);
        if (content != contentLogicalSize())
            wish(); // it did not fit on the screen
        m_context.windowListChanged();
    } else if (newSize && !m_userSizing) {
        fitToContent();
    }
}

void Toplevel::unmapped()
{
    m_surface.clearContent();
    m_context.seat().forget(id());
    m_active = false;
    hide();
    destroy(); // comes back as a new window, placed by the host again
    m_context.windowListChanged();
}

void Toplevel::fitToContent()
{
    const QSize content = m_surface.contentSize();
    if (content.isEmpty() || windowState() != Qt::WindowNoState)
        return;
    const QSize wanted = fitInto(windowSizeFor(content), screen()->availableGeometry()).expandedTo(minimumSize());
    if (wanted == size())
        m_fits = 0;
    // A window manager that rounds sizes otherwise than the program would shrink the two in turns until nothing is left.
    if (wanted == size() || m_fits >= kMostFits) {
        m_surface.setSettled(true);
        return;
    }
    ++m_fits;
    resize(wanted);
}

void Toplevel::resizeEvent(QResizeEvent* event)
{
    GuestWindow::resizeEvent(event);
    if (!isVisible())
        return;
    if (contentLogicalSize() == m_surface.contentSize()) { // our own fitting has arrived: nothing to wish for
        m_fits = 0;
        m_surface.setSettled(true);
        return;
    }
    m_userSizing = true;
    m_settleRounds = 0;
    m_surface.setSettled(false);
    wish();
    m_settleTimer->start();
    m_positionTimer->start();
    m_context.send();
}

void Toplevel::wish()
{
    QSize content = contentLogicalSize();
    if (content.isEmpty())
        return;
    std::uint32_t states = m_active ? display::kStateActivated : 0u;
    display::Size size{content.width(), content.height()};
    if (isFullScreen())
        states |= display::kStateFullscreen;
    else if (windowState() == Qt::WindowMaximized)
        states |= display::kStateMaximised;
    else
        size = display::constrain(size, m_hints);
    if (m_userSizing && windowState() == Qt::WindowNoState)
        states |= display::kStateResizing;
    const int scale = m_context.guestScale();
    send(m_resize.wish({{size.width * scale, size.height * scale}, states}));
}

void Toplevel::send(const std::optional<display::ResizeFlow::Ask>& ask)
{
    if (ask)
        m_resize.sent(m_context.session().configure(id(), *ask), Clock::now());
    if (m_resize.waits() && !m_patienceTimer->isActive())
        m_patienceTimer->start();
}

void Toplevel::settle()
{
    // During a drag the window manager has the pointer; only the server knows whether the button is still down.
    // A program gets its time to answer, but one that never does keeps nobody waiting for good.
    const bool answerDue = m_resize.inFlight() && ++m_settleRounds * kSettleAfter < display::ResizeFlow::kPatience;
    if (m_context.x11().isButtonHeld() || answerDue) {
        m_settleTimer->start();
        return;
    }
    m_userSizing = false;
    wish(); // takes the "resizing" state away
    fitToContent();
    m_surface.setSettled(true);
    m_context.send();
}

// ---- place -------------------------------------------------------------------------------------------------------------

void Toplevel::moveEvent(QMoveEvent* event)
{
    GuestWindow::moveEvent(event);
    m_positionTimer->start();
}

void Toplevel::keepOnScreen()
{
    if (windowState() != Qt::WindowNoState || !isVisible() || m_context.x11().isButtonHeld())
        return;
    const QRect kept = keepReachable(geometry(), frameMargins().top(), ui::kReachableStrip, screenBoxes());
    if (kept == geometry()) {
        m_corrected = {};
    } else if (geometry() != m_corrected) { // a window manager that puts it back has the last word
        m_corrected = geometry();
        setPosition(kept.topLeft());
    }
}

void Toplevel::sendPosition()
{
    if (!isVisible())
        return;
    const QPoint origin = screen()->virtualGeometry().topLeft();
    const int scale = m_context.guestScale();
    const QPoint at = guestBox(contentRect(), origin, scale).topLeft();
    const QRect area = guestBox(screen()->availableGeometry(), origin, scale);
    m_context.session().send(id(), display::Position{at.x(), at.y(), {area.x(), area.y(), area.width(), area.height()}});
    m_context.send();
}

void Toplevel::placementChanged()
{
    m_pill = {};
    m_fits = 0;
    if (isFullScreen()) {
        foldPill(true);
    } else {
        endEscapeHold();
    }
    m_surface.setSettled(false);
    refresh();
    wish();
    updateVisibility();
    m_settleTimer->start();
    m_context.windowListChanged();
    m_context.send();
}

// ---- focus -------------------------------------------------------------------------------------------------------------

void Toplevel::focusInEvent(QFocusEvent*)
{
    m_focusTimer->stop();
    m_systemMove = false;
    setActive(true);
    m_context.send();
}

void Toplevel::focusOutEvent(QFocusEvent*)
{
    m_context.keyboardLost();
    if (m_active && !m_systemMove && !m_menuOpen)
        m_focusTimer->start();
}

void Toplevel::setMenuOpen(bool open)
{
    m_menuOpen = open;
    if (!open && m_active && QGuiApplication::focusWindow() != this)
        m_focusTimer->start();
}

bool Toplevel::event(QEvent* event)
{
    if (event->type() == QEvent::Enter && m_systemMove) {
        // The window manager gave the pointer back; if it kept the focus for somebody else, that counts now.
        m_systemMove = false;
        if (QGuiApplication::focusWindow() != this)
            m_focusTimer->start();
    }
    return GuestWindow::event(event);
}

void Toplevel::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    if (active) {
        m_alerted = false;
        sendPosition(); // before the first input: menus open where the program believes its window is
    }
    m_context.activeChanged(*this, active);
    wish();
    refresh();
}

void Toplevel::activate()
{
    if (isMinimised())
        setWindowState(Qt::WindowNoState);
    raise();
    requestActivate();
}

// ---- wishes of the guest -----------------------------------------------------------------------------------------------

void Toplevel::requested(display::RequestKind kind, std::uint32_t edges)
{
    switch (kind) {
    case display::RequestKind::Move:
    case display::RequestKind::Resize:
        // Only while the host itself sees the button held that was pressed in this window.
        if (!m_context.seat().isPressedIn(id()) || windowState() == Qt::WindowFullScreen)
            return;
        m_context.seat().releaseAll(m_context.inputTime()); // the window manager will take the release
        m_systemMove = true;
        if (kind == display::RequestKind::Move)
            startSystemMove();
        else
            startSystemResize(edges == 0 ? (Qt::RightEdge | Qt::BottomEdge) : edgesOf(edges));
        return;
    case display::RequestKind::Maximise:
        if (windowState() == Qt::WindowNoState && isVisible() && m_active)
            setWindowState(Qt::WindowMaximized);
        return;
    case display::RequestKind::Unmaximise:
        if (windowState() == Qt::WindowMaximized)
            setWindowState(Qt::WindowNoState);
        return;
    case display::RequestKind::Minimise:
        if (isVisible() && !isFullScreen())
            setWindowState(Qt::WindowMinimized);
        return;
    case display::RequestKind::Fullscreen:
        if (m_active && !isFullScreen())
            post(ui::wantsFullScreenMessage());
        return;
    case display::RequestKind::LeaveFullscreen:
        withdraw(ui::StripMessageId::WantsFullScreen);
        if (isFullScreen())
            setFullScreen(false);
        return;
    case display::RequestKind::Attention:
        if (m_active || m_alerted || !isVisible())
            return;
        m_alerted = true; // once, until it has been looked at
        alert(0);
        return;
    }
}

// ---- what a person does ------------------------------------------------------------------------------------------------

bool Toplevel::framePress(const ui::FrameHit& hit, QMouseEvent& event)
{
    m_pressHit = hit;
    m_pressAt = event.position();
    if (event.button() == Qt::RightButton && (hit.part == ui::FramePart::Strip || hit.part == ui::FramePart::Menu)) {
        m_context.menuRequested(*this);
        return true;
    }
    if (event.button() == Qt::MiddleButton) {
        if (hit.part == ui::FramePart::Strip)
            lower();
        return true;
    }
    if (event.button() != Qt::LeftButton)
        return true;
    if (hit.part == ui::FramePart::Border && hit.edges) {
        m_systemMove = true;
        startSystemResize(hit.edges);
        return true;
    }
    m_pressedPart = hit.part;
    refresh();
    return true;
}

void Toplevel::frameMove(const ui::FrameHit& hit, QMouseEvent& event)
{
    const bool dragging = event.buttons().testFlag(Qt::LeftButton) && m_pressedPart == ui::FramePart::Strip;
    if (dragging && (event.position() - m_pressAt).manhattanLength() >= QGuiApplication::styleHints()->startDragDistance() && !isFullScreen()) {
        // Only now: a move begun at the press would swallow the double click.
        m_pressedPart = ui::FramePart::None;
        m_systemMove = true;
        startSystemMove();
        return;
    }
    setHovered(hit.part, event.position());
}

void Toplevel::frameRelease(const ui::FrameHit& hit, QMouseEvent& event)
{
    const ui::FramePart pressed = std::exchange(m_pressedPart, ui::FramePart::None);
    refresh();
    if (event.button() == Qt::LeftButton && pressed == hit.part)
        act(pressed);
}

void Toplevel::mouseDoubleClickEvent(QMouseEvent* event)
{
    const ui::FrameHit hit = hitAt(event->position());
    if (hit.part == ui::FramePart::Strip && event->button() == Qt::LeftButton)
        toggleMaximised();
    else
        GuestWindow::mousePressEvent(event);
}

void Toplevel::act(ui::FramePart part)
{
    switch (part) {
    case ui::FramePart::Menu: m_context.menuRequested(*this); break;
    case ui::FramePart::Minimise: setWindowState(Qt::WindowMinimized); break;
    case ui::FramePart::Maximise: toggleMaximised(); break;
    case ui::FramePart::Close: askToClose(); break;
    case ui::FramePart::MessageButton: answerMessage(); break;
    default: break;
    }
}

void Toplevel::setHovered(ui::FramePart part, QPointF position)
{
    if (isFullScreen() && position.y() < 2)
        foldPill(true);
    if (part == ui::FramePart::Strip || part == ui::FramePart::Border || part == ui::FramePart::Content)
        part = ui::FramePart::None;
    if (m_hovered == part)
        return;
    m_hovered = part;
    m_strip.hold(part == ui::FramePart::MessageButton, now());
    scheduleStrip();
    refresh();
}

void Toplevel::pointerLeft()
{
    m_strip.hold(false, now());
    scheduleStrip();
    GuestWindow::pointerLeft();
}

Qt::CursorShape Toplevel::frameCursor(const ui::FrameHit& hit) const
{
    const Qt::Edges e = hit.edges;
    if (e == (Qt::TopEdge | Qt::LeftEdge) || e == (Qt::BottomEdge | Qt::RightEdge))
        return Qt::SizeFDiagCursor;
    if (e == (Qt::TopEdge | Qt::RightEdge) || e == (Qt::BottomEdge | Qt::LeftEdge))
        return Qt::SizeBDiagCursor;
    if (e == Qt::LeftEdge || e == Qt::RightEdge)
        return Qt::SizeHorCursor;
    if (e == Qt::TopEdge || e == Qt::BottomEdge)
        return Qt::SizeVerCursor;
    return Qt::ArrowCursor;
}

void Toplevel::toggleMaximised()
{
    if (frameState().canMaximise)
        setWindowState(windowState() == Qt::WindowMaximized ? Qt::WindowNoState : Qt::WindowMaximized);
}

} // namespace annex::viewer

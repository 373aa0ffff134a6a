// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/presenter.h"

#include <QGuiApplication>
#include <QKeyEvent>
#include <QScreen>
#include <QSocketNotifier>
#include <QTimer>

#include <algorithm>
#include <cmath>

#include "app/viewer/display_stream.h"
#include "app/viewer/line_socket.h"
#include "app/viewer/popup.h"
#include "app/viewer/toplevel.h"
#include "base/log.h"

namespace annex::viewer {

namespace {

using namespace std::chrono_literals;

constexpr auto kOfferWithin = 1000ms; // a healthy broker always answers, on a busy machine after half a second; only one that hangs lets the person wait
constexpr auto kListAfter = 200ms;    // a guest that changes its title a thousand times a second must not flood the broker
constexpr std::uint32_t kExpectation_ms = 30'000; // a browser takes its time on a busy machine; a program that opens no window must leave no credit behind
constexpr std::uint32_t kUncapped = 0;

} // namespace

Presenter::Presenter(const Options& options, std::unique_ptr<X11Side> x11, std::unique_ptr<DisplayStream> stream, std::unique_ptr<LineSocket> link)
    : m_options(options), m_x11(std::move(x11)), m_stream(std::move(stream)), m_link(std::move(link))
{
    m_appearance.identity.name = QStringLiteral("Untrusted");
    m_pasteTimer = new QTimer(this);
    m_pasteTimer->setSingleShot(true);
    m_pasteTimer->setInterval(kOfferWithin);
    connect(m_pasteTimer, &QTimer::timeout, this, [this] {
        if (const auto serial = m_seat.holding())
            m_seat.letGo(*serial);
        send();
    });
    m_listTimer = new QTimer(this);
    m_listTimer->setSingleShot(true);
    m_listTimer->setInterval(kListAfter);
    connect(m_listTimer, &QTimer::timeout, this, [this] { sendWindowList(); });

    connect(m_stream.get(), &DisplayStream::closed, this, [this] { finish(0); });
    connect(m_stream.get(), &DisplayStream::breached, this, [this](const Error& error) {
        log("viewer").error("the guest broke the window protocol: {}", GuestText{error.describe()});
        if (m_link) {
            m_link->write(frame_link::protocolError(QString::fromStdString(error.describe())));
            m_link->drain();
        }
        finish(3);
    });
    if (m_link) {
        connect(m_link.get(), &LineSocket::closed, this, [this] { finish(0); });
        connect(m_link.get(), &LineSocket::lineReceived, this, &Presenter::lineReceived);
    }

    auto* changes = new QSocketNotifier(m_x11->descriptor(), QSocketNotifier::Read, this);
    connect(changes, &QSocketNotifier::activated, this, [this] {
        m_x11->process(*this);
        send();
    });
    m_x11->setWake([this] {
        QMetaObject::invokeMethod(this, [this] { m_x11->process(*this); send(); }, Qt::QueuedConnection);
    });
    m_x11->makeRepeatsDetectable();
    const auto watchScreen = [this](QScreen* screen) {
        connect(screen, &QScreen::virtualGeometryChanged, this, &Presenter::sendScreen);
        sendScreen();
    };
    connect(qGuiApp, &QGuiApplication::screenAdded, this, watchScreen);
    connect(qGuiApp, &QGuiApplication::screenRemoved, this, &Presenter::sendScreen);
    for (QScreen* screen : QGuiApplication::screens())
        connect(screen, &QScreen::virtualGeometryChanged, this, &Presenter::sendScreen);
    updateScale();

    const X11Side::Repeat repeat = m_x11->repeat();
    m_options.session.repeatDelay_ms = repeat.delay_ms;
    m_options.session.repeatRate_hz = repeat.rate_hz;
    m_session = std::make_unique<display::HostSession>(m_options.session, static_cast<display::HostListener&>(*this));
}

Presenter::~Presenter()
{
    for (auto& [id, window] : m_windows)
        delete window;
}

void Presenter::start()
{
    if (!m_options.replacement)
        m_expectedSince = m_x11->serverTime(); // a viewer is started because a person opened something
    if (m_link)
        m_link->write(frame_link::hello(m_options.box));
    else
        beginSession();
}

void Presenter::beginSession()
{
    // A window must never be painted in another workspace's colours, so the guest waits for the appearance.
    if (std::exchange(m_sessionBegun, true))
        return;
    m_session->start();
    m_stream->attach(*m_session);
}

void Presenter::finish(int exitCode)
{
    if (std::exchange(m_finished, true))
        return;
    Q_EMIT finished(exitCode);
}

void Presenter::send() { m_stream->send(); }

// ---- windows -----------------------------------------------------------------------------------------------------------

GuestWindow* Presenter::find(display::WindowId id)
{
    const auto found = m_windows.find(id);
    return found == m_windows.end() ? nullptr : found->second;
}

Toplevel* Presenter::toplevel(display::WindowId id) { return qobject_cast<Toplevel*>(find(id)); }

Toplevel* Presenter::activeToplevel()
{
    for (Toplevel* candidate : toplevels())
        if (candidate->isShownActive())
            return candidate;
    return nullptr;
}

std::vector<Toplevel*> Presenter::toplevels() const
{
    std::vector<Toplevel*> list;
    for (const auto& [id, window] : m_windows)
        if (auto* candidate = qobject_cast<Toplevel*>(window))
            list.push_back(candidate);
    return list;
}

Toplevel* Presenter::rootOf(const display::Window& window)
{
    const display::Window* root = m_session->windows().root(window.id);
    if (Toplevel* candidate = root ? toplevel(root->id) : nullptr)
        return candidate;
    return activeToplevel(); // an X11 menu may name no parent
}

// The window manager's word: our own is late by what Qt has not handled yet, and a guest's window may come in just that time.
bool Presenter::hasFocus()
{
    const auto active = m_x11->activeWindow();
    if (!active)
        return activeToplevel() != nullptr;
    const auto list = toplevels();
    return std::any_of(list.begin(), list.end(), [&](const Toplevel* window) { return window->winId() == *active; });
}

bool Presenter::mayTakeFocus(const Toplevel&)
{
    // Used up by the next window in any case: one that was left over would give the focus to a window that nobody asked for.
    const auto since = std::exchange(m_expectedSince, std::nullopt);
    if (hasFocus())
        return true;
    if (!since || m_x11->serverTime() - *since > kExpectation_ms)
        return false;
    // Not if the person has gone on working elsewhere in the meantime. Server times wrap round.
    const auto lastUse = m_x11->lastUseOfActiveWindow();
    return !lastUse || static_cast<std::int32_t>(*lastUse - *since) <= 0;
}

void Presenter::windowListChanged()
{
    if (m_link && !m_listTimer->isActive())
        m_listTimer->start();
}

void Presenter::sendWindowList()
{
    std::vector<frame_link::WindowLine> list;
    for (const Toplevel* window : toplevels())
        if (window->isVisible() || window->isMinimised())
            list.push_back({window->id(), window->guestTitle(), window->appId(), window->isMinimised(), window->isShownActive()});
    if (list == m_toldWindows)
        return;
    m_toldWindows = list;
    m_link->write(frame_link::windows(list));
}

// ---- input -------------------------------------------------------------------------------------------------------------

void Presenter::keyEvent(GuestWindow& window, QKeyEvent& event)
{
    m_inputTime = static_cast<std::uint32_t>(event.timestamp());
    const auto code = evdevFromScanCode(event.nativeScanCode());
    const bool pressed = event.type() == QEvent::KeyPress;
    auto* target = qobject_cast<Toplevel*>(&window);
    if (!code || !target || event.isAutoRepeat())
        return;
    // Guests repeat by themselves: a key that is down already is the host's repeat.
    if (pressed ? !m_hostKeys.press(*code) : !m_hostKeys.release(*code))
        return;
    if (pressed && hostChord(*target, event)) {
        send();
        return;
    }
    if (event.key() == Qt::Key_Escape)
        target->escape(pressed); // and it goes in as well
    const ClipboardChord chord = pressed && m_link ? clipboardChordFor(event.key(), event.modifiers()) : ClipboardChord::None;
    if (chord == ClipboardChord::Paste) {
        paste(*code, m_inputTime, window.id());
    } else {
        if (chord == ClipboardChord::Copy)
            m_link->write(frame_link::gesture(false, window.id(), ++m_gestureSerial));
        m_seat.key(*code, pressed, m_inputTime);
    }
    send();
}

void Presenter::paste(std::uint32_t code, std::uint32_t time_ms, display::WindowId window)
{
    m_link->write(frame_link::gesture(true, window, ++m_gestureSerial));
    m_seat.pasteKey(code, time_ms, m_gestureSerial);
    m_pasteTimer->start();
}

bool Presenter::hostChord(Toplevel& window, const QKeyEvent& event)
{
    switch (hostChordFor(event.key(), event.modifiers(), event.text())) {
    case HostChord::None:
        return false;
    case HostChord::FrameMenu:
        openMenu(window, true);
        return true;
    case HostChord::FullScreen:
        m_seat.releaseAll(m_inputTime);
        window.setFullScreen(!window.isFullScreen());
        return true;
    case HostChord::HostFirst:
        m_seat.releaseAll(m_inputTime);
        if (window.isFullScreen())
            window.setFullScreen(false);
        if (m_link)
            m_link->write(frame_link::hostFirst());
        return true;
    }
    return false;
}

void Presenter::activeChanged(Toplevel& window, bool active)
{
    if (active)
        m_seat.focusIn(window.id(), m_x11->locks());
    else if (m_seat.focus() == window.id())
        m_seat.focusOut();
    if (!active)
        hidePopups(); // at once: a guest that leaves them open must not cover the host's windows
    windowListChanged();
}

void Presenter::hidePopups()
{
    for (auto& [id, window] : m_windows) {
        if (!qobject_cast<Popup*>(window))
            continue;
        const display::Window* known = m_session->windows().find(id);
        const Toplevel* root = known ? rootOf(*known) : nullptr;
        if (!root || !root->isShownActive())
            window->hide();
    }
}

void Presenter::keyboardLost()
{
    m_seat.releaseAll(m_inputTime);
    m_hostKeys.releaseAll();
    send();
}

void Presenter::pointerEntered(GuestWindow& window) { window.cursorChanged(); }

void Presenter::send(display::WindowId window, const display::Focus& message) { m_session->send(window, message); }
void Presenter::send(display::WindowId window, const display::Modifiers& message) { m_session->send(window, message); }
void Presenter::send(display::WindowId window, const display::Key& message) { m_session->send(window, message); }
void Presenter::send(display::WindowId window, const display::PointerButton& message) { m_session->send(window, message); }
void Presenter::send(display::WindowId window, const display::PointerLeave& message) { m_session->send(window, message); }
void Presenter::send(display::WindowId window, const display::DismissPopups& message) { m_session->send(window, message); }

void Presenter::send(display::WindowId window, const display::PointerMotion& message)
{
    // A guest that does not read (paused, hung) gets the newest position when it does; the way there may be left out.
    if (m_session->output().size() < display::HostSession::kOutputHigh_bytes)
        m_session->send(window, message);
}

void Presenter::send(display::WindowId window, const display::PointerAxis& message)
{
    if (m_session->output().size() < display::HostSession::kOutputHigh_bytes)
        m_session->send(window, message);
}

void Presenter::keymapChanged() { sendKeymap(); }
void Presenter::locksChanged() { m_seat.locksChanged(m_x11->locks()); }

void Presenter::coveredChanged(WId native, bool covered)
{
    for (auto& [id, window] : m_windows)
        if (window->handle() && window->winId() == native)
            window->setCovered(covered);
}

void Presenter::sendKeymap()
{
    auto keymap = m_x11->keymap();
    if (!keymap) {
        log("viewer").error("keymap: {}", keymap.error().describe());
        return;
    }
    m_session->send(0, display::Keymap{std::move(*keymap)});
}

void Presenter::updateScale()
{
    double ratio = 1;
    for (const QScreen* screen : QGuiApplication::screens())
        ratio = std::max(ratio, screen->devicePixelRatio());
    // Whole in the guest; the host scales down to its own ratio.
    m_scale = static_cast<std::int32_t>(std::ceil(ratio - 0.01));
}

void Presenter::sendScreen()
{
    updateScale();
    const QSize size = QGuiApplication::primaryScreen()->virtualSize() * m_scale;
    const double hertz = QGuiApplication::primaryScreen()->refreshRate();
    display::Screen screen;
    screen.width = size.width();
    screen.height = size.height();
    screen.scale = static_cast<std::uint32_t>(m_scale);
    screen.refresh_mHz = m_options.uncapped ? kUncapped : static_cast<std::uint32_t>(std::lround(std::clamp(hertz, 24.0, 500.0) * 1000));
    m_session->send(0, screen);
    send();
}

// ---- the guest ---------------------------------------------------------------------------------------------------------

void Presenter::connected()
{
    // What stood before belongs to an earlier connection; everything is announced again now.
    for (auto& [id, window] : std::exchange(m_windows, {})) {
        window->hide();
        window->deleteLater();
    }
    m_seat.reset();
    sendKeymap();
    sendScreen();
    windowListChanged();
}

void Presenter::windowCreated(const display::Window& window)
{
    if (window.kind == display::WindowKind::Toplevel)
        m_windows[window.id] = new Toplevel(*this, window);
    else
        m_windows[window.id] = new Popup(*this, window);
    if (auto* created = toplevel(window.id); created && m_paused)
        created->post(ui::pausedMessage());
}

void Presenter::windowDestroyed(display::WindowId id)
{
    const auto found = m_windows.find(id);
    if (found == m_windows.end())
        return;
    GuestWindow* window = found->second;
    m_windows.erase(found);
    m_seat.forget(id);
    window->hide();
    window->deleteLater();
    windowListChanged();
}

void Presenter::geometryChanged(const display::Window& window)
{
    if (auto* popup = qobject_cast<Popup*>(find(window.id)))
        popup->geometryChanged(window);
}

void Presenter::titleChanged(const display::Window& window)
{
    if (Toplevel* target = toplevel(window.id)) {
        target->setGuestTitle(window);
        windowListChanged();
    }
}

void Presenter::appIdChanged(const display::Window& window) { titleChanged(window); }

void Presenter::hintsChanged(const display::Window& window)
{
    if (Toplevel* target = toplevel(window.id))
        target->setHints(window.hints);
}

void Presenter::iconChanged(const display::Window& window, const display::Image& icon)
{
    if (Toplevel* target = toplevel(window.id))
        target->setGuestIcon(icon);
}

void Presenter::frameReady(const display::Window& window, const display::SurfaceView& view, std::span<const display::Rect> damage,
                           const display::FrameInfo& info)
{
    GuestWindow* target = find(window.id);
    if (target)
        target->frame(window, view, damage, info);
    m_session->frameDone(window.id, info.serial); // copied: the guest may draw again
    if (m_link && target && !m_firstFrameTold && target->isVisible()) {
        m_firstFrameTold = true;
        m_link->write(frame_link::firstFrame(window.id));
    }
}

void Presenter::unmapped(const display::Window& window)
{
    if (GuestWindow* target = find(window.id))
        target->unmapped();
}

void Presenter::cursorChanged(const display::Image& image, std::int32_t hotspotX, std::int32_t hotspotY)
{
    m_cursor = m_cursors.cursorFor(image, hotspotX, hotspotY);
    for (auto& [id, window] : m_windows)
        if (window->isVisible())
            window->cursorChanged();
}

void Presenter::requested(const display::Window& window, display::RequestKind kind, std::uint32_t edges)
{
    if (Toplevel* target = toplevel(window.id))
        target->requested(kind, edges);
}

void Presenter::refused(display::WindowId window, display::RefusedReason reason)
{
    const ui::StripMessage message = ui::refusedMessage(static_cast<int>(reason));
    Toplevel* target = toplevel(window);
    if (!target || !target->isVisible())
        target = activeToplevel();
    if (target)
        target->post(message);
}

void Presenter::pong(display::WindowId window, std::uint32_t serial)
{
    if (Toplevel* target = toplevel(window))
        target->pong(serial);
}

} // namespace annex::viewer

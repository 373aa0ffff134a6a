// SPDX-License-Identifier: Apache-2.0
// What the broker says, and the frame menu.
#include <QTimer>

#include "app/viewer/display_stream.h"
#include "app/viewer/frame_menu.h"
#include "app/viewer/line_socket.h"
#include "app/viewer/popup.h"
#include "app/viewer/presenter.h"
#include "app/viewer/toplevel.h"
#include "base/log.h"

namespace annex::viewer {

void Presenter::lineReceived(const QByteArray& line)
{
    const auto message = frame_link::decode(line);
    if (!message) {
        log("viewer").warn("an unknown message on the frame link was left out");
        return;
    }
    std::visit([this](const auto& value) { apply(value); }, *message);
    send();
}

void Presenter::apply(const frame_link::Appearance& appearance)
{
    const bool changed = m_appearance != appearance;
    m_appearance = appearance;
    if (changed)
        for (auto& [id, window] : m_windows)
            window->appearanceChanged();
    beginSession();
}

void Presenter::apply(const frame_link::Strip& strip)
{
    const auto message = ui::stripMessageFor(strip.id, strip.arguments);
    if (!message) {
        log("viewer").warn("no sentence for strip message {}", GuestText{strip.id.left(64).toStdString()});
        return;
    }
    Toplevel* target = strip.window != 0 ? toplevel(strip.window) : activeToplevel();
    if (target)
        target->post(*message);
    else
        for (Toplevel* window : toplevels())
            window->post(*message);
}

void Presenter::apply(const frame_link::MenuState& state) { m_menuState = state.items; }

void Presenter::apply(const frame_link::OfferReady& ready)
{
    m_seat.letGo(ready.serial);
    if (!m_seat.holding())
        m_pasteTimer->stop();
}

void Presenter::apply(const frame_link::Activate& activate)
{
    if (activate.window != 0) {
        if (Toplevel* target = toplevel(activate.window))
            target->activate();
        return;
    }
    Toplevel* last = nullptr;
    for (Toplevel* window : toplevels()) {
        if (!window->isVisible() && !window->isMinimised())
            continue;
        window->raise();
        last = window;
    }
    if (last)
        last->activate();
}

void Presenter::apply(const frame_link::CloseWindow& close)
{
    if (Toplevel* target = toplevel(close.window))
        target->askToClose();
}

void Presenter::apply(const frame_link::Paused& paused)
{
    m_paused = paused.paused;
    for (Toplevel* window : toplevels()) {
        if (m_paused)
            window->post(ui::pausedMessage());
        else
            window->withdraw(ui::StripMessageId::Paused);
    }
}

void Presenter::apply(const frame_link::ExpectWindow&) { m_expectedSince = m_x11->serverTime(); }

void Presenter::apply(const frame_link::DisplayRestarted&)
{
    m_sessionBegun = true;
    m_session->start();
    m_stream->attach(*m_session);
}

// ---- frame menu --------------------------------------------------------------------------------------------------------

void Presenter::menuRequested(Toplevel& window) { openMenu(window, false); }

void Presenter::openMenu(Toplevel& window, bool byKeyboard)
{
    if (std::exchange(m_menuOpen, true))
        return;
    keyboardLost(); // to the menu
    m_session->send(window.id(), display::DismissPopups{});
    window.setMenuOpen(true);
    ui::MenuContext context;
    context.fullScreen = window.isFullScreen();
    context.connected = isLinked();
    auto* menu = new FrameMenu(m_appearance.identity, m_appearance.theme, ui::frameMenu(m_menuState, context));
    const display::WindowId id = window.id();
    connect(menu, &FrameMenu::chosen, this, [this, id](const ui::MenuItem& item) { menuChosen(id, item); });
    connect(menu, &FrameMenu::confirmed, this, [this, id] {
        if (Toplevel* target = toplevel(id))
            target->forceStop();
    });
    connect(menu, &FrameMenu::finished, this, [this, id] {
        m_menuOpen = false;
        if (Toplevel* target = toplevel(id))
            target->setMenuOpen(false);
    });
    const double ratio = window.surface().ratio();
    QRect button = window.surface().geometry().menu;
    if (button.isEmpty()) // full screen has no strip: under the pill
        button = window.surface().geometry().pill;
    menu->open(QRect((QPointF(button.topLeft()) / ratio).toPoint() + window.position(), (QSizeF(button.size()) / ratio).toSize()), &window);
    if (byKeyboard)
        menu->highlightFirst();
}

void Presenter::menuChosen(display::WindowId window, const ui::MenuItem& item)
{
    Toplevel* target = toplevel(window);
    if (!target)
        return;
    if (item.locked)
        target->post(ui::lockedItemMessage(item.text.section(QStringLiteral(" — "), 0, 0), item.reason));
    else if (item.id == QLatin1String("full-screen"))
        target->setFullScreen(!target->isFullScreen());
    else if (item.id == QLatin1String("close"))
        target->askToClose();
    else
        linkMenuItem(item.id, window);
    send();
}

void Presenter::linkMenuItem(const QString& item, display::WindowId window)
{
    if (m_link)
        m_link->write(frame_link::menu(item, window));
}

} // namespace annex::viewer

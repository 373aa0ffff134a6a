// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCursor>
#include <QPoint>

#include "app/viewer/frame_link_codec.h"
#include "ui/frame/strip_messages.h"
#include "vgpu/display/host/host_session.h"

class QKeyEvent;

namespace annex::viewer {

class GuestWindow;
class Popup;
class Seat;
class Toplevel;
class X11Side;

/// What the windows of a workspace need of the presenter that owns them.
class WindowContext {
public:
    virtual ~WindowContext() = default;

    virtual const frame_link::Appearance& appearance() const = 0;
    virtual const QHash<QString, ui::MenuItemState>& menuState() const = 0;
    virtual bool isLinked() const = 0;
    virtual bool isPaused() const = 0;
    virtual display::HostSession& session() = 0;
    virtual Seat& seat() = 0;
    virtual X11Side& x11() = 0;
    /// Time of the newest input event, ms on the X server's clock: for messages that no event of the host stands behind.
    virtual std::uint32_t inputTime() const = 0;
    /// Writes what is queued for the guest now: called at the end of each event, no timer in between.
    virtual void send() = 0;
    virtual std::int32_t guestScale() const = 0;

    virtual void keyEvent(GuestWindow& window, QKeyEvent& event) = 0;
    virtual void activeChanged(Toplevel& window, bool active) = 0;
    /// The keyboard went elsewhere, be it for an instant: releases will not be seen, so everything counts as up.
    virtual void keyboardLost() = 0;
    virtual void pointerEntered(GuestWindow& window) = 0;
    virtual const QCursor& guestCursor() const = 0;
    virtual void windowListChanged() = 0;
    /// Whether a new window may come with the focus: the person just opened something, or is in this workspace already.
    virtual bool mayTakeFocus(const Toplevel& window) = 0;
    virtual void menuRequested(Toplevel& window) = 0;
    virtual void linkMenuItem(const QString& item, display::WindowId window) = 0;
    virtual GuestWindow* find(display::WindowId id) = 0;
    /// The toplevel that a popup hangs on, or the active one for a popup without parent.
    virtual Toplevel* rootOf(const display::Window& window) = 0;
};

} // namespace annex::viewer

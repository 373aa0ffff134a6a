// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <map>
#include <memory>

#include "app/viewer/cursor_cache.h"
#include "app/viewer/seat.h"
#include "app/viewer/window_context.h"
#include "app/viewer/x11/x11_side.h"

class QTimer;

namespace annex::viewer {

class DisplayStream;
class FrameMenu;
class LineSocket;

/// One workspace's windows on the host's screen: listens to the guest through HostSession and to the broker through the frame link,
/// owns the windows, and keeps the rules between them.
class Presenter : public QObject, public WindowContext, private display::HostListener, private SeatSink, private X11Side::Listener {
    Q_OBJECT
public:
    struct Options {
        display::HostSession::Options session;
        bool uncapped = false;    ///< no refresh cap (benchmarks)
        bool replacement = false; ///< takes over from a viewer that died: no window of it takes the focus
        frame_link::BoxReport box;
    };

    /// @param link  may be null: then a default appearance stands, and nothing crosses
    Presenter(const Options& options, std::unique_ptr<X11Side> x11, std::unique_ptr<DisplayStream> stream, std::unique_ptr<LineSocket> link);
    ~Presenter() override;

    /// Greets the broker; the guest follows as soon as the appearance is known.
    void start();

Q_SIGNALS:
    void finished(int exitCode);

public:
    // -- WindowContext
    const frame_link::Appearance& appearance() const override { return m_appearance; }
    const QHash<QString, ui::MenuItemState>& menuState() const override { return m_menuState; }
    bool isLinked() const override { return m_link != nullptr; }
    bool isPaused() const override { return m_paused; }
    display::HostSession& session() override { return *m_session; }
    Seat& seat() override { return m_seat; }
    X11Side& x11() override { return *m_x11; }
    std::uint32_t inputTime() const override { return m_inputTime; }
    void send() override;
    std::int32_t guestScale() const override { return m_scale; }
    void keyEvent(GuestWindow& window, QKeyEvent& event) override;
    void activeChanged(Toplevel& window, bool active) override;
    void hidePopups();
    void keyboardLost() override;
    void pointerEntered(GuestWindow& window) override;
    const QCursor& guestCursor() const override { return m_cursor; }
    void windowListChanged() override;
    bool mayTakeFocus(const Toplevel& window) override;
    void menuRequested(Toplevel& window) override;
    void linkMenuItem(const QString& item, display::WindowId window) override;
    GuestWindow* find(display::WindowId id) override;
    Toplevel* rootOf(const display::Window& window) override;

private:
    // -- HostListener
    void connected() override;
    void windowCreated(const display::Window& window) override;
    void windowDestroyed(display::WindowId id) override;
    void geometryChanged(const display::Window& window) override;
    void titleChanged(const display::Window& window) override;
    void appIdChanged(const display::Window& window) override;
    void hintsChanged(const display::Window& window) override;
    void iconChanged(const display::Window& window, const display::Image& icon) override;
    void frameReady(const display::Window& window, const display::SurfaceView& view, std::span<const display::Rect> damage,
                    const display::FrameInfo& info) override;
    void unmapped(const display::Window& window) override;
    void cursorChanged(const display::Image& image, std::int32_t hotspotX, std::int32_t hotspotY) override;
    void requested(const display::Window& window, display::RequestKind kind, std::uint32_t edges) override;
    void refused(display::WindowId window, display::RefusedReason reason) override;
    void pong(display::WindowId window, std::uint32_t serial) override;

    // -- SeatSink
    void send(display::WindowId window, const display::Focus& message) override;
    void send(display::WindowId window, const display::Modifiers& message) override;
    void send(display::WindowId window, const display::Key& message) override;
    void send(display::WindowId window, const display::PointerMotion& message) override;
    void send(display::WindowId window, const display::PointerButton& message) override;
    void send(display::WindowId window, const display::PointerAxis& message) override;
    void send(display::WindowId window, const display::PointerLeave& message) override;
    void send(display::WindowId window, const display::DismissPopups& message) override;

    // -- X11Side::Listener
    void keymapChanged() override;
    void locksChanged() override;
    void coveredChanged(WId window, bool covered) override;

    void lineReceived(const QByteArray& line);
    void apply(const frame_link::Appearance& appearance);
    void apply(const frame_link::Strip& strip);
    void apply(const frame_link::MenuState& state);
    void apply(const frame_link::OfferReady& ready);
    void apply(const frame_link::Activate& activate);
    void apply(const frame_link::CloseWindow& close);
    void apply(const frame_link::Paused& paused);
    void apply(const frame_link::ExpectWindow&);
    void apply(const frame_link::DisplayRestarted&);

    void beginSession();
    void sendKeymap();
    void sendScreen();
    void updateScale();
    void openMenu(Toplevel& window, bool byKeyboard);
    void menuChosen(display::WindowId window, const ui::MenuItem& item);
    bool hostChord(Toplevel& window, const QKeyEvent& event);
    void paste(std::uint32_t code, std::uint32_t time_ms, display::WindowId window);
    void sendWindowList();
    Toplevel* toplevel(display::WindowId id);
    bool hasFocus();
    Toplevel* activeToplevel();
    std::vector<Toplevel*> toplevels() const;
    void finish(int exitCode);

    Options m_options;
    std::unique_ptr<X11Side> m_x11;
    std::unique_ptr<DisplayStream> m_stream;
    std::unique_ptr<LineSocket> m_link;
    std::unique_ptr<display::HostSession> m_session;
    Seat m_seat{*this};
    display::KeyTracker m_hostKeys; ///< down on the host while a window of ours has the focus
    frame_link::Appearance m_appearance;
    QHash<QString, ui::MenuItemState> m_menuState;
    std::map<display::WindowId, GuestWindow*> m_windows; ///< each deletes itself through deleteLater when taken out
    CursorCache m_cursors;
    QCursor m_cursor{Qt::ArrowCursor};
    QTimer* m_pasteTimer;
    QTimer* m_listTimer;
    std::uint32_t m_gestureSerial = 0;
    std::uint32_t m_inputTime = 0;
    std::int32_t m_scale = 1;
    std::optional<std::uint32_t> m_expectedSince; ///< server time at which the person opened something
    std::vector<frame_link::WindowLine> m_toldWindows;
    bool m_sessionBegun = false;
    bool m_paused = false;
    bool m_menuOpen = false;
    bool m_firstFrameTold = false;
    bool m_finished = false;
};

} // namespace annex::viewer

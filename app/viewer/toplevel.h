// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QVariantAnimation>

#include "app/viewer/guest_window.h"
#include "vgpu/display/host/resize_flow.h"

namespace annex::viewer {

/// A guest's window with its whole frame: moved and resized by the host's window manager, sized together with its program.
class Toplevel : public GuestWindow {
    Q_OBJECT
public:
    Toplevel(WindowContext& context, const display::Window& window);

    void frame(const display::Window& window, const display::SurfaceView& view, std::span<const display::Rect> damage, const display::FrameInfo& info) override;
    void unmapped() override;
    void appearanceChanged() override;

    void setGuestTitle(const display::Window& window);
    void setHints(const display::SizeHints& hints);
    void setGuestIcon(const display::Image& icon);
    void requested(display::RequestKind kind, std::uint32_t edges);
    void pong(std::uint32_t serial);

    /// Focused as the guest knows it: debounced, so that a window manager's grab is no loss.
    bool isShownActive() const { return m_active; }
    bool isMinimised() const { return windowState() == Qt::WindowMinimized; }
    const QString& guestTitle() const { return m_title; }
    const QString& appId() const { return m_appId; }
    bool isFullScreen() const { return windowState() == Qt::WindowFullScreen; }

    void post(ui::StripMessage message);
    void withdraw(ui::StripMessageId id);
    /// Name for assistive technology: "Untrusted workspace, level Process: title".
    QString accessibleName() const;

    // What a person may do with a window.
    void activate();
    void askToClose();
    void forceStop();
    /// While the host's own menu has the keyboard the window goes on looking, and being, focused.
    void setMenuOpen(bool open);
    void setFullScreen(bool on);
    void toggleMaximised();
    void act(ui::FramePart part);
    /// Esc in a full-screen window. @return nothing is taken: the key goes in as well
    void escape(bool pressed);

Q_SIGNALS:
    /// The frame's words or parts changed: assistive technology is told.
    void frameChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void moveEvent(QMoveEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;
    ui::FrameState frameState() const override;
    bool framePress(const ui::FrameHit& hit, QMouseEvent& event) override;
    void frameMove(const ui::FrameHit& hit, QMouseEvent& event) override;
    void frameRelease(const ui::FrameHit& hit, QMouseEvent& event) override;
    void pointerLeft() override;
    Qt::CursorShape frameCursor(const ui::FrameHit& hit) const override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    using Clock = std::chrono::steady_clock;

    void showFirst(const display::Window& window, QSize content);
    void wish();
    void send(const std::optional<display::ResizeFlow::Ask>& ask);
    void settle();
    void applyHints();
    void fitToContent();
    void sendPosition();
    void keepOnScreen();
    void scheduleTaskbar();
    void tellTaskbar();
    void setActive(bool active);
    void setHovered(ui::FramePart part, QPointF position);
    void placementChanged();
    void foldPill(bool unfolded);
    void endEscapeHold();
    void scheduleStrip();
    void answerMessage();
    void answerOverdue();
    std::chrono::milliseconds now() const;

    display::SizeHints m_hints;
    display::ResizeFlow m_resize;
    QTimer* m_settleTimer;   ///< after the last size step
    QTimer* m_positionTimer; ///< after the last move
    QTimer* m_focusTimer;    ///< focus loss is believed after a moment
    QTimer* m_stripTimer;
    QTimer* m_answerTimer;   ///< close and force stop
    QTimer* m_patienceTimer; ///< a Configure nobody answers
    QString m_title, m_appId;
    ui::StripMessages m_strip;
    ui::PillState m_pill;
    QVariantAnimation* m_pillFold = nullptr;
    QVariantAnimation* m_escapeHold = nullptr;
    QTimer* m_pillTimer = nullptr;
    QTimer* m_taskbarTimer;  ///< between two titles or icons
    bool m_taskbarDue = false;
    QImage m_guestIcon;
    std::optional<qint64> m_toldIcon; ///< cache key of the image that the taskbar has
    ui::Identity m_toldIdentity;
    QRect m_corrected; ///< the place we moved it away from
    ui::FrameHit m_pressHit;
    QPointF m_pressAt;
    bool m_active = false;
    bool m_systemMove = false;
    bool m_menuOpen = false;
    bool m_userSizing = false;
    int m_settleRounds = 0;
    int m_fits = 0; ///< how often the window was fitted to its content without getting that size
    bool m_alerted = false;
    std::optional<std::uint32_t> m_closePing;
    bool m_killed = false;
};

} // namespace annex::viewer

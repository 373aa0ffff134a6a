// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWindow>

#include "app/viewer/input_tables.h"
#include "app/viewer/window_context.h"
#include "app/viewer/window_surface.h"

class QTimer;

namespace annex::viewer {

/// A guest window on the host's screen, of either kind: surface, pointer and keys. Everything that the guest decides has passed
/// HostSession; everything it sees goes through the seat.
class GuestWindow : public QWindow {
    Q_OBJECT
public:
    GuestWindow(WindowContext& context, display::WindowId id, ui::FrameKind kind);
    ~GuestWindow() override;

    display::WindowId id() const { return m_id; }
    WindowSurface& surface() { return m_surface; }
    /// Whole window with its frame, logical px of the virtual desktop.
    QRect frameRect() const { return geometry(); }
    /// Content without frame, logical px of the virtual desktop.
    QRect contentRect() const;
    /// What the frame adds, logical px, rounded up.
    QMargins frameMargins() const;
    QSize windowSizeFor(QSize content) const;

    virtual void frame(const display::Window& window, const display::SurfaceView& view, std::span<const display::Rect> damage, const display::FrameInfo& info) = 0;
    virtual void unmapped() = 0;
    virtual void appearanceChanged() = 0;
    virtual void cursorChanged() { updateCursor(); }
    /// Covered by other windows: drawn for nobody.
    void setCovered(bool covered);
    bool event(QEvent* event) override;

protected:
    void exposeEvent(QExposeEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

    /// Presses and moves outside the content; true when the frame took it.
    virtual bool framePress(const ui::FrameHit&, QMouseEvent&) { return true; }
    virtual void frameMove(const ui::FrameHit&, QMouseEvent&) {}
    virtual void frameRelease(const ui::FrameHit&, QMouseEvent&) {}
    virtual void pointerLeft();
    virtual Qt::CursorShape frameCursor(const ui::FrameHit&) const { return Qt::ArrowCursor; }

    virtual ui::FrameState frameState() const;
    void refresh();
    QSize contentLogicalSize() const;
    static QSize logicalSizeOf(const display::Window& window, const display::SurfaceView& view, std::int32_t scale);
    void updateVisibility();
    virtual bool isWanted() const { return true; }
    ui::FrameHit hitAt(QPointF position) const;

    WindowContext& m_context;
    WindowSurface m_surface;
    const display::WindowId m_id;
    const ui::FrameKind m_kind;
    ui::FramePart m_hovered = ui::FramePart::None, m_pressedPart = ui::FramePart::None;

private:
    void updateCursor();
    void sendMotion(QPointF position, std::uint32_t time_ms);
    QPoint fixedInContent(QPointF position) const;

    ScrollTranslator m_scroll;
    QTimer* m_scrollStop = nullptr;
    ui::FrameHit m_lastHit;
    bool m_pressInContent = false;
    bool m_covered = false;
    std::optional<bool> m_toldVisible;
};

} // namespace annex::viewer

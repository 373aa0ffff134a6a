// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QBackingStore>
#include <QImage>
#include <QRegion>

#include <span>

#include "ui/frame/content_painter.h"
#include "ui/frame/frame_painter.h"
#include "vgpu/display/host/surface_view.h"

class QWindow;

namespace annex::viewer {

/// The pixels of one native window: frame and guest content in one backing store. All rectangles are device px.
///
/// The store itself is the only copy of the guest's picture: the guest gets its slot back at once. Where the store must be made anew
/// (resize, another ratio) the old picture is carried over.
class WindowSurface {
public:
    explicit WindowSurface(QWindow& window);

    /// Takes state and the window's present size; repaints what differs.
    void update(const ui::FrameState& state);
    /// Paints the guest's damage and puts it on the screen: nothing of the frame is touched.
    /// @param logical  the content's size in logical px; pixels are scaled where they differ
    void present(const display::SurfaceView& view, std::span<const display::Rect> damage, QSize logical);
    /// The window has no content any more.
    void clearContent();
    /// Puts the whole store on the screen.
    void expose();
    /// While a resize is under way old pixels stay at the top left; afterwards a smaller picture is centred.
    void setSettled(bool settled);

    const ui::FrameGeometry& geometry() const { return m_geometry; }
    const ui::FrameState& state() const { return m_state; }
    double ratio() const { return m_ratio; }
    QRect contentPlace() const { return m_place; }
    /// The guest's picture, logical px; 0 x 0 for none.
    QSize contentSize() const { return m_logical; }
    /// What stands in the store, for tests.
    QImage grab();

private:
    void paintFrame(const QRegion& region);
    void flush(const QRegion& device);
    QRect placeOf(QSize device) const;
    QColor ground() const;
    ui::ContentSource kept() const;
    QImage target();
    QRegion toLogical(const QRegion& device) const;
    void keepUnderPill(const ui::ContentSource& source, const QRegion& damage);

    QWindow& m_window;
    QBackingStore m_store;
    ui::FramePainter m_painter;
    ui::FrameState m_state;
    ui::FrameGeometry m_geometry;
    double m_ratio = 0;
    QSize m_device;   ///< the store's size
    QSize m_pixels;   ///< the guest picture's own size
    QSize m_logical;
    QRect m_place;    ///< where it lies in the window
    bool m_settled = false;
    QImage m_underPill; ///< what the pill covers, at the pill's whole size
    QRect m_pillArea;
};

} // namespace annex::viewer

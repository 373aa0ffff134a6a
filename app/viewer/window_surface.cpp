// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/window_surface.h"

#include <QPainter>
#include <QWindow>

#include <cmath>

namespace annex::viewer {

namespace {

QSize deviceSizeOf(const QWindow& window)
{
    const double ratio = window.devicePixelRatio();
    return {static_cast<int>(std::lround(window.width() * ratio)), static_cast<int>(std::lround(window.height() * ratio))};
}

} // namespace

WindowSurface::WindowSurface(QWindow& window) : m_window(window), m_store(&window) {}

QImage WindowSurface::target()
{
    // A second image on the same bytes, without a device pixel ratio: everything here is painted in device px.
    auto* image = static_cast<QImage*>(m_store.paintDevice());
    return QImage(image->bits(), image->width(), image->height(), image->bytesPerLine(), image->format());
}

QRegion WindowSurface::toLogical(const QRegion& device) const
{
    if (m_ratio == 1.0)
        return device;
    QRegion logical;
    for (const QRect& r : device) {
        const int left = static_cast<int>(std::floor(r.left() / m_ratio)), top = static_cast<int>(std::floor(r.top() / m_ratio));
        const int right = static_cast<int>(std::ceil((r.right() + 1) / m_ratio)), foot = static_cast<int>(std::ceil((r.bottom() + 1) / m_ratio));
        logical += QRect(left, top, right - left, foot - top);
    }
    return logical;
}

void WindowSurface::flush(const QRegion& device)
{
    if (m_window.isExposed())
        m_store.flush(toLogical(device));
}

QColor WindowSurface::ground() const
{
    return m_settled ? ui::tokens(m_state.theme).window : ui::contentGround(m_state);
}

QRect WindowSurface::placeOf(QSize device) const
{
    QRect place(m_geometry.content.topLeft(), device);
    if (m_settled) {
        if (place.width() < m_geometry.content.width())
            place.moveLeft(m_geometry.content.left() + (m_geometry.content.width() - place.width()) / 2);
        if (place.height() < m_geometry.content.height())
            place.moveTop(m_geometry.content.top() + (m_geometry.content.height() - place.height()) / 2);
    }
    return place;
}

ui::ContentSource WindowSurface::kept() const
{
    // Before the first resize the store has no image, and on a scaled screen Qt does not bear to be asked for it.
    if (m_pixels.isEmpty() || m_device.isEmpty())
        return {};
    // const: looks at the store's bytes as they stand.
    auto* image = static_cast<QImage*>(const_cast<QBackingStore&>(m_store).paintDevice());
    if (!image)
        return {};
    const QRect visible = m_place.intersected(m_geometry.content);
    if (visible.isEmpty())
        return {};
    const QImage whole(image->constBits(), image->width(), image->height(), image->bytesPerLine(), image->format());
    ui::ContentSource source{whole.copy(visible), visible};
    if (!m_underPill.isNull()) {
        QPainter p(&source.pixels);
        p.drawImage(m_pillArea.topLeft() - visible.topLeft(), m_underPill);
    }
    return source;
}

void WindowSurface::update(const ui::FrameState& state)
{
    const QSize device = deviceSizeOf(m_window);
    const double ratio = m_window.devicePixelRatio();
    if (device.isEmpty() || (device == m_device && ratio == m_ratio && state == m_state))
        return;
    const bool remade = device != m_device || ratio != m_ratio;
    const bool moved = remade || state.placement != m_state.placement || state.kind != m_state.kind || state.isStronger() != m_state.isStronger()
        || state.theme != m_state.theme || state.identity != m_state.identity;
    ui::ContentSource old;
    const QPoint oldOrigin = m_place.topLeft();
    if (moved) {
        old = kept();
        m_underPill = {};
    }
    const ui::FrameGeometry before = m_geometry;
    m_state = state;
    m_ratio = ratio;
    m_device = device;
    m_geometry = ui::frameLayout(device, state, ratio);
    if (!moved) {
        QRegion region = QRegion(m_geometry.strip) + before.pill + m_geometry.pill;
        paintFrame(region);
        flush(region);
        return;
    }
    if (remade)
        m_store.resize(m_window.size());
    if (!m_pixels.isEmpty())
        m_place = placeOf(m_place.size());
    old.place.translate(m_place.topLeft() - oldOrigin);
    const QRegion whole(m_geometry.whole);
    m_store.beginPaint(toLogical(whole));
    {
        QImage image = target();
        {
            QPainter p(&image);
            m_painter.paint(p, m_geometry, m_state);
        }
        ui::paintContent(image, m_geometry.content, old, whole - m_geometry.pill, ground());
    }
    keepUnderPill(old, whole);
    m_store.endPaint();
    m_window.setMask(m_geometry.metrics.topRadius > 0 ? toLogical(ui::frameMask(m_geometry)) : QRegion());
    flush(whole);
}

void WindowSurface::paintFrame(const QRegion& region)
{
    m_store.beginPaint(toLogical(region));
    {
        QImage image = target();
        // What the pill gave free first, then the frame on top.
        if (!m_underPill.isNull())
            ui::paintContent(image, m_geometry.content, {m_underPill, m_pillArea}, region.intersected(m_pillArea), ground());
        QPainter p(&image);
        p.setClipRegion(region);
        m_painter.paint(p, m_geometry, m_state);
    }
    m_store.endPaint();
}

void WindowSurface::keepUnderPill(const ui::ContentSource& source, const QRegion& damage)
{
    if (m_geometry.pill.isEmpty()) {
        m_underPill = {};
        return;
    }
    if (m_underPill.isNull()) {
        ui::FrameState whole = m_state;
        whole.pill.unfolded = 1;
        m_pillArea = ui::frameLayout(m_device, whole, m_ratio).pill.intersected(m_geometry.content);
        m_underPill = QImage(m_pillArea.size(), QImage::Format_RGB32);
        m_underPill.fill(ground());
    }
    const QRegion covered = damage.intersected(m_pillArea);
    if (covered.isEmpty() || source.pixels.isNull())
        return;
    const QPoint shift = -m_pillArea.topLeft();
    ui::paintContent(m_underPill, m_underPill.rect(), {source.pixels, source.place.translated(shift)}, covered.translated(shift), ground());
}

void WindowSurface::present(const display::SurfaceView& view, std::span<const display::Rect> damage, QSize logical)
{
    const QSize pixels(view.width, view.height);
    const QImage guest(view.pixels, view.width, view.height, static_cast<qsizetype>(view.stride_bytes),
                       view.opaque ? QImage::Format_RGB32 : QImage::Format_ARGB32_Premultiplied);
    const bool newSize = pixels != m_pixels || logical != m_logical;
    m_pixels = pixels;
    m_logical = logical;
    if (m_device.isEmpty())
        return; // not shown yet: the first update paints the ground, the caller asks for a whole frame by presenting after it
    if (newSize)
        m_place = placeOf(QSize(static_cast<int>(std::lround(logical.width() * m_ratio)), static_cast<int>(std::lround(logical.height() * m_ratio))));
    const ui::ContentSource source{guest, m_place};
    QRegion region;
    if (newSize) {
        region = m_geometry.content;
    } else {
        QRegion own;
        for (const display::Rect& r : damage)
            own += QRect(r.x, r.y, r.width, r.height);
        region = ui::damageInWindow(source, own).intersected(m_geometry.content);
    }
    if (!m_geometry.pill.isEmpty()) {
        keepUnderPill(source, region);
        region -= m_geometry.pill;
    }
    if (region.isEmpty())
        return;
    m_store.beginPaint(toLogical(region));
    {
        QImage image = target();
        ui::paintContent(image, m_geometry.content, source, region, ground());
    }
    m_store.endPaint();
    flush(region);
}

void WindowSurface::clearContent()
{
    m_pixels = m_logical = {};
    m_place = {};
    m_underPill = {};
}

void WindowSurface::expose()
{
    if (!m_device.isEmpty())
        flush(m_geometry.whole);
}

void WindowSurface::setSettled(bool settled)
{
    if (m_settled == settled)
        return;
    const bool gap = !m_pixels.isEmpty() && (m_place.width() < m_geometry.content.width() || m_place.height() < m_geometry.content.height());
    ui::ContentSource old;
    if (gap)
        old = kept();
    const QPoint oldOrigin = m_place.topLeft();
    m_settled = settled;
    if (!gap)
        return;
    m_place = placeOf(m_place.size());
    old.place.translate(m_place.topLeft() - oldOrigin);
    const QRegion region = QRegion(m_geometry.content) - m_geometry.pill;
    m_store.beginPaint(toLogical(region));
    {
        QImage image = target();
        ui::paintContent(image, m_geometry.content, old, region, ground());
    }
    m_store.endPaint();
    flush(region);
}

QImage WindowSurface::grab()
{
    return m_device.isEmpty() ? QImage() : target().copy();
}

} // namespace annex::viewer

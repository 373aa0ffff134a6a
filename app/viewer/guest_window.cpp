// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/guest_window.h"

#include <QEvent>
#include <QGuiApplication>
#include <QInputDevice>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QTimer>

#include <cmath>

#include "app/viewer/seat.h"

namespace annex::viewer {

namespace {

constexpr int kFixed = 256;

std::uint32_t timeOf(const QInputEvent& event) { return static_cast<std::uint32_t>(event.timestamp()); }

} // namespace

GuestWindow::GuestWindow(WindowContext& context, display::WindowId id, ui::FrameKind kind)
    : m_context(context), m_surface(*this), m_id(id), m_kind(kind)
{
    setSurfaceType(QSurface::RasterSurface);
    QSurfaceFormat opaque;
    opaque.setAlphaBufferSize(0); // no ARGB visual: a guest's alpha must not punch holes into its window
    setFormat(opaque);
}

GuestWindow::~GuestWindow() = default;

ui::FrameState GuestWindow::frameState() const
{
    const frame_link::Appearance& appearance = m_context.appearance();
    ui::FrameState state;
    state.kind = m_kind;
    state.identity = appearance.identity;
    state.theme = appearance.theme;
    state.stronger = appearance.strongerFrames;
    state.hovered = m_hovered;
    state.pressed = m_pressedPart;
    state.rightToLeft = QGuiApplication::isRightToLeft();
    return state;
}

void GuestWindow::refresh()
{
    if (handle())
        m_surface.update(frameState());
}

QMargins GuestWindow::frameMargins() const
{
    const double ratio = devicePixelRatio();
    const QMargins device = ui::frameMetrics(frameState(), ratio).margins();
    const auto up = [ratio](int value) { return static_cast<int>(std::ceil(value / ratio)); };
    return {up(device.left()), up(device.top()), up(device.right()), up(device.bottom())};
}

QSize GuestWindow::windowSizeFor(QSize content) const { return content.grownBy(frameMargins()); }

QRect GuestWindow::contentRect() const
{
    const QRect content = m_surface.geometry().content;
    const double ratio = m_surface.ratio() > 0 ? m_surface.ratio() : devicePixelRatio();
    return QRect(geometry().topLeft() + QPoint(qRound(content.x() / ratio), qRound(content.y() / ratio)), contentLogicalSize());
}

QSize GuestWindow::contentLogicalSize() const
{
    const QRect content = m_surface.geometry().content;
    const double ratio = m_surface.ratio() > 0 ? m_surface.ratio() : devicePixelRatio();
    return {static_cast<int>(std::floor(content.width() / ratio + 1e-6)), static_cast<int>(std::floor(content.height() / ratio + 1e-6))};
}

QSize GuestWindow::logicalSizeOf(const display::Window& window, const display::SurfaceView& view, std::int32_t scale)
{
    // The guest counts in its own pixels, `scale` of them to one logical px.
    const QSize pixels = window.geometry ? QSize(window.geometry->width, window.geometry->height) : QSize(view.width, view.height);
    return {std::max(1, pixels.width() / scale), std::max(1, pixels.height() / scale)};
}

bool GuestWindow::event(QEvent* event)
{
    switch (event->type()) {
    case QEvent::Enter:
        m_context.pointerEntered(*this);
        break;
    case QEvent::Leave:
        pointerLeft();
        break;
    default:
        break;
    }
    return QWindow::event(event);
}

void GuestWindow::exposeEvent(QExposeEvent*)
{
    if (isExposed()) {
        refresh();
        m_surface.expose();
    }
    updateVisibility();
}

void GuestWindow::resizeEvent(QResizeEvent*) { refresh(); }

void GuestWindow::setCovered(bool covered)
{
    m_covered = covered;
    updateVisibility();
    m_context.send();
}

void GuestWindow::updateVisibility()
{
    const bool visible = isVisible() && isExposed() && !m_covered && windowState() != Qt::WindowMinimized;
    if (m_toldVisible == visible)
        return;
    m_toldVisible = visible;
    m_context.session().send(m_id, display::Visibility{visible});
}

void GuestWindow::keyPressEvent(QKeyEvent* event) { m_context.keyEvent(*this, *event); }
void GuestWindow::keyReleaseEvent(QKeyEvent* event) { m_context.keyEvent(*this, *event); }

ui::FrameHit GuestWindow::hitAt(QPointF position) const
{
    const double ratio = m_surface.ratio();
    const QPoint device(static_cast<int>(std::floor(position.x() * ratio)), static_cast<int>(std::floor(position.y() * ratio)));
    return ui::frameHitTest(m_surface.geometry(), m_surface.state(), device);
}

QPoint GuestWindow::fixedInContent(QPointF position) const
{
    // From the picture's own corner, in the guest's pixels.
    const double ratio = m_surface.ratio();
    const QPointF inContent = (position * ratio - QPointF(m_surface.contentPlace().topLeft())) / ratio;
    const int scale = m_context.guestScale();
    const auto fixed = [scale](double value) { return static_cast<int>(std::lround(std::clamp(value * scale, -32'000.0, 32'000.0) * kFixed)); };
    return {fixed(inContent.x()), fixed(inContent.y())};
}

void GuestWindow::sendMotion(QPointF position, std::uint32_t time_ms)
{
    const QPoint fixed = fixedInContent(position);
    m_context.seat().motion(m_id, fixed.x(), fixed.y(), time_ms);
}

void GuestWindow::mousePressEvent(QMouseEvent* event)
{
    const ui::FrameHit hit = hitAt(event->position());
    if (hit.part != ui::FramePart::Content && !m_context.seat().anyButton()) {
        m_pressInContent = false;
        framePress(hit, *event);
    } else if (const auto button = evdevFromButton(event->button())) {
        m_pressInContent = true;
        sendMotion(event->position(), timeOf(*event));
        m_context.seat().button(m_id, *button, true, timeOf(*event));
    }
    m_context.send();
}

void GuestWindow::mouseReleaseEvent(QMouseEvent* event)
{
    // A release whose press was on the frame never reaches the guest: window managers make synthetic ones around a move.
    if (!m_pressInContent) {
        frameRelease(hitAt(event->position()), *event);
    } else if (const auto button = evdevFromButton(event->button())) {
        sendMotion(event->position(), timeOf(*event));
        m_context.seat().button(m_id, *button, false, timeOf(*event));
    }
    if (event->buttons() == Qt::NoButton)
        m_pressInContent = false;
    m_context.send();
}

void GuestWindow::mouseMoveEvent(QMouseEvent* event)
{
    const ui::FrameHit hit = hitAt(event->position());
    const bool content = hit.part == ui::FramePart::Content;
    if (m_lastHit != hit) {
        const bool wasContent = m_lastHit.part == ui::FramePart::Content;
        m_lastHit = hit;
        updateCursor();
        if (wasContent && !content && !m_pressInContent)
            m_context.seat().leave(m_id);
    }
    if (m_pressInContent || (content && event->buttons() == Qt::NoButton))
        sendMotion(event->position(), timeOf(*event));
    else
        frameMove(hit, *event);
    m_context.send();
}

void GuestWindow::wheelEvent(QWheelEvent* event)
{
    if (hitAt(event->position()).part != ui::FramePart::Content)
        return;
    ScrollInput input;
    input.angle = event->angleDelta();
    input.finger = event->device() && event->device()->type() == QInputDevice::DeviceType::TouchPad;
    input.phase = event->phase();
    input.time_ms = timeOf(*event);
    sendMotion(event->position(), input.time_ms);
    for (const display::PointerAxis& message : m_scroll.translate(input))
        m_context.seat().axis(m_id, message);
    if (m_scroll.needsStop()) {
        if (!m_scrollStop) {
            m_scrollStop = new QTimer(this);
            m_scrollStop->setSingleShot(true);
            m_scrollStop->setInterval(ScrollTranslator::kStopAfter_ms);
            connect(m_scrollStop, &QTimer::timeout, this, [this] {
                for (const display::PointerAxis& message : m_scroll.stop(m_context.inputTime()))
                    m_context.seat().axis(m_id, message);
                m_context.send();
            });
        }
        m_scrollStop->start();
    }
    m_context.send();
}

void GuestWindow::pointerLeft()
{
    m_lastHit = {};
    m_context.seat().leave(m_id);
    if (m_hovered != ui::FramePart::None) {
        m_hovered = ui::FramePart::None;
        refresh();
    }
    m_context.send();
}

void GuestWindow::updateCursor()
{
    if (m_lastHit.part == ui::FramePart::Content)
        setCursor(m_context.guestCursor());
    else
        setCursor(frameCursor(m_lastHit));
}

} // namespace annex::viewer

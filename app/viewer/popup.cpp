// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/popup.h"

#include <QGuiApplication>
#include <QScreen>

#include "app/viewer/placement.h"
#include "app/viewer/toplevel.h"
#include "app/viewer/x11/x11_side.h"

namespace annex::viewer {

Popup::Popup(WindowContext& context, const display::Window& window) : GuestWindow(context, window.id, ui::FrameKind::Popup)
{
    setFlags(Qt::ToolTip | Qt::FramelessWindowHint | Qt::BypassWindowManagerHint | Qt::WindowDoesNotAcceptFocus);
    setProperty("_q_showWithoutActivating", true);
}

std::optional<QRect> Popup::placed(const display::Window& window, QSize content)
{
    Toplevel* root = m_context.rootOf(window);
    // Shown only where the person is looking at this workspace: a popup out of nowhere is a way to imitate the host.
    if (!root || !root->isShownActive() || !window.geometry)
        return std::nullopt;
    const QMargins margins = frameMargins();
    QPoint origin;
    QList<QRect> anchors;
    if (window.kind == display::WindowKind::Popup) {
        GuestWindow* parent = m_context.find(window.parent);
        if (!parent || !parent->isVisible())
            return std::nullopt;
        origin = parent->contentRect().topLeft();
        anchors += parent->frameRect();
    } else {
        origin = root->screen()->virtualGeometry().topLeft();
        if (GuestWindow* parent = m_context.find(window.parent); parent && parent->isVisible())
            anchors += parent->frameRect();
    }
    anchors += root->frameRect();
    const QPoint corner = origin + QPoint(window.geometry->x, window.geometry->y) / m_context.guestScale() - QPoint(margins.left(), margins.top());
    return placePopup(QRect(corner, content.grownBy(margins)), anchors, root->screen()->geometry());
}

void Popup::move(const display::Window& window, const QRect& box)
{
    setGeometry(box);
    if (!window.x11)
        return;
    // X11 programs believe in root positions: where the host put it elsewhere, it must know.
    const int scale = m_context.guestScale();
    const QPoint desktop = screen()->virtualGeometry().topLeft();
    const QPoint content = guestBox(box.marginsRemoved(frameMargins()), desktop, scale).topLeft();
    if (content == QPoint(window.geometry->x, window.geometry->y) && !m_toldPosition)
        return;
    if (m_toldPosition == content)
        return;
    m_toldPosition = content;
    const QRect area = guestBox(screen()->geometry(), desktop, scale);
    m_context.session().send(id(), display::Position{content.x(), content.y(), {area.x(), area.y(), area.width(), area.height()}});
}

void Popup::frame(const display::Window& window, const display::SurfaceView& view, std::span<const display::Rect> damage, const display::FrameInfo&)
{
    const QSize content = logicalSizeOf(window, view, m_context.guestScale());
    if (!isVisible() || content != m_surface.contentSize()) {
        const std::optional<QRect> box = placed(window, content);
        if (!box) {
            m_refused = true;
            hide();
            if (Toplevel* root = m_context.rootOf(window))
                m_context.session().send(root->id(), display::DismissPopups{});
            return;
        }
        m_refused = false;
        if (!handle()) {
            setScreen(m_context.rootOf(window)->screen());
            setTransientParent(m_context.rootOf(window));
            move(window, *box);
            create();
            m_context.x11().setWindowClass(winId(), windowClassFor(m_context.appearance().identity.name.toStdString()));
        } else {
            move(window, *box);
        }
        refresh();
    }
    m_surface.present(view, damage, content);
    if (!isVisible()) {
        show();
        raise();
    }
}

void Popup::unmapped()
{
    m_surface.clearContent();
    hide();
}

void Popup::appearanceChanged() { refresh(); }

void Popup::geometryChanged(const display::Window& window)
{
    if (!isVisible() || m_surface.contentSize().isEmpty())
        return;
    if (const std::optional<QRect> box = placed(window, m_surface.contentSize()))
        move(window, QRect(box->topLeft(), size())); // its size changes with its pixels
}

} // namespace annex::viewer

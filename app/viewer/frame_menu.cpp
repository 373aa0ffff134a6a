// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/frame_menu.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScreen>

#include <cmath>

namespace annex::viewer {

FrameMenu::FrameMenu(const ui::Identity& identity, ui::Theme theme, std::vector<ui::MenuItem> items)
    : m_identity(identity), m_theme(theme), m_items(std::move(items)), m_store(this), m_question(ui::forceStopQuestion())
{
    setSurfaceType(QSurface::RasterSurface);
    setFlags(Qt::Popup | Qt::FramelessWindowHint | Qt::BypassWindowManagerHint);
}

void FrameMenu::open(const QRect& anchor, QWindow* owner)
{
    setScreen(owner->screen());
    setTransientParent(owner);
    m_anchor = anchor;
    layOut();
    show();
    raise();
    setMouseGrabEnabled(true);
    setKeyboardGrabEnabled(true);
}

void FrameMenu::layOut()
{
    const double ratio = devicePixelRatio();
    m_menu = ui::menuLayout(m_identity, m_items, ratio);
    m_confirm = ui::confirmLayout(m_question, ratio);
    const QSize device = m_asking ? m_confirm.size : m_menu.size;
    const QSize logical(static_cast<int>(std::ceil(device.width() / ratio)), static_cast<int>(std::ceil(device.height() / ratio)));
    const QRect area = screen()->availableGeometry();
    QRect box(QPoint(m_anchor.right() + 1 - logical.width(), m_anchor.bottom() + 1), logical);
    if (box.bottom() > area.bottom())
        box.moveBottom(area.bottom());
    box.moveLeft(std::clamp(box.left(), area.left(), std::max(area.left(), area.right() + 1 - box.width())));
    box.moveTop(std::max(box.top(), area.top()));
    setGeometry(box);
    QRegion mask;
    for (const QRect& r : ui::panelMask(device, ratio))
        mask += QRectF(r.x() / ratio, r.y() / ratio, r.width() / ratio, r.height() / ratio).toAlignedRect();
    setMask(mask);
}

void FrameMenu::highlightFirst() { highlight(ui::nextChoosable(m_items, -1, 1)); }

QPoint FrameMenu::device(QPointF position) const { return (position * devicePixelRatio()).toPoint(); }

void FrameMenu::repaint()
{
    if (!isExposed())
        return;
    m_store.resize(size());
    const QRect whole(QPoint(0, 0), size());
    m_store.beginPaint(whole);
    {
        auto* image = static_cast<QImage*>(m_store.paintDevice());
        QImage target(image->bits(), image->width(), image->height(), image->bytesPerLine(), image->format());
        QPainter p(&target);
        if (m_asking)
            ui::paintConfirm(p, m_confirm, m_question, m_focused, m_theme);
        else
            ui::paintMenu(p, m_menu, m_identity, m_items, m_highlighted, m_theme);
    }
    m_store.endPaint();
    m_store.flush(whole);
}

void FrameMenu::exposeEvent(QExposeEvent*) { repaint(); }
void FrameMenu::resizeEvent(QResizeEvent*) { repaint(); }

void FrameMenu::highlight(int index)
{
    if (index >= 0) {
        const ui::MenuItem& item = m_items[static_cast<std::size_t>(index)];
        if (item.kind == ui::MenuItemKind::Separator || !item.enabled)
            index = -1;
    }
    if (m_highlighted == index)
        return;
    m_highlighted = index;
    repaint();
}

void FrameMenu::mouseMoveEvent(QMouseEvent* event)
{
    m_moved = true;
    if (m_asking)
        return;
    highlight(m_menu.itemAt(device(event->position())));
}

void FrameMenu::mousePressEvent(QMouseEvent* event)
{
    m_moved = true;
    if (!QRectF(QPointF(0, 0), size()).contains(event->position()))
        finish();
}

void FrameMenu::mouseReleaseEvent(QMouseEvent* event)
{
    const QPoint at = device(event->position());
    if (!m_moved)
        return; // the release of the press that opened the menu
    if (m_asking) {
        if (m_confirm.safe.contains(at))
            answer(0);
        else if (m_confirm.act.contains(at))
            answer(1);
        return;
    }
    choose(m_menu.itemAt(at));
}

void FrameMenu::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        finish();
        return;
    }
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (m_asking) {
        if (enter && !event->isAutoRepeat()) {
            answer(m_focused);
        } else if (event->key() == Qt::Key_Tab || event->key() == Qt::Key_Backtab || event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) {
            m_focused = 1 - m_focused;
            repaint();
        }
        return;
    }
    switch (event->key()) {
    case Qt::Key_Down:
    case Qt::Key_Tab: highlight(ui::nextChoosable(m_items, m_highlighted, 1)); break;
    case Qt::Key_Up:
    case Qt::Key_Backtab: highlight(ui::nextChoosable(m_items, m_highlighted, -1)); break;
    case Qt::Key_Home: highlight(ui::nextChoosable(m_items, -1, 1)); break;
    case Qt::Key_End: highlight(ui::nextChoosable(m_items, -1, -1)); break;
    default:
        if (enter && !event->isAutoRepeat())
            choose(m_highlighted);
    }
}

void FrameMenu::focusOutEvent(QFocusEvent*) { finish(); }

bool FrameMenu::event(QEvent* event)
{
    if (event->type() == QEvent::Close)
        finish();
    return QWindow::event(event);
}

void FrameMenu::choose(int index)
{
    if (index < 0)
        return;
    const ui::MenuItem item = m_items[static_cast<std::size_t>(index)];
    if (item.kind == ui::MenuItemKind::Separator || !item.enabled)
        return;
    if (item.id == QLatin1String("force-stop")) {
        ask();
        return;
    }
    finish();
    Q_EMIT chosen(item);
}

void FrameMenu::ask()
{
    m_asking = true;
    m_focused = 0; // the safe answer
    layOut();
    repaint();
}

void FrameMenu::answer(int which)
{
    finish();
    if (which == 1)
        Q_EMIT confirmed();
}

void FrameMenu::finish()
{
    if (std::exchange(m_finished, true))
        return;
    setMouseGrabEnabled(false);
    setKeyboardGrabEnabled(false);
    hide();
    deleteLater();
    Q_EMIT finished();
}

} // namespace annex::viewer

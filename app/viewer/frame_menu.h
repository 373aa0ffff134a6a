// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QBackingStore>
#include <QWindow>

#include <functional>

#include "ui/frame/menu_painter.h"

namespace annex::viewer {

/// The frame menu, and the question "Force stop this program?" in its place: a window of the host's own, grey, never in guest pixels' reach.
/// Keyboard and pointer are grabbed while it is open.
class FrameMenu : public QWindow {
    Q_OBJECT
public:
    FrameMenu(const ui::Identity& identity, ui::Theme theme, std::vector<ui::MenuItem> items);

    /// Opens below `anchor` with its end at the anchor's end, kept on the screen. Global logical px.
    void open(const QRect& anchor, QWindow* owner);
    void highlightFirst();

Q_SIGNALS:
    void chosen(const annex::ui::MenuItem& item);
    /// The person answered "Force stop".
    void confirmed();
    /// Closed for whatever reason; comes last.
    void finished();

protected:
    void exposeEvent(QExposeEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void focusOutEvent(QFocusEvent*) override;
    bool event(QEvent*) override;

private:
    void repaint();
    void choose(int index);
    void ask();
    void answer(int which);
    void highlight(int index);
    void finish();
    void layOut();
    QPoint device(QPointF position) const;

    ui::Identity m_identity;
    ui::Theme m_theme;
    std::vector<ui::MenuItem> m_items;
    QBackingStore m_store;
    ui::MenuGeometry m_menu;
    ui::ConfirmText m_question;
    ui::ConfirmGeometry m_confirm;
    QRect m_anchor;
    int m_highlighted = -1;
    int m_focused = 0; ///< in the question: 0 safe, 1 act
    bool m_asking = false;
    bool m_finished = false;
    bool m_moved = false; ///< the pointer moved since opening: a release then chooses
};

} // namespace annex::viewer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QRect>
#include <QRegion>
#include <QSize>

#include <vector>

#include "ui/frame/menu_model.h"
#include "ui/theme/tokens.h"

class QPainter;

namespace annex::ui {

/// Where the rows of the frame menu lie, device pixels.
struct MenuGeometry {
    double ratio = 1.0;
    QSize size;
    QRect head;
    std::vector<QRect> rows; ///< one for each item

    int itemAt(QPoint point) const; ///< -1: none
};

MenuGeometry menuLayout(const Identity& identity, const std::vector<MenuItem>& items, double ratio);
void paintMenu(QPainter& painter, const MenuGeometry& geometry, const Identity& identity, const std::vector<MenuItem>& items,
               int highlighted, Theme theme);

/// A short question in the menu's place: the safe answer is the first, filled, and the default.
struct ConfirmText {
    QString title, text, safe, act;
};
ConfirmText forceStopQuestion();

struct ConfirmGeometry {
    double ratio = 1.0;
    QSize size;
    QRect title, text, safe, act;
};
ConfirmGeometry confirmLayout(const ConfirmText& text, double ratio);
/// @param focused  0 safe, 1 act
void paintConfirm(QPainter& painter, const ConfirmGeometry& geometry, const ConfirmText& text, int focused, Theme theme);

/// Rounded shape of a menu or panel.
QRegion panelMask(QSize size, double ratio);

} // namespace annex::ui

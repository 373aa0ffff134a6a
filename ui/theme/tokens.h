// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QPalette>

/// The colours of Annex's own surfaces: ui.md section 4. Roles, never literals: no colour literal exists outside ui/theme.
namespace annex::ui {

enum class Theme { Light, Dark, HighContrast };

/// One value for each role. Contrast ratios of every pair in use are computed by tst_ui_theme.
struct Tokens {
    QColor window, sidebar, surface, raised, hover, selected, border, borderStrong;
    QColor text, text2, textOff, ink, onInk;
    QColor danger, dangerBg, warn, warnBg, ok, okBg, infoBg;
    QColor shadow; ///< under menus and dialogs; its alpha is the strength at the edge
};

const Tokens& tokens(Theme theme);

/// Fusion drawn with our roles.
QPalette makePalette(const Tokens& tokens);

/// "light", "dark", "high-contrast" as on the frame link and in preferences; anything else is Light.
Theme themeFromName(QStringView name);
QString nameOf(Theme theme);

/// WCAG 2.x contrast ratio of two opaque colours, 1 … 21.
double contrastRatio(const QColor& one, const QColor& other);

} // namespace annex::ui

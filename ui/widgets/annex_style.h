// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProxyStyle>

#include "ui/theme/tokens.h"
#include "ui/theme/type.h"

/// How Annex's own surfaces look: Fusion's behaviour with our drawing, from the theme's roles. No style sheets.
namespace annex::ui {

/// Sizes of ui.md section 4, in logical px.
namespace metric {
inline constexpr int kControl = 32, kSearchField = 36, kRow = 60, kCompactRow = 48, kListRow = 56;
inline constexpr int kPageMargin = 28, kNarrowMargin = 16, kCardPadding = 16, kGap = 8;
inline constexpr int kControlRadius = 6, kCardRadius = 8, kDialogRadius = 10, kChipRadius = 14;
inline constexpr int kIcon = 20, kSmallIcon = 16;
inline constexpr int kNarrowWidth = 880; ///< under it the sidebar keeps only swatches
} // namespace metric

class AnnexStyle : public QProxyStyle {
    Q_OBJECT
public:
    explicit AnnexStyle(Theme theme);

    Theme theme() const { return m_theme; }
    const Tokens& tokens() const { return ui::tokens(m_theme); }
    /// Changes the roles; the caller sets the palette, which repaints everything.
    void setTheme(Theme theme) { m_theme = theme; }
    bool reducedMotion() const { return m_reducedMotion; }
    void setReducedMotion(bool reduced) { m_reducedMotion = reduced; }

    void drawPrimitive(PrimitiveElement, const QStyleOption*, QPainter*, const QWidget*) const override;
    void drawControl(ControlElement, const QStyleOption*, QPainter*, const QWidget*) const override;
    void drawComplexControl(ComplexControl, const QStyleOptionComplex*, QPainter*, const QWidget*) const override;
    int pixelMetric(PixelMetric, const QStyleOption*, const QWidget*) const override;
    int styleHint(StyleHint, const QStyleOption*, const QWidget*, QStyleHintReturn*) const override;
    QSize sizeFromContents(ContentsType, const QStyleOption*, const QSize&, const QWidget*) const override;
    QRect subElementRect(SubElement, const QStyleOption*, const QWidget*) const override;
    QRect subControlRect(ComplexControl, const QStyleOptionComplex*, SubControl, const QWidget*) const override;

private:
    Theme m_theme;
    bool m_reducedMotion = false;
};

/// Makes the style the application's, with its palette. Call again to change the theme while running.
void applyTheme(Theme theme, bool reducedMotion);
/// The application's style; a default light one where applyTheme() was not called (unit tests of single widgets).
AnnexStyle& annexStyle();
inline const Tokens& look() { return annexStyle().tokens(); }
/// Type role on the application's font.
QFont roleFont(TypeRole role);
/// Duration of an animation: 0 with reduced motion.
int motion(int milliseconds);

} // namespace annex::ui

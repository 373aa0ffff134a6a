// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QString>

#include <optional>

/// How a workspace is told apart: colour, pattern, name, level. The same in light and dark, so that identity never changes with the theme.
namespace annex::ui {

/// In the order in which they are given out: ui.md section 4.
enum class Colour { Amber, Teal, Violet, Blue, Rose, Green, Copper, Graphite };
enum class Pattern { Dots, RisingStripes, UprightBars, LevelBars, PlusSigns, Chevrons, Checks, FallingStripes };
inline constexpr int kColourCount = 8, kPatternCount = 8;

/// What keeps a workspace apart. Shown always, never guessed.
enum class Level { Hypervisor, Emulated, Process };

struct StripTint {
    QColor text, ground;
};

/// Everything that is painted in a workspace's colour.
struct ColourSet {
    QColor frame;   ///< borders, signature, focused strip
    QColor onFrame; ///< text, glyphs, pattern (at 50 %) and inner line
    StripTint unfocusedLight, unfocusedDark;
};

const ColourSet& colours(Colour colour);

/// The dark line around every frame; against it each frame colour has at least 3:1.
QColor keyLine();
/// The signature's plate and the glyph on it: the same for every workspace.
QColor plateGround();
QColor plateGlyph();

/// Stable ids as in settings, API and frame link: "amber", "rising-stripes", "process".
QString idOf(Colour colour);
QString idOf(Pattern pattern);
QString idOf(Level level);
std::optional<Colour> colourFromId(QStringView id);
std::optional<Pattern> patternFromId(QStringView id);
std::optional<Level> levelFromId(QStringView id);

/// The pattern that goes with a colour as long as no other workspace has the pair.
Pattern patternOf(Colour colour);

/// The level's word ("Process") and its sentence for people.
QString wordOf(Level level);
QString sentenceOf(Level level);

/// All that the frame and the swatch say about a workspace. Comes from the host only.
struct Identity {
    QString name;                ///< as the person gave it
    Colour colour = Colour::Amber;
    Pattern pattern = Pattern::Dots;
    Level level = Level::Process;
    QString label;               ///< organisation's label, may be empty
    bool disposable = true;
    int number = 1;              ///< 2 and more: shown in the swatch instead of the letter
    friend bool operator==(const Identity&, const Identity&) = default;

    /// What stands in the swatch: the first letter of the name, or the number of a fresh workspace.
    QString initial() const;
};

} // namespace annex::ui

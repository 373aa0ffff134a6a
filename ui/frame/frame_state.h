// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <optional>

#include "ui/theme/identity.h"
#include "ui/theme/tokens.h"

namespace annex::ui {

enum class FrameKind { Toplevel, Popup };
enum class Placement { Normal, Maximised, FullScreen };

/// Everything of the frame that a pointer can mean.
enum class FramePart { None, Content, Strip, Border, Menu, Minimise, Maximise, Close, MessageButton };

/// What stands in the title's place for a while: host words only, one button at most.
struct StripText {
    QString text;
    QString button; ///< empty: no button
    friend bool operator==(const StripText&, const StripText&) = default;
};

/// The pill of a full-screen window. `unfolded` 0 is the 46 × 8 tab, 1 the whole pill; `filled` grows from 0 to 1 while Esc is held.
struct PillState {
    double unfolded = 1.0;
    double filled = 0.0;
    friend bool operator==(const PillState&, const PillState&) = default;
};

/// All that a frame's picture depends on besides its size. Everything but `title` comes from the host.
struct FrameState {
    FrameKind kind = FrameKind::Toplevel;
    Placement placement = Placement::Normal;
    Identity identity;
    Theme theme = Theme::Light;
    bool focused = true;
    bool stronger = false;          ///< preference; high contrast implies it
    bool canMaximise = true;        ///< false: the program fixed its size
    QString title;                  ///< sanitised guest text, one line; shown regular, after the divider, never bold
    std::optional<StripText> message;
    FramePart hovered = FramePart::None;
    FramePart pressed = FramePart::None;
    PillState pill;
    bool rightToLeft = false;
    friend bool operator==(const FrameState&, const FrameState&) = default;

    bool isStronger() const { return stronger || theme == Theme::HighContrast; }
};

/// Smallest whole window in logical px.
inline constexpr int kMinimumFrameWidth = 200, kMinimumFrameHeight = 90;
/// So much of every strip stays on a screen, logical px.
inline constexpr int kReachableStrip = 120;

} // namespace annex::ui

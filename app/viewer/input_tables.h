// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPoint>
#include <QString>
#include <Qt>

#include <cstdint>
#include <optional>
#include <vector>

#include "vgpu/display/protocol/messages.h"

/// How the host's input becomes the guest's: tables and pure functions.
namespace annex::viewer {

/// X keycode (what Qt calls native scan code) to evdev. Nothing for 0 (xdotool remaps a spare keycode to it) and for what no keyboard has.
std::optional<std::uint32_t> evdevFromScanCode(std::uint32_t scanCode);

/// evdev button of a pointer button; nothing for buttons that Wayland programs do not know.
std::optional<std::uint32_t> evdevFromButton(Qt::MouseButton button);

/// Chords that stay with the host while a guest window has focus: ui.md section 3.
enum class HostChord { None, FrameMenu, FullScreen, HostFirst };

/// @param text  what the key would type: where the layout makes a character of the chord (AltGr), the character wins
HostChord hostChordFor(int key, Qt::KeyboardModifiers modifiers, const QString& text);

/// Chords that are sent in and also count as a gesture at the clipboard's border.
enum class ClipboardChord { None, Paste, Copy };
ClipboardChord clipboardChordFor(int key, Qt::KeyboardModifiers modifiers);

/// One scroll event of the host, as Qt gives it.
struct ScrollInput {
    QPoint angle; ///< eighths of a degree; 120 is one notch of a wheel; up and left are positive
    bool finger = false;
    Qt::ScrollPhase phase = Qt::NoScrollPhase;
    std::uint32_t time_ms = 0;
};

/// Makes axis messages of scroll events: 15 units and one discrete step a notch; a high-resolution wheel is collected to whole steps;
/// fingers get no steps but a stop at the end, so that kinetic scrolling begins.
class ScrollTranslator {
public:
    std::vector<display::PointerAxis> translate(const ScrollInput& input);
    /// X11 does not say when fingers leave the pad: to be called a moment after the last finger scroll.
    std::vector<display::PointerAxis> stop(std::uint32_t time_ms);
    /// Fingers scrolled, and no stop was sent yet.
    bool needsStop() const { return m_active[0] || m_active[1]; }
    static constexpr int kStopAfter_ms = 80; // pads report every 7 to 20 ms while fingers move

private:
    int m_rest[2] = {0, 0};        ///< part of a notch, by axis
    bool m_active[2] = {false, false};
};

} // namespace annex::viewer

// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/input_tables.h"

#include <algorithm>
#include <array>

namespace annex::viewer {

namespace {

constexpr std::uint32_t kX11Offset = 8, kFirstUnused = 0x300;
constexpr int kNotch = 120, kUnitsPerNotch = 15, kFixed = 256;

struct ButtonRow {
    Qt::MouseButton host;
    std::uint32_t guest;
};
constexpr std::array kButtons{
    ButtonRow{Qt::LeftButton, 0x110},   ButtonRow{Qt::RightButton, 0x111},  ButtonRow{Qt::MiddleButton, 0x112},
    ButtonRow{Qt::BackButton, 0x113},   ButtonRow{Qt::ForwardButton, 0x114}, // browsers want side and extra, not back and forward
};

struct HostChordRow {
    int key;
    HostChord chord;
};
constexpr std::array kHostChords{
    HostChordRow{Qt::Key_Space, HostChord::FrameMenu},
    HostChordRow{Qt::Key_Return, HostChord::FullScreen},
    HostChordRow{Qt::Key_Enter, HostChord::FullScreen},
    HostChordRow{Qt::Key_Home, HostChord::HostFirst},
};

struct ClipboardRow {
    int key;
    Qt::KeyboardModifiers modifiers;
    ClipboardChord chord;
};
const std::array kClipboardChords{
    ClipboardRow{Qt::Key_V, Qt::ControlModifier, ClipboardChord::Paste},
    ClipboardRow{Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier, ClipboardChord::Paste},
    ClipboardRow{Qt::Key_Insert, Qt::ShiftModifier, ClipboardChord::Paste},
    ClipboardRow{Qt::Key_Paste, Qt::NoModifier, ClipboardChord::Paste},
    ClipboardRow{Qt::Key_C, Qt::ControlModifier, ClipboardChord::Copy},
    ClipboardRow{Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier, ClipboardChord::Copy},
    ClipboardRow{Qt::Key_X, Qt::ControlModifier, ClipboardChord::Copy},
    ClipboardRow{Qt::Key_Insert, Qt::ControlModifier, ClipboardChord::Copy},
    ClipboardRow{Qt::Key_Delete, Qt::ShiftModifier, ClipboardChord::Copy},
    ClipboardRow{Qt::Key_Copy, Qt::NoModifier, ClipboardChord::Copy},
    ClipboardRow{Qt::Key_Cut, Qt::NoModifier, ClipboardChord::Copy},
};

constexpr Qt::KeyboardModifiers kChordModifiers = Qt::ControlModifier | Qt::AltModifier | Qt::ShiftModifier | Qt::MetaModifier | Qt::GroupSwitchModifier;

/// A character that a person would see: not what Ctrl makes of Return or Space.
bool typesACharacter(const QString& text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c.isPrint() && !c.isSpace(); });
}

} // namespace

std::optional<std::uint32_t> evdevFromScanCode(std::uint32_t scanCode)
{
    if (scanCode <= kX11Offset || scanCode - kX11Offset >= kFirstUnused)
        return std::nullopt;
    return scanCode - kX11Offset;
}

std::optional<std::uint32_t> evdevFromButton(Qt::MouseButton button)
{
    const auto row = std::find_if(kButtons.begin(), kButtons.end(), [button](const ButtonRow& r) { return r.host == button; });
    return row == kButtons.end() ? std::nullopt : std::optional(row->guest);
}

HostChord hostChordFor(int key, Qt::KeyboardModifiers modifiers, const QString& text)
{
    if ((modifiers & kChordModifiers) != (Qt::ControlModifier | Qt::AltModifier) || typesACharacter(text))
        return HostChord::None;
    const auto row = std::find_if(kHostChords.begin(), kHostChords.end(), [key](const HostChordRow& r) { return r.key == key; });
    return row == kHostChords.end() ? HostChord::None : row->chord;
}

ClipboardChord clipboardChordFor(int key, Qt::KeyboardModifiers modifiers)
{
    const Qt::KeyboardModifiers held = modifiers & kChordModifiers;
    const auto row = std::find_if(kClipboardChords.begin(), kClipboardChords.end(),
                                  [&](const ClipboardRow& r) { return r.key == key && r.modifiers == held; });
    return row == kClipboardChords.end() ? ClipboardChord::None : row->chord;
}

std::vector<display::PointerAxis> ScrollTranslator::translate(const ScrollInput& input)
{
    std::vector<display::PointerAxis> messages;
    const std::array<std::pair<display::Axis, int>, 2> axes{{{display::Axis::Vertical, input.angle.y()}, {display::Axis::Horizontal, input.angle.x()}}};
    for (const auto& [axis, angle] : axes) {
        const auto index = static_cast<std::size_t>(axis);
        if (angle != 0) {
            display::PointerAxis message;
            message.axis = axis;
            message.time_ms = input.time_ms;
            // Qt counts up and left positive, Wayland down and right.
            message.value_fixed = -angle * kUnitsPerNotch * kFixed / kNotch;
            if (input.finger) {
                message.source = display::AxisSource::Finger;
                m_active[index] = true;
            } else {
                if ((m_rest[index] > 0) != (angle > 0))
                    m_rest[index] = 0; // turned round: what was collected the other way is void
                m_rest[index] += angle;
                message.discrete = -(m_rest[index] / kNotch);
                m_rest[index] %= kNotch;
            }
            messages.push_back(message);
        }
    }
    if (input.phase == Qt::ScrollEnd)
        for (const display::PointerAxis& message : stop(input.time_ms))
            messages.push_back(message);
    return messages;
}

std::vector<display::PointerAxis> ScrollTranslator::stop(std::uint32_t time_ms)
{
    std::vector<display::PointerAxis> messages;
    for (display::Axis axis : {display::Axis::Vertical, display::Axis::Horizontal}) {
        bool& active = m_active[static_cast<std::size_t>(axis)];
        if (!active)
            continue;
        active = false;
        display::PointerAxis message;
        message.axis = axis;
        message.source = display::AxisSource::Finger;
        message.time_ms = time_ms;
        messages.push_back(message);
    }
    return messages;
}

} // namespace annex::viewer

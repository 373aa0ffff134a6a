// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/host_commands.h"

#include <algorithm>
#include <utility>

#include "vgpu/display/guest/wlroots/event_loop.h"
#include "vgpu/display/guest/wlroots/keyboard.h"
#include "vgpu/display/guest/wlroots/log.h"
#include "vgpu/display/guest/wlroots/pointer.h"
#include "vgpu/display/guest/wlroots/quiet_output.h"

namespace annex::display::guest {

namespace {

constexpr double kFixed = 256.0; // 24.8
constexpr std::uint32_t kMaxScale = 4;
constexpr std::uint32_t kMaxRefresh_mHz = 1'000'000;

} // namespace

HostCommands::HostCommands(Surroundings& surroundings)
    : m_around(surroundings), m_gate([this](std::uint32_t object, const HostMessage& message) { obey(object, message); })
{
    m_around.gate = &m_gate;
}

HostCommands::~HostCommands()
{
    m_around.gate = nullptr;
}

void HostCommands::handle(std::uint32_t object, const HostMessage& message)
{
    m_gate.message(object, message);
}

void HostCommands::obey(std::uint32_t object, const HostMessage& message)
{
    std::visit([&](const auto& what) { on(object, what); }, message);
}

// A window may have gone while the host was still speaking to it: that is no error.
GuestWindow* HostCommands::window(std::uint32_t object) const
{
    const ExportedWindow* exported = m_around.exporter->findWire(object);
    if (!exported)
        return nullptr;
    auto entry = m_around.windows.find(exported->id());
    return entry == m_around.windows.end() ? nullptr : entry->second;
}

void HostCommands::forgetHost()
{
    m_gate.forget();
    m_around.pointer->releaseAll();
    m_around.keyboard->releaseAll();
    takeFocus();
}

bool HostCommands::isHolding() const
{
    return m_around.keyboard->anyPressed() || m_around.pointer->anyPressed();
}

bool HostCommands::poke()
{
    auto focused = m_around.windows.find(m_around.focusedId);
    GuestWindow* window = focused != m_around.windows.end() ? focused->second : m_around.pointer->window();
    return window && window->exported() && window->exported()->poke();
}

void HostCommands::letGo()
{
    m_around.pointer->releaseButtons();
    m_around.keyboard->releaseAll();
}

void HostCommands::takeFocus()
{
    auto focused = m_around.windows.find(std::exchange(m_around.focusedId, 0u));
    if (focused != m_around.windows.end())
        focused->second->focus(false);
}

Point HostCommands::logical(const PointerMotion& motion) const
{
    const double scale = kFixed * m_around.output->scale();
    return {motion.x_fixed / scale, motion.y_fixed / scale};
}

void HostCommands::on(std::uint32_t, const Welcome&) {} // the link's own

void HostCommands::on(std::uint32_t, const Keymap& keymap)
{
    if (auto set = m_around.keyboard->setKeymap(keymap.text); !set)
        note(set.error().describe());
}

void HostCommands::on(std::uint32_t object, const Configure& configure)
{
    if (GuestWindow* target = window(object))
        target->exported()->configure({configure.serial, configure.width, configure.height, configure.states}, steadyNow());
}

void HostCommands::on(std::uint32_t object, const Position& position)
{
    if (GuestWindow* target = window(object))
        target->place(position);
}

void HostCommands::on(std::uint32_t, const Key& key)
{
    m_around.keyboard->key(key);
}

void HostCommands::on(std::uint32_t, const Modifiers& modifiers)
{
    m_around.keyboard->modifiers(modifiers);
}

void HostCommands::on(std::uint32_t object, const PointerMotion& motion)
{
    if (GuestWindow* target = window(object))
        m_around.pointer->motion(*target, logical(motion), motion.time_ms);
}

void HostCommands::on(std::uint32_t object, const PointerButton& button)
{
    if (GuestWindow* target = window(object))
        m_around.pointer->button(*target, button.button, button.pressed, button.time_ms);
}

void HostCommands::on(std::uint32_t object, const PointerAxis& axis)
{
    if (GuestWindow* target = window(object))
        m_around.pointer->axis(*target, axis);
}

void HostCommands::on(std::uint32_t object, const PointerLeave&)
{
    if (GuestWindow* target = window(object))
        m_around.pointer->leave(*target);
}

void HostCommands::on(std::uint32_t object, const Focus& focus)
{
    GuestWindow* target = window(object);
    if (!target)
        return;
    if (focus.focused) {
        if (m_around.focusedId != target->id())
            takeFocus();
        m_around.focusedId = target->id();
        target->focus(true);
    } else {
        m_around.pointer->releaseButtons();
        if (m_around.focusedId == target->id())
            takeFocus();
    }
}

void HostCommands::on(std::uint32_t object, const Close&)
{
    if (GuestWindow* target = window(object))
        target->close();
}

void HostCommands::on(std::uint32_t object, const FrameDone& done)
{
    if (ExportedWindow* exported = m_around.exporter->findWire(object))
        exported->acknowledge(done.slot, done.serial, steadyNow());
    // An acknowledgement may be what a program waits for: answer in this turn, not by timer.
    m_around.exporter->tick();
}

void HostCommands::on(std::uint32_t object, const Visibility& visibility)
{
    if (ExportedWindow* exported = m_around.exporter->findWire(object))
        exported->setVisible(visibility.visible, steadyNow());
}

void HostCommands::on(std::uint32_t object, const DismissPopups&)
{
    if (GuestWindow* target = window(object))
        target->dismissPopups();
}

void HostCommands::on(std::uint32_t object, const Ping& ping)
{
    if (GuestWindow* target = window(object))
        target->ping(ping.serial);
    else if (object == 0)
        m_around.exporter->sendPong(0, ping.serial); // the compositor itself
}

void HostCommands::on(std::uint32_t, const Screen& screen)
{
    const int before = m_around.output->scale();
    const int scale = static_cast<int>(std::clamp<std::uint32_t>(screen.scale, 1, kMaxScale));
    m_around.output->setMode(std::clamp(screen.width, 1, kMaxCoordinate_px), std::clamp(screen.height, 1, kMaxCoordinate_px), scale,
                             static_cast<int>(std::min(screen.refresh_mHz, kMaxRefresh_mHz)));
    m_around.exporter->setRefresh(std::min(screen.refresh_mHz, kMaxRefresh_mHz));
    if (before == scale)
        return;
    for (auto& [id, target] : m_around.windows)
        target->rescaled();
}

void HostCommands::on(std::uint32_t object, const KillClient&)
{
    if (GuestWindow* target = window(object))
        target->kill();
}

} // namespace annex::display::guest

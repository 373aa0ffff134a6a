// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/keyboard.h"

#include <algorithm>
#include <memory>

namespace annex::display::guest {

namespace {

constexpr std::uint32_t kFirstKey = 1, kLastKey = 0x2ff; // evdev; 0 comes from remapped spare keycodes and means nothing
constexpr std::size_t kMaxPressed = 24;                  // wlroots keeps 32
constexpr int kMaxRepeatDelay_ms = 10'000, kMaxRepeatRate_hz = 1'000;

struct UnrefKeymap {
    void operator()(xkb_keymap* keymap) const { xkb_keymap_unref(keymap); }
};
using UniqueKeymap = std::unique_ptr<xkb_keymap, UnrefKeymap>;

} // namespace

Result<std::unique_ptr<KeyboardInput>> KeyboardInput::create(Surroundings& surroundings, wlr_backend* backend)
{
    wlr_input_device* device = wlr_headless_add_input_device(backend, WLR_INPUT_DEVICE_KEYBOARD);
    if (!device)
        return fail(Errc::Internal, "make a keyboard");
    std::unique_ptr<KeyboardInput> keyboard(new KeyboardInput(surroundings, device));
    const xkb_rule_names us{"evdev", "pc105", "us", "", ""};
    UniqueKeymap keymap(xkb_keymap_new_from_names(keyboard->m_context, &us, XKB_KEYMAP_COMPILE_NO_FLAGS));
    if (!keymap)
        return fail(Errc::NotFound, "compile the keymap 'us'");
    wlr_keyboard_set_keymap(device->keyboard, keymap.get());
    wlr_keyboard_set_repeat_info(device->keyboard, 25, 600);
    wlr_seat_set_keyboard(surroundings.seat, device);
    return keyboard;
}

KeyboardInput::KeyboardInput(Surroundings& surroundings, wlr_input_device* device)
    : m_around(surroundings), m_device(device), m_context(xkb_context_new(XKB_CONTEXT_NO_FLAGS))
{
    m_onKey.connect(device->keyboard->events.key, [this](void* data) {
        const auto* event = static_cast<wlr_event_keyboard_key*>(data);
        wlr_seat_keyboard_notify_key(m_around.seat, event->time_msec, event->keycode, event->state);
    });
    m_onModifiers.connect(device->keyboard->events.modifiers,
                          [this](void*) { wlr_seat_keyboard_notify_modifiers(m_around.seat, &m_device->keyboard->modifiers); });
}

KeyboardInput::~KeyboardInput()
{
    xkb_context_unref(m_context);
}

Result<void> KeyboardInput::setKeymap(const std::string& text)
{
    UniqueKeymap keymap(xkb_keymap_new_from_buffer(m_context, text.data(), text.size(), XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS));
    if (!keymap)
        return fail(Errc::Malformed, "compile the host's keymap");
    releaseAll();
    if (!wlr_keyboard_set_keymap(m_device->keyboard, keymap.get()))
        return fail(Errc::Internal, "set the host's keymap");
    return {};
}

void KeyboardInput::setRepeat(int delay_ms, int rate_hz)
{
    wlr_keyboard_set_repeat_info(m_device->keyboard, std::clamp(rate_hz, 0, kMaxRepeatRate_hz), std::clamp(delay_ms, 1, kMaxRepeatDelay_ms));
}

void KeyboardInput::key(const Key& event)
{
    if (event.code < kFirstKey || event.code > kLastKey)
        return;
    if (event.pressed ? m_pressed.size() >= kMaxPressed || !m_pressed.insert(event.code).second : m_pressed.erase(event.code) == 0)
        return;
    wlr_event_keyboard_key key{};
    key.time_msec = event.time_ms;
    key.keycode = event.code;
    key.update_state = true; // modifiers follow the keys
    key.state = event.pressed ? WL_KEYBOARD_KEY_STATE_PRESSED : WL_KEYBOARD_KEY_STATE_RELEASED;
    wlr_keyboard_notify_key(m_device->keyboard, &key);
}

void KeyboardInput::modifiers(const Modifiers& state)
{
    wlr_keyboard_notify_modifiers(m_device->keyboard, state.depressed, state.latched, state.locked, state.group);
}

void KeyboardInput::enter(wlr_surface* surface)
{
    releaseAll();
    wlr_seat_keyboard_notify_enter(m_around.seat, surface, nullptr, 0, &m_device->keyboard->modifiers);
}

void KeyboardInput::leave()
{
    releaseAll();
    wlr_seat_keyboard_notify_clear_focus(m_around.seat);
}

void KeyboardInput::releaseAll()
{
    const std::set<std::uint32_t> pressed = m_pressed;
    const auto now_ms = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
    for (std::uint32_t code : pressed)
        key({code, false, now_ms});
}

} // namespace annex::display::guest

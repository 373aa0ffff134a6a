// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/input_gate.h"

namespace annex::display::guest {

namespace {

// What a person does, and what must stay in order with it.
template <class Message> inline constexpr bool kIsInput = false;
template <> inline constexpr bool kIsInput<Key> = true;
template <> inline constexpr bool kIsInput<Modifiers> = true;
template <> inline constexpr bool kIsInput<PointerMotion> = true;
template <> inline constexpr bool kIsInput<PointerButton> = true;
template <> inline constexpr bool kIsInput<PointerAxis> = true;
template <> inline constexpr bool kIsInput<PointerLeave> = true;
template <> inline constexpr bool kIsInput<Focus> = true;
template <> inline constexpr bool kIsInput<Position> = true;
template <> inline constexpr bool kIsInput<DismissPopups> = true;
template <> inline constexpr bool kIsInput<Keymap> = true;

} // namespace

void InputGate::message(std::uint32_t object, const HostMessage& message)
{
    const bool input = std::visit([]<class Message>(const Message&) { return kIsInput<Message>; }, message);
    if (!m_closed || !input) {
        m_pass(object, message);
        return;
    }
    m_waiting.emplace_back(object, message);
    if (m_waiting.size() > kMost)
        open(m_number);
}

std::uint32_t InputGate::close()
{
    m_closed = true;
    return ++m_number;
}

void InputGate::open(std::uint32_t number)
{
    if (!m_closed || number != m_number)
        return;
    m_closed = false;
    // One of these may close it again: the rest goes on waiting.
    while (!m_closed && !m_waiting.empty()) {
        const auto [object, message] = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_pass(object, message);
    }
}

void InputGate::forget()
{
    m_waiting.clear();
    m_closed = false;
}

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/host_link.h"

#include <utility>

namespace annex::display::guest {

namespace {

template <class Message> Result<HostMessage> decodeAs(ByteSpan payload)
{
    auto message = decodeTrusted<Message>(payload);
    if (!message)
        return tl::unexpected<Error>(std::move(message.error()));
    return HostMessage(std::move(*message));
}

template <std::size_t index = 0> Result<HostMessage> decodeByType(const wire::Frame& frame)
{
    if constexpr (index == std::variant_size_v<HostMessage>) {
        return fail(Errc::Unsupported, "a message type that the host does not send");
    } else {
        using Message = std::variant_alternative_t<index, HostMessage>;
        if (frame.header.type == static_cast<std::uint16_t>(Message::kType))
            return decodeAs<Message>(frame.payload);
        return decodeByType<index + 1>(frame);
    }
}

} // namespace

Result<HostMessage> decodeHostMessage(const wire::Frame& frame)
{
    return decodeByType(frame);
}

HostLink::HostLink(OutputQueue& output, std::uint32_t features, Events events)
    : m_output(output), m_features(features), m_events(std::move(events))
{
    m_reader.watchForPreamble();
}

Result<void> HostLink::receive(ByteSpan bytes)
{
    m_reader.feed(bytes);
    Result<void> outcome;
    for (;;) {
        auto event = m_reader.next();
        if (!event) {
            m_state = State::Silent;
            outcome = tl::unexpected<Error>(std::move(event.error()));
            continue; // a Preamble may follow in the same bytes; a broken reader yields nothing else
        }
        if (!*event)
            return outcome;
        if ((*event)->preamble) {
            greet(*(*event)->preamble);
            outcome = {};
            continue;
        }
        if (m_state == State::Silent)
            continue; // the rest of what an earlier viewer had to say
        if (auto handled = handle(*(*event)->frame); !handled) {
            m_state = State::Silent;
            outcome = std::move(handled);
        }
    }
}

void HostLink::greet(const wire::Preamble::Nonce& nonce)
{
    m_events.knocked();
    m_output.clear();
    m_output.appendRaw(wire::Preamble::encode(nonce));
    Hello hello;
    hello.features = m_features;
    m_output.append(0, hello);
    m_state = State::Greeted;
}

Result<void> HostLink::handle(const wire::Frame& frame)
{
    if (!senderOf(frame.header.type) && frame.header.flags & wire::kOptional)
        return {};
    auto message = decodeHostMessage(frame);
    if (!message)
        return while_("read a message of the viewer", std::move(message));
    if (const auto* welcome = std::get_if<Welcome>(&*message))
        return handleWelcome(*welcome);
    if (m_state != State::Live)
        return fail(Errc::Malformed, "a message before Welcome");
    m_events.said(frame.header.object, *message);
    return {};
}

Result<void> HostLink::handleWelcome(const Welcome& welcome)
{
    if (m_state != State::Greeted)
        return fail(Errc::Malformed, "a second Welcome");
    if (welcome.version != kProtocolVersion)
        return fail(Errc::Unsupported, "the viewer speaks another version");
    if ((welcome.features != kFeaturePool && welcome.features != kFeatureInline) || !(welcome.features & m_features))
        return fail(Errc::Unsupported, "the viewer chose a feature that was not offered");
    m_state = State::Live;
    m_events.welcomed(welcome);
    return {};
}

} // namespace annex::display::guest

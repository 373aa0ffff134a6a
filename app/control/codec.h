// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "app/control/messages.h"
#include "base/wire_codec.h"

namespace annex::wire {

template <> inline constexpr std::uint8_t kLastEnumerator<control::Stdio> = 2;
template <> inline constexpr std::uint8_t kFirstEnumerator<control::Stream> = 1;
template <> inline constexpr std::uint8_t kLastEnumerator<control::Stream> = 2;
template <> inline constexpr std::uint8_t kLastEnumerator<control::FilePlace> = 1;
template <> inline constexpr std::uint8_t kLastEnumerator<control::OpenProblem> = 4;
template <> inline constexpr std::uint8_t kLastEnumerator<control::DisplayCondition> = 3;

} // namespace annex::wire

namespace annex::control {

/// Appends one whole frame. `object`: program, transfer or 0.
template <class Message> void append(ByteVector& out, std::uint32_t object, const Message& message)
{
    wire::appendMessage(out, object, message);
}

/// A message of the guest. @errors Malformed
template <class Message> Result<Untrusted<Message>> decode(ByteSpan payload)
{
    return wire::decodeMessage<Message>(payload);
}

/// A message of the host, as init reads it. @errors Malformed
template <class Message> Result<Message> decodeTrusted(ByteSpan payload)
{
    return wire::decodeTrustedMessage<Message>(payload);
}

/// Who may send this type, or nothing for an unknown type.
std::optional<Sender> senderOf(std::uint16_t type);

} // namespace annex::control

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/wire_codec.h"
#include "vgpu/display/protocol/messages.h"

namespace annex::wire {

template <> inline constexpr int kLastEnumerator<display::WindowKind> = static_cast<int>(display::WindowKind::OverrideRedirect);
template <> inline constexpr int kLastEnumerator<display::RequestKind> = static_cast<int>(display::RequestKind::Attention);
template <> inline constexpr int kLastEnumerator<display::AxisSource> = static_cast<int>(display::AxisSource::Continuous);
template <> inline constexpr int kLastEnumerator<display::Axis> = static_cast<int>(display::Axis::Horizontal);
template <> inline constexpr int kLastEnumerator<display::RefusedReason> = static_cast<int>(display::RefusedReason::ClientKilled);

} // namespace annex::wire

namespace annex::display {

namespace detail {

/// The common codec and lists of rectangles.
struct Encoder : wire::BasicEncoder<Encoder> {
    using BasicEncoder::BasicEncoder;
    Encoder& rects(const std::vector<Rect>& values, std::size_t)
    {
        w.u32(static_cast<std::uint32_t>(values.size()));
        for (const Rect& rect : values)
            (*this)(rect.x)(rect.y)(rect.width)(rect.height);
        return *this;
    }
};

struct Decoder : wire::BasicDecoder<Decoder> {
    using BasicDecoder::BasicDecoder;
    /// @param limit  most rectangles accepted; no more is reserved than was sent
    Decoder& rects(std::vector<Rect>& values, std::size_t limit)
    {
        const std::uint32_t announced = r.u32();
        outOfRange |= announced > limit;
        for (std::uint32_t i = 0; i < announced && usable(); ++i) {
            Rect& rect = values.emplace_back();
            (*this)(rect.x)(rect.y)(rect.width)(rect.height);
        }
        return *this;
    }
};

} // namespace detail

/// Appends one whole frame (header and payload).
template <class Message> void append(ByteVector& out, std::uint32_t object, const Message& message)
{
    wire::appendMessage<Message, detail::Encoder>(out, object, message);
}

/// A message of the guest. Syntax only: widths, lengths, lists of values.
/// @errors Malformed: a field is missing, over its limit, out of its list, or bytes are left over
template <class Message> Result<Untrusted<Message>> decode(ByteSpan payload)
{
    return wire::decodeMessage<Message, detail::Decoder>(payload);
}

/// The host's messages as the guest reads them: the guest trusts the host, so no Untrusted.
template <class Message> Result<Message> decodeTrusted(ByteSpan payload)
{
    return wire::decodeTrustedMessage<Message, detail::Decoder>(payload);
}

/// Who may send this type, or nothing for an unknown type.
std::optional<Sender> senderOf(std::uint16_t type);

} // namespace annex::display

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

#include "base/untrusted.h"
#include "base/wire.h"
#include "vgpu/display/protocol/messages.h"

namespace annex::display {

namespace detail {

struct Encoder {
    wire::Writer& w;
    template <class T> Encoder& operator()(const T& value)
    {
        if constexpr (std::is_same_v<T, bool>)
            w.u8(value ? 1 : 0);
        else if constexpr (std::is_enum_v<T> || sizeof(T) == 1)
            w.u8(static_cast<std::uint8_t>(value));
        else if constexpr (sizeof(T) == 2)
            w.u16(value);
        else if constexpr (sizeof(T) == 4)
            w.u32(static_cast<std::uint32_t>(value));
        else
            w.u64(value);
        return *this;
    }
    Encoder& text(const std::string& value, std::size_t) { w.text(value); return *this; }
    Encoder& bytes(const ByteVector& value, std::size_t) { w.blob(value); return *this; }
    Encoder& rects(const std::vector<Rect>& value, std::size_t)
    {
        w.u32(static_cast<std::uint32_t>(value.size()));
        for (const Rect& r : value)
            (*this)(r.x)(r.y)(r.width)(r.height);
        return *this;
    }
};

/// Syntax only: widths, lengths, enum and bool ranges. Whether the values make sense is the receiver's check.
struct Decoder {
    wire::Reader& r;
    bool outOfRange = false;
    template <class T> Decoder& operator()(T& value);
    Decoder& text(std::string& value, std::size_t limit) { value = r.text(limit); return *this; }
    Decoder& bytes(ByteVector& value, std::size_t limit)
    {
        ByteSpan b = r.blob(limit);
        value.assign(b.begin(), b.end());
        return *this;
    }
    Decoder& rects(std::vector<Rect>& value, std::size_t limit)
    {
        std::uint32_t count = r.u32();
        if (count > limit) {
            outOfRange = true;
            return *this;
        }
        value.resize(count);
        for (Rect& rect : value)
            (*this)(rect.x)(rect.y)(rect.width)(rect.height);
        return *this;
    }
};

/// The highest value of an enum that travels. Without a line here its messages do not compile.
template <class E> struct LastEnumerator;
template <> struct LastEnumerator<WindowKind> { static constexpr auto kValue = WindowKind::OverrideRedirect; };
template <> struct LastEnumerator<RequestKind> { static constexpr auto kValue = RequestKind::Attention; };
template <> struct LastEnumerator<AxisSource> { static constexpr auto kValue = AxisSource::Continuous; };
template <> struct LastEnumerator<Axis> { static constexpr auto kValue = Axis::Horizontal; };
template <> struct LastEnumerator<RefusedReason> { static constexpr auto kValue = RefusedReason::ClientKilled; };

template <class T> Decoder& Decoder::operator()(T& value)
{
    if constexpr (std::is_same_v<T, bool>) {
        std::uint8_t raw = r.u8();
        outOfRange |= raw > 1;
        value = raw == 1;
    } else if constexpr (std::is_enum_v<T>) {
        std::uint8_t raw = r.u8();
        outOfRange |= raw > static_cast<std::uint8_t>(LastEnumerator<T>::kValue);
        value = static_cast<T>(raw);
    } else if constexpr (sizeof(T) == 1)
        value = r.u8();
    else if constexpr (sizeof(T) == 2)
        value = r.u16();
    else if constexpr (sizeof(T) == 4)
        value = static_cast<T>(r.u32());
    else
        value = r.u64();
    return *this;
}

} // namespace detail

/// Appends one whole frame (header and payload). The payload is written in place: an inline frame is large enough to matter.
template <class Message> void append(ByteVector& out, std::uint32_t object, const Message& message)
{
    const std::size_t start = out.size();
    wire::appendFrame(out, static_cast<std::uint16_t>(Message::kType), 0, object, {});
    wire::Writer w(out);
    detail::Encoder encoder{w};
    const_cast<Message&>(message).visit(encoder); // visit is shared with the decoder; the encoder only reads
    wire::setFrameLength(out, start);
}

/// @errors Malformed: a field is missing, over its limit, out of its enum, or bytes are left over
template <class Message> Result<Untrusted<Message>> decode(ByteSpan payload)
{
    Message message;
    wire::Reader r(payload);
    detail::Decoder decoder{r};
    message.visit(decoder);
    if (decoder.outOfRange)
        return fail(Errc::Malformed, "a value lies outside its list");
    if (auto end = r.finish(); !end)
        return tl::unexpected<Error>(std::move(end.error()));
    return Untrusted<Message>(std::move(message));
}

/// The host's messages as the guest reads them: the guest trusts the host, so no Untrusted.
template <class Message> Result<Message> decodeTrusted(ByteSpan payload)
{
    auto raw = decode<Message>(payload);
    if (!raw)
        return tl::unexpected<Error>(std::move(raw.error()));
    return std::move(*raw).checkedBy([](Message m) -> Result<Message> { return m; });
}

/// Who may send this type, or nothing for an unknown type.
std::optional<Sender> senderOf(std::uint16_t type);

} // namespace annex::display

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "base/untrusted.h"
#include "base/wire.h"

/// Turns message structures into payloads and back. A message names its fields once, in order, with the limits of the variable ones:
///
///     template <class V> void visit(V& v) { v(serial)(kind).text(title, kMaxTitle_bytes); }
///
/// Both directions are made from that one list. Decoding checks syntax only (widths, lengths, lists of values); whether the values make
/// sense is the receiver's check, so it yields Untrusted<Message>.
namespace annex::wire {

/// The highest number of an enumeration whose values run from its lowest to here without gaps. Each enumeration on a wire has one;
/// a message with one that has none does not compile.
template <class E> inline constexpr int kLastEnumerator = -1;
/// The lowest number.
template <class E> inline constexpr std::uint8_t kFirstEnumerator = 0;

/// @tparam Self  the derived encoder, which may add field kinds of its protocol
template <class Self> struct BasicEncoder {
    Writer& w;
    explicit BasicEncoder(Writer& writer) : w(writer) {}

    template <class T> Self& operator()(const T& value)
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
        return self();
    }
    Self& text(const std::string& value, std::size_t)
    {
        w.text(value);
        return self();
    }
    Self& bytes(const ByteVector& value, std::size_t)
    {
        w.blob(value);
        return self();
    }
    Self& texts(const std::vector<std::string>& values, std::size_t, std::size_t)
    {
        w.u32(static_cast<std::uint32_t>(values.size()));
        for (const std::string& value : values)
            w.text(value);
        return self();
    }
    Self& numbers(const std::vector<std::uint32_t>& values, std::size_t)
    {
        w.u32(static_cast<std::uint32_t>(values.size()));
        for (std::uint32_t value : values)
            w.u32(value);
        return self();
    }

protected:
    Self& self() { return static_cast<Self&>(*this); }
};

template <class Self> struct BasicDecoder {
    Reader& r;
    bool outOfRange = false;
    explicit BasicDecoder(Reader& reader) : r(reader) {}

    template <class T> Self& operator()(T& value)
    {
        if constexpr (std::is_same_v<T, bool>) {
            std::uint8_t raw = r.u8();
            outOfRange |= raw > 1;
            value = raw == 1;
        } else if constexpr (std::is_enum_v<T>) {
            static_assert(kLastEnumerator<T> >= 0, "say which values of this enumeration exist");
            std::uint8_t raw = r.u8();
            outOfRange |= raw < kFirstEnumerator<T> || raw > kLastEnumerator<T>;
            value = static_cast<T>(raw);
        } else if constexpr (sizeof(T) == 1)
            value = r.u8();
        else if constexpr (sizeof(T) == 2)
            value = r.u16();
        else if constexpr (sizeof(T) == 4)
            value = static_cast<T>(r.u32());
        else
            value = r.u64();
        return self();
    }
    /// @param limit  longest text accepted, in bytes
    Self& text(std::string& value, std::size_t limit)
    {
        value = r.text(limit);
        return self();
    }
    Self& bytes(ByteVector& value, std::size_t limit)
    {
        ByteSpan b = r.blob(limit);
        value.assign(b.begin(), b.end());
        return self();
    }
    /// @param count  most entries accepted; a sender cannot make us reserve more than it has sent, whatever number it announces
    /// @param limit  longest entry, in bytes
    Self& texts(std::vector<std::string>& values, std::size_t count, std::size_t limit)
    {
        std::uint32_t announced = r.u32();
        outOfRange |= announced > count;
        for (std::uint32_t i = 0; i < announced && usable(); ++i)
            values.push_back(r.text(limit));
        return self();
    }
    Self& numbers(std::vector<std::uint32_t>& values, std::size_t count)
    {
        std::uint32_t announced = r.u32();
        outOfRange |= announced > count;
        for (std::uint32_t i = 0; i < announced && usable(); ++i)
            values.push_back(r.u32());
        return self();
    }

protected:
    bool usable() const { return !outOfRange && !r.failed(); }
    Self& self() { return static_cast<Self&>(*this); }
};

struct Encoder : BasicEncoder<Encoder> {
    using BasicEncoder::BasicEncoder;
};
struct Decoder : BasicDecoder<Decoder> {
    using BasicDecoder::BasicDecoder;
};

/// Appends one whole frame (header and payload). The payload is written in place: pixels and files travel in some.
template <class Message, class E = Encoder> void appendMessage(ByteVector& out, std::uint32_t object, const Message& message)
{
    const std::size_t start = out.size();
    appendFrame(out, static_cast<std::uint16_t>(Message::kType), 0, object, {});
    Writer w(out);
    E encoder(w);
    const_cast<Message&>(message).visit(encoder); // visit is shared with the decoder; the encoder only reads
    setFrameLength(out, start);
}

/// @errors Malformed: a field is missing, over its limit, out of its list, or bytes are left over
template <class Message, class D = Decoder> Result<Untrusted<Message>> decodeMessage(ByteSpan payload)
{
    Message message;
    Reader r(payload);
    D decoder(r);
    message.visit(decoder);
    if (decoder.outOfRange)
        return fail(Errc::Malformed, "a value lies outside its list");
    if (auto end = r.finish(); !end)
        return Unexpected(std::move(end.error()));
    return Untrusted<Message>(std::move(message));
}

/// For a receiver that trusts the sender (a guest reading its host).
template <class Message, class D = Decoder> Result<Message> decodeTrustedMessage(ByteSpan payload)
{
    auto raw = decodeMessage<Message, D>(payload);
    if (!raw)
        return Unexpected(std::move(raw.error()));
    return std::move(*raw).checkedBy([](Message m) -> Result<Message> { return m; });
}

} // namespace annex::wire

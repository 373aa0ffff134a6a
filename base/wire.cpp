// SPDX-License-Identifier: Apache-2.0
#include "base/wire.h"

#include <algorithm>

#include "base/random.h"

namespace annex::wire {

void Writer::u16(std::uint16_t v)
{
    u8(static_cast<std::uint8_t>(v));
    u8(static_cast<std::uint8_t>(v >> 8));
}

void Writer::u32(std::uint32_t v)
{
    u16(static_cast<std::uint16_t>(v));
    u16(static_cast<std::uint16_t>(v >> 16));
}

void Writer::u64(std::uint64_t v)
{
    u32(static_cast<std::uint32_t>(v));
    u32(static_cast<std::uint32_t>(v >> 32));
}

void Writer::blob(ByteSpan bytes)
{
    u32(static_cast<std::uint32_t>(bytes.size()));
    raw(bytes);
}

ByteSpan Reader::take(std::size_t n)
{
    if (m_failed || n > m_in.size()) {
        m_failed = true;
        return {};
    }
    ByteSpan head = m_in.first(n);
    m_in = m_in.subspan(n);
    return head;
}

std::uint8_t Reader::u8()
{
    ByteSpan b = take(1);
    return b.empty() ? 0 : b[0];
}

std::uint16_t Reader::u16()
{
    ByteSpan b = take(2);
    return b.empty() ? 0 : static_cast<std::uint16_t>(b[0] | b[1] << 8);
}

std::uint32_t Reader::u32()
{
    ByteSpan b = take(4);
    if (b.empty())
        return 0;
    return std::uint32_t{b[0]} | std::uint32_t{b[1]} << 8 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[3]} << 24;
}

std::uint64_t Reader::u64()
{
    std::uint64_t low = u32();
    return low | std::uint64_t{u32()} << 32;
}

ByteSpan Reader::blob(std::size_t limit)
{
    std::uint32_t length = u32();
    if (length > limit)
        m_failed = true;
    return take(length);
}

std::string Reader::text(std::size_t limit)
{
    ByteSpan b = blob(limit);
    return {b.begin(), b.end()};
}

ByteSpan Reader::rest()
{
    return take(m_in.size());
}

Result<void> Reader::finish() const
{
    if (m_failed)
        return fail(Errc::Malformed, "a field is missing or over its limit");
    if (!m_in.empty())
        return fail(Errc::Malformed, "bytes after the last field");
    return {};
}

void appendFrame(ByteVector& out, std::uint16_t type, std::uint16_t flags, std::uint32_t object, ByteSpan payload)
{
    Writer w(out);
    w.u16(type);
    w.u16(flags);
    w.u32(object);
    w.blob(payload);
}

void setFrameLength(ByteVector& out, std::size_t start)
{
    const std::size_t length = out.size() - start - kHeader_bytes;
    for (std::size_t i = 0; i < 4; ++i)
        out[start + kHeader_bytes - 4 + i] = static_cast<std::uint8_t>(length >> 8 * i);
}

const std::array<std::uint8_t, Preamble::kMagic_bytes> Preamble::kMagic = {
    0xf1, 'A', 'n', 'n', 'e', 'x', 0x00, 0xff, 0x9e, 0x37, 0x79, 0xb9, 0x7f, 0x4a, 0x7c, 0x15};

Preamble::Nonce Preamble::freshNonce()
{
    Nonce nonce;
    fillRandom(nonce);
    for (std::uint8_t& byte : nonce) {
        while (byte == kMagic[0])
            fillRandom({&byte, 1});
    }
    return nonce;
}

std::array<std::uint8_t, Preamble::kSize_bytes> Preamble::encode(const Nonce& nonce)
{
    std::array<std::uint8_t, kSize_bytes> bytes;
    std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
    std::copy(nonce.begin(), nonce.end(), bytes.begin() + kMagic_bytes);
    return bytes;
}

void FrameReader::expectEcho(const Preamble::Nonce& nonce)
{
    m_echo = Preamble::encode(nonce);
    m_broken = false;
    m_scanned = m_start;
}

void FrameReader::feed(ByteSpan bytes)
{
    dropConsumed();
    m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
}

// Compacts only when half is consumed, so that many small frames in one read are not moved one by one. The guest end keeps the last
// few bytes even when they were handed out: a Preamble may have begun in them.
void FrameReader::dropConsumed()
{
    const std::size_t unused = m_watch ? std::min(m_start, m_scanned) : m_start;
    if (unused < m_buffer.size() / 2 || unused == 0)
        return;
    m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(unused));
    m_scanned -= std::min(m_scanned, unused);
    m_start -= unused;
}

std::optional<FrameReader::Event> FrameReader::scanForEcho()
{
    auto begin = m_buffer.begin() + static_cast<std::ptrdiff_t>(m_start);
    auto at = std::search(begin, m_buffer.end(), m_echo->begin(), m_echo->end());
    if (at == m_buffer.end()) {
        // Keep a possible beginning of the echo, forget the rest: what came before it is not ours.
        std::size_t keep = std::min(buffered(), Preamble::kSize_bytes - 1);
        m_start = m_buffer.size() - keep;
        return {};
    }
    m_start = static_cast<std::size_t>(at - m_buffer.begin()) + Preamble::kSize_bytes;
    m_echo.reset();
    Event event;
    event.echoed = true;
    return event;
}

std::optional<FrameReader::Event> FrameReader::scanForPreamble()
{
    for (;;) {
        auto begin = m_buffer.begin() + static_cast<std::ptrdiff_t>(m_scanned);
        auto at = std::search(begin, m_buffer.end(), Preamble::kMagic.begin(), Preamble::kMagic.end());
        if (at == m_buffer.end()) {
            const std::size_t tail = std::min(m_buffer.size(), Preamble::kMagic_bytes - 1);
            m_scanned = std::max(m_scanned, m_buffer.size() - tail);
            return {};
        }
        m_scanned = static_cast<std::size_t>(at - m_buffer.begin());
        auto nonce = at + Preamble::kMagic_bytes;
        const auto held = std::min<std::ptrdiff_t>(m_buffer.end() - nonce, std::tuple_size_v<Preamble::Nonce>);
        // No nonce has the magic's first byte: where it appears, the sender died in its Preamble and the next one begins.
        auto restart = std::find(nonce, nonce + held, Preamble::kMagic[0]);
        if (restart != nonce + held) {
            m_scanned = static_cast<std::size_t>(restart - m_buffer.begin());
            continue;
        }
        if (m_buffer.size() - m_scanned < Preamble::kSize_bytes)
            return {};
        Event event;
        event.preamble.emplace();
        std::copy_n(nonce, event.preamble->size(), event.preamble->begin());
        m_start = m_scanned + Preamble::kSize_bytes;
        m_scanned = m_start;
        m_broken = false;
        return event;
    }
}

Result<std::optional<FrameReader::Event>> FrameReader::next()
{
    if (m_echo)
        return scanForEcho();
    if (m_watch) {
        if (auto event = scanForPreamble())
            return event;
        if (m_buffer.size() - m_scanned >= Preamble::kMagic_bytes)
            return std::optional<Event>{}; // its nonce is on the way: nothing before it counts any more
    }
    if (m_broken) {
        m_start = std::max(m_start, m_scanned);
        return std::optional<Event>{};
    }
    if (buffered() < kHeader_bytes)
        return std::optional<Event>{};

    ByteSpan bytes = ByteSpan(m_buffer).subspan(m_start);
    Reader r(bytes.first(kHeader_bytes));
    Header header;
    header.type = r.u16();
    header.flags = r.u16();
    header.object = r.u32();
    header.length = r.u32();
    if (header.length > m_maximum) {
        m_broken = true;
        if (m_watch)
            return std::optional<Event>{}; // perhaps half a header and the beginning of a Preamble that is still coming
        return fail(Errc::TooLarge, "a message announces more bytes than its limit");
    }
    if (bytes.size() < kHeader_bytes + header.length)
        return std::optional<Event>{};
    m_start += kHeader_bytes + header.length;
    Event event;
    event.frame = Frame{header, bytes.subspan(kHeader_bytes, header.length)};
    return event;
}

} // namespace annex::wire

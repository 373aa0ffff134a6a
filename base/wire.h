// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

/// Framing shared by the window protocol and the control protocol.
///
/// Little-endian, explicit widths, no structures copied as they lie in memory. A frame is a 12-byte header and a payload:
///
///     u16 type · u16 flags · u32 object · u32 length (of the payload)
///
/// Both travel on a byte stream (socket, virtio-serial, vsock). A stream outlives the process at its host end: see Preamble.
namespace annex::wire {

inline constexpr std::size_t kHeader_bytes = 12;

/// Bit 0 of `flags`: a receiver that does not know this type may skip it by its length.
/// An unknown type without this bit ends the connection.
inline constexpr std::uint16_t kOptional = 0x0001;

struct Header {
    std::uint16_t type = 0;
    std::uint16_t flags = 0;
    std::uint32_t object = 0; ///< window, program or transfer; 0 for the connection itself
    std::uint32_t length = 0; ///< payload bytes
    friend bool operator==(const Header&, const Header&) = default;
};

struct Frame {
    Header header;
    ByteSpan payload; ///< valid until the next call on the FrameReader that returned it
};

/// Appends little-endian values to a buffer.
class Writer {
public:
    explicit Writer(ByteVector& out) : m_out(out) {}
    void u8(std::uint8_t v) { m_out.push_back(v); }
    void u16(std::uint16_t v);
    void u32(std::uint32_t v);
    void u64(std::uint64_t v);
    void i32(std::int32_t v) { u32(static_cast<std::uint32_t>(v)); }
    void raw(ByteSpan bytes) { m_out.insert(m_out.end(), bytes.begin(), bytes.end()); }
    /// u32 length, then the bytes.
    void blob(ByteSpan bytes);
    void text(std::string_view text) { blob(asBytes(text)); }

private:
    ByteVector& m_out;
};

/// Takes little-endian values off a payload. A read past the end, or a blob over its limit, marks the reader as failed and
/// yields zeros from then on; `finish()` says so once, at the end, and also when bytes are left over.
class Reader {
public:
    explicit Reader(ByteSpan in) : m_in(in) {}
    std::uint8_t u8();
    std::uint16_t u16();
    std::uint32_t u32();
    std::uint64_t u64();
    std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
    /// @param limit  longest blob accepted, in bytes; the sender's length is compared before anything is copied
    ByteSpan blob(std::size_t limit);
    std::string text(std::size_t limit);
    /// All that is left.
    ByteSpan rest();
    bool failed() const { return m_failed; }
    /// @errors Malformed: something was missing, too long, or left over
    Result<void> finish() const;

private:
    ByteSpan take(std::size_t n);
    ByteSpan m_in;
    bool m_failed = false;
};

/// Appends header + payload to `out`.
void appendFrame(ByteVector& out, std::uint16_t type, std::uint16_t flags, std::uint32_t object, ByteSpan payload);
/// Makes everything after the header at `start` its payload: for writing a long one in place.
void setFrameLength(ByteVector& out, std::size_t start);

/// Marks the point from which a stream may be believed again: 16 fixed bytes and a 16-byte nonce.
///
/// The host end of a stream changes hands (a new viewer, a restarted broker), and the old owner may have died in the middle of a
/// message in either direction. The new owner writes a Preamble with a fresh random nonce and discards what it reads until the
/// same 32 bytes come back. The guest end looks for the 16 fixed bytes at every position of what it reads; when they come it forgets its half-read
/// message, drops what it had queued, echoes the Preamble and starts over (announces everything again). A nonce never holds the first
/// of the fixed bytes, so that a Preamble cut off by its sender's death does not swallow the beginning of the next.
struct Preamble {
    static constexpr std::size_t kMagic_bytes = 16;
    static constexpr std::size_t kSize_bytes = 32;
    static const std::array<std::uint8_t, kMagic_bytes> kMagic;
    using Nonce = std::array<std::uint8_t, 16>;

    static Nonce freshNonce();
    static std::array<std::uint8_t, kSize_bytes> encode(const Nonce& nonce);
};

/// Cuts a byte stream into frames, and handles Preambles at the guest's or at the host's end.
class FrameReader {
public:
    /// @param maximumPayload_bytes  longest payload believed; a longer one is an error before it is buffered
    explicit FrameReader(std::size_t maximumPayload_bytes) : m_maximum(maximumPayload_bytes) {}

    /// Guest end: watch for Preambles; `next()` reports them by an event. Where the stream delivers a Preamble in pieces, its first bytes may
    /// complete a message that its dead sender left half written: handle it or not, the Preamble that follows wipes its effect.
    void watchForPreamble() { m_watch = true; }
    /// Host end: discard everything until this nonce is echoed.
    void expectEcho(const Preamble::Nonce& nonce);

    /// Adds bytes as they came. Bounded: the caller reads at most some 64 KiB at a time and drains with next().
    void feed(ByteSpan bytes);

    struct Event {
        std::optional<Frame> frame;                  ///< a whole frame …
        std::optional<Preamble::Nonce> preamble;     ///< … or (guest end) a preamble to echo …
        bool echoed = false;                         ///< … or (host end) the expected echo has arrived
    };
    /// The next thing on the stream, or nothing until more bytes are fed.
    /// @errors TooLarge (host end): a header announced more than the maximum; the stream cannot be used any further. The guest end trusts its
    /// host and waits for the next Preamble instead: such a header is what a killed host leaves behind.
    Result<std::optional<Event>> next();

    /// Bytes held and not yet handed out.
    std::size_t buffered() const { return m_buffer.size() - m_start; }

private:
    void dropConsumed();
    std::optional<Event> scanForEcho();
    std::optional<Event> scanForPreamble();

    std::size_t m_maximum;
    ByteVector m_buffer;
    std::size_t m_start = 0;    ///< consumed up to here
    std::size_t m_scanned = 0;  ///< no magic begins before here
    bool m_watch = false;
    bool m_broken = false;
    std::optional<std::array<std::uint8_t, Preamble::kSize_bytes>> m_echo;
};

} // namespace annex::wire

// SPDX-License-Identifier: Apache-2.0
// The frame reader: however the bytes are cut, the same frames come out; a Preamble is always found.
// Input: one byte of options, one of piece size, then the stream.
#include <algorithm>
#include <string>
#include <vector>

#include "base/wire.h"
#include "tests/fuzz/fuzz.h"

using namespace annex;
using namespace annex::wire;
using fuzz::must;

namespace {

constexpr std::size_t kLimit_bytes = 4096;

struct Read {
    std::vector<std::pair<Header, std::string>> frames;
    std::vector<Preamble::Nonce> preambles;
    bool failed = false;
};

void drain(FrameReader& reader, Read& read)
{
    for (;;) {
        auto event = reader.next();
        if (!event) {
            read.failed = true;
            return;
        }
        if (!*event)
            return;
        if ((*event)->preamble)
            read.preambles.push_back(*(*event)->preamble);
        if (!(*event)->frame)
            continue;
        const Frame& frame = *(*event)->frame;
        must(frame.payload.size() == frame.header.length && frame.header.length <= kLimit_bytes, "payloads are as long as they say");
        read.frames.emplace_back(frame.header, std::string(frame.payload.begin(), frame.payload.end()));
    }
}

Read readInPieces(FrameReader& reader, ByteSpan stream, std::size_t piece)
{
    Read read;
    while (!stream.empty() && !read.failed) {
        reader.feed(stream.first(std::min(piece, stream.size())));
        stream = stream.subspan(std::min(piece, stream.size()));
        drain(reader, read);
        must(reader.buffered() <= kLimit_bytes + kHeader_bytes + piece, "little is held back");
    }
    return read;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::Choices choices({data, size});
    const std::uint8_t options = choices.byte();
    const std::size_t piece = std::size_t{choices.byte()} + 1;
    const ByteSpan stream = choices.rest();

    if ((options & 1) == 0) {
        FrameReader whole(kLimit_bytes), cut(kLimit_bytes);
        const Read a = readInPieces(whole, stream, stream.size() + 1);
        const Read b = readInPieces(cut, stream, piece);
        must(a.frames == b.frames && a.failed == b.failed, "cuts do not matter");
        return 0;
    }
    // The guest's end: whatever came before, a whole Preamble and a message behind it are understood.
    FrameReader guest(kLimit_bytes);
    guest.watchForPreamble();
    Read before = readInPieces(guest, stream, piece);
    must(!before.failed, "the guest's end waits for a Preamble instead of failing");
    Preamble::Nonce nonce;
    nonce.fill(0x42);
    const auto preamble = Preamble::encode(nonce);
    ByteVector tail(preamble.begin(), preamble.end());
    appendFrame(tail, 7, 0, 9, asBytes("after"));
    const Read after = readInPieces(guest, tail, (options & 2) != 0 ? piece : tail.size());
    must(!after.preambles.empty() && after.preambles.back() == nonce, "a Preamble is found");
    must(!after.frames.empty() && after.frames.back().second == "after", "what follows a Preamble is understood");

    // The host's end discards all that and waits for its own echo.
    FrameReader host(kLimit_bytes);
    host.expectEcho(nonce);
    Read ignored = readInPieces(host, stream, piece);
    (void)ignored; // the input may hold the echo by chance or by learning
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Writes the kept corpora of the binary protocols: fuzz_seeds CORPUS_ROOT. One file for each message of the lists, and a few conversations
// that go deep: an open window with frames, bands, a running program.
#include <cstdio>
#include <filesystem>

#include "app/control/codec.h"
#include "base/files.h"
#include "tests/fuzz/filler.h"
#include "vgpu/display/protocol/codec.h"

using namespace annex;

namespace {

std::filesystem::path g_root;

void keep(const char* target, const std::string& name, const ByteVector& bytes)
{
    const std::filesystem::path folder = g_root / target;
    std::filesystem::create_directories(folder);
    if (auto written = writeFileAtomically(folder / name, bytes, 0644); !written) {
        std::fprintf(stderr, "%s\n", written.error().describe().c_str());
        std::exit(1);
    }
}

namespace window {
using namespace display;

constexpr std::uint8_t kPool = 1, kWithoutHello = 2, kSmallPieces = 4;

/// A window with one slot of 64 × 64 pixels.
ByteVector opened(std::uint8_t options)
{
    ByteVector bytes{options};
    append(bytes, 1, CreateWindow{});
    append(bytes, 1, Title{"A window"});
    append(bytes, 1, AppId{"foot"});
    append(bytes, 1, Geometry{{0, 0, 64, 64}});
    if ((options & kPool) != 0)
        append(bytes, 1, DefineSlot{0, 0, 64, 64, 256});
    return bytes;
}

void seedMessages()
{
#define ANNEX_SEED(id, name, sender)                                                                                      \
    {                                                                                                                     \
        ByteVector bytes = opened(kPool);                                                                                 \
        append(bytes, 1, fuzz::filled<name>());                                                                           \
        keep("window_protocol", "message_" #name, bytes);                                                                 \
    }
    ANNEX_WINDOW_MESSAGES(ANNEX_SEED)
#undef ANNEX_SEED
}

void seedConversations()
{
    ByteVector frames = opened(kPool);
    append(frames, 1, Frame{0, 1, true, 1, {{0, 0, 64, 64}}});
    append(frames, 1, DefineSlot{1, 65536, 100, 80, 448});
    append(frames, 1, Frame{1, 2, false, 0, {{0, 0, 100, 80}, {99, 79, 1, 1}}});
    append(frames, 1, DefineSlot{0, 4096, 10, 10, 64});
    append(frames, 1, Frame{0, 3, false, 0, {{0, 0, 10, 10}}});
    append(frames, 1, Unmap{});
    append(frames, 1, DestroyWindow{});
    append(frames, 1, Frame{0, 4, false, 0, {{0, 0, 1, 1}}});
    keep("window_protocol", "frames", frames);

    ByteVector popups = opened(kPool | kSmallPieces);
    append(popups, 2, CreateWindow{WindowKind::Popup, 1, false});
    append(popups, 2, Geometry{{-5, 70, 30, 20}});
    append(popups, 3, CreateWindow{WindowKind::OverrideRedirect, 2, true});
    append(popups, 3, SizeHints{20, 20, 500, 500, 4, 4, 8, 16});
    append(popups, 3, Request{RequestKind::Resize, kEdgeTop | kEdgeLeft});
    append(popups, 0, Cursor{2, 2, 1, 1, ByteVector(16, 0xff)});
    append(popups, 1, Icon{2, 2, ByteVector(16, 0xff)});
    append(popups, 0, Refused{RefusedReason::PoolFull});
    append(popups, 0, Pong{1});
    append(popups, 1, DestroyWindow{});
    append(popups, 2, Title{"late"});
    keep("window_protocol", "popups", popups);

    ByteVector bands = opened(0);
    InlineFrame band;
    band.serial = 1;
    band.width = 8;
    band.height = 4;
    band.band = {0, 0, 8, 2};
    band.last = false;
    band.pixels.assign(64, 0x80);
    append(bands, 1, band);
    band.band.y = 2;
    band.last = true;
    append(bands, 1, band);
    keep("window_protocol", "bands", bands);

    ByteVector greeting{kPool | kWithoutHello};
    append(greeting, 0, Hello{kProtocolVersion, kFeaturePool | kFeatureInline});
    append(greeting, 1, CreateWindow{});
    keep("window_protocol", "greeting", greeting);

    ByteVector many{kPool};
    for (std::uint32_t id = 1; id <= 40; ++id)
        append(many, id, CreateWindow{WindowKind::Popup, id - 1, false});
    many[1 + wire::kHeader_bytes] = 0; // the first is a toplevel
    keep("window_protocol", "nested", many);

    ByteVector unknown{kPool};
    wire::appendFrame(unknown, 40, wire::kOptional, 0, asBytes("newer"));
    wire::appendFrame(unknown, 40, 0, 0, asBytes("unknown"));
    keep("window_protocol", "unknown", unknown);
}

} // namespace window

namespace init {
using namespace control;

ByteVector started()
{
    ByteVector bytes{0x60 | 6}; // three programs, a transfer, a file to open
    for (std::uint32_t program = 1; program <= 3; ++program)
        append(bytes, program, Spawned{});
    return bytes;
}

void seedMessages()
{
#define ANNEX_SEED(id, name, sender)                                                                                      \
    {                                                                                                                     \
        ByteVector bytes = started();                                                                                     \
        append(bytes, 1, fuzz::filled<name>());                                                                           \
        keep("control_protocol", "message_" #name, bytes);                                                                \
    }
    ANNEX_CONTROL_MESSAGES(ANNEX_SEED)
#undef ANNEX_SEED
}

} // namespace init

void seedWire()
{
    ByteVector frames{0, 6};
    wire::appendFrame(frames, 1, 0, 2, asBytes("first"));
    wire::appendFrame(frames, 3, 1, 0, {});
    wire::appendFrame(frames, 5, 0, 9, ByteVector(300, 0xaa));
    keep("wire", "frames", frames);

    wire::Preamble::Nonce nonce;
    nonce.fill(0x11);
    const auto preamble = wire::Preamble::encode(nonce);
    for (std::uint8_t piece : {0, 4, 15, 255}) {
        ByteVector cut{3, piece};
        wire::appendFrame(cut, 1, 0, 2, asBytes("whole"));
        wire::appendFrame(cut, 1, 0, 2, asBytes("cut off in the middle"));
        cut.resize(cut.size() - 9);
        cut.insert(cut.end(), preamble.begin(), preamble.begin() + 20);
        cut.insert(cut.end(), preamble.begin(), preamble.end());
        wire::appendFrame(cut, 2, 0, 2, asBytes("after"));
        keep("wire", "preamble_" + std::to_string(piece), cut);
    }
    ByteVector large{1, 30};
    wire::appendFrame(large, 1, 0, 0, ByteVector(4097));
    keep("wire", "over_the_limit", large);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s CORPUS_ROOT\n", argv[0]);
        return 2;
    }
    g_root = argv[1];
    window::seedMessages();
    window::seedConversations();
    init::seedMessages();
    seedWire();
    return 0;
}

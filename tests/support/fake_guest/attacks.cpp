// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_guest/attacks.h"

#include <atomic>
#include <cstring>
#include <thread>

namespace annex::test {

using display::Rect;
using display::WindowKind;

namespace {

display::Frame frameOf(FakeGuest& guest, std::uint8_t slot, std::vector<Rect> damage)
{
    return {slot, guest.frameSerial() + 1, true, 0, std::move(damage)};
}

/// Another thread writes the slot's pixels while the host reads them, a thousand frames long.
void scribble(FakeGuest& g, std::uint32_t w)
{
    constexpr int kEdge = 256;
    std::atomic<bool> done = false;
    std::uint8_t* pixels = g.pool();
    if (pixels == nullptr)
        return;
    g.send(w, display::DefineSlot{3, 0, kEdge, kEdge, kEdge * 4});
    std::thread writer([&done, pixels] {
        for (std::uint8_t colour = 0; !done; ++colour)
            std::memset(pixels, colour, kEdge * kEdge * 4);
    });
    for (int i = 0; i < 1000 && !g.isClosed(); ++i) {
        g.clear();
        g.send(w, frameOf(g, 3, {{0, 0, kEdge, kEdge}}));
        g.noteFrame();
        if (!g.waitFor([&] { return g.count(display::MessageType::FrameDone, w) > 0; }))
            break;
    }
    done = true;
    writer.join();
}

const Attack kAttacks[] = {
    {"garbage", "bytes that are no message", [](FakeGuest& g, std::uint32_t) { g.sendRaw(ByteVector(4096, 0xa5)); }},
    {"oversized", "a header that announces 4 GB", [](FakeGuest& g, std::uint32_t) {
         g.sendRaw(ByteVector{1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff});
     }},
    {"host-message", "a message that only the host may send", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::Close{}); }},
    {"windows", "100,000 windows with content", [](FakeGuest& g, std::uint32_t) {
         for (int i = 0; i < 100'000 && !g.isClosed(); ++i) {
             const std::uint32_t window = g.createWindow(WindowKind::Toplevel);
             g.send(window, display::DefineSlot{0, 0, 16, 16, 64});
             g.send(window, frameOf(g, 0, {{0, 0, 16, 16}}));
             g.noteFrame();
             g.settle(std::chrono::milliseconds(0));
             g.clear();
         }
     }},
    {"zero-size", "a slot of 0 x 0", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::DefineSlot{3, 0, 0, 0, 64}); }},
    {"negative-size", "a slot of negative size", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::DefineSlot{3, 0, -5, -5, 64}); }},
    {"overflowing-size", "a slot whose size overflows 32 bit", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::DefineSlot{3, 0, 16384, 16384, 0x40000000u});
     }},
    {"outside-pool", "a slot that begins beyond the pool", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::DefineSlot{3, 1ull << 46, 64, 64, 256});
     }},
    {"damage-outside", "damage outside the slot", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::DefineSlot{3, 0, 64, 64, 256});
         g.send(w, frameOf(g, 3, {{60, 60, 10, 10}}));
     }},
    {"slot-twice", "a slot named forty times in one write", [](FakeGuest& g, std::uint32_t w) {
         g.clear();
         g.send(w, display::DefineSlot{3, 0, 64, 64, 256});
         ByteVector all; // in one write, so that no acknowledgement comes between
         for (int i = 0; i < 40; ++i) {
             display::append(all, w, frameOf(g, 3, {{0, 0, 64, 64}}));
             g.noteFrame();
         }
         g.sendRaw(all);
         g.waitFor([&] { return g.count(display::MessageType::FrameDone, w) >= 40; });
     }},
    {"unknown-window", "a frame for a window that never was", [](FakeGuest& g, std::uint32_t w) { g.send(w + 5000, frameOf(g, 0, {{0, 0, 1, 1}})); }},
    {"unknown-configure", "an answer to a Configure that was never sent", [](FakeGuest& g, std::uint32_t w) { g.paint(w, 300, 200, 0xff0000ff, 77777); }},
    {"title", "a title with bidi controls, newlines and 1,000 bytes", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::Title{"\xe2\x80\xae" "Trusted\n\x1b[31m" + std::string(900, 'W')});
     }},
    {"popup-small", "a popup as programs open them", [](FakeGuest& g, std::uint32_t w) { g.showPopup(w, {40, 40, 160, 90}, 0xff202020); }},
    {"popup-screen", "a popup as large as the screen", [](FakeGuest& g, std::uint32_t w) { g.showPopup(w, {-400, -300, 1600, 1000}, 0xff202020); }},
    {"popup-away", "a popup far away from its window", [](FakeGuest& g, std::uint32_t w) { g.showPopup(w, {-5000, -5000, 200, 40}, 0xff202020); }},
    {"override-away", "an X11 window over the host's corner", [](FakeGuest& g, std::uint32_t) {
         g.showPopup(0, {0, 0, 300, 200}, 0xff202020, WindowKind::OverrideRedirect);
     }},
    {"huge", "a window larger than the screen", [](FakeGuest& g, std::uint32_t w) { g.paint(w, 3000, 2000, 0xff00ff00); }},
    {"full-screen", "asks for the full screen and for attention, a thousand times", [](FakeGuest& g, std::uint32_t w) {
         for (int i = 0; i < 1000; ++i) {
             g.send(w, display::Request{display::RequestKind::Fullscreen, 0});
             g.send(w, display::Request{display::RequestKind::Attention, 0});
         }
     }},
    {"move", "asks to be moved without a pressed button", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::Request{display::RequestKind::Move, 0}); }},
    {"frame-imitation", "paints another workspace's frame into its window", [](FakeGuest& g, std::uint32_t w) {
         g.paint(w, 600, 400, [](int x, int y) { return y < 35 || x < 6 || x > 593 || y > 393 ? 0xff4a7d1eu : 0xffffffffu; });
     }},
    {"truncated", "a message that ends before its fields do", [](FakeGuest& g, std::uint32_t w) {
         ByteVector bytes;
         wire::appendFrame(bytes, static_cast<std::uint16_t>(display::MessageType::DefineSlot), 0, w, ByteVector(5, 0));
         g.sendRaw(bytes);
     }},
    {"unknown-type", "a type that nobody knows", [](FakeGuest& g, std::uint32_t w) {
         ByteVector bytes;
         wire::appendFrame(bytes, 4242, 0, w, {});
         g.sendRaw(bytes);
     }},
    {"second-hello", "Hello once more", [](FakeGuest& g, std::uint32_t) { g.send(0, display::Hello{}); }},
    {"frame-first", "a frame in a slot that was never defined", [](FakeGuest& g, std::uint32_t w) { g.send(w, frameOf(g, 2, {{0, 0, 1, 1}})); }},
    {"serial-back", "a frame whose serial counts down", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::DefineSlot{3, 0, 64, 64, 256});
         g.send(w, display::Frame{3, 0, true, 0, {{0, 0, 64, 64}}});
     }},
    {"id-again", "a window whose number was used before", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::CreateWindow{}); }},
    {"title-long", "a title of 10 MB", [](FakeGuest& g, std::uint32_t w) {
         ByteVector payload;
         wire::Writer(payload).text(std::string(10u << 20, 'W'));
         ByteVector bytes;
         wire::appendFrame(bytes, static_cast<std::uint16_t>(display::MessageType::Title), 0, w, payload);
         g.sendRaw(bytes);
     }},
    {"short-stride", "rows that are shorter than their pixels", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::DefineSlot{3, 0, 4096, 64, 64}); }},
    {"scribble", "pixels that change all the time while frames are shown", scribble},
};

} // namespace

std::span<const Attack> attacks()
{
    return kAttacks;
}

const Attack* findAttack(std::string_view name)
{
    for (const Attack& attack : kAttacks)
        if (name == attack.name)
            return &attack;
    return nullptr;
}

std::string listOfAttacks()
{
    std::string text = "Attacks:\n";
    for (const Attack& attack : kAttacks)
        text += std::string("  ") + attack.name + ": " + attack.says + "\n";
    return text;
}

} // namespace annex::test

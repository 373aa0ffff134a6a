// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tests/support/fake_guest/fake_guest.h"

/// annex-fake-guest: takes the place of annex-display (3 = display stream, 4 = pool) and shows windows of one colour, or attacks the viewer in a way
/// that is asked for by name. Runs until the host closes the stream.
namespace {

using namespace annex;
using namespace annex::test;
using display::Rect;
using display::WindowKind;

constexpr int kStream = 3, kPool = 4;

struct Attack {
    const char* name;
    const char* says;
    void (*run)(FakeGuest&, std::uint32_t window);
};

display::Frame frameOf(FakeGuest& guest, std::uint8_t slot, std::vector<Rect> damage)
{
    return {slot, guest.frameSerial() + 1, true, 0, std::move(damage)};
}

const Attack kAttacks[] = {
    {"garbage", "bytes that are no message", [](FakeGuest& g, std::uint32_t) { g.sendRaw(ByteVector(4096, 0xa5)); }},
    {"oversized", "a header that announces 4 GB", [](FakeGuest& g, std::uint32_t) {
         g.sendRaw(ByteVector{1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff});
     }},
    {"host-message", "a message that only the host may send", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::Close{}); }},
    {"windows", "100,000 windows", [](FakeGuest& g, std::uint32_t) {
         for (int i = 0; i < 100'000 && !g.isClosed(); ++i)
             g.createWindow(WindowKind::Toplevel);
     }},
    {"zero-size", "a slot of 0 x 0", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::DefineSlot{3, 0, 0, 0, 64}); }},
    {"negative-size", "a slot of negative size", [](FakeGuest& g, std::uint32_t w) { g.send(w, display::DefineSlot{3, 0, -5, -5, 64}); }},
    {"overflowing-size", "a slot whose size overflows 32 bit", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::DefineSlot{3, 0, 16384, 16384, 0x40000000u});
     }},
    {"outside-pool", "a slot that begins beyond the pool", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::DefineSlot{3, g.pool_bytes() + 4096, 64, 64, 256});
     }},
    {"damage-outside", "damage outside the slot", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::DefineSlot{3, 0, 64, 64, 256});
         g.send(w, frameOf(g, 3, {{60, 60, 10, 10}}));
     }},
    {"slot-twice", "a slot that the host holds, named again", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::DefineSlot{3, 0, 64, 64, 256});
         ByteVector both; // in one write, so that no acknowledgement comes between
         for (std::uint32_t i = 1; i <= 40; ++i)
             display::append(both, w, display::Frame{3, g.frameSerial() + i, true, 0, {{0, 0, 64, 64}}});
         g.sendRaw(both);
     }},
    {"unknown-window", "a frame for a window that never was", [](FakeGuest& g, std::uint32_t w) { g.send(w + 5000, frameOf(g, 0, {{0, 0, 1, 1}})); }},
    {"unknown-configure", "an answer to a Configure that was never sent", [](FakeGuest& g, std::uint32_t w) { g.paint(w, 300, 200, 0xff0000ff, 77777); }},
    {"title", "a title with bidi controls, newlines and 1,000 bytes", [](FakeGuest& g, std::uint32_t w) {
         g.send(w, display::Title{"\xe2\x80\xae" "Trusted\n\x1b[31m" + std::string(900, 'W')});
     }},
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
         g.paint(w, 600, 400, [](int x, int y) { return y < 34 || x < 5 || x > 594 || y > 394 ? 0xff4a7d1eu : 0xffffffffu; });
     }},
};

std::string listOfAttacks()
{
    std::string text = "Attacks:\n";
    for (const Attack& attack : kAttacks)
        text += std::string("  ") + attack.name + ": " + attack.says + "\n";
    return text;
}

} // namespace

int main(int argc, char** argv)
{
    int windows = 1, width = 400, height = 300;
    bool popup = false, inlineFrames = false;
    std::uint64_t pool_bytes = display::kDefaultPool_bytes;
    std::string attackName;
    CLI::App app("A guest that is none: shows windows of one colour over the window protocol, or attacks.");
    app.add_option("--windows", windows, "how many")->capture_default_str();
    app.add_option("--width", width)->capture_default_str();
    app.add_option("--height", height)->capture_default_str();
    app.add_option("--pool-bytes", pool_bytes)->capture_default_str();
    app.add_flag("--inline", inlineFrames, "there is no pool");
    app.add_flag("--popup", popup, "opens a popup on the first window");
    app.add_option("--attack", attackName, "by name, once a window stands");
    app.footer(listOfAttacks());
    CLI11_PARSE(app, argc, argv);

    FakeGuest guest{UniqueFd(kStream), inlineFrames ? UniqueFd() : UniqueFd(kPool), pool_bytes};
    if (!guest.connect())
        return EXIT_FAILURE;
    std::uint32_t first = 0;
    for (int i = 0; i < windows; ++i) {
        const std::uint32_t window = guest.showToplevel("window " + std::to_string(i + 1), width, height, 0xff305080u + static_cast<unsigned>(i) * 0x101010u);
        guest.followSizes(window, 0xff305080u);
        if (first == 0)
            first = window;
    }
    guest.waitFor([&] { return guest.count(display::MessageType::FrameDone, first) > 0; });
    if (popup)
        guest.showPopup(first, {20, 20, 160, 120}, 0xffc0c0c0);
    if (!attackName.empty()) {
        const Attack* found = nullptr;
        for (const Attack& attack : kAttacks)
            if (attackName == attack.name)
                found = &attack;
        if (!found) {
            std::fprintf(stderr, "annex-fake-guest: no attack of that name\n%s", listOfAttacks().c_str());
            return EXIT_FAILURE;
        }
        found->run(guest, first);
    }
    while (guest.waitFor([&] { return guest.isClosed(); }, std::chrono::hours(24)) && !guest.isClosed()) {}
    return EXIT_SUCCESS;
}

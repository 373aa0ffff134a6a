// SPDX-License-Identifier: Apache-2.0
// Counts the frames of animation_x11 or animation_wayland that reach the screen: the animation writes its frame number as the
// colour of its first 32 x 32 pixels, and this program watches one pixel of that block.
//
//   frame_meter --seconds S --at X,Y      → one JSON object on stdout
// Saturates near 1000 looks a second; above that, shown + skipped is the true rate.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "tests/bench/screen_probe.h"

using namespace annex::bench;

int main(int argc, char** argv)
{
    double seconds = 0;
    Region at{0, 0, 8, 8};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!std::strcmp(argv[i], "--seconds"))
            seconds = std::atof(argv[i + 1]);
        else if (!std::strcmp(argv[i], "--at") && std::sscanf(argv[i + 1], "%d,%d", &at.x, &at.y) != 2)
            seconds = 0;
    }
    Display* display = seconds > 0 ? XOpenDisplay(nullptr) : nullptr;
    if (!display) {
        std::fprintf(stderr, "usage: frame_meter --seconds S --at X,Y (with a display)\n");
        return 2;
    }
    ScreenProbe probe(display, at);
    std::uint32_t previous = 0;
    long shown = 0, skipped = 0;
    double first_ms = -1, last_ms = 0;
    auto start = Clock::now();
    while (millisecondsSince(start) < seconds * 1000) {
        probe.grab();
        double now_ms = millisecondsSince(start);
        std::uint32_t number = probe.pixel(4, 4);
        if (number != previous) {
            if (first_ms < 0)
                first_ms = now_ms;
            else {
                ++shown;
                std::uint32_t step = (number - previous) & 0xffffff;
                if (step > 1 && step < 1000)
                    skipped += step - 1;
            }
            last_ms = now_ms;
            previous = number;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(700)); // the meter must not be the load
    }
    double span_s = (last_ms - first_ms) / 1000;
    if (shown == 0 || span_s <= 0) {
        std::fprintf(stderr, "frame_meter: nothing moves at %d,%d\n", at.x, at.y);
        return 1;
    }
    std::printf("{\"shown_per_s\": %.1f, \"skipped_per_s\": %.1f}\n", static_cast<double>(shown) / span_s,
                static_cast<double>(skipped) / span_s);
}

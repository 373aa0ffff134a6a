// SPDX-License-Identifier: Apache-2.0
// From a key press (XTEST) to the first changed pixel of a region of the screen (XDamage tells when to look, shared memory what is there).
// The focused window must echo what is typed, at the place that the region names.
//
//   latency_meter --samples N --region X,Y,W,H [--gap MS]      → one JSON object on stdout
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>

#include <X11/Xlib.h>
#include <X11/extensions/XTest.h>
#include <X11/extensions/Xdamage.h>
#include <poll.h>

#include "tests/bench/screen_probe.h"

using namespace annex::bench;

namespace {

constexpr unsigned kKeyA = 38, kKeyReturn = 36; // X keycodes of evdev keyboards
constexpr int kLineLength = 60;                 // a new line before the terminal wraps
constexpr auto kLost = std::chrono::seconds(2); // a person would have given up long before

struct Options {
    int samples = 100, gap_ms = 60;
    Region region;
};

bool parse(int argc, char** argv, Options& options)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!std::strcmp(argv[i], "--samples"))
            options.samples = std::atoi(argv[i + 1]);
        else if (!std::strcmp(argv[i], "--gap"))
            options.gap_ms = std::atoi(argv[i + 1]);
        else if (!std::strcmp(argv[i], "--region")) {
            Region& r = options.region;
            if (std::sscanf(argv[i + 1], "%d,%d,%d,%d", &r.x, &r.y, &r.width, &r.height) != 4)
                return false;
        } else
            return false;
    }
    return options.region.width > 0 && options.region.height > 0 && options.samples > 0 && options.gap_ms > 0;
}

void press(Display* display, unsigned keycode)
{
    XTestFakeKeyEvent(display, keycode, True, 0);
    XTestFakeKeyEvent(display, keycode, False, 0);
    XFlush(display);
}

class Meter {
public:
    Meter(Display* display, const Options& options) : m_display(display), m_options(options), m_probe(display, options.region)
    {
        int error = 0;
        if (!XDamageQueryExtension(display, &m_damageEvent, &error)) {
            std::fprintf(stderr, "latency_meter: no XDamage on this display\n");
            std::exit(1);
        }
        m_damage = XDamageCreate(display, DefaultRootWindow(display), XDamageReportNonEmpty);
    }

    void run()
    {
        for (int i = 1; i <= m_options.samples; ++i)
            measureOne(i % kLineLength == 0 ? kKeyReturn : kKeyA);
    }

    void report() const
    {
        std::printf("{\"samples\": %zu, \"lost\": %d, \"p50_ms\": %.3f, \"p95_ms\": %.3f, \"max_ms\": %.3f}\n", m_samples_ms.size(), m_lost,
                    percentile(m_samples_ms, 0.5), percentile(m_samples_ms, 0.95), percentile(m_samples_ms, 1));
    }

private:
    // Random gaps, so that no timer of the program under test is hit in phase.
    void settle()
    {
        std::uniform_int_distribution<int> gap(m_options.gap_ms, 2 * m_options.gap_ms);
        std::this_thread::sleep_for(std::chrono::milliseconds(gap(m_random)));
        drainEvents();
        look();
    }

    bool drainEvents()
    {
        bool damaged = false;
        while (XPending(m_display)) {
            XEvent event;
            XNextEvent(m_display, &event);
            damaged |= event.type == m_damageEvent + XDamageNotify;
        }
        return damaged;
    }

    bool look()
    {
        XDamageSubtract(m_display, m_damage, None, None);
        return m_probe.changed();
    }

    void measureOne(unsigned keycode)
    {
        settle();
        auto start = Clock::now();
        press(m_display, keycode);
        while (Clock::now() - start < kLost) {
            pollfd waiting{ConnectionNumber(m_display), POLLIN, 0};
            if (!XPending(m_display))
                poll(&waiting, 1, 20);
            if (drainEvents() && look()) {
                m_samples_ms.push_back(millisecondsSince(start));
                return;
            }
        }
        ++m_lost;
    }

    Display* m_display;
    const Options& m_options;
    ScreenProbe m_probe;
    Damage m_damage = 0;
    int m_damageEvent = 0;
    int m_lost = 0;
    std::vector<double> m_samples_ms;
    std::mt19937 m_random{std::random_device{}()};
};

} // namespace

int main(int argc, char** argv)
{
    Options options;
    if (!parse(argc, argv, options)) {
        std::fprintf(stderr, "usage: latency_meter --samples N --region X,Y,W,H [--gap MS]\n");
        return 2;
    }
    Display* display = XOpenDisplay(nullptr);
    if (!display) {
        std::fprintf(stderr, "latency_meter: no display\n");
        return 1;
    }
    {
        Meter meter(display, options);
        meter.run();
        meter.report();
    }
    XCloseDisplay(display);
}

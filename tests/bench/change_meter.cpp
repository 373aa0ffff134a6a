// SPDX-License-Identifier: Apache-2.0
// Starts a program and measures until the screen changes by at least a window's worth of pixels: "first visible frame" as a person sees it.
//
//   change_meter [--pixels N] -- COMMAND ARGS…     → {"ms": …} on stdout; the program goes on running
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <X11/Xlib.h>
#include <X11/extensions/Xdamage.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>

#include "tests/bench/screen_probe.h"

using namespace annex::bench;

extern char** environ;

namespace {

constexpr auto kGivenUp = std::chrono::seconds(60);

long differingPixels(const ScreenProbe& probe, const std::vector<std::uint32_t>& before)
{
    const auto* now = reinterpret_cast<const std::uint32_t*>(probe.last().data());
    long count = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
        count += now[i] != before[i];
    return count;
}

} // namespace

int main(int argc, char** argv)
{
    long wanted = 10'000; // a small window; a pointer or a clock is less
    int first = 1;
    if (argc > 2 && !std::strcmp(argv[1], "--pixels")) {
        wanted = std::atol(argv[2]);
        first = 3;
    }
    Display* display = argc > first + 1 && !std::strcmp(argv[first], "--") ? XOpenDisplay(nullptr) : nullptr;
    int damageEvent = 0, error = 0;
    if (!display || !XDamageQueryExtension(display, &damageEvent, &error)) {
        std::fprintf(stderr, "usage: change_meter [--pixels N] -- COMMAND ARGS… (with a display)\n");
        return 2;
    }
    ScreenProbe probe(display, {0, 0, DisplayWidth(display, 0), DisplayHeight(display, 0)});
    probe.changed();
    const auto* pixels = reinterpret_cast<const std::uint32_t*>(probe.last().data());
    std::vector<std::uint32_t> before(pixels, pixels + probe.last().size() / 4);
    Damage damage = XDamageCreate(display, DefaultRootWindow(display), XDamageReportNonEmpty);
    XDamageSubtract(display, damage, None, None);
    XSync(display, False);

    // The program outlives us: it must not hold the pipe that our figure is read from.
    posix_spawn_file_actions_t streams;
    posix_spawn_file_actions_init(&streams);
    for (int fd : {0, 1, 2})
        posix_spawn_file_actions_addopen(&streams, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);

    auto start = Clock::now();
    pid_t pid;
    if (posix_spawnp(&pid, argv[first + 1], &streams, nullptr, argv + first + 1, environ) != 0) {
        std::fprintf(stderr, "change_meter: cannot start %s\n", argv[first + 1]);
        return 1;
    }
    while (Clock::now() - start < kGivenUp) {
        pollfd waiting{ConnectionNumber(display), POLLIN, 0};
        if (!XPending(display))
            poll(&waiting, 1, 50);
        bool damaged = false;
        while (XPending(display)) {
            XEvent event;
            XNextEvent(display, &event);
            damaged |= event.type == damageEvent + XDamageNotify;
        }
        if (!damaged)
            continue;
        double at_ms = millisecondsSince(start);
        XDamageSubtract(display, damage, None, None);
        if (probe.changed() && differingPixels(probe, before) >= wanted) {
            std::printf("{\"ms\": %.2f}\n", at_ms);
            return 0;
        }
    }
    std::fprintf(stderr, "change_meter: nothing appeared\n");
    return 1;
}

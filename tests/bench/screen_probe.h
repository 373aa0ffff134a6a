// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <X11/Xlib.h>
#include <X11/extensions/XShm.h>

namespace annex::bench {

using Clock = std::chrono::steady_clock;
double millisecondsSince(Clock::time_point start);

/// Value at the fraction `p` (0 … 1) of the sorted samples; -1 where there are none.
double percentile(std::vector<double> samples, double p);

struct Region {
    int x = 0, y = 0, width = 0, height = 0;
};

/// Reads a region of the root window through shared memory: what a person sees on an X11 host, in about 0.05 ms.
/// Not movable: the X server knows the segment. Ends the program where the display has no MIT-SHM.
class ScreenProbe {
public:
    ScreenProbe(Display* display, Region region);
    ~ScreenProbe();
    ScreenProbe(const ScreenProbe&) = delete;
    ScreenProbe& operator=(const ScreenProbe&) = delete;

    void grab();
    /// Grabs, and says whether anything differs from the grab before.
    bool changed();
    std::uint32_t pixel(int x, int y) const;
    const std::vector<char>& last() const { return m_last; }
    const Region& region() const { return m_region; }

private:
    Display* m_display;
    Region m_region;
    XShmSegmentInfo m_segment{};
    XImage* m_image = nullptr;
    std::vector<char> m_last;
};

} // namespace annex::bench

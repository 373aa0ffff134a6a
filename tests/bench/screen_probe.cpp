// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/screen_probe.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <X11/Xutil.h>
#include <sys/ipc.h>
#include <sys/shm.h>

namespace annex::bench {

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double percentile(std::vector<double> samples, double p)
{
    if (samples.empty())
        return -1;
    std::sort(samples.begin(), samples.end());
    return samples[std::min(samples.size() - 1, static_cast<std::size_t>(p * static_cast<double>(samples.size())))];
}

ScreenProbe::ScreenProbe(Display* display, Region region) : m_display(display), m_region(region)
{
    int screen = DefaultScreen(display);
    m_image = XShmCreateImage(display, DefaultVisual(display, screen), static_cast<unsigned>(DefaultDepth(display, screen)), ZPixmap,
                              nullptr, &m_segment, static_cast<unsigned>(region.width), static_cast<unsigned>(region.height));
    std::size_t size = m_image ? static_cast<std::size_t>(m_image->bytes_per_line) * static_cast<std::size_t>(region.height) : 0;
    m_segment.shmid = size ? shmget(IPC_PRIVATE, size, IPC_CREAT | 0600) : -1;
    if (m_segment.shmid < 0) {
        std::fprintf(stderr, "screen_probe: no shared memory on this display\n");
        std::exit(1);
    }
    m_segment.shmaddr = m_image->data = static_cast<char*>(shmat(m_segment.shmid, nullptr, 0));
    m_segment.readOnly = False;
    XShmAttach(display, &m_segment);
    XSync(display, False);
    shmctl(m_segment.shmid, IPC_RMID, nullptr);
    m_last.resize(size);
}

ScreenProbe::~ScreenProbe()
{
    XShmDetach(m_display, &m_segment);
    XSync(m_display, False);
    shmdt(m_segment.shmaddr);
    m_image->data = nullptr;
    XDestroyImage(m_image);
}

void ScreenProbe::grab()
{
    XShmGetImage(m_display, DefaultRootWindow(m_display), m_image, m_region.x, m_region.y, AllPlanes);
}

bool ScreenProbe::changed()
{
    grab();
    bool differs = std::memcmp(m_last.data(), m_image->data, m_last.size()) != 0;
    if (differs)
        std::memcpy(m_last.data(), m_image->data, m_last.size());
    return differs;
}

std::uint32_t ScreenProbe::pixel(int x, int y) const
{
    std::uint32_t value;
    std::memcpy(&value, m_image->data + y * m_image->bytes_per_line + x * 4, sizeof value);
    return value & 0xffffff;
}

} // namespace annex::bench

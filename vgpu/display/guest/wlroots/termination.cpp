// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/termination.h"

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace annex::display::guest {

namespace {

volatile std::sig_atomic_t g_pipe = -1;

void onSignal(int)
{
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(static_cast<int>(g_pipe), &byte, 1); // a full pipe says the same
}

} // namespace

Result<std::unique_ptr<Termination>> Termination::create(wl_display* display)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return failErrno("make a pipe");
    return std::unique_ptr<Termination>(new Termination(display, UniqueFd(ends[0]), UniqueFd(ends[1])));
}

Termination::Termination(wl_display* display, UniqueFd reading, UniqueFd writing)
    : m_reading(std::move(reading)), m_writing(std::move(writing)),
      m_watch(wl_display_get_event_loop(display), m_reading.get(), WL_EVENT_READABLE, [display](std::uint32_t) { wl_display_terminate(display); })
{
    g_pipe = m_writing.get();
    for (int number : {SIGTERM, SIGINT}) {
        struct sigaction action {};
        action.sa_handler = onSignal;
        action.sa_flags = SA_RESTART;
        ::sigemptyset(&action.sa_mask);
        ::sigaction(number, &action, nullptr);
    }
    ::signal(SIGCHLD, SIG_DFL); // ignored, Xwayland's start would never be noticed
}

Termination::~Termination()
{
    ::signal(SIGTERM, SIG_DFL);
    ::signal(SIGINT, SIG_DFL);
    g_pipe = -1;
}

} // namespace annex::display::guest

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/bus_guard.h"

#include <csignal>
#include <cstdint>

#include <sys/mman.h>
#include <unistd.h>

namespace annex::display::guest {

namespace {

// Plain process-wide state: a signal handler has no other way to it, and there is one thread.
volatile std::uintptr_t g_begin = 0, g_end = 0;
volatile std::sig_atomic_t g_hit = 0;
struct sigaction g_previous {};
long g_page_bytes = 4096;

void passOn(int number, siginfo_t* info, void* context)
{
    if (g_previous.sa_flags & SA_SIGINFO && g_previous.sa_sigaction) {
        g_previous.sa_sigaction(number, info, context);
        return;
    }
    ::signal(SIGBUS, SIG_DFL); // the faulting instruction runs again and ends us with the right signal
}

void onBusError(int number, siginfo_t* info, void* context)
{
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    if (address < g_begin || address >= g_end) {
        passOn(number, info, context);
        return;
    }
    const std::uintptr_t page = address & ~static_cast<std::uintptr_t>(g_page_bytes - 1);
    g_hit = 1;
    if (::mmap(reinterpret_cast<void*>(page), g_end - page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        passOn(number, info, context);
}

void installOnce()
{
    static bool installed = false;
    if (installed)
        return;
    installed = true;
    g_page_bytes = ::sysconf(_SC_PAGESIZE);
    struct sigaction action {};
    action.sa_sigaction = onBusError;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &g_previous);
}

} // namespace

BusGuard::BusGuard(const void* begin, std::size_t size_bytes)
{
    installOnce();
    g_hit = 0;
    g_begin = reinterpret_cast<std::uintptr_t>(begin);
    g_end = g_begin + size_bytes;
}

BusGuard::~BusGuard()
{
    g_begin = 0;
    g_end = 0;
}

bool BusGuard::hit() const
{
    return g_hit != 0;
}

} // namespace annex::display::guest

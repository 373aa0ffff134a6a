// SPDX-License-Identifier: Apache-2.0
#include "failing_calls.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<failing_calls::Mode> g_mode{failing_calls::Mode::Never};
std::atomic<long> g_left{0};

template <class Function>
Function next(const char* name)
{
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

/// @return whether this call is to fail for want of room
bool passes(bool needsRoom)
{
    const auto mode = g_mode.load();
    if (mode == failing_calls::Mode::Never)
        return true;
    const bool now = g_left.fetch_sub(1) <= 1;
    if (now && mode == failing_calls::Mode::Kill)
        ::syscall(SYS_kill, ::getpid(), SIGKILL);
    if (now && mode == failing_calls::Mode::Full && needsRoom) {
        errno = ENOSPC;
        return false;
    }
    return true;
}

} // namespace

namespace failing_calls {

void arm(Mode mode, long at)
{
    g_left = at;
    g_mode = mode;
}

void disarm() { g_mode = Mode::Never; }

} // namespace failing_calls

extern "C" {

ssize_t write(int fd, const void* data, size_t size)
{
    return passes(true) ? ::syscall(SYS_write, fd, data, size) : -1;
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset)
{
    return passes(true) ? ::syscall(SYS_pwrite64, fd, data, size, offset) : -1;
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset)
{
    return passes(true) ? ::syscall(SYS_pwrite64, fd, data, size, offset) : -1;
}

int ftruncate(int fd, off_t size) { return passes(false) ? static_cast<int>(::syscall(SYS_ftruncate, fd, size)) : -1; }
int ftruncate64(int fd, off64_t size) { return passes(false) ? static_cast<int>(::syscall(SYS_ftruncate, fd, size)) : -1; }
// A local file system takes the room at the write; only their being a place to die matters here.
int fsync(int fd) { return passes(false) ? static_cast<int>(::syscall(SYS_fsync, fd)) : -1; }
int fdatasync(int fd) { return passes(false) ? static_cast<int>(::syscall(SYS_fdatasync, fd)) : -1; }
int rename(const char* from, const char* to) { return passes(false) ? next<int (*)(const char*, const char*)>("rename")(from, to) : -1; }
int unlink(const char* path) { return passes(false) ? next<int (*)(const char*)>("unlink")(path) : -1; }

} // extern "C"

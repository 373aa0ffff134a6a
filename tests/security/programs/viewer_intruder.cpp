// SPDX-License-Identifier: Apache-2.0
// Hostile code inside annex-viewer itself, as after a taken-over parser: a library that a test loads into the real program. On SIGUSR2 the thread that
// gets the signal tries everything below, whatever state it is in, and writes what came of it to memory that the test shares. Raw system calls only.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr std::size_t kShared_bytes = 64 * 1024;

struct Target {
    char secret[256];  ///< a file in the person's home folder
    char broker[256];  ///< annexd's socket
    char desktop[256]; ///< annex's socket
    char fresh[256];   ///< a file to make
};
Target target;
char* results = nullptr;
std::atomic<std::size_t> used = 0;

void tell(const char* attack, long result)
{
    char line[128];
    const int length = std::snprintf(line, sizeof line, "%ld %s %d\n", ::syscall(SYS_gettid), attack, result < 0 ? errno : 0);
    const std::size_t at = used.fetch_add(static_cast<std::size_t>(length));
    if (at + static_cast<std::size_t>(length) < kShared_bytes)
        std::memcpy(results + at, line, static_cast<std::size_t>(length));
}

void close(long fd)
{
    if (fd >= 0)
        ::syscall(SYS_close, fd);
}

void tryOpen(const char* attack, const char* path, int flags)
{
    const long fd = ::syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
    tell(attack, fd);
    close(fd);
}

void tryConnect(const char* attack, const char* path)
{
    const long fd = ::syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    tell(attack, fd < 0 ? fd : ::syscall(SYS_connect, fd, &address, sizeof address));
    close(fd);
}

void tryMemory()
{
    const long writable = ::syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("make-code", ::syscall(SYS_mprotect, writable, 4096, PROT_READ | PROT_EXEC));
    const long code = ::syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("map-code", code == -1 ? -1 : 0);
}

void tryProcesses()
{
    const long parent = ::syscall(SYS_getppid);
    tell("signal-others", parent < 0 ? -1 : ::syscall(SYS_kill, parent, 0));
    // A copy of this process that ends at once, and a program in it.
    const long child = ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (child == 0) {
        const char* const words[] = {"/bin/true", nullptr};
        ::syscall(SYS_execve, words[0], words, words + 1);
        ::syscall(SYS_exit_group, 1);
    }
    tell("new-process", child);
    const long own = ::syscall(SYS_unshare, CLONE_FS); // harmless where it is allowed
    tell("unshare", own);
}

void attack(int)
{
    tryOpen("read-secret", target.secret, O_RDONLY);
    tryOpen("write-secret", target.secret, O_WRONLY | O_APPEND);
    tryOpen("make-file", target.fresh, O_WRONLY | O_CREAT);
    tell("make-folder", ::syscall(SYS_mkdirat, AT_FDCWD, target.fresh, 0700) < 0 && errno != EEXIST ? -1 : 0);
    tell("rename", ::syscall(SYS_renameat2, AT_FDCWD, target.fresh, AT_FDCWD, target.fresh, 0));
    tryConnect("broker", target.broker);
    tryConnect("desktop", target.desktop);
    const long network = ::syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
    tell("network", network);
    close(network);
    tryMemory();
    tryProcesses();
    tell("end", 0);
}

void copy(char (&to)[256], const char* variable)
{
    if (const char* value = std::getenv(variable))
        std::strncpy(to, value, sizeof to - 1);
}

[[gnu::constructor]] void enter()
{
    const char* path = std::getenv("INTRUDER_RESULTS");
    const int file = path ? ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0 || ::ftruncate(file, kShared_bytes) != 0)
        return;
    void* mapped = ::mmap(nullptr, kShared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped == MAP_FAILED)
        return;
    results = static_cast<char*>(mapped);
    copy(target.secret, "INTRUDER_SECRET");
    copy(target.broker, "INTRUDER_BROKER");
    copy(target.desktop, "INTRUDER_DESKTOP");
    copy(target.fresh, "INTRUDER_FRESH");
    struct sigaction act{};
    act.sa_handler = attack;
    act.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR2, &act, nullptr);
}

} // namespace

// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/hostile/attacks.h"

namespace annex::hostile {
namespace fs = std::filesystem;
namespace {

constexpr unsigned long kTiocsti = 0x5412;
constexpr unsigned long kTioclinux = 0x541C;
constexpr unsigned long kAboveAnInt = 0x100000000ul; // a filter that looks at 64 bits where the kernel looks at 32 lets this through

void inject(const std::string& name, int terminal)
{
    for (const char* letter = "hostile\n"; *letter != '\0'; ++letter) {
        const bool got = ::ioctl(terminal, kTiocsti, letter) == 0;
        sayOutcome(name + " TIOCSTI", got);
        if (!got)
            break;
    }
    char paste[] = {3}; // TIOCL_PASTESEL
    sayOutcome(name + " TIOCSTI, high bits", ::syscall(SYS_ioctl, terminal, kTiocsti | kAboveAnInt, "h") == 0);
    sayOutcome(name + " TIOCLINUX", ::ioctl(terminal, kTioclinux, paste) == 0);
}

std::string targetOf(const fs::path& link)
{
    std::error_code error;
    const fs::path target = fs::read_symlink(link, error);
    return error ? std::string() : target.string();
}

void listFolder(const fs::path& folder, const std::string& whose)
{
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const std::string target = targetOf(it->path());
        if (!target.empty() && target != folder.string() && target.find("/fd") == std::string::npos)
            say(whose + " " + it->path().filename().string() + " " + target);
    }
}

bool writeThrough(const fs::path& path, int flags)
{
    const int file = ::open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0)
        return false;
    ::close(file);
    return true;
}

/// As against runc in 2019: hold the file without opening it, then open it again by the descriptor's own name.
bool writeAgain(const fs::path& path)
{
    const int held = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (held < 0)
        return false;
    const bool got = writeThrough("/proc/self/fd/" + std::to_string(held), O_WRONLY);
    const int error = errno;
    ::close(held);
    errno = error;
    return got;
}

} // namespace

int injectInput(const Words&)
{
    for (int terminal : {0, 1, 2})
        inject("descriptor " + std::to_string(terminal), terminal);
    for (const char* path : {"/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1"}) {
        const int terminal = ::open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (terminal < 0) {
            sayOutcome(path, false);
            continue;
        }
        inject(path, terminal);
        ::close(terminal);
    }
    return 0;
}

int listDescriptors(const Words& arguments)
{
    if (!arguments.empty()) { // the test's own control: opens this file and loads itself again, as a leaky parent would
        if (::open(arguments.at(0).c_str(), O_RDONLY) < 0)
            sayOutcome("open", false);
        ::execl("/proc/self/exe", "annex-hostile", "descriptors", static_cast<char*>(nullptr));
        return 1;
    }
    listFolder("/proc/self/fd", "own");
    std::error_code error;
    for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos && name != std::to_string(::getpid()))
            listFolder(it->path() / "fd", name);
    }
    return 0;
}

int overwritePrograms(const Words& arguments)
{
    Words paths = arguments;
    paths.insert(paths.end(), {"/proc/1/exe", "/proc/self/exe"});
    for (const std::string& path : paths) {
        const bool ours = path == "/proc/self/exe"; // lies in /tmp of the workspace and may be changed; only opening it while it runs may not
        sayOutcome(path + " write", writeThrough(path, O_WRONLY));
        sayOutcome(path + " write again", writeAgain(path));
        if (ours)
            continue;
        sayOutcome(path + " truncate", ::truncate(path.c_str(), 0) == 0);
        sayOutcome(path + " mode", ::chmod(path.c_str(), 0777) == 0);
        sayOutcome(path + " time", ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0);
        sayOutcome(path + " remove", ::unlink(path.c_str()) == 0);
    }
    return 0;
}

namespace {

bool cloneInto(unsigned long flags)
{
    const long pid = ::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (pid == 0)
        ::_exit(0);
    if (pid < 0)
        return false;
    ::waitpid(static_cast<pid_t>(pid), nullptr, 0);
    return true;
}

bool clone3Into(std::uint64_t flags)
{
    std::uint64_t arguments[11] = {flags, 0, 0, 0, SIGCHLD};
    const long pid = ::syscall(SYS_clone3, arguments, sizeof arguments);
    if (pid == 0)
        ::_exit(0);
    if (pid < 0)
        return false;
    ::waitpid(static_cast<pid_t>(pid), nullptr, 0);
    return true;
}

} // namespace

int makeUserNamespace(const Words&)
{
    sayOutcome("clone", cloneInto(CLONE_NEWUSER));
    sayOutcome("clone3", clone3Into(CLONE_NEWUSER));
    const int other = ::open("/proc/1/ns/user", O_RDONLY | O_CLOEXEC);
    sayOutcome("setns", other >= 0 && ::setns(other, CLONE_NEWUSER) == 0);
    const bool got = ::unshare(CLONE_NEWUSER) == 0;
    sayOutcome("unshare", got);
    say("holding");
    waitForEnd(); // the test looks from outside at the namespace that this process is in
    return 0;
}

} // namespace annex::hostile

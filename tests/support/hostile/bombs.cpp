// SPDX-License-Identifier: Apache-2.0
// Each stops at a bound that the test gives: no test may endanger the host, least of all the one with the defence off.
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/hostile/attacks.h"

namespace annex::hostile {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMiB = 1u << 20;

long bound(const Words& arguments, std::size_t index)
{
    return std::atol(arguments.at(index).c_str());
}

int pauseForEver(void*)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        ::pause();
}

/// A process of its own that shares our memory: counted like any other, and it costs the host next to nothing to make and to end.
pid_t lightProcess()
{
    constexpr std::size_t kStack_bytes = 16 * 1024;
    void* stack = ::mmap(nullptr, kStack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return stack == MAP_FAILED ? -1 : ::clone(pauseForEver, static_cast<char*>(stack) + kStack_bytes, CLONE_VM | SIGCHLD, nullptr);
}

} // namespace

int forkBomb(const Words& arguments)
{
    std::vector<pid_t> children;
    int error = 0;
    while (static_cast<long>(children.size()) < bound(arguments, 0)) {
        const pid_t child = lightProcess();
        if (child < 0) {
            error = errno;
            break;
        }
        children.push_back(child);
    }
    say("forked " + std::to_string(children.size()) + " then " + std::to_string(error));
    say("holding");
    waitForEnd();
    for (pid_t child : children)
        ::kill(child, SIGKILL);
    for (pid_t child : children)
        ::waitpid(child, nullptr, 0);
    return 0;
}

int memoryBomb(const Words& arguments)
{
    const long most = bound(arguments, 0);
    for (long done = 0; done < most; ++done) {
        void* memory = ::mmap(nullptr, kMiB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            sayOutcome("memory", false);
            break;
        }
        std::memset(memory, static_cast<int>(done % 255 + 1), kMiB);
        say("touched " + std::to_string(done + 1));
    }
    say("holding");
    waitForEnd();
    return 0;
}

int diskBomb(const Words& arguments)
{
    const fs::path path = fs::path(arguments.at(0)) / "bomb";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::vector<char> block(kMiB, 'x');
    long written = 0;
    int error = file < 0 ? errno : 0;
    while (error == 0 && written < bound(arguments, 1)) {
        const ssize_t count = ::write(file, block.data(), block.size());
        if (count != static_cast<ssize_t>(block.size()))
            error = count < 0 ? errno : ENOSPC;
        else
            ++written;
    }
    say("wrote " + std::to_string(written) + " then " + std::to_string(error));
    return 0;
}

int inodeBomb(const Words& arguments)
{
    const fs::path folder = fs::path(arguments.at(0)) / "many";
    ::mkdir(folder.c_str(), 0700);
    long made = 0;
    int error = 0;
    while (error == 0 && made < bound(arguments, 1)) {
        const int file = ::open((folder / std::to_string(made)).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0) {
            error = errno;
            break;
        }
        ::close(file);
        ++made;
    }
    say("made " + std::to_string(made) + " then " + std::to_string(error));
    return 0;
}

int crashBomb(const Words& arguments)
{
    constexpr int kPatience = 2'000; // looks, 5 ms apart
    long killed = 0;
    for (int look = 0; look < kPatience && killed < bound(arguments, 1); ++look) {
        std::error_code ignored;
        for (fs::directory_iterator it("/proc", ignored), end; !ignored && it != end; it.increment(ignored)) {
            const std::string name = it->path().filename().string();
            if (name.find_first_not_of("0123456789") != std::string::npos)
                continue;
            std::string command;
            std::getline(std::ifstream(it->path() / "comm"), command);
            if (command == arguments.at(0) && ::kill(std::atoi(name.c_str()), SIGSEGV) == 0) {
                ++killed;
                say("killed " + name);
            }
        }
        ::usleep(5'000);
    }
    say("killed " + std::to_string(killed) + " times");
    return 0;
}

} // namespace annex::hostile

// SPDX-License-Identifier: Apache-2.0
// Started by tst_process and tst_local_socket: says on stdout what it was given, or does one small thing.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace {

int sayDescriptors()
{
    DIR* folder = ::opendir("/proc/self/fd");
    while (dirent* entry = ::readdir(folder)) {
        if (entry->d_name[0] == '.' || std::atoi(entry->d_name) == ::dirfd(folder))
            continue;
        char target[4096] = {};
        const std::string path = std::string("/proc/self/fd/") + entry->d_name;
        if (::readlink(path.c_str(), target, sizeof target - 1) < 0)
            return 1;
        std::printf("%s=%s\n", entry->d_name, target);
    }
    ::closedir(folder);
    return 0;
}

int saySignals()
{
    FILE* status = std::fopen("/proc/self/status", "re");
    char line[512];
    while (std::fgets(line, sizeof line, status) != nullptr) {
        if (std::strncmp(line, "SigBlk", 6) == 0 || std::strncmp(line, "SigIgn", 6) == 0 || std::strncmp(line, "SigCgt", 6) == 0)
            std::fputs(line, stdout);
    }
    std::fclose(status);
    return 0;
}

int writeAndWait(const char* text)
{
    const auto length = static_cast<ssize_t>(std::strlen(text));
    if (::write(3, text, static_cast<std::size_t>(length)) != length)
        return 2;
    char end = 0;
    return ::read(0, &end, 1) == 0 ? 0 : 3; // alive until the test closes our stdin
}

/// Writes `text` to descriptor 3 from inside new namespaces.
int writeFrom(const std::string& where, const char* text)
{
    int flags = CLONE_NEWUSER; // without privilege it comes with each of the others
    if (where == "pid")
        flags |= CLONE_NEWPID;
    if (where != "here" && ::unshare(flags) != 0)
        return 4;
    if (where != "pid")
        return writeAndWait(text);
    const pid_t child = ::fork(); // only children are in the new pid namespace
    if (child == 0)
        ::_exit(writeAndWait(text));
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 5;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "descriptors")
        return sayDescriptors();
    if (what == "signals")
        return saySignals();
    if (what == "environment") {
        for (char** variable = environ; *variable != nullptr; ++variable)
            std::puts(*variable);
        return 0;
    }
    if (what == "arguments") {
        for (int i = 0; i < argc; ++i)
            std::printf("[%s]\n", argv[i]);
        return 0;
    }
    if (what == "session") {
        std::printf("%d %d\n", ::getsid(0) == ::getpid() ? 1 : 0, ::getppid());
        return 0;
    }
    if (what == "folder") {
        char folder[4096];
        std::puts(::getcwd(folder, sizeof folder));
        return 0;
    }
    if (what == "exit")
        return std::atoi(argv[2]);
    if (what == "raise") {
        std::raise(std::atoi(argv[2]));
        return 0;
    }
    if (what == "pause") {
        for (;;)
            ::pause();
    }
    if (what == "write")
        return writeFrom(argv[2], argv[3]);
    return 99;
}

// SPDX-License-Identifier: Apache-2.0
// First process of a guest in tests. Reads one command a line from its control stream (descriptor 3) and answers "LENGTH\n" and that many bytes:
//
//   sh COMMAND…               output of /bin/sh -c COMMAND (both streams), then "\nexit N"
//   call ABI NUMBER A0 … A5   one system call in a child; ABI: native, i386 (int 0x80), x32. Answer: "RESULT ERRNO" or "signal N"
//   fds                       open descriptors of this process
//   end N                     ends with exit code N
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>

#include <dirent.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int kControl = 3;

std::string readAll(int descriptor)
{
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(descriptor, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR);) {
        if (got > 0 && text.size() < (4u << 20))
            text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
}

std::string runShell(const std::string& command)
{
    int ends[2];
    if (::pipe(ends) != 0)
        return std::string("pipe: ") + std::strerror(errno);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], 1);
        ::dup2(ends[1], 2);
        for (int other = 3; other < 64; ++other)
            ::close(other);
        ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(ends[1]);
    if (child < 0) {
        ::close(ends[0]);
        return std::string("fork: ") + std::strerror(errno);
    }
    std::string output = readAll(ends[0]);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return output + "\nexit " + std::to_string(code);
}

#if defined(__x86_64__)
long callByInt80(const long* v)
{
    long result = 0;
    asm volatile("int $0x80"
                 : "=a"(result)
                 : "a"(v[0]), "b"(v[1]), "c"(v[2]), "d"(v[3]), "S"(v[4]), "D"(v[5])
                 : "memory", "r8", "r9", "r10", "r11");
    return static_cast<int>(result);
}
#endif

std::string makeCall(const std::string& abi, const long* v)
{
    int ends[2];
    if (::pipe(ends) != 0)
        return "pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        long result = 0;
#if defined(__x86_64__)
        if (abi == "i386") {
            const long raw = callByInt80(v);
            result = raw < 0 ? -1 : raw;
            errno = raw < 0 ? static_cast<int>(-raw) : 0;
        } else
#endif
        {
            const long number = abi == "x32" ? v[0] | 0x40000000 : v[0];
            errno = 0;
            result = ::syscall(number, v[1], v[2], v[3], v[4], v[5], v[6]);
        }
        char text[64];
        const int length = std::snprintf(text, sizeof text, "%ld %d", result, errno);
        [[maybe_unused]] const ssize_t written = ::write(ends[1], text, static_cast<std::size_t>(length));
        ::_exit(0);
    }
    ::close(ends[1]);
    const std::string answer = readAll(ends[0]);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return answer.empty() && WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status)) : answer;
}

std::string listDescriptors()
{
    std::string text;
    DIR* folder = ::opendir("/proc/self/fd");
    if (folder == nullptr)
        return "opendir";
    while (const dirent* entry = ::readdir(folder)) {
        char target[256] = {};
        if (entry->d_name[0] == '.' || std::atoi(entry->d_name) == ::dirfd(folder))
            continue;
        if (::readlinkat(::dirfd(folder), entry->d_name, target, sizeof target - 1) > 0)
            text += std::string(entry->d_name) + " " + target + "\n";
    }
    ::closedir(folder);
    return text;
}

std::string obey(const std::string& line)
{
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "sh")
        return runShell(line.substr(3));
    if (verb == "fds")
        return listDescriptors();
    if (verb == "call") {
        std::string abi;
        long values[7] = {};
        words >> abi;
        for (long& value : values)
            words >> value;
        return makeCall(abi, values);
    }
    if (verb == "end") {
        int code = 0;
        words >> code;
        ::_exit(code);
    }
    return "unknown command";
}

bool writeAll(const std::string& text)
{
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t written = ::write(kControl, text.data() + done, text.size() - done);
        if (written < 0 && (errno == EINTR || errno == EAGAIN)) {
            ::usleep(500); // the stream is non-blocking and the host reads
            continue;
        }
        if (written <= 0)
            return false;
        done += static_cast<std::size_t>(written);
    }
    return true;
}

/// One line, or false when the host's end is gone.
bool readLine(std::string& line)
{
    line.clear();
    for (;;) {
        char c = 0;
        const ssize_t got = ::read(kControl, &c, 1);
        if (got == 0)
            return false;
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            fd_set set;
            FD_ZERO(&set);
            FD_SET(kControl, &set);
            ::select(kControl + 1, &set, nullptr, nullptr, nullptr);
            continue;
        }
        if (got < 0)
            return false;
        if (c == '\n')
            return true;
        line += c;
    }
}

} // namespace

int main()
{
    ::signal(SIGPIPE, SIG_IGN);
    for (std::string line; readLine(line);) {
        const std::string answer = obey(line);
        if (!writeAll(std::to_string(answer.size()) + "\n" + answer))
            return 0;
        while (::waitpid(-1, nullptr, WNOHANG) > 0) { // orphans of what was run
        }
    }
    return 0;
}

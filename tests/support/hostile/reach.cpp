// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <fstream>
#include <iterator>
#include <sstream>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/klog.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/hostile/attacks.h"

namespace annex::hostile {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kShared_bytes = 4096;

std::string contentOf(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void tryRead(const fs::path& path)
{
    const std::string content = contentOf(path);
    if (!content.empty())
        say("read " + path.string() + ": " + content.substr(0, 200));
}

bool isNumber(const std::string& text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

void eachProcess(const std::function<void(const fs::path&)>& look)
{
    for (const char* proc : {"/proc", "/host/proc"}) {
        std::error_code error;
        for (fs::directory_iterator it(proc, error), end; !error && it != end; it.increment(error)) {
            if (isNumber(it->path().filename().string()))
                look(it->path());
        }
    }
}

/// Folders in which nothing of a person lies, and which are large or endless.
bool isDull(const fs::path& path)
{
    static const Words kDull{"/proc", "/sys", "/usr", "/dev/fd", "/host/proc", "/host/sys", "/host/usr", "/host/dev"};
    return std::find(kDull.begin(), kDull.end(), path.string()) != kDull.end();
}

void search(const fs::path& folder, const std::string& name, int depth)
{
    constexpr int kDeepest = 12;
    std::error_code error;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->path().filename() == name)
            tryRead(it->path());
        if (depth < kDeepest && it->is_directory(ignored) && !it->is_symlink(ignored) && !isDull(it->path()))
            search(it->path(), name, depth + 1);
    }
}

void connectTo(const std::string& what, int socket, const sockaddr* address, socklen_t length)
{
    const bool connected = socket >= 0 && ::connect(socket, address, length) == 0;
    sayOutcome(what, connected);
    if (connected)
        (void)!::write(socket, "hostile\n", 8);
    ::close(socket);
}

sockaddr_un localAddress(const std::string& name, socklen_t& length)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t size = std::min(name.size(), sizeof address.sun_path - 1);
    std::memcpy(address.sun_path, name.data(), size);
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
    return address;
}

void connectLocalTo(const std::string& what, const std::string& name)
{
    socklen_t length = 0;
    const sockaddr_un address = localAddress(name, length);
    connectTo(what, ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), reinterpret_cast<const sockaddr*>(&address), length);
}

} // namespace

int findFile(const Words& arguments)
{
    const std::string& name = arguments.at(0);
    const fs::path path = arguments.at(1);
    tryRead(path);
    search("/", name, 0);
    eachProcess([&](const fs::path& process) {
        for (const char* door : {"root", "cwd"})
            tryRead(process / door / path.relative_path());
    });
    return 0;
}

int findProcess(const Words& arguments)
{
    const std::string& mark = arguments.at(0);
    eachProcess([&](const fs::path& process) {
        for (const char* file : {"cmdline", "environ"}) {
            const std::string content = contentOf(process / file);
            // Not itself, whose arguments name the mark as well.
            if (content.find(mark) != std::string::npos && content.find("find-process") == std::string::npos)
                say("saw " + (process / file).string());
        }
    });
    return 0;
}

int signalProcess(const Words& arguments)
{
    const int result = ::kill(std::atoi(arguments.at(0).c_str()), SIGKILL);
    sayOutcome("signal", result == 0);
    return 0;
}

int showEnvironment(const Words&)
{
    eachProcess([](const fs::path& process) {
        std::string content = contentOf(process / "environ");
        std::replace(content.begin(), content.end(), '\0', '\n');
        std::istringstream lines(content);
        for (std::string line; std::getline(lines, line);)
            say("variable " + line);
    });
    return 0;
}

int connectPath(const Words& arguments)
{
    connectLocalTo("path", arguments.at(0));
    // A longer way that sun_path may not hold: from the folder itself.
    const fs::path path = "/host" + arguments.at(0);
    if (::chdir(path.parent_path().c_str()) == 0)
        connectLocalTo("path through the host's root", path.filename().string());
    return 0;
}

int connectAbstract(const Words& arguments)
{
    connectLocalTo("abstract", std::string(1, '\0') + arguments.at(0));
    return 0;
}

int connectTcp(const Words& arguments)
{
    const auto port = htons(static_cast<std::uint16_t>(std::atoi(arguments.at(0).c_str())));
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = port;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connectTo("tcp 4", ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), reinterpret_cast<const sockaddr*>(&four), sizeof four);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = port;
    six.sin6_addr = in6addr_loopback;
    connectTo("tcp 6", ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), reinterpret_cast<const sockaddr*>(&six), sizeof six);
    return 0;
}

int readKernelLog(const Words&)
{
    char buffer[4096];
    constexpr int kReadAll = 3;
    constexpr int kSize = 10;
    sayOutcome("size", ::klogctl(kSize, nullptr, 0) >= 0);
    sayOutcome("messages", ::klogctl(kReadAll, buffer, sizeof buffer) > 0);
    for (const char* path : {"/dev/kmsg", "/proc/kmsg"}) {
        const int file = ::open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        sayOutcome(path, file >= 0 && ::read(file, buffer, sizeof buffer) > 0);
        ::close(file);
    }
    return 0;
}

int makeShared(const Words& arguments)
{
    const int id = ::shmget(std::atoi(arguments.at(0).c_str()), kShared_bytes, IPC_CREAT | 0600);
    void* at = id < 0 ? reinterpret_cast<void*>(-1) : ::shmat(id, nullptr, 0);
    if (at == reinterpret_cast<void*>(-1)) {
        sayOutcome("make", false);
        return 1;
    }
    std::strncpy(static_cast<char*>(at), arguments.at(1).c_str(), kShared_bytes - 1);
    say("holding");
    waitForEnd();
    ::shmctl(id, IPC_RMID, nullptr);
    return 0;
}

int readShared(const Words& arguments)
{
    const int id = ::shmget(std::atoi(arguments.at(0).c_str()), 0, 0);
    void* at = id < 0 ? reinterpret_cast<void*>(-1) : ::shmat(id, nullptr, SHM_RDONLY);
    if (at == reinterpret_cast<void*>(-1))
        sayOutcome("shared", false);
    else
        say("shared: got " + std::string(static_cast<const char*>(at)));
    return 0;
}

int listenAbstract(const Words& arguments)
{
    socklen_t length = 0;
    const sockaddr_un address = localAddress(std::string(1, '\0') + arguments.at(0), length);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), length) != 0 || ::listen(socket, 8) != 0) {
        sayOutcome("listen", false);
        return 1;
    }
    say("holding");
    waitForEnd();
    return 0;
}

} // namespace annex::hostile

// SPDX-License-Identifier: Apache-2.0
#include "base/channel/posix/local_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace annex {
namespace {

// Linux 6.5; the headers of Debian 12 are older.
constexpr int kPassPidfd = 76;  // SO_PASSPIDFD
constexpr int kScmPidfd = 0x04; // SCM_PIDFD

struct Address {
    sockaddr_un name{};
    socklen_t length = 0;
};

Result<Address> addressOf(const std::filesystem::path& path)
{
    const std::string text = path.string();
    if (text.empty() || text.find('\0') != std::string::npos)
        return fail(Errc::Malformed, "a socket path is empty or has a zero byte");
    if (text.size() > kMaxSocketPath_bytes)
        return fail(Errc::TooLarge, "a socket path is longer than the system allows: " + text);
    Address address;
    address.name.sun_family = AF_UNIX;
    std::memcpy(address.name.sun_path, text.data(), text.size());
    address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size() + 1);
    return address;
}

Result<UniqueFd> newSocket()
{
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        return failErrno("make a socket");
    return socket;
}

/// Whether a socket file is there that nobody listens on.
bool isStale(const std::filesystem::path& path)
{
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode) || info.st_uid != ::geteuid())
        return false;
    auto probe = connectLocal(path);
    return !probe && probe.error().code == Errc::NotFound;
}

std::uint64_t bootTime_ns()
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

/// What came beside the bytes, owned from the first moment so that no error path leaks a descriptor.
struct Ancillary {
    std::vector<UniqueFd> descriptors;
    std::optional<ucred> writer;
    std::shared_ptr<const UniqueFd> process;
    bool processGone = false;
};

void takeDescriptors(const cmsghdr* header, Ancillary& out)
{
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
        out.descriptors.emplace_back(fd);
    }
}

Ancillary takeAncillary(msghdr& message)
{
    Ancillary out;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET)
            continue;
        if (header->cmsg_type == SCM_RIGHTS)
            takeDescriptors(header, out);
        else if (header->cmsg_type == SCM_CREDENTIALS && header->cmsg_len >= CMSG_LEN(sizeof(ucred)))
            std::memcpy(&out.writer.emplace(), CMSG_DATA(header), sizeof(ucred));
        else if (header->cmsg_type == kScmPidfd && header->cmsg_len >= CMSG_LEN(sizeof(int))) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
            // A negative number is the kernel's way to say that the writer was reaped before we read.
            out.processGone = fd < 0;
            if (fd >= 0)
                out.process = std::make_shared<const UniqueFd>(fd);
        }
    }
    return out;
}

Credentials credentialsFrom(Ancillary& beside)
{
    Credentials writer;
    writer.pid = beside.processGone ? 0 : beside.writer->pid;
    writer.uid = beside.writer->uid;
    writer.gid = beside.writer->gid;
    writer.process = std::move(beside.process);
    writer.received_ns = bootTime_ns();
    return writer;
}

} // namespace

Result<UniqueFd> listenLocal(const std::filesystem::path& path)
{
    auto address = addressOf(path);
    if (!address)
        return while_("listen", std::move(address));
    auto socket = newSocket();
    if (!socket)
        return socket;
    // Before bind(), so that the file never exists with wider permissions.
    if (::fchmod(socket->get(), 0600) != 0)
        return failErrno("restrict a socket");
    const auto* name = reinterpret_cast<const sockaddr*>(&address->name);
    int bound = ::bind(socket->get(), name, address->length);
    if (bound != 0 && errno == EADDRINUSE && isStale(path)) {
        ::unlink(path.c_str());
        bound = ::bind(socket->get(), name, address->length);
    }
    if (bound != 0)
        return errno == EADDRINUSE ? fail(Errc::AlreadyExists, "listen on " + path.string() + ": it is in use")
                                   : failErrno("listen on " + path.string());
    if (::chmod(path.c_str(), 0600) != 0)
        return failErrno("restrict " + path.string());
    if (auto asked = askForCredentials(socket->get()); !asked)
        return while_("listen", std::move(asked));
    if (::listen(socket->get(), SOMAXCONN) != 0)
        return failErrno("listen on " + path.string());
    return socket;
}

Result<UniqueFd> connectLocal(const std::filesystem::path& path)
{
    auto address = addressOf(path);
    if (!address)
        return while_("connect", std::move(address));
    auto socket = newSocket();
    if (!socket)
        return socket;
    if (::connect(socket->get(), reinterpret_cast<const sockaddr*>(&address->name), address->length) != 0) {
        if (errno == ECONNREFUSED)
            return fail(Errc::NotFound, "connect to " + path.string() + ": nobody listens",
                        std::error_code(ECONNREFUSED, std::generic_category()));
        return failErrno("connect to " + path.string());
    }
    return socket;
}

Result<UniqueFd> acceptLocal(int listener)
{
    for (;;) {
        UniqueFd socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket)
            return socket;
        if (errno != EINTR && errno != ECONNABORTED)
            return failErrno("accept a connection");
    }
}

Result<std::array<UniqueFd, 2>> streamPair()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return failErrno("make a socket pair");
    return std::array<UniqueFd, 2>{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<std::size_t> sendWith(int socket, ByteSpan bytes, std::span<const int> descriptors)
{
    if (bytes.empty())
        return fail(Errc::Malformed, "nothing to send: descriptors need a byte to travel with");
    if (descriptors.size() > kMaxDescriptorsPerMessage)
        return fail(Errc::TooLarge, "too many descriptors for one message");
    iovec part{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) std::uint8_t control[CMSG_SPACE(kMaxDescriptorsPerMessage * sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    for (;;) {
        ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0)
            return static_cast<std::size_t>(sent);
        if (errno != EINTR)
            return failErrno("send");
    }
}

Result<Received> receive(int socket, std::span<std::uint8_t> buffer, std::size_t maxDescriptors)
{
    maxDescriptors = std::min(maxDescriptors, kMaxDescriptorsPerMessage);
    iovec part{buffer.data(), buffer.size()};
    // Room for the writer's identity is kept even when nobody asked, so that descriptors over the limit are counted, not mistaken.
    alignas(cmsghdr) std::uint8_t control[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(int)) +
                                          CMSG_SPACE((kMaxDescriptorsPerMessage + 1) * sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t got = 0;
    do
        got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return failErrno("receive");

    Ancillary beside = takeAncillary(message);
    if ((message.msg_flags & MSG_CTRUNC) != 0 || beside.descriptors.size() > maxDescriptors)
        return fail(Errc::TooLarge, "a message carries more descriptors than it may");
    Received received;
    received.bytes = static_cast<std::size_t>(got);
    received.descriptors = std::move(beside.descriptors);
    received.closed = got == 0 && !buffer.empty();
    if (beside.writer && !received.closed)
        received.writer = credentialsFrom(beside);
    return received;
}

Result<void> askForCredentials(int socket)
{
    const int on = 1;
    if (::setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0)
        return failErrno("ask for writers' credentials");
    // Older kernels do not know it; checkWriter says what remains then.
    ::setsockopt(socket, SOL_SOCKET, kPassPidfd, &on, sizeof on);
    return {};
}

} // namespace annex

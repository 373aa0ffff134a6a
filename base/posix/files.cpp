// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/posix/unique_fd.h"
#include "base/random.h"

namespace annex {
namespace {

Result<std::size_t> readOnce(int fd, std::uint8_t* into, std::size_t size)
{
    for (;;) {
        const ssize_t got = ::read(fd, into, size);
        if (got >= 0)
            return static_cast<std::size_t>(got);
        if (errno != EINTR)
            return failErrno("read");
    }
}

Result<void> writeAll(int fd, ByteSpan content)
{
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written >= 0)
            content = content.subspan(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            return failErrno("write");
    }
    return {};
}

Result<ByteVector> readDescriptor(int fd, std::size_t limit_bytes)
{
    struct stat info {};
    if (::fstat(fd, &info) != 0)
        return failErrno("look at");
    if (!S_ISREG(info.st_mode))
        return fail(Errc::Malformed, "it is not a regular file");
    if (info.st_size > 0 && static_cast<std::uint64_t>(info.st_size) > limit_bytes)
        return fail(Errc::TooLarge, "it is larger than " + std::to_string(limit_bytes) + " bytes");
    ByteVector content;
    // Files of /proc say 0 and a growing file says too little, so the end is where read() says, one byte past the limit at most.
    std::size_t room = static_cast<std::size_t>(info.st_size) + 1;
    for (;;) {
        const std::size_t held = content.size();
        content.resize(std::min(held + room, limit_bytes + 1));
        auto got = readOnce(fd, content.data() + held, content.size() - held);
        if (!got)
            return tl::unexpected<Error>(std::move(got.error()));
        content.resize(held + *got);
        if (*got == 0)
            return content;
        if (content.size() > limit_bytes)
            return fail(Errc::TooLarge, "it is larger than " + std::to_string(limit_bytes) + " bytes");
        room = 64 * 1024;
    }
}

Result<void> syncFolder(const std::filesystem::path& folder)
{
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        return failErrno("make the new name durable in " + folder.string());
    return {};
}

Result<void> writeTemporary(const std::string& name, ByteSpan content, unsigned mode)
{
    UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd)
        return failErrno("create");
    if (auto written = writeAll(fd.get(), content); !written)
        return written;
    if (::fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) // not by open(): the umask must not take bits away
        return failErrno("set permissions");
    if (::fsync(fd.get()) != 0)
        return failErrno("flush");
    return {};
}

Result<void> makeOne(const std::filesystem::path& path)
{
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST)
        return {};
    return failErrno("create folder " + path.string());
}

} // namespace

Result<ByteVector> readFile(const std::filesystem::path& path, std::size_t limit_bytes)
{
    // Non-blocking, so that a FIFO in the file's place cannot hold us.
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd)
        return failErrno("open " + path.string());
    auto content = readDescriptor(fd.get(), limit_bytes);
    if (!content)
        return while_("read " + path.string(), std::move(content));
    return content;
}

Result<std::string> readTextFile(const std::filesystem::path& path, std::size_t limit_bytes)
{
    auto content = readFile(path, limit_bytes);
    if (!content)
        return tl::unexpected<Error>(std::move(content.error()));
    return std::string(content->begin(), content->end());
}

Result<void> writeFileAtomically(const std::filesystem::path& path, ByteSpan content, unsigned mode)
{
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const std::string temporary = (folder / ("." + path.filename().string() + "." + randomHex(8) + ".tmp")).string();
    auto written = writeTemporary(temporary, content, mode);
    if (written && std::rename(temporary.c_str(), path.c_str()) != 0)
        written = failErrno("rename");
    if (!written) {
        ::unlink(temporary.c_str());
        return while_("write " + path.string(), std::move(written));
    }
    return syncFolder(folder);
}

Result<void> ensurePrivateFolder(const std::filesystem::path& named)
{
    if (named.empty())
        return fail(Errc::Malformed, "make a private folder: the path is empty");
    // A slash at the end would make open() follow a link in spite of O_NOFOLLOW.
    const std::filesystem::path path = named.has_filename() ? named : named.parent_path();
    std::filesystem::path made;
    for (const auto& part : path) {
        made /= part;
        struct stat info {};
        if (::stat(made.c_str(), &info) != 0) {
            if (auto one = makeOne(made); !one)
                return one;
        }
    }
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && (errno == ENOTDIR || errno == ELOOP))
        return fail(Errc::Malformed, path.string() + " is not a folder");
    if (!fd)
        return failErrno("open folder " + path.string());
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0)
        return failErrno("look at folder " + path.string());
    if (info.st_uid != ::geteuid())
        return fail(Errc::Denied, "folder " + path.string() + " belongs to another account");
    if ((info.st_mode & 07777) != 0700 && ::fchmod(fd.get(), 0700) != 0)
        return failErrno("restrict folder " + path.string());
    return {};
}

} // namespace annex

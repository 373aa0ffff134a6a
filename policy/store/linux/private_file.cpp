// SPDX-License-Identifier: Apache-2.0
#include "policy/store/private_file.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/files.h"
#include "base/posix/unique_fd.h"

namespace annex::policy {
namespace {

constexpr mode_t kPrivate = 0600;

Result<void> mustBePrivate(int fd, const std::string& path)
{
    struct stat status{};
    if (::fstat(fd, &status) != 0)
        return failErrno(fmt::format("examine {}", path));
    if (S_ISLNK(status.st_mode))
        return fail(Errc::Denied, fmt::format("{} is a link", path));
    if (!S_ISREG(status.st_mode))
        return fail(Errc::Denied, fmt::format("{} is no regular file", path));
    if (status.st_uid != ::geteuid())
        return fail(Errc::Denied, fmt::format("{} belongs to another account", path));
    if (status.st_nlink > 1)
        return fail(Errc::Denied, fmt::format("{} has a second name", path));
    // By name, because an O_PATH descriptor has no fchmod; the folder is ours alone.
    if ((status.st_mode & 0777) != kPrivate && ::chmod(path.c_str(), kPrivate) != 0)
        return failErrno(fmt::format("make {} private", path));
    return {};
}

Result<void> syncFolderOf(const std::string& path)
{
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        return failErrno(fmt::format("sync {}", folder));
    return {};
}

Result<void> writeAll(int fd, std::string_view bytes, const std::string& path)
{
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return fail(meansNoRoom(errno) ? Errc::NoSpace : Errc::SystemFailed, fmt::format("write {}", path),
                        std::error_code(errno, std::generic_category()));
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return {};
}

} // namespace

bool meansNoRoom(int systemError) { return systemError == ENOSPC || systemError == EDQUOT || systemError == EFBIG; }

Result<std::string> openPrivateFolder(const std::string& folder)
{
    if (auto made = ensurePrivateFolder(folder); !made)
        return Unexpected(std::move(made.error()));
    // The database is opened with "follow nothing"; links above the folder (a home that was moved) are the account's own business.
    std::error_code error;
    const auto real = std::filesystem::canonical(folder, error);
    if (error)
        return fail(Errc::SystemFailed, fmt::format("find {}", folder), error);
    return real.string();
}

Result<bool> checkPrivateFile(const std::string& path)
{
    // O_PATH: closing any other descriptor of a file would drop the locks that SQLite holds on it in this process.
    const UniqueFd fd(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT)
        return false;
    if (!fd)
        return failErrno(fmt::format("open {}", path));
    if (auto checked = mustBePrivate(fd.get(), path); !checked)
        return Unexpected(std::move(checked.error()));
    return true;
}

Result<void> createPrivateFile(const std::string& path)
{
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivate));
    if (!fd)
        return failErrno(fmt::format("create {}", path));
    return {};
}

Result<void> renameDurably(const std::string& from, const std::string& to)
{
    if (::rename(from.c_str(), to.c_str()) != 0)
        return failErrno(fmt::format("rename {} to {}", from, to));
    return syncFolderOf(to);
}

Result<void> appendPrivately(const std::string& path, std::string_view lines)
{
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, kPrivate));
    if (!fd)
        return failErrno(fmt::format("open {}", path));
    if (auto checked = mustBePrivate(fd.get(), path); !checked)
        return checked;
    const off_t before = ::lseek(fd.get(), 0, SEEK_END);
    auto written = writeAll(fd.get(), lines, path);
    if (!written && before >= 0 && ::ftruncate(fd.get(), before) != 0)
        return while_("take back half a line", std::move(written));
    return written;
}

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#include "base/paths.h"

#include <cstdlib>
#include <vector>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace annex {
namespace {

std::filesystem::path fromEnvironment(const char* name)
{
    const char* value = std::getenv(name);
    std::filesystem::path path = value != nullptr ? value : "";
    return path.is_absolute() ? path : std::filesystem::path();
}

Result<std::filesystem::path> homeFolder()
{
    if (auto home = fromEnvironment("HOME"); !home.empty())
        return home;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(16 * 1024);
    if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr && found->pw_dir != nullptr &&
        found->pw_dir[0] == '/')
        return std::filesystem::path(found->pw_dir);
    return fail(Errc::NotFound, "this account has no home folder");
}

bool isOwnFolder(const std::filesystem::path& path)
{
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

std::filesystem::path runtimeFolder(const std::filesystem::path& home)
{
    if (auto named = fromEnvironment("XDG_RUNTIME_DIR"); !named.empty())
        return named / "annex";
    const std::filesystem::path usual = "/run/user/" + std::to_string(::geteuid());
    return isOwnFolder(usual) ? usual / "annex" : home / ".cache" / "annex" / "run";
}

std::filesystem::path orBelowHome(const char* name, const std::filesystem::path& home, const char* below)
{
    auto named = fromEnvironment(name);
    return (named.empty() ? home / below : named) / "annex";
}

} // namespace

Result<Paths> accountPaths()
{
    auto home = homeFolder();
    if (!home)
        return tl::unexpected<Error>(std::move(home.error()));
    Paths paths;
    paths.runtime = runtimeFolder(*home);
    paths.data = orBelowHome("XDG_DATA_HOME", *home, ".local/share");
    paths.config = orBelowHome("XDG_CONFIG_HOME", *home, ".config");
    paths.state = orBelowHome("XDG_STATE_HOME", *home, ".local/state");
    paths.cache = orBelowHome("XDG_CACHE_HOME", *home, ".cache");
    paths.managed = "/etc/annex/policy.d";
    return paths;
}

Result<std::filesystem::path> programFile()
{
    std::error_code error;
    auto file = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error)
        return failErrno("find the running program", error.value());
    return file;
}

Result<std::filesystem::path> programFolder()
{
    auto file = programFile();
    if (!file)
        return file;
    return file->parent_path();
}

} // namespace annex

// SPDX-License-Identifier: Apache-2.0
#include "base/paths.h"

#include <vector>

#include "base/windows/unique_winhandle.h"

#include <shlobj.h>

namespace annex {
namespace {

Result<std::filesystem::path> knownFolder(REFKNOWNFOLDERID id, const char* name)
{
    wchar_t* text = nullptr;
    const HRESULT found = ::SHGetKnownFolderPath(id, KF_FLAG_DEFAULT, nullptr, &text);
    if (FAILED(found)) {
        ::CoTaskMemFree(text);
        return fail(Errc::NotFound, std::string("this account has no ") + name, std::error_code(found, std::system_category()));
    }
    std::filesystem::path path(text);
    ::CoTaskMemFree(text);
    return path;
}

} // namespace

Result<Paths> accountPaths()
{
    auto local = knownFolder(FOLDERID_LocalAppData, "local application data");
    if (!local)
        return tl::unexpected<Error>(std::move(local.error()));
    auto machine = knownFolder(FOLDERID_ProgramData, "program data");
    if (!machine)
        return tl::unexpected<Error>(std::move(machine.error()));
    const std::filesystem::path own = *local / "Annex";
    Paths paths;
    paths.runtime = own / "Run";
    paths.data = own / "Data";
    paths.config = own / "Config";
    paths.state = own / "State";
    paths.cache = own / "Cache";
    paths.managed = *machine / "Annex" / "Policy";
    return paths;
}

Result<std::filesystem::path> programFile()
{
    std::vector<wchar_t> buffer(32 * 1024); // longest path with a \\?\ prefix
    const DWORD length = ::GetModuleFileNameW(nullptr, buffer.data(), static_cast<DWORD>(buffer.size()));
    if (length == 0 || length == buffer.size())
        return failWin32("find the running program");
    return std::filesystem::path(std::wstring(buffer.data(), length));
}

Result<std::filesystem::path> programFolder()
{
    auto file = programFile();
    if (!file)
        return file;
    return file->parent_path();
}

} // namespace annex

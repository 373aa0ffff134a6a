// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <algorithm>

#include "base/random.h"
#include "base/windows/unique_winhandle.h"

namespace annex {
namespace {

Result<std::uint64_t> sizeOfPlainFile(HANDLE file)
{
    BY_HANDLE_FILE_INFORMATION info{};
    if (::GetFileType(file) != FILE_TYPE_DISK || !::GetFileInformationByHandle(file, &info))
        return fail(Errc::Malformed, "it is not a regular file");
    if ((info.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE)) != 0)
        return fail(Errc::Malformed, "it is not a regular file");
    return std::uint64_t{info.nFileSizeHigh} << 32 | info.nFileSizeLow;
}

Result<ByteVector> readHandle(HANDLE file, std::size_t limit_bytes)
{
    auto size = sizeOfPlainFile(file);
    if (!size)
        return tl::unexpected<Error>(std::move(size.error()));
    if (*size > limit_bytes)
        return fail(Errc::TooLarge, "it is larger than " + std::to_string(limit_bytes) + " bytes");
    ByteVector content;
    for (;;) { // a growing file is read one byte past the limit at most
        const std::size_t held = content.size();
        content.resize(std::min(held + 64 * 1024, limit_bytes + 1));
        DWORD got = 0;
        if (!::ReadFile(file, content.data() + held, static_cast<DWORD>(content.size() - held), &got, nullptr))
            return failWin32("read");
        content.resize(held + got);
        if (got == 0)
            return content;
        if (content.size() > limit_bytes)
            return fail(Errc::TooLarge, "it is larger than " + std::to_string(limit_bytes) + " bytes");
    }
}

Result<void> writeTemporary(const std::filesystem::path& name, ByteSpan content)
{
    UniqueWinHandle file = owned(::CreateFileW(name.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file)
        return failWin32("create");
    constexpr std::size_t kPiece_bytes = 1u << 20;
    while (!content.empty()) {
        DWORD written = 0;
        if (!::WriteFile(file.get(), content.data(), static_cast<DWORD>(std::min(content.size(), kPiece_bytes)), &written, nullptr))
            return failWin32("write");
        content = content.subspan(written);
    }
    if (!::FlushFileBuffers(file.get()))
        return failWin32("flush");
    return {};
}

Result<void> makeOne(const std::filesystem::path& path, SecurityAttributes& attributes)
{
    if (::CreateDirectoryW(path.c_str(), attributes.get()) || ::GetLastError() == ERROR_ALREADY_EXISTS)
        return {};
    return failWin32("create folder " + path.string());
}

} // namespace

Result<ByteVector> readFile(const std::filesystem::path& path, std::size_t limit_bytes)
{
    UniqueWinHandle file = owned(::CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                               OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file)
        return failWin32("open " + path.string());
    auto content = readHandle(file.get(), limit_bytes);
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

Result<void> writeFileAtomically(const std::filesystem::path& path, ByteSpan content, unsigned)
{
    std::filesystem::path temporary = path;
    temporary += "." + randomHex(8) + ".tmp";
    auto written = writeTemporary(temporary, content);
    if (written && !::MoveFileExW(temporary.c_str(), path.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
        written = failWin32("rename");
    if (!written) {
        ::DeleteFileW(temporary.c_str());
        return while_("write " + path.string(), std::move(written));
    }
    return {};
}

Result<void> ensurePrivateFolder(const std::filesystem::path& path)
{
    if (path.empty())
        return fail(Errc::Malformed, "make a private folder: the path is empty");
    auto descriptor = privateDescriptor();
    if (!descriptor)
        return while_("make a private folder", std::move(descriptor));
    auto attributes = SecurityAttributes::from(*descriptor);
    if (!attributes)
        return while_("make a private folder", std::move(attributes));
    std::filesystem::path made;
    for (const auto& part : path) {
        made /= part;
        if (made == made.root_path() || made == made.root_name() || ::GetFileAttributesW(made.c_str()) != INVALID_FILE_ATTRIBUTES)
            continue;
        if (auto one = makeOne(made, *attributes); !one)
            return one;
    }
    const DWORD found = ::GetFileAttributesW(path.c_str());
    if (found == INVALID_FILE_ATTRIBUTES)
        return failWin32("look at folder " + path.string());
    if ((found & FILE_ATTRIBUTE_DIRECTORY) == 0 || (found & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
        return fail(Errc::Malformed, path.string() + " is not a folder");
    // A folder that was there keeps its owner; only that owner (or an administrator) can replace its list.
    if (!::SetFileSecurityW(path.c_str(), DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                            attributes->get()->lpSecurityDescriptor))
        return failWin32("restrict folder " + path.string());
    return {};
}

} // namespace annex

// SPDX-License-Identifier: Apache-2.0
#include "app/init/transfers.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>

namespace annex::init {

namespace {

bool plainComponent(const std::string& name)
{
    return !name.empty() && name.size() <= control::kMaxFileName_bytes && name != "." && name != ".."
        && name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

/// Opens a folder below another, making it where it is missing; a link in its place is refused.
UniqueFd openFolder(int parent, const char* name)
{
    ::mkdirat(parent, name, 0755);
    return UniqueFd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

UniqueFd openPlace(const std::string& home, control::FilePlace place, std::string& path)
{
    UniqueFd folder(::open(home.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder)
        return folder;
    if (place == control::FilePlace::Inbox) {
        path = home + "/Inbox";
        return openFolder(folder.get(), "Inbox");
    }
    path = home + "/.annex/programs";
    folder = openFolder(folder.get(), ".annex");
    return folder ? openFolder(folder.get(), "programs") : std::move(folder);
}

int writeAll(int fd, ByteSpan bytes)
{
    while (!bytes.empty()) {
        ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return 0;
}

/// Cuts at a character's beginning, so that a shortened UTF-8 name stays UTF-8.
std::string shortened(std::string stem, std::size_t limit)
{
    if (stem.size() <= limit)
        return stem;
    while (limit > 0 && (static_cast<unsigned char>(stem[limit]) & 0xc0) == 0x80)
        --limit;
    stem.resize(limit);
    return stem;
}

} // namespace

std::string freeName(const std::string& name, unsigned attempt)
{
    if (attempt <= 1)
        return name;
    std::string number = " (" + std::to_string(attempt) + ')';
    auto dot = name.rfind('.');
    constexpr std::size_t kLongestExtension = 16; // what follows a dot further on is part of the name
    if (dot == std::string::npos || dot == 0 || name.size() - dot > kLongestExtension)
        dot = name.size();
    std::string extension = name.substr(dot);
    return shortened(name.substr(0, dot), control::kMaxFileName_bytes - number.size() - extension.size()) + number + extension;
}

void Transfers::makeFolders() const
{
    UniqueFd home(::open(m_home.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!home)
        return;
    for (const char* name : {"Inbox", "Documents", "Downloads", ".annex"})
        openFolder(home.get(), name);
    std::string path;
    openPlace(m_home, control::FilePlace::Programs, path);
}

int Transfers::begin(std::uint32_t number, const control::FileBegin& what)
{
    if (m_transfers.contains(number))
        return EEXIST;
    if (m_transfers.size() >= kMaxTransfers)
        return EBUSY;
    if (!plainComponent(what.name))
        return EINVAL;
    Transfer transfer;
    if (int error = open(transfer, what))
        return error;
    m_transfers.emplace(number, std::move(transfer));
    return 0;
}

int Transfers::open(Transfer& transfer, const control::FileBegin& what)
{
    transfer.folder = openPlace(m_home, what.place, transfer.folderPath);
    if (!transfer.folder)
        return errno;
    transfer.name = what.name;
    transfer.remaining_bytes = what.size_bytes;
    transfer.mode = what.place == control::FilePlace::Programs ? 0555 : 0444;
    for (unsigned attempt = 0; attempt < kMaxFreeNames && !transfer.file; ++attempt) {
        transfer.temporaryName = ".annex-incoming-" + std::to_string(++m_serial);
        transfer.file.reset(::openat(transfer.folder.get(), transfer.temporaryName.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!transfer.file && errno != EEXIST)
            return errno;
    }
    if (!transfer.file)
        return EEXIST;
    // Says "no space" before the bytes travel, where the file system can.
    auto size = static_cast<off_t>(what.size_bytes);
    if (size < 0 || (size > 0 && ::fallocate(transfer.file.get(), FALLOC_FL_KEEP_SIZE, 0, size) != 0 && errno != EOPNOTSUPP && errno != ENOSYS)) {
        int error = size < 0 ? EFBIG : errno;
        ::unlinkat(transfer.folder.get(), transfer.temporaryName.c_str(), 0);
        return error;
    }
    return 0;
}

int Transfers::fail(Entry entry, int error)
{
    ::unlinkat(entry->second.folder.get(), entry->second.temporaryName.c_str(), 0);
    m_transfers.erase(entry);
    return error;
}

int Transfers::data(std::uint32_t number, ByteSpan bytes)
{
    auto entry = m_transfers.find(number);
    if (entry == m_transfers.end())
        return 0; // it failed before, and said so
    if (bytes.size() > entry->second.remaining_bytes)
        return fail(entry, EFBIG);
    if (int error = writeAll(entry->second.file.get(), bytes))
        return fail(entry, error);
    entry->second.remaining_bytes -= bytes.size();
    return 0;
}

int Transfers::end(std::uint32_t number, bool complete, std::string& path)
{
    auto entry = m_transfers.find(number);
    if (entry == m_transfers.end())
        return 0;
    Transfer& transfer = entry->second;
    if (!complete)
        return fail(entry, ECANCELED);
    if (transfer.remaining_bytes != 0)
        return fail(entry, EIO);
    if (::fchmod(transfer.file.get(), transfer.mode) != 0)
        return fail(entry, errno);
    transfer.file.reset(); // before it has a name: a program that is still open for writing cannot be run
    for (unsigned attempt = 1; attempt <= kMaxFreeNames; ++attempt) {
        std::string name = freeName(transfer.name, attempt);
        if (::renameat2(transfer.folder.get(), transfer.temporaryName.c_str(), transfer.folder.get(), name.c_str(), RENAME_NOREPLACE) == 0) {
            path = transfer.folderPath + '/' + name;
            m_transfers.erase(entry);
            return 0;
        }
        if (errno != EEXIST)
            return fail(entry, errno);
    }
    return fail(entry, EEXIST);
}

void Transfers::dropAll()
{
    for (auto& [number, transfer] : m_transfers)
        ::unlinkat(transfer.folder.get(), transfer.temporaryName.c_str(), 0);
    m_transfers.clear();
}

} // namespace annex::init

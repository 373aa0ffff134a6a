// SPDX-License-Identifier: Apache-2.0
#include "policy/managed/linux/folder_reader.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/posix/unique_fd.h"
#include "base/text.h"

namespace annex::policy {
namespace {

/// Entries looked at in the policy folder, other files included: stops a listing that never ends.
constexpr int kMaxEntries = 4096;

/// Collects what the files say, and what is wrong with them.
class Reading {
public:
    Reading(const std::string& folder, uid_t trustedUid) : m_folder(folder), m_trustedUid(trustedUid) {}

    ManagedPolicy run()
    {
        if (const UniqueFd folder = openFolder())
            readFolder(folder);
        return finished();
    }

private:
    void problem(std::string file, std::string what) { m_policy.problems.push_back({std::move(file), std::move(what)}); }
    void folderProblem(std::string what) { problem(m_folder, std::move(what)); }

    bool ownedByTrusted(const struct stat& status) const { return status.st_uid == 0 || status.st_uid == m_trustedUid; }

    /// An ACL that lets somebody write shows in the group bits, so these two bits say everything.
    static bool writableByOthers(const struct stat& status) { return (status.st_mode & (S_IWGRP | S_IWOTH)) != 0; }

    /// Whether nobody but the trusted could have put something else here.
    bool trusts(const UniqueFd& component, const std::string& path, bool above)
    {
        struct stat status{};
        if (::fstat(component.get(), &status) != 0) {
            folderProblem(fmt::format("{} cannot be examined", path));
            return false;
        }
        if (!ownedByTrusted(status)) {
            folderProblem(fmt::format("{} belongs to another account", path));
            return false;
        }
        const bool sticky = above && (status.st_mode & S_ISVTX) != 0;
        if (writableByOthers(status) && !sticky) {
            folderProblem(fmt::format("{} can be written by others", path));
            return false;
        }
        return true;
    }

    /// Opens the folder component by component, so that what was checked is what is read. Nothing where it does not exist or is not trusted.
    UniqueFd openFolder()
    {
        if (!m_folder.starts_with('/')) {
            folderProblem("the path is not absolute");
            return {};
        }
        UniqueFd here(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        std::string path = "/";
        if (!here || !trusts(here, path, true))
            return {};
        for (std::size_t at = 1; at < m_folder.size();) {
            const std::size_t slash = std::min(m_folder.find('/', at), m_folder.size());
            const std::string name = m_folder.substr(at, slash - at);
            at = slash + 1;
            if (name.empty() || name == ".")
                continue;
            const bool last = m_folder.find_first_not_of('/', slash) == std::string::npos;
            path += (path.size() > 1 ? "/" : "") + name;
            here = openComponent(here, name, path, last);
            if (!here || !trusts(here, path, !last))
                return {};
        }
        return here;
    }

    UniqueFd openComponent(const UniqueFd& parent, const std::string& name, const std::string& path, bool last)
    {
        if (name == "..") {
            folderProblem("the path goes back up");
            return {};
        }
        const int access = last ? O_RDONLY : O_PATH;
        UniqueFd next(::openat(parent.get(), name.c_str(), access | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next && errno == ENOTDIR)
            folderProblem(fmt::format("{} is a link or no folder", path));
        else if (!next && errno == ELOOP)
            folderProblem(fmt::format("{} is a link", path));
        else if (!next && errno != ENOENT)
            folderProblem(fmt::format("{} cannot be opened", path));
        return next;
    }

    std::optional<std::vector<std::string>> listFiles(const UniqueFd& folder)
    {
        UniqueFd copy(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        std::unique_ptr<DIR, int (*)(DIR*)> listing(copy ? ::fdopendir(copy.get()) : nullptr, ::closedir);
        if (!listing) {
            folderProblem("the folder cannot be listed");
            return std::nullopt;
        }
        copy.release(); // closedir closes it
        std::vector<std::string> names;
        int entries = 0;
        errno = 0;
        while (const dirent* entry = ::readdir(listing.get())) {
            if (++entries > kMaxEntries) {
                folderProblem(fmt::format("the folder holds more than {} entries", kMaxEntries));
                return std::nullopt;
            }
            std::string name = entry->d_name;
            if (name.ends_with(".json") && !name.starts_with('.'))
                names.push_back(std::move(name));
        }
        if (errno != 0) {
            folderProblem("the folder cannot be listed");
            return std::nullopt;
        }
        std::ranges::sort(names);
        return names;
    }

    void readFolder(const UniqueFd& folder)
    {
        const auto names = listFiles(folder);
        if (!names)
            return;
        if (names->size() > kMaxManagedFiles) {
            folderProblem(fmt::format("the folder holds more than {} policy files", kMaxManagedFiles));
            return;
        }
        for (const std::string& name : *names)
            readFile(folder, name);
    }

    void readFile(const UniqueFd& folder, const std::string& name)
    {
        const std::string shown = sanitiseLine(name, 100);
        // Not blocking: a FIFO in its place must not hold up the broker.
        const UniqueFd file(::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        if (!file && errno == ENOENT)
            return; // taken away since the folder was listed
        if (!file)
            return problem(shown, errno == ELOOP ? "it is a link" : "it cannot be opened");
        struct stat status{};
        if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
            return problem(shown, "it is not a regular file");
        if (!ownedByTrusted(status))
            return problem(shown, "it belongs to another account");
        if (writableByOthers(status))
            return problem(shown, "it can be written by others");
        m_policy.files.push_back(shown);
        const auto text = readAll(file);
        if (!text)
            return problem(shown, text.error().context);
        auto parsed = parseManaged(*text);
        if (!parsed)
            return problem(shown, parsed.error().context);
        take(std::move(*parsed), shown, status);
    }

    static Result<std::string> readAll(const UniqueFd& file)
    {
        std::string text;
        char piece[16 * 1024];
        for (;;) {
            const ssize_t got = ::read(file.get(), piece, sizeof piece);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return failErrno("it cannot be read");
            if (got == 0)
                return text;
            text.append(piece, static_cast<std::size_t>(got));
            if (text.size() > kMaxManagedFile_bytes)
                return fail(Errc::TooLarge, fmt::format("it is larger than {}", bytesInWords(kMaxManagedFile_bytes)));
        }
    }

    void take(ManagedFile parsed, const std::string& name, const struct stat& status)
    {
        if (!parsed.organisation.empty())
            m_policy.organisation = parsed.organisation;
        const auto since = std::chrono::system_clock::time_point(std::chrono::seconds(status.st_mtim.tv_sec));
        for (auto& [key, value] : parsed.values) {
            value.file = name;
            value.organisation = parsed.organisation;
            value.since = since;
            m_policy.values.insert_or_assign(key, std::move(value));
        }
    }

    ManagedPolicy finished()
    {
        if (!m_policy.problems.empty()) {
            m_policy.state = ManagedPolicy::State::Invalid;
            m_policy.values.clear();
            return std::move(m_policy);
        }
        m_policy.state = m_policy.files.empty() ? ManagedPolicy::State::Absent : ManagedPolicy::State::Valid;
        for (auto& [key, value] : m_policy.values) {
            if (value.organisation.empty())
                value.organisation = m_policy.organisation;
        }
        return std::move(m_policy);
    }

    const std::string& m_folder;
    uid_t m_trustedUid;
    ManagedPolicy m_policy;
};

} // namespace

FolderReader::FolderReader(std::string folder, uid_t trustedUid) : m_folder(std::move(folder)), m_trustedUid(trustedUid) {}

ManagedPolicy FolderReader::read() { return Reading(m_folder, m_trustedUid).run(); }

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#include "isolation/namespaces/host_layout.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/posix/unique_fd.h"

namespace annex::isolation {
namespace fs = std::filesystem;
namespace {

/// One read of one host, into a HostLayout.
class LayoutReader {
public:
    LayoutReader(fs::path root, uid_t owner) : m_root(std::move(root)), m_owner(owner) {}

    HostLayout read()
    {
        bindUsr();
        for (const char* name : {"/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"})
            repeatTopFolder(name);
        for (const std::string& name : visibleInEtc())
            add("/etc/" + name);
        if (isWhollyPublic("/var/cache/fontconfig"))
            m_layout.boundFolders.push_back("/var/cache/fontconfig");
        return std::move(m_layout);
    }

private:
    bool isOwnersAlone(const struct stat& info) const
    {
        return info.st_uid == m_owner && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    }
    bool isSafeFolder(const struct stat& info) const
    {
        return isOwnersAlone(info) && (info.st_mode & S_IROTH) && (info.st_mode & S_IXOTH);
    }
    bool isPublicFile(const struct stat& info) const
    {
        return S_ISREG(info.st_mode) && (info.st_mode & S_IROTH) && isOwnersAlone(info);
    }

    fs::path onHost(const std::string& path) const { return m_root / fs::path(path).relative_path(); }

    std::optional<struct stat> look(const std::string& path) const
    {
        struct stat info {};
        if (::lstat(onHost(path).c_str(), &info) != 0)
            return std::nullopt;
        return info;
    }

    void omit(const std::string& path, const char* why) { m_layout.omitted.push_back(path + ": " + why); }

    void bindUsr()
    {
        if (look("/usr"))
            m_layout.boundFolders.push_back("/usr");
    }

    /// /bin and its like are links into /usr on merged hosts and folders on others.
    void repeatTopFolder(const std::string& path)
    {
        const auto info = look(path);
        if (!info)
            return;
        if (S_ISLNK(info->st_mode))
            repeatLink(path);
        else if (S_ISDIR(info->st_mode))
            m_layout.boundFolders.push_back(path);
    }

    void repeatLink(const std::string& path)
    {
        std::error_code error;
        const fs::path target = fs::read_symlink(onHost(path), error);
        if (error)
            omit(path, "the link cannot be read");
        else
            m_layout.links.push_back({path, target.string()});
    }

    void add(const std::string& path)
    {
        const auto info = look(path);
        if (!info)
            return; // this host does not have it
        if (S_ISLNK(info->st_mode))
            repeatLink(path);
        else if (S_ISREG(info->st_mode))
            copyFile(path);
        else if (S_ISDIR(info->st_mode))
            addFolder(path);
        else
            omit(path, "neither file, folder nor link");
    }

    void addFolder(const std::string& path)
    {
        if (isWhollyPublic(path)) {
            m_layout.boundFolders.push_back(path);
            return;
        }
        std::vector<std::string> children;
        std::error_code error;
        for (fs::directory_iterator it(onHost(path), error), end; !error && it != end; it.increment(error))
            children.push_back(path + "/" + it->path().filename().string());
        if (error)
            omit(path, "the folder cannot be read");
        std::sort(children.begin(), children.end()); // the same host gives the same arguments
        for (const std::string& child : children)
            add(child);
    }

    /// Opened first, judged by the descriptor, then read from it: what was judged is what the guest gets.
    void copyFile(const std::string& path)
    {
        if (m_layout.files.size() >= kMaxCopiedFiles)
            return omit(path, "too many single files");
        UniqueFd file(::open(onHost(path).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
        struct stat info {};
        if (!file || ::fstat(file.get(), &info) != 0 || !isPublicFile(info))
            return omit(path, "not world-readable, or not root's alone");
        if (info.st_size < 0 || static_cast<std::uint64_t>(info.st_size) > kMaxCopiedFile_bytes)
            return omit(path, "too large");
        ByteVector content(static_cast<std::size_t>(info.st_size));
        std::size_t filled = 0;
        while (filled < content.size()) {
            const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
            if (got <= 0)
                break;
            filled += static_cast<std::size_t>(got);
        }
        content.resize(filled);
        m_layout.files.push_back({path, std::move(content)});
    }

    bool isWhollyPublic(const std::string& top) const
    {
        std::vector<std::string> open{top};
        std::size_t seen = 0;
        while (!open.empty()) {
            const std::string folder = std::move(open.back());
            open.pop_back();
            const auto own = look(folder);
            if (!own || !S_ISDIR(own->st_mode) || !isSafeFolder(*own))
                return false;
            std::error_code error;
            for (fs::directory_iterator it(onHost(folder), error), end; !error && it != end; it.increment(error)) {
                const std::string child = folder + "/" + it->path().filename().string();
                const auto info = look(child);
                if (!info || ++seen > kMaxVerifiedEntries)
                    return false;
                if (S_ISDIR(info->st_mode))
                    open.push_back(child);
                else if (!S_ISLNK(info->st_mode) && !isPublicFile(*info))
                    return false;
            }
            if (error)
                return false;
        }
        return true;
    }

    fs::path m_root;
    uid_t m_owner;
    HostLayout m_layout;
};

} // namespace

const std::vector<std::string>& visibleInEtc()
{
    static const std::vector<std::string> kNames{
        "alternatives", "dconf",         "firefox-esr", "fonts",      "gtk-2.0",       "gtk-3.0",   "gtk-4.0", "ld.so.cache",
        "ld.so.conf",   "ld.so.conf.d",  "localtime",   "mime.types", "nsswitch.conf", "ssl/certs", "X11",     "xdg",
    };
    return kNames;
}

HostLayout readHostLayout(const std::filesystem::path& root, uid_t owner)
{
    return LayoutReader(root, owner).read();
}

} // namespace annex::isolation

// SPDX-License-Identifier: Apache-2.0
// Which of the host's files a guest is shown: an allow-list, and of it only what everybody may read and root alone may change.
#include <QtTest>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>

#include "isolation/namespaces/host_layout.h"

using namespace annex;
using namespace annex::isolation;
namespace fs = std::filesystem;

namespace {

/// Folders and files of a host that belongs to this account ("root" of the test).
class FakeRoot {
public:
    FakeRoot()
    {
        ::umask(022);
        folder("usr/bin");
        folder("etc");
    }
    fs::path at(const std::string& path) const { return fs::path(m_folder.path().toStdString()) / path; }
    void folder(const std::string& path) { fs::create_directories(at(path)); }
    void file(const std::string& path, const std::string& text, mode_t mode = 0644)
    {
        folder(fs::path(path).parent_path().string());
        std::ofstream(at(path)) << text;
        ::chmod(at(path).c_str(), mode);
    }
    void link(const std::string& path, const std::string& target) { fs::create_symlink(target, at(path)); }
    HostLayout read(uid_t owner = ::geteuid()) const { return readHostLayout(at(""), owner); }

private:
    QTemporaryDir m_folder;
};

bool binds(const HostLayout& layout, const std::string& path)
{
    return std::find(layout.boundFolders.begin(), layout.boundFolders.end(), path) != layout.boundFolders.end();
}

std::string contentOf(const HostLayout& layout, const std::string& path)
{
    for (const HostFile& file : layout.files) {
        if (file.path == path)
            return {file.content.begin(), file.content.end()};
    }
    return "(not shown)";
}

bool omits(const HostLayout& layout, const std::string& path)
{
    return std::any_of(layout.omitted.begin(), layout.omitted.end(), [&](const std::string& line) { return line.starts_with(path + ": "); });
}

} // namespace

class TestHostLayout : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsOnlyWhatIsListed()
    {
        FakeRoot root;
        root.file("etc/shadow", "secret", 0644);
        root.file("etc/ssh/ssh_config", "secret");
        root.file("etc/ssl/private/key.pem", "secret");
        root.file("etc/ssl/certs/ca.pem", "public");
        root.file("etc/nsswitch.conf", "passwd: files\n");
        root.file("home/me/secret", "secret");
        const HostLayout layout = root.read();
        QCOMPARE(layout.boundFolders, (std::vector<std::string>{"/usr", "/etc/ssl/certs"}));
        QCOMPARE(layout.files.size(), std::size_t{1});
        QCOMPARE(contentOf(layout, "/etc/nsswitch.conf"), std::string("passwd: files\n"));
        QVERIFY(layout.links.empty());
    }

    void aFolderWithOnePrivateFileIsTakenApart()
    {
        FakeRoot root;
        root.file("etc/dconf/db/site", "public");
        root.file("etc/dconf/profile/user", "public");
        root.file("etc/dconf/db/secret", "secret", 0600);
        const HostLayout layout = root.read();
        QVERIFY(!binds(layout, "/etc/dconf") && !binds(layout, "/etc/dconf/db"));
        QVERIFY(binds(layout, "/etc/dconf/profile"));
        QCOMPARE(contentOf(layout, "/etc/dconf/db/site"), std::string("public"));
        QCOMPARE(contentOf(layout, "/etc/dconf/db/secret"), std::string("(not shown)"));
        QVERIFY(omits(layout, "/etc/dconf/db/secret"));
    }

    void whatOthersMayChangeIsNotShown()
    {
        FakeRoot root;
        root.file("etc/nsswitch.conf", "changed by anybody", 0666);
        root.file("etc/fonts/fonts.conf", "by the group", 0664);
        const HostLayout layout = root.read();
        QVERIFY(omits(layout, "/etc/nsswitch.conf") && omits(layout, "/etc/fonts/fonts.conf"));
        QVERIFY(layout.files.empty() && !binds(layout, "/etc/fonts"));
        // Nor what belongs to another account than the host's administrator.
        FakeRoot other;
        other.file("etc/nsswitch.conf", "another's");
        QVERIFY(other.read(::geteuid() + 1).files.empty());
    }

    void linksAreRepeatedAndNeverFollowed()
    {
        FakeRoot root;
        root.link("bin", "usr/bin");
        root.link("etc/localtime", "/usr/share/zoneinfo/UTC");
        root.link("etc/mime.types", "/etc/shadow");
        root.file("etc/shadow", "secret");
        const HostLayout layout = root.read();
        QVERIFY(layout.files.empty());
        QCOMPARE(layout.links, (std::vector<HostLink>{{"/bin", "usr/bin"}, {"/etc/localtime", "/usr/share/zoneinfo/UTC"}, {"/etc/mime.types", "/etc/shadow"}}));
    }

    void oddThingsAreLeftOut()
    {
        FakeRoot root;
        QCOMPARE(::mkfifo(root.at("etc/mime.types").c_str(), 0644), 0); // would block whoever opens it
        root.file("etc/nsswitch.conf", std::string(kMaxCopiedFile_bytes + 1, 'x'));
        root.file("etc/ld.so.conf", std::string(kMaxCopiedFile_bytes, 'x'));
        const HostLayout layout = root.read();
        QVERIFY(omits(layout, "/etc/mime.types") && omits(layout, "/etc/nsswitch.conf"));
        QCOMPARE(contentOf(layout, "/etc/ld.so.conf").size(), kMaxCopiedFile_bytes);
    }

    void singleFilesAreBounded()
    {
        FakeRoot root;
        root.file("etc/fonts/secret", "secret", 0600); // so that the folder is taken apart
        for (std::size_t i = 0; i < kMaxCopiedFiles + 5; ++i)
            root.file("etc/fonts/" + std::to_string(i), "x");
        const HostLayout layout = root.read();
        QCOMPARE(layout.files.size(), kMaxCopiedFiles);
        QCOMPARE(layout.omitted.size(), std::size_t{6});
    }

    void theSameHostGivesTheSameLayout()
    {
        FakeRoot root;
        root.file("etc/fonts/secret", "secret", 0600);
        for (const char* name : {"b", "a", "c"})
            root.file(std::string("etc/fonts/") + name, name);
        const HostLayout first = root.read();
        QCOMPARE(first.files, root.read().files);
        QCOMPARE(first.files.front().path, std::string("/etc/fonts/a"));
    }

    void thisHostShowsNothingPrivate()
    {
        const HostLayout layout = readHostLayout();
        QVERIFY(binds(layout, "/usr"));
        for (const std::string& folder : layout.boundFolders)
            QVERIFY2(folder == "/usr" || folder.starts_with("/etc/") || folder.starts_with("/lib") || folder == "/bin" || folder == "/sbin"
                         || folder == "/var/cache/fontconfig",
                     folder.c_str());
        QVERIFY(layout.files.size() <= kMaxCopiedFiles);
    }
};

QTEST_APPLESS_MAIN(TestHostLayout)
#include "tst_host_layout.moc"

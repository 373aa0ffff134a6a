// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include <QTemporaryDir>
#include <QtTest>

#include "base/files.h"
#include "tests/support/qt_names.h"

using namespace annex;
namespace fs = std::filesystem;

namespace {

mode_t modeOf(const fs::path& path)
{
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

std::size_t entriesIn(const fs::path& folder)
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

class TestFiles : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = m_temporary->path().toStdString();
    }

    void readsUpToItsLimit()
    {
        const fs::path path = m_folder / "file";
        QVERIFY(writeFileAtomically(path, asBytes("12345")));
        QCOMPARE(*readTextFile(path, 5), std::string("12345"));
        QCOMPARE(readFile(path, 4).error().code, Errc::TooLarge);
        QCOMPARE(readFile(path, 0).error().code, Errc::TooLarge);
        QVERIFY(writeFileAtomically(path, {}));
        QVERIFY(readFile(path, 0)->empty());
    }

    void readsFilesThatDoNotTellTheirSize()
    {
        auto maps = readTextFile("/proc/self/maps", 1u << 20);
        QVERIFY(maps && maps->size() > 1000);
        QCOMPARE(readFile("/proc/self/maps", 100).error().code, Errc::TooLarge);
    }

    void refusesWhatIsNoFile()
    {
        QCOMPARE(readFile(m_folder / "missing", 10).error().code, Errc::NotFound);
        QCOMPARE(readFile(m_folder, 10).error().code, Errc::Malformed);
        QCOMPARE(readFile("/dev/zero", 10).error().code, Errc::Malformed);
        const fs::path fifo = m_folder / "fifo";
        QCOMPARE(::mkfifo(fifo.c_str(), 0600), 0);
        QCOMPARE(readFile(fifo, 10).error().code, Errc::Malformed); // and does not wait for a writer
    }

    void writesWholeWithTheModeAsked()
    {
        const fs::path path = m_folder / "file";
        const mode_t old = ::umask(077);
        QVERIFY(writeFileAtomically(path, asBytes("a"), 0644));
        ::umask(old);
        QCOMPARE(modeOf(path), mode_t{0644});
        QVERIFY(writeFileAtomically(path, ByteVector(300'000, 'b')));
        QCOMPARE(modeOf(path), mode_t{0600});
        QCOMPARE(readFile(path, 1u << 20)->size(), std::size_t{300'000});
        QCOMPARE(entriesIn(m_folder), std::size_t{1});
    }

    void replacesALinkAndNotItsTarget()
    {
        const fs::path target = m_folder / "target";
        const fs::path link = m_folder / "link";
        QVERIFY(writeFileAtomically(target, asBytes("precious")));
        fs::create_symlink(target, link);
        QVERIFY(writeFileAtomically(link, asBytes("new")));
        QVERIFY(!fs::is_symlink(link));
        QCOMPARE(*readTextFile(target, 100), std::string("precious"));
    }

    void keepsTheOldFileWhenTheDiskIsFull()
    {
        const fs::path path = m_folder / "file";
        QVERIFY(writeFileAtomically(path, asBytes("old")));
        // A limit on file size fails a write in the middle as a full disk does.
        struct rlimit before {};
        ::getrlimit(RLIMIT_FSIZE, &before);
        auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
        struct rlimit small {4096, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        auto written = writeFileAtomically(path, ByteVector(100'000, 'x'));
        ::setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, oldHandler);
        QVERIFY(!written);
        QCOMPARE(*readTextFile(path, 100), std::string("old"));
        QCOMPARE(entriesIn(m_folder), std::size_t{1});
    }

    void saysThatTheFolderIsMissing()
    {
        QCOMPARE(writeFileAtomically(m_folder / "no" / "file", asBytes("x")).error().code, Errc::NotFound);
    }

    void makesPrivateFolders()
    {
        const fs::path deep = m_folder / "a" / "b" / "c";
        const mode_t old = ::umask(0);
        QVERIFY(ensurePrivateFolder(deep));
        ::umask(old);
        QCOMPARE(modeOf(deep), mode_t{0700});
        QCOMPARE(modeOf(m_folder / "a"), mode_t{0700});
        QVERIFY(ensurePrivateFolder(deep)); // again
        QVERIFY(ensurePrivateFolder(deep.string() + "/")); // however it is written
    }

    void tightensAFolderOfOurs()
    {
        const fs::path folder = m_folder / "open";
        QCOMPARE(::mkdir(folder.c_str(), 0755), 0);
        ::chmod(folder.c_str(), 0777);
        QVERIFY(ensurePrivateFolder(folder));
        QCOMPARE(modeOf(folder), mode_t{0700});
    }

    void refusesWhatIsNoFolderOfOurs()
    {
        const fs::path file = m_folder / "file";
        QVERIFY(writeFileAtomically(file, asBytes("x")));
        QCOMPARE(ensurePrivateFolder(file).error().code, Errc::Malformed);
        const fs::path link = m_folder / "link";
        fs::create_directory_symlink(m_folder, link);
        QCOMPARE(ensurePrivateFolder(link).error().code, Errc::Malformed);
        QCOMPARE(ensurePrivateFolder(link.string() + "/").error().code, Errc::Malformed); // a slash would follow it
        QCOMPARE(ensurePrivateFolder("").error().code, Errc::Malformed);
        if (::geteuid() != 0) // root owns it and could
            QCOMPARE(ensurePrivateFolder("/").error().code, Errc::Denied);
    }

private:
    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
};

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"

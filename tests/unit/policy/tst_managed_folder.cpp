// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

#include "policy/managed/linux/folder_reader.h"
#include "qstring_of.h"

using namespace annex;
using namespace annex::policy;
namespace fs = std::filesystem;
using State = ManagedPolicy::State;

namespace {

constexpr const char* kLocked = R"({"format":1,"organisation":"Acme Ltd","settings":{"clipboard.from_workspace":{"value":"off","lock":true}}})";

} // namespace

/// Security test S21, against real folders. The test's own account plays the administrator.
class tst_managed_folder : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>(qstringOf(privateTemplate()));
        QVERIFY(m_temporary->isValid());
        m_top = m_temporary->path().toStdString();
        m_folder = m_top / "annex" / "policy.d";
        fs::create_directories(m_folder);
    }
    void cleanup() { m_temporary.reset(); }

    void isAbsentWithoutAFolder()
    {
        fs::remove(m_folder);
        QVERIFY(read().state == State::Absent);
        fs::remove(m_folder.parent_path());
        QVERIFY(read().state == State::Absent);
    }

    void isAbsentWithoutFiles()
    {
        writeText(m_folder / "README", "not a policy");
        writeText(m_folder / ".hidden.json", "not a policy");
        QVERIFY(read().state == State::Absent);
    }

    void readsAFileAsTheLastWord()
    {
        writeText(m_folder / "10-acme.json", kLocked);
        const ManagedPolicy policy = read();
        QVERIFY2(policy.problems.empty(), firstProblem(policy).c_str());
        QVERIFY(policy.state == State::Valid);
        COMPARE_TEXT(policy.organisation, "Acme Ltd");
        const ManagedValue& value = policy.values.at("clipboard.from_workspace");
        COMPARE_TEXT(value.file, "10-acme.json");
        QVERIFY(value.since.time_since_epoch().count() > 0);
    }

    void laterFilesWin()
    {
        writeText(m_folder / "10-a.json", R"({"format":1,"organisation":"Acme Ltd","settings":{"workspace.maximum":{"value":2},"open.fresh":{"value":true}}})");
        writeText(m_folder / "20-b.json", R"({"format":1,"settings":{"workspace.maximum":{"value":3,"lock":true}}})");
        const ManagedPolicy policy = read();
        QVERIFY(policy.values.at("workspace.maximum").value == Value(std::int64_t{3}));
        COMPARE_TEXT(policy.values.at("workspace.maximum").organisation, "Acme Ltd");
        QCOMPARE(policy.values.size(), std::size_t{2});
    }

    void isReadAnewEachTime()
    {
        FolderReader reader(m_folder.string(), ::geteuid());
        QVERIFY(reader.read().state == State::Absent);
        writeText(m_folder / "10.json", kLocked);
        QVERIFY(reader.read().state == State::Valid);
        fs::remove(m_folder / "10.json");
        QVERIFY(reader.read().state == State::Absent);
    }

    void oneBadFileMakesAllInvalid()
    {
        writeText(m_folder / "10-good.json", kLocked);
        writeText(m_folder / "20-bad.json", "{");
        const ManagedPolicy policy = read();
        QVERIFY(policy.state == State::Invalid);
        QVERIFY(policy.values.empty());
        COMPARE_TEXT(policy.problems.at(0).file, "20-bad.json");
    }

    void refusesAFile_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("problem");
        QTest::newRow("world-writable") << 0 << "it can be written by others";
        QTest::newRow("group-writable") << 1 << "it can be written by others";
        QTest::newRow("symbolic link") << 2 << "it is a link";
        QTest::newRow("dangling link") << 3 << "it is a link";
        QTest::newRow("folder") << 4 << "it is not a regular file";
        QTest::newRow("FIFO") << 5 << "it is not a regular file";
        QTest::newRow("too large") << 6 << "it is larger than 1 MB";
        QTest::newRow("unknown key") << 7 << "“clipboard.fly” is no setting of this version";
    }
    void refusesAFile()
    {
        QFETCH(int, kind);
        QFETCH(QString, problem);
        const fs::path file = m_folder / "10.json";
        const fs::path elsewhere = m_top / "elsewhere.json";
        writeText(elsewhere, kLocked);
        if (kind <= 1) {
            writeText(file, kLocked);
            QCOMPARE(::chmod(file.c_str(), kind == 0 ? 0646 : 0664), 0);
        } else if (kind <= 3) {
            fs::create_symlink(kind == 2 ? elsewhere : m_top / "nowhere", file);
        } else if (kind == 4) {
            fs::create_directory(file);
        } else if (kind == 5) {
            QCOMPARE(::mkfifo(file.c_str(), 0600), 0);
        } else if (kind == 6) {
            writeText(file, std::string(kMaxManagedFile_bytes + 1, ' '));
        } else {
            writeText(file, R"({"format":1,"settings":{"clipboard.fly":{"value":"off"}}})");
        }
        const ManagedPolicy policy = read();
        QVERIFY(policy.state == State::Invalid);
        COMPARE_TEXT(policy.problems.at(0).what, problem.toStdString());
    }

    void refusesAFolder_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("problem");
        QTest::newRow("world-writable") << 0 << "policy.d can be written by others";
        QTest::newRow("sticky, but the folder itself") << 1 << "policy.d can be written by others";
        QTest::newRow("a parent is writable") << 2 << "annex can be written by others";
        QTest::newRow("a link in its place") << 3 << "policy.d is a link or no folder";
        QTest::newRow("a parent is a link") << 4 << "annex is a link or no folder";
        QTest::newRow("a file in its place") << 5 << "policy.d is a link or no folder";
    }
    void refusesAFolder()
    {
        QFETCH(int, kind);
        QFETCH(QString, problem);
        writeText(m_folder / "10.json", kLocked);
        const fs::path parent = m_folder.parent_path();
        if (kind == 0 || kind == 1)
            QCOMPARE(::chmod(m_folder.c_str(), kind == 0 ? 0777 : 01777), 0);
        else if (kind == 2)
            QCOMPARE(::chmod(parent.c_str(), 0777), 0);
        else if (kind == 3 || kind == 4) {
            const fs::path moved = kind == 3 ? m_folder : parent;
            fs::rename(moved, m_top / "moved");
            fs::create_directory_symlink(m_top / "moved", moved);
        } else {
            fs::remove_all(m_folder);
            writeText(m_folder, "x");
        }
        const ManagedPolicy policy = read();
        QVERIFY(policy.state == State::Invalid);
        QVERIFY2(policy.problems.at(0).what.ends_with(problem.toStdString()), policy.problems.at(0).what.c_str());
    }

    void acceptsAStickyFolderAbove()
    {
        writeText(m_folder / "10.json", kLocked);
        QCOMPARE(::chmod(m_folder.parent_path().c_str(), 01777), 0);
        QVERIFY(read().state == State::Valid);
    }

    void refusesAnotherAccountsFolder()
    {
        writeText(m_folder / "10.json", kLocked);
        if (::geteuid() == 0)
            QCOMPARE(::chown(m_folder.c_str(), 12345, 12345), 0);
        // Trusted is nobody who owns anything here: as root the folder was given away, else the test's own account is not the trusted one.
        FolderReader reader(m_folder.string(), 54321);
        const ManagedPolicy policy = reader.read();
        QVERIFY(policy.state == State::Invalid);
        QVERIFY(policy.problems.at(0).what.ends_with("belongs to another account"));
    }

    void refusesTooManyFiles()
    {
        for (std::size_t i = 0; i <= kMaxManagedFiles; ++i)
            writeText(m_folder / (std::to_string(i) + ".json"), R"({"format":1})");
        const ManagedPolicy policy = read();
        QVERIFY(policy.state == State::Invalid);
        COMPARE_TEXT(policy.problems.at(0).what, "the folder holds more than 64 policy files");
    }

    void refusesAPathThatGoesUpOrIsRelative()
    {
        QVERIFY(FolderReader((m_folder / ".." / "policy.d").string(), ::geteuid()).read().state == State::Invalid);
        QVERIFY(FolderReader("annex/policy.d", ::geteuid()).read().state == State::Invalid);
    }

private:
    ManagedPolicy read() { return FolderReader(m_folder.string(), ::geteuid()).read(); }
    static std::string firstProblem(const ManagedPolicy& policy)
    {
        return policy.problems.empty() ? "" : policy.problems[0].file + ": " + policy.problems[0].what;
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_top;
    fs::path m_folder;
};

QTEST_APPLESS_MAIN(tst_managed_folder)
#include "tst_managed_folder.moc"

// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/store/migrations.h"
#include "policy/store/store.h"
#include "policy/store/tables.h"
#include "qstring_of.h"

using namespace annex;
using namespace annex::policy;
namespace fs = std::filesystem;

namespace {

WorkspaceRow row(const char* id, const char* name)
{
    return {id, name, 1, "quarantine", "amber", "dots", false, tables::fromStored(1'700'000'000'000'001)};
}

mode_t modeOf(const fs::path& path)
{
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

} // namespace

class tst_store : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>(fastTemplate());
        m_folder = fs::path(m_temporary->path().toStdString()) / "data";
        m_file = m_folder / "policy.sqlite";
    }
    void cleanup() { m_temporary.reset(); }

    void isPrivate()
    {
        const auto store = open();
        VERIFY_OK(store);
        QCOMPARE(modeOf(m_folder), mode_t{0700});
        QCOMPARE(modeOf(m_file), mode_t{0600});
        QCOMPARE(modeOf(fs::path(m_file.string() + "-wal")), mode_t{0600});
        QVERIFY(!fs::exists(m_file.string() + ".new"));
    }

    void hasTheFlagsThatHold()
    {
        const auto store = open();
        const Database& database = store->database();
        QCOMPARE(*database.number("PRAGMA synchronous").value(), 2); // FULL
        QCOMPARE(*database.number("PRAGMA foreign_keys").value(), 1);
        QCOMPARE(*database.number("PRAGMA trusted_schema").value(), 0);
        QCOMPARE(*database.number("PRAGMA user_version").value(), std::int64_t(migrations().size()));
        QVERIFY(!database.script("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='' WHERE name='audit'")); // defensive
        QCOMPARE(*database.number("SELECT count(*) FROM pragma_table_list WHERE strict = 0 AND schema = 'main' AND name NOT LIKE 'sqlite_%'").value(), 0);
    }

    void keepsWhatWasCommitted()
    {
        {
            const auto store = open();
            VERIFY_OK(tables::addWorkspace(store->database(), row("1", "Untrusted")));
            VERIFY_OK(tables::setValue(store->database(), "1", "open.fresh", "off", tables::fromStored(7)));
        }
        const auto store = open();
        QVERIFY(tables::workspace(store->database(), "untrusted").value() == row("1", "Untrusted"));
        const auto values = tables::values(store->database(), "1");
        QCOMPARE(values->size(), std::size_t{1});
        COMPARE_TEXT(values->at(0).value, "off");
    }

    void rollsBackWhatWasNotCommitted()
    {
        const auto store = open();
        {
            auto transaction = Transaction::begin(store->database());
            VERIFY_OK(transaction);
            VERIFY_OK(tables::addWorkspace(store->database(), row("1", "Untrusted")));
        }
        QVERIFY(tables::workspaces(store->database())->empty());
    }

    void hostileTextStaysText()
    {
        const auto store = open();
        const char* evil = "x'); DROP TABLE workspaces; --";
        VERIFY_OK(tables::addWorkspace(store->database(), row("1", evil)));
        COMPARE_TEXT(tables::workspace(store->database(), evil)->name, evil);
        VERIFY_OK(tables::setValue(store->database(), "1", evil, evil, {}));
        COMPARE_TEXT(tables::values(store->database(), "1")->at(0).key, evil);
    }

    void namesAreUniqueWithoutCase()
    {
        const auto store = open();
        VERIFY_OK(tables::addWorkspace(store->database(), row("1", "Untrusted")));
        QCOMPARE(int(tables::addWorkspace(store->database(), row("2", "UNTRUSTED")).error().code), int(Errc::AlreadyExists));
    }

    void removingAWorkspaceTakesItsValuesAlong()
    {
        const auto store = open();
        const Database& database = store->database();
        VERIFY_OK(tables::addWorkspace(database, row("1", "Untrusted")));
        VERIFY_OK(tables::setValue(database, "1", "open.fresh", "off", {}));
        VERIFY_OK(tables::setValue(database, "", "open.fresh", "on", {}));
        VERIFY_OK(tables::countAppUse(database, "1", "foot.desktop", {}));
        VERIFY_OK(tables::removeWorkspace(database, "1"));
        QVERIFY(tables::values(database, "1")->empty());
        QCOMPARE(tables::values(database, "")->size(), std::size_t{1});
        QVERIFY(tables::mostUsed(database, "1", 10)->empty());
        QCOMPARE(int(tables::removeWorkspace(database, "1").error().code), int(Errc::NotFound));
        QCOMPARE(int(tables::setValue(database, "1", "open.fresh", "off", {}).error().code), int(Errc::NotFound)); // foreign key
    }

    void countsAppsUpToALimit()
    {
        const auto store = open();
        const Database& database = store->database();
        VERIFY_OK(tables::addWorkspace(database, row("1", "Untrusted")));
        VERIFY_OK(database.script("BEGIN"));
        for (int i = 0; i < 3; ++i)
            VERIFY_OK(tables::countAppUse(database, "1", "foot.desktop", {}));
        for (int i = 0; i < 300; ++i)
            VERIFY_OK(tables::countAppUse(database, "1", "app" + std::to_string(i), tables::fromStored(i)));
        VERIFY_OK(database.script("COMMIT"));
        const auto used = tables::mostUsed(database, "1", 1000);
        QCOMPARE(used->size(), std::size_t(tables::kMaxApps));
        COMPARE_TEXT(used->at(0).first, "foot.desktop");
        QCOMPARE(used->at(0).second, 3);
        COMPARE_TEXT(used->at(1).first, "app299");
    }

    // -- files that are not ours

    void refusesALinkInPlaceOfTheDatabase()
    {
        (void)open();
        fs::rename(m_file, m_folder / "elsewhere");
        fs::create_symlink(m_folder / "elsewhere", m_file);
        QCOMPARE(int(open().error().code), int(Errc::Denied));
    }

    void refusesALinkInPlaceOfTheLog()
    {
        (void)open();
        writeText(m_folder / "target", "");
        fs::create_symlink(m_folder / "target", m_file.string() + "-wal");
        QCOMPARE(int(open().error().code), int(Errc::Denied));
    }

    void refusesASecondName()
    {
        (void)open();
        fs::create_hard_link(m_file, m_folder / "second");
        QCOMPARE(int(open().error().code), int(Errc::Denied));
    }

    void refusesALinkInPlaceOfTheFolder()
    {
        (void)open();
        fs::rename(m_folder, m_folder.string() + "-moved");
        fs::create_directory_symlink(m_folder.string() + "-moved", m_folder);
        QVERIFY(!open());
    }

    void refusesAnotherAccountsDatabase()
    {
        (void)open();
        if (::geteuid() == 0) {
            QCOMPARE(::chown(m_file.c_str(), 12345, 12345), 0);
            QCOMPARE(int(open().error().code), int(Errc::Denied));
        } else {
            // A file that root owns, seen through the same door.
            QVERIFY(!Store::open("/etc", SystemClock()));
        }
    }

    void tightensAModeThatIsTooWide()
    {
        (void)open();
        QCOMPARE(::chmod(m_file.c_str(), 0644), 0);
        VERIFY_OK(open());
        QCOMPARE(modeOf(m_file), mode_t{0600});
    }

    // -- damage

    void setsADamagedFileAside_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("no database at all") << 0;
        QTest::newRow("empty") << 1;
        QTest::newRow("pages overwritten") << 2;
        QTest::newRow("cut in the middle") << 3;
        QTest::newRow("somebody else's database") << 4;
        QTest::newRow("a trigger was taken away") << 5;
        QTest::newRow("a trigger was added") << 6;
    }
    void setsADamagedFileAside()
    {
        QFETCH(int, kind);
        (void)open();
        damage(kind);
        auto store = open();
        VERIFY_OK(store);
        QVERIFY(store->isSetAside());
        QVERIFY(!store->reason().empty());
        QVERIFY(fs::exists(store->setAsidePath()));
        QVERIFY(store->setAsidePath().starts_with(m_file.string() + ".damaged-"));
        QVERIFY(!fs::exists(m_file)); // never silently made again …
        QVERIFY(open()->isSetAside()); // … nor by the next start

        VERIFY_OK(store->startWithDefaults());
        QVERIFY(!store->isSetAside());
        QVERIFY(!open()->isSetAside());
    }

    void aDatabaseThatIsGoneIsNotSilentlyMadeAgain()
    {
        {
            auto store = open();
            VERIFY_OK(tables::addWorkspace(store->database(), row("1", "Research")));
            VERIFY_OK(store->backUpIfDue());
        }
        fs::remove(m_file);
        auto store = open();
        QVERIFY(store->isSetAside());
        QVERIFY(store->setAsidePath().empty());
        COMPARE_TEXT(store->reason(), "The file is gone.");
    }

    void restoresABackup()
    {
        {
            auto store = open();
            VERIFY_OK(tables::addWorkspace(store->database(), row("1", "Research")));
            VERIFY_OK(tables::setValue(store->database(), "1", "open.fresh", "off", tables::fromStored(42)));
            VERIFY_OK(tables::setValue(store->database(), "", "workspace.maximum", "3", tables::fromStored(43)));
            VERIFY_OK(tables::countAppUse(store->database(), "1", "foot.desktop", tables::fromStored(44)));
            VERIFY_OK(store->backUpIfDue());
        }
        damage(2);
        auto store = open();
        QVERIFY(store->isSetAside());
        const auto backups = store->backups();
        QCOMPARE(backups.size(), std::size_t{1});
        QCOMPARE(modeOf(backups[0].path), mode_t{0600});
        QCOMPARE(int(store->restore("/etc/passwd").error().code), int(Errc::NotFound));
        VERIFY_OK(store->restore(backups[0].path));
        QVERIFY(!store->isSetAside());
        QVERIFY(tables::workspace(store->database(), "1").value() == row("1", "Research"));
        COMPARE_TEXT(tables::values(store->database(), "1")->at(0).value, "off");
        QCOMPARE(tables::toStored(tables::values(store->database(), "")->at(0).changed), 43);
        QCOMPARE(tables::mostUsed(store->database(), "1", 5)->size(), std::size_t{1});
        QCOMPARE(store->backups().size(), std::size_t{1}); // it can be used again
    }

    void refusesADamagedBackupAndStaysSetAside()
    {
        {
            auto store = open();
            VERIFY_OK(store->backUpIfDue());
        }
        damage(0);
        auto store = open();
        const std::string backup = store->backups().at(0).path;
        writeText(backup, std::string(8192, 'x'));
        QVERIFY(!store->restore(backup));
        QVERIFY(store->isSetAside());
        QVERIFY(!fs::exists(m_file));
    }

    void backsUpOnceADay()
    {
        auto store = open();
        VERIFY_OK(store->backUpIfDue());
        VERIFY_OK(store->backUpIfDue());
        QCOMPARE(store->backups().size(), std::size_t{1});
        for (const auto& entry : fs::directory_iterator(m_folder)) {
            if (entry.path().filename().string().starts_with("policy.sqlite.backup-"))
                fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - std::chrono::hours(25));
        }
        fs::copy_file(store->backups()[0].path, m_file.string() + ".backup-20200101T000000Z");
        fs::copy_file(store->backups()[0].path, m_file.string() + ".backup-20200102T000000Z");
        for (const auto& backup : store->backups())
            fs::last_write_time(backup.path, fs::file_time_type::clock::now() - std::chrono::hours(25));
        QTest::qSleep(1100); // the next backup has a name of its own second
        VERIFY_OK(store->backUpIfDue());
        QCOMPARE(store->backups().size(), kBackups);
    }

    void refusesANewerDatabaseAndLeavesItAlone()
    {
        {
            auto store = open();
            VERIFY_OK(store->database().script("PRAGMA user_version=99"));
        }
        QCOMPARE(int(open().error().code), int(Errc::Unsupported));
        QVERIFY(fs::exists(m_file));
    }

    void aLeftoverOfAKilledCreationIsNoObstacle()
    {
        fs::create_directories(m_folder);
        writeText(m_file.string() + ".new", "half");
        writeText(m_file.string() + ".new-wal", "half");
        const auto store = open();
        VERIFY_OK(store);
        QVERIFY(!store->isSetAside());
    }

    // -- migrations

    void migratesStepByStepWithABackupBeforeEach()
    {
        auto database = Database::inMemory();
        const Migration steps[] = {{"CREATE TABLE a (x INTEGER) STRICT"}, {"ALTER TABLE a ADD COLUMN y TEXT"}, {"CREATE TABLE b (x INTEGER) STRICT"}};
        std::vector<std::int64_t> backedUp;
        const auto backUp = [&](std::int64_t version) { backedUp.push_back(version); return Result<void>(); };
        VERIFY_OK(migrate(*database, std::span(steps).first(1), backUp));
        QVERIFY(backedUp.empty());
        VERIFY_OK(migrate(*database, steps, backUp));
        QCOMPARE(backedUp, (std::vector<std::int64_t>{1, 2}));
        QCOMPARE(*database->number("PRAGMA user_version").value(), 3);
        VERIFY_OK(database->script("INSERT INTO a (x, y) VALUES (1, 'z'); INSERT INTO b VALUES (2)"));
    }

    void aFailedStepChangesNothing()
    {
        auto database = Database::inMemory();
        const Migration steps[] = {{"CREATE TABLE a (x INTEGER) STRICT"}, {"CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (x INTEGER)"}};
        const auto noBackup = [](std::int64_t) { return Result<void>(); };
        QVERIFY(!migrate(*database, steps, noBackup));
        QCOMPARE(*database->number("PRAGMA user_version").value(), 1);
        QCOMPARE(*database->number("SELECT count(*) FROM sqlite_schema WHERE name = 'b'").value(), 0);
    }

    void aFailedBackupStopsTheMigration()
    {
        auto database = Database::inMemory();
        const Migration steps[] = {{"CREATE TABLE a (x INTEGER) STRICT"}, {"CREATE TABLE b (x INTEGER) STRICT"}};
        const auto failing = [](std::int64_t) -> Result<void> { return fail(Errc::NoSpace, "full"); };
        QCOMPARE(int(migrate(*database, steps, failing).error().code), int(Errc::NoSpace));
        QCOMPARE(*database->number("PRAGMA user_version").value(), 1);
    }

    void aFullDatabaseIsNoSpaceAndKeepsWhatItHad()
    {
        const auto store = open();
        const Database& database = store->database();
        VERIFY_OK(tables::addWorkspace(database, row("1", "Untrusted")));
        VERIFY_OK(database.script("PRAGMA max_page_count=40"));
        Result<void> filled;
        for (int i = 0; i < 10'000 && filled; ++i)
            filled = tables::setValue(database, "1", "key" + std::to_string(i), std::string(500, 'x'), {});
        QVERIFY(!filled);
        QCOMPARE(int(filled.error().code), int(Errc::NoSpace));
        QVERIFY(tables::workspace(database, "1").has_value());
        COMPARE_TEXT(qPrintable(QString::number(*database.number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'").value())), "0");
    }

private:
    Result<Store> open() { return Store::open(m_folder.string(), m_clock); }

    void damage(int kind)
    {
        const auto size = fs::file_size(m_file);
        if (kind == 0)
            writeText(m_file, std::string(size, 'x'));
        else if (kind == 1)
            fs::resize_file(m_file, 0);
        else if (kind == 2) {
            std::fstream file(m_file, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(4096);
            file << std::string(4096 * 6, '\x5a');
        } else if (kind == 3)
            fs::resize_file(m_file, size / 2);
        else {
            auto database = Database::open(m_file.string(), Database::Mode::ReadWrite);
            VERIFY_OK(database->script(kind == 4   ? "PRAGMA application_id=1"
                                       : kind == 5 ? "DROP TRIGGER audit_is_never_changed"
                                                   : "CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM setting_values; END"));
        }
    }

    SystemClock m_clock;
    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
    fs::path m_file;
};

QTEST_APPLESS_MAIN(tst_store)
#include "tst_store.moc"

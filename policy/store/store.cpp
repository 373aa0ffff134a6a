// SPDX-License-Identifier: Apache-2.0
#include "policy/store/store.h"

#include <algorithm>
#include <filesystem>

#include <fmt/core.h>

#include "base/random.h"
#include "policy/store/migrations.h"
#include "policy/store/private_file.h"

namespace annex::policy {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "policy.sqlite";
constexpr const char* kDamaged = "policy.sqlite.damaged-";
constexpr const char* kBackup = "policy.sqlite.backup-";
constexpr std::chrono::hours kBackupEvery{24};
/// Larger files are not read whole at each start; damage in them shows when it is met.
constexpr std::uintmax_t kMaxChecked_bytes = 64u << 20;

std::string withSuffix(const std::string& path, const char* suffix) { return path + suffix; }

Result<void> removeFile(const std::string& path)
{
    std::error_code error;
    fs::remove(path, error);
    if (error)
        return fail(Errc::SystemFailed, fmt::format("remove {}", path), error);
    return {};
}

/// A leftover of a process that was killed while it wrote a new file.
Result<void> removeLeftover(const std::string& path)
{
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        if (auto removed = removeFile(withSuffix(path, suffix)); !removed)
            return removed;
    }
    return {};
}

Result<void> checkSiblings(const std::string& path)
{
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
        if (auto checked = checkPrivateFile(withSuffix(path, suffix)); !checked)
            return Unexpected(std::move(checked.error()));
    }
    return {};
}

Result<void> quickCheck(const Database& database)
{
    auto check = database.query("PRAGMA quick_check(1)");
    if (!check)
        return Unexpected(std::move(check.error()));
    const auto row = check->step();
    if (!row)
        return Unexpected(row.error());
    const std::string verdict = *row ? check->text(0) : "no answer";
    if (verdict != "ok")
        return fail(Errc::Corrupt, verdict);
    return {};
}

Result<void> mustBeOurs(const Database& database)
{
    const auto id = database.number("PRAGMA application_id");
    if (!id)
        return Unexpected(id.error());
    if (id->value_or(0) != kApplicationId)
        return fail(Errc::Corrupt, "it is no database of Annex");
    return {};
}

Result<void> mustHaveOurSchema(const Database& database)
{
    const auto ours = hasOurSchema(database);
    if (!ours)
        return Unexpected(ours.error());
    if (!*ours)
        return fail(Errc::Corrupt, "its tables or triggers are not those that Annex makes");
    return {};
}

/// Copies all rows of one table by its named columns.
Result<void> copyTable(const Database& from, const Database& to, const std::string& table, const std::string& columns, int count)
{
    // Table and column names are literals of this file; the rows are bound.
    auto rows = from.query(fmt::format("SELECT {} FROM {}", columns, table));
    if (!rows)
        return Unexpected(std::move(rows.error()));
    std::string places = "?";
    for (int i = 1; i < count; ++i)
        places += ", ?";
    auto insert = to.query(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns, places));
    if (!insert)
        return Unexpected(std::move(insert.error()));
    for (;;) {
        const auto row = rows->step();
        if (!row)
            return Unexpected(row.error());
        if (!*row)
            return {};
        insert->reset();
        for (int i = 0; i < count; ++i)
            insert->bind(i + 1, rows->isNull(i) ? std::optional<std::string>() : std::optional(rows->text(i)));
        if (auto inserted = insert->step(); !inserted)
            return Unexpected(inserted.error());
    }
}

/// STRICT tables take a text that is a whole number as that number, so everything can travel as text.
Result<void> copySettings(const Database& from, const Database& to)
{
    if (auto done = copyTable(from, to, "workspaces", "id, name, number, profile, colour, pattern, fresh, created", 8); !done)
        return done;
    if (auto done = copyTable(from, to, "setting_values", "workspace, key, value, changed", 4); !done)
        return done;
    return copyTable(from, to, "app_uses", "workspace, app, uses, last", 4);
}

Result<void> noBackup(std::int64_t) { return {}; }

std::chrono::system_clock::time_point timeOf(const std::string& path)
{
    // Clocks of files and of the system differ in C++20; the difference is taken once, now.
    std::error_code error;
    const auto written = fs::last_write_time(path, error);
    if (error)
        return {};
    const auto age = fs::file_time_type::clock::now() - written;
    return std::chrono::system_clock::now() - std::chrono::duration_cast<std::chrono::system_clock::duration>(age);
}

} // namespace

Store::Store(std::string folder, const Clock& clock) : m_folder(std::move(folder)), m_path(m_folder + "/" + kName), m_clock(&clock) {}

Result<Store> Store::open(const std::string& folder, const Clock& clock)
{
    auto real = openPrivateFolder(folder);
    if (!real)
        return while_("open the policy store", std::move(real));
    Store store(*real, clock);
    if (auto opened = store.openOrCreate(); !opened)
        return while_("open the policy store", std::move(opened));
    return store;
}

Result<void> Store::openOrCreate()
{
    const auto exists = checkPrivateFile(m_path);
    if (!exists)
        return Unexpected(exists.error());
    if (!*exists) {
        const auto damaged = filesNamed(kDamaged);
        if (damaged.empty() && filesNamed(kBackup).empty())
            return create([](const Database&) { return Result<void>(); });
        m_setAsidePath = damaged.empty() ? std::string() : damaged.back();
        m_reason = damaged.empty() ? "The file is gone." : "The file was damaged.";
        return {};
    }
    if (auto checked = checkSiblings(m_path); !checked)
        return checked;
    auto opened = openExisting();
    if (!opened && opened.error().code == Errc::Corrupt)
        return setAside(opened.error().context);
    return opened;
}

Result<void> Store::openExisting()
{
    std::error_code error;
    const auto size = fs::file_size(m_path, error);
    if (!error && size == 0)
        return fail(Errc::Corrupt, "it is empty"); // ours is never empty: it is renamed into place when it is whole
    auto database = Database::open(m_path, Database::Mode::ReadWrite);
    if (!database)
        return Unexpected(std::move(database.error()));
    if (auto ours = mustBeOurs(*database); !ours)
        return ours;
    if (!error && size <= kMaxChecked_bytes) {
        if (auto sound = quickCheck(*database); !sound)
            return sound;
    }
    auto migrated = migrate(*database, migrations(), [&](std::int64_t version) { return keepWholeCopy(*database, version); });
    if (!migrated)
        return migrated;
    if (auto ours = mustHaveOurSchema(*database); !ours)
        return ours;
    m_database = std::move(*database);
    return {};
}

Result<void> Store::create(const std::function<Result<void>(const Database&)>& fill)
{
    const std::string fresh = m_path + ".new";
    if (auto removed = removeLeftover(fresh); !removed)
        return removed;
    if (auto made = createPrivateFile(fresh); !made)
        return made;
    {
        auto database = Database::open(fresh, Database::Mode::ReadWrite);
        if (!database)
            return Unexpected(std::move(database.error()));
        if (auto done = migrate(*database, migrations(), noBackup); !done)
            return done;
        if (auto done = database->run("INSERT INTO meta (key, value) VALUES ('trail', ?)", randomHex(16)); !done)
            return done;
        if (auto done = fill(*database); !done)
            return done;
        // The name is taken by a file that is whole by itself.
        if (auto done = database->script("PRAGMA wal_checkpoint(TRUNCATE)"); !done)
            return done;
    }
    // A log that an old database left behind under this name would be played into the new one.
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
        if (auto removed = removeFile(withSuffix(m_path, suffix)); !removed)
            return removed;
    }
    if (auto renamed = renameDurably(fresh, m_path); !renamed)
        return renamed;
    auto opened = openExisting();
    if (opened) {
        m_setAsidePath.clear();
        m_reason.clear();
    }
    return opened;
}

std::string Store::timeStamp() const
{
    const auto now = std::chrono::floor<std::chrono::seconds>(m_clock->systemNow());
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{now - day};
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::vector<std::string> Store::filesNamed(const std::string& prefix) const
{
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator it(m_folder, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (name.starts_with(prefix) && !name.ends_with("-wal") && !name.ends_with("-shm") && !name.ends_with(".part"))
            found.push_back(it->path().string());
    }
    std::ranges::sort(found); // the names end with the time, so the last is the newest
    return found;
}

Result<void> Store::setAside(std::string reason)
{
    m_database = Database();
    std::string target = m_folder + "/" + kDamaged + timeStamp();
    for (int i = 2; fs::exists(target); ++i)
        target = fmt::format("{}/{}{}-{}", m_folder, kDamaged, timeStamp(), i);
    // The database first: killed after that, the next start finds it missing and asks. The other way round it could find an older but
    // sound database and silently go on with it.
    for (const char* suffix : {"", "-wal", "-shm"}) {
        const std::string from = withSuffix(m_path, suffix);
        std::error_code error;
        if (!fs::exists(fs::symlink_status(from, error)))
            continue;
        if (auto moved = renameDurably(from, withSuffix(target, suffix)); !moved)
            return while_("set a damaged policy database aside", std::move(moved));
    }
    m_setAsidePath = target;
    m_reason = std::move(reason);
    return {};
}

std::vector<Backup> Store::backups() const
{
    std::vector<Backup> found;
    for (const std::string& path : filesNamed(kBackup))
        found.insert(found.begin(), Backup{path, timeOf(path)});
    std::ranges::stable_sort(found, std::greater{}, &Backup::time);
    return found;
}

Result<void> Store::writeBackup(const std::string& path) const
{
    const std::string part = path + ".part";
    if (auto removed = removeLeftover(part); !removed)
        return removed;
    if (auto made = createPrivateFile(part); !made)
        return made;
    {
        auto database = Database::open(part, Database::Mode::ReadWrite);
        if (!database)
            return Unexpected(std::move(database.error()));
        if (auto done = migrate(*database, migrations(), noBackup); !done)
            return done;
        auto transaction = Transaction::begin(*database);
        if (!transaction)
            return Unexpected(std::move(transaction.error()));
        if (auto done = copySettings(m_database, *database); !done)
            return done;
        if (auto done = transaction->commit(); !done)
            return done;
        // A backup is one file: no log beside it, whoever copies it.
        if (auto done = database->script("PRAGMA journal_mode=DELETE"); !done)
            return done;
    }
    return renameDurably(part, path);
}

Result<void> Store::backUpIfDue()
{
    const auto have = backups();
    if (!have.empty() && std::chrono::system_clock::now() - have.front().time < kBackupEvery)
        return {};
    const std::string path = m_folder + "/" + kBackup + timeStamp();
    if (fs::exists(path))
        return {};
    if (auto written = writeBackup(path); !written) {
        (void)removeLeftover(path + ".part");
        return while_("back up the settings", std::move(written));
    }
    for (std::size_t i = kBackups - 1; i < have.size(); ++i) {
        if (auto removed = removeFile(have[i].path); !removed)
            return removed;
    }
    return {};
}

Result<void> Store::keepWholeCopy(const Database& database, std::int64_t version) const
{
    const std::string path = fmt::format("{}/{}v{}-{}", m_folder, kBackup, version, timeStamp());
    if (auto made = createPrivateFile(path); !made)
        return made;
    return database.run("VACUUM INTO ?", path);
}

Result<void> Store::restore(const std::string& backupPath)
{
    const auto have = backups();
    if (std::ranges::find(have, backupPath, &Backup::path) == have.end())
        return fail(Errc::NotFound, "this is none of the backups");
    if (!isSetAside())
        return fail(Errc::Busy, "the settings are readable; nothing is to be restored");
    // A copy, so that a backup of an older version can be brought up to date without touching the backup itself.
    const std::string copy = m_path + ".restore";
    if (auto removed = removeLeftover(copy); !removed)
        return removed;
    if (auto made = createPrivateFile(copy); !made)
        return made;
    auto restored = [&]() -> Result<void> {
        {
            auto backup = Database::open(backupPath, Database::Mode::ReadWrite);
            if (!backup)
                return Unexpected(std::move(backup.error()));
            if (auto ours = mustBeOurs(*backup); !ours)
                return ours;
            if (auto sound = quickCheck(*backup); !sound)
                return sound;
            if (auto done = backup->run("VACUUM INTO ?", copy); !done)
                return done;
            if (auto done = backup->script("PRAGMA journal_mode=DELETE"); !done)
                return done;
        }
        auto settings = Database::open(copy, Database::Mode::ReadWrite);
        if (!settings)
            return Unexpected(std::move(settings.error()));
        if (auto done = migrate(*settings, migrations(), noBackup); !done)
            return done;
        return create([&](const Database& fresh) { return copySettings(*settings, fresh); });
    }();
    (void)removeLeftover(copy);
    if (!restored)
        return while_("restore a backup", std::move(restored));
    return {};
}

Result<void> Store::startWithDefaults()
{
    if (!isSetAside())
        return fail(Errc::Busy, "the settings are readable");
    return create([](const Database&) { return Result<void>(); });
}

} // namespace annex::policy

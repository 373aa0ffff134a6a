// SPDX-License-Identifier: Apache-2.0
#include "policy/store/database.h"

#include <algorithm>

#include <fmt/core.h>
#include <sqlite3.h>

#include "policy/store/private_file.h"

namespace annex::policy {

namespace sqlite {
void close(sqlite3* database) { sqlite3_close_v2(database); }
void finalize(sqlite3_stmt* statement) { sqlite3_finalize(statement); }
} // namespace sqlite

namespace {

/// How long a writer waits for another connection of this account (verify only reads; two brokers exclude each other by annexd.lock).
constexpr int kBusy_ms = 2000;
/// Longest text or blob; the longest of ours is the detail of a record, 1 KiB.
constexpr int kMaxValue_bytes = 1 << 20;

/// What the system said last about the database file or its log; 0 where nothing is known.
int lastErrnoOf(sqlite3* database, int whichFile)
{
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(database, "main", whichFile, &file) != SQLITE_OK || file == nullptr || file->pMethods == nullptr)
        return 0;
    int number = 0;
    return file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK ? number : 0;
}

/// A write that failed because there is no room: SQLite knows ENOSPC of a write by itself; a quota, a file size limit, or a full disk that
/// shows only at the fsync arrives as an I/O error, and its errno is kept in one of three places.
bool isOutOfRoom(sqlite3* database, int code)
{
    if ((code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE)
        return true;
    if ((code & 0xff) != SQLITE_IOERR)
        return false;
    return meansNoRoom(sqlite3_system_errno(database)) || meansNoRoom(lastErrnoOf(database, SQLITE_FCNTL_FILE_POINTER)) ||
           meansNoRoom(lastErrnoOf(database, SQLITE_FCNTL_JOURNAL_POINTER));
}

Errc errcOf(sqlite3* database, int code)
{
    if (isOutOfRoom(database, code))
        return Errc::NoSpace;
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return Errc::AlreadyExists;
    if (code == SQLITE_CONSTRAINT_TRIGGER)
        return Errc::Denied;
    if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
        return Errc::NotFound;
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Errc::Corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Errc::Busy;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return Errc::Denied;
    case SQLITE_CANTOPEN: return Errc::NotFound;
    case SQLITE_TOOBIG: return Errc::TooLarge;
    default: return Errc::SystemFailed;
    }
}

Unexpected failSql(sqlite3* database, std::string_view what)
{
    const int code = sqlite3_extended_errcode(database);
    return fail(errcOf(database, code), fmt::format("{}: {} (SQLite {})", what, sqlite3_errmsg(database), code));
}

std::string_view firstLine(std::string_view sql) { return sql.substr(0, std::min(sql.find('\n'), std::size_t{80})); }

} // namespace

void Statement::bind(int index, std::int64_t value)
{
    const int code = sqlite3_bind_int64(m_statement.get(), index, value);
    m_bindError = m_bindError != 0 ? m_bindError : code;
}

void Statement::bind(int index, std::string_view text)
{
    // A null pointer would bind NULL, and an empty view may hold one.
    const char* data = text.data() != nullptr ? text.data() : "";
    const int code = sqlite3_bind_text64(m_statement.get(), index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    m_bindError = m_bindError != 0 ? m_bindError : code;
}

void Statement::bind(int index, ByteSpan blob)
{
    const void* data = blob.data() != nullptr ? static_cast<const void*>(blob.data()) : "";
    const int code = sqlite3_bind_blob64(m_statement.get(), index, data, blob.size(), SQLITE_TRANSIENT);
    m_bindError = m_bindError != 0 ? m_bindError : code;
}

void Statement::bind(int index, const std::optional<std::string>& text)
{
    if (text)
        bind(index, std::string_view(*text));
    else
        m_bindError = m_bindError != 0 ? m_bindError : sqlite3_bind_null(m_statement.get(), index);
}

Result<bool> Statement::step()
{
    if (m_bindError != 0)
        return fail(m_bindError == SQLITE_TOOBIG ? Errc::TooLarge : Errc::Internal, fmt::format("bind: {}", sqlite3_errstr(m_bindError)));
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    return failSql(m_database, firstLine(sqlite3_sql(m_statement.get())));
}

void Statement::reset()
{
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
    m_bindError = 0;
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(m_statement.get(), column); }

std::string Statement::text(int column) const
{
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(m_statement.get(), column));
    return data != nullptr ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column))) : std::string();
}

ByteVector Statement::blob(int column) const
{
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(m_statement.get(), column));
    return data != nullptr ? ByteVector(data, data + sqlite3_column_bytes(m_statement.get(), column)) : ByteVector();
}

bool Statement::isNull(int column) const { return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL; }

Result<Database> Database::open(const std::string& path, Mode mode)
{
    Database database;
    const int access = mode == Mode::ReadWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    const int code = sqlite3_open_v2(path.c_str(), database.m_handle.put(),
                                     access | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (code != SQLITE_OK)
        return failSql(database.m_handle.get(), fmt::format("open {}", path));
    if (auto configured = database.configure(mode); !configured)
        return while_(fmt::format("open {}", path), std::move(configured));
    return database;
}

Result<Database> Database::inMemory()
{
    Database database;
    if (sqlite3_open_v2(":memory:", database.m_handle.put(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_EXRESCODE, nullptr) != SQLITE_OK)
        return failSql(database.m_handle.get(), "open a database in memory");
    if (auto configured = database.script("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"); !configured)
        return Unexpected(std::move(configured.error()));
    return database;
}

Result<void> Database::configure(Mode mode) const
{
    sqlite3* handle = m_handle.get();
    sqlite3_busy_timeout(handle, kBusy_ms);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kMaxValue_bytes);
    if (mode == Mode::ReadOnly)
        return script("PRAGMA query_only=ON; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;");
    // synchronous=FULL: a decision that was answered is on the disk, also when the machine loses power in the next instant.
    return script("PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                  "PRAGMA journal_size_limit=1048576;");
}

Result<Statement> Database::prepare(std::string_view sql) const
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(m_handle.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
        return failSql(m_handle.get(), firstLine(sql));
    return Statement(m_handle.get(), statement);
}

Result<void> Database::finish(Statement& statement)
{
    for (;;) {
        const auto row = statement.step();
        if (!row)
            return Unexpected(row.error());
        if (!*row)
            return {};
    }
}

Result<std::optional<std::int64_t>> Database::number(std::string_view sql) const
{
    auto statement = prepare(sql);
    if (!statement)
        return Unexpected(std::move(statement.error()));
    const auto row = statement->step();
    if (!row)
        return Unexpected(row.error());
    return *row ? std::optional(statement->number(0)) : std::nullopt;
}

Result<void> Database::script(const char* sql) const
{
    if (sqlite3_exec(m_handle.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return failSql(m_handle.get(), firstLine(sql));
    return {};
}

int Database::changes() const { return sqlite3_changes(m_handle.get()); }

Result<Transaction> Transaction::begin(const Database& database)
{
    if (auto begun = database.script("BEGIN IMMEDIATE"); !begun)
        return Unexpected(std::move(begun.error()));
    return Transaction(database);
}

Transaction::~Transaction()
{
    // Some errors have rolled back already; then there is nothing to do.
    if (m_database != nullptr && sqlite3_get_autocommit(m_database->raw()) == 0)
        (void)m_database->script("ROLLBACK");
}

Result<void> Transaction::commit()
{
    if (auto committed = m_database->script("COMMIT"); !committed)
        return committed;
    m_database = nullptr;
    return {};
}

} // namespace annex::policy

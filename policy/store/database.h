// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/handle.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

/// SQLite, as far as Annex uses it. Values are bound, never pasted into SQL; every error becomes an Error once, here:
/// NoSpace (disk, quota or size limit), Corrupt (damaged or no database), Busy, Denied (read-only, or a trigger said no),
/// AlreadyExists (unique), NotFound (cannot be opened), SystemFailed.
namespace annex::policy {

namespace sqlite {
void close(sqlite3* database);
void finalize(sqlite3_stmt* statement);
} // namespace sqlite

/// One prepared statement. Lives shorter than its Database.
class Statement {
public:
    Statement(sqlite3* database, sqlite3_stmt* statement) : m_database(database), m_statement(statement) {}

    /// Parameters count from 1. What is bound is copied.
    void bind(int index, std::int64_t value);
    void bind(int index, int value) { bind(index, std::int64_t{value}); }
    void bind(int index, bool value) { bind(index, std::int64_t{value}); }
    void bind(int index, std::string_view text);
    void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
    void bind(int index, const char* text) { bind(index, std::string_view(text)); }
    void bind(int index, ByteSpan blob);
    void bind(int index, const std::optional<std::string>& text);

    /// true: a row is there; false: done.
    Result<bool> step();
    void reset();

    /// Columns count from 0 and are those of the present row.
    std::int64_t number(int column) const;
    std::string text(int column) const;
    ByteVector blob(int column) const;
    bool isNull(int column) const;

private:
    sqlite3* m_database;
    UniqueHandle<sqlite3_stmt*, sqlite::finalize> m_statement;
    int m_bindError = 0; ///< first failure of a bind, told by step()
};

/// One connection. Not for two threads at once.
class Database {
public:
    enum class Mode { ReadWrite, ReadOnly };

    Database() = default;
    /// Opens an existing file (an empty one becomes a database with the first write) and sets the flags that hold for all of ours: WAL,
    /// synchronous=FULL, foreign keys, defensive, trusted_schema off. The last component of `path` is not followed if it is a link.
    static Result<Database> open(const std::string& path, Mode mode);
    /// In memory, for comparing schemas and for tests.
    static Result<Database> inMemory();

    explicit operator bool() const { return static_cast<bool>(m_handle); }
    Result<Statement> prepare(std::string_view sql) const;
    /// Prepares and binds `values` to parameters 1, 2, 3 …
    template <class... Values>
    Result<Statement> query(std::string_view sql, const Values&... values) const
    {
        auto statement = prepare(sql);
        if (statement) {
            [[maybe_unused]] int index = 0;
            (statement->bind(++index, values), ...);
        }
        return statement;
    }
    /// The same, run to its end.
    template <class... Values>
    Result<void> run(std::string_view sql, const Values&... values) const
    {
        auto statement = query(sql, values...);
        if (!statement)
            return Unexpected(std::move(statement.error()));
        return finish(*statement);
    }
    /// First column of the first row; nothing where there is none.
    Result<std::optional<std::int64_t>> number(std::string_view sql) const;
    /// Several statements of our own text, without parameters.
    Result<void> script(const char* sql) const;
    /// Rows that the last statement changed.
    int changes() const;
    /// For limits in tests: most pages the file may have.
    sqlite3* raw() const { return m_handle.get(); }

private:
    static Result<void> finish(Statement& statement);
    Result<void> configure(Mode mode) const;

    UniqueHandle<sqlite3*, sqlite::close> m_handle;
};

/// Everything between begin and commit(), or nothing. Takes the write lock at once, so that what is read inside still holds at the commit.
class Transaction {
public:
    static Result<Transaction> begin(const Database& database);
    Transaction(Transaction&& other) noexcept : m_database(std::exchange(other.m_database, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction(); ///< rolls back unless committed

    /// @errors NoSpace and the like: nothing was written, and the transaction is rolled back
    Result<void> commit();

private:
    explicit Transaction(const Database& database) : m_database(&database) {}
    const Database* m_database;
};

} // namespace annex::policy

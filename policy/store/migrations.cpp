// SPDX-License-Identifier: Apache-2.0
#include "policy/store/migrations.h"

#include <fmt/core.h>

namespace annex::policy {
namespace {

/// Times are microseconds since 1970 (UTC). A NULL workspace means "for all".
/// The triggers on `audit` guard against mistakes of ours and against casual edits; what stands against somebody who owns the file is the
/// chain with its anchors.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workspaces (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  number INTEGER NOT NULL CHECK (number >= 1),
  profile TEXT NOT NULL,
  colour TEXT NOT NULL,
  pattern TEXT NOT NULL,
  fresh INTEGER NOT NULL CHECK (fresh IN (0, 1)),
  created INTEGER NOT NULL
) STRICT;

CREATE TABLE setting_values (
  workspace TEXT REFERENCES workspaces (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  changed INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX setting_values_once ON setting_values (coalesce(workspace, ''), key);

CREATE TABLE app_uses (
  workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  app TEXT NOT NULL,
  uses INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (workspace, app)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY CHECK (seq >= 1),
  time INTEGER NOT NULL,
  workspace TEXT NOT NULL,
  workspace_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('allowed', 'refused', 'noted')),
  count INTEGER NOT NULL CHECK (count >= 1),
  key TEXT NOT NULL,
  rule TEXT NOT NULL,
  sentence TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE anchors (
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  time INTEGER NOT NULL,
  place TEXT NOT NULL,
  pruned INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1)),
  PRIMARY KEY (seq, place)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'records of the trail are never changed'); END;

CREATE TRIGGER audit_is_only_pruned BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM anchors WHERE pruned = 1 AND anchors.seq >= old.seq)
BEGIN SELECT raise(ABORT, 'records of the trail are only pruned at an anchor'); END;

CREATE TRIGGER audit_only_grows BEFORE INSERT ON audit
WHEN new.seq <= coalesce((SELECT max(seq) FROM audit), 0) OR new.seq <= coalesce((SELECT max(seq) FROM anchors), 0)
BEGIN SELECT raise(ABORT, 'records of the trail are only appended'); END;
)sql";

constexpr Migration kMigrations[] = {{kVersion1}};

Result<void> apply(const Database& database, const Migration& step, std::int64_t version)
{
    auto transaction = Transaction::begin(database);
    if (!transaction)
        return Unexpected(std::move(transaction.error()));
    if (auto done = database.script(step.script); !done)
        return done;
    // A PRAGMA takes no parameters; both numbers are ours.
    const std::string marks = fmt::format("PRAGMA user_version={}; PRAGMA application_id={};", version, kApplicationId);
    if (auto done = database.script(marks.c_str()); !done)
        return done;
    return transaction->commit();
}

Result<std::string> schemaOf(const Database& database)
{
    auto rows = database.query("SELECT type || ':' || name || ':' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name");
    if (!rows)
        return Unexpected(std::move(rows.error()));
    std::string schema;
    for (;;) {
        const auto row = rows->step();
        if (!row)
            return Unexpected(row.error());
        if (!*row)
            return schema;
        schema += rows->text(0) + '\n';
    }
}

} // namespace

std::span<const Migration> migrations() { return kMigrations; }

Result<void> migrate(const Database& database, std::span<const Migration> steps, const std::function<Result<void>(std::int64_t version)>& backUp)
{
    const auto found = database.number("PRAGMA user_version");
    if (!found)
        return Unexpected(found.error());
    const std::int64_t have = found->value_or(0);
    const auto want = static_cast<std::int64_t>(steps.size());
    if (have < 0 || have > want)
        return fail(Errc::Unsupported, fmt::format("the policy database has version {}, this Annex knows up to {}", have, want));
    for (std::int64_t version = have; version < want; ++version) {
        if (version > 0) {
            if (auto done = backUp(version); !done)
                return while_("back up before a migration", std::move(done));
        }
        if (auto done = apply(database, steps[static_cast<std::size_t>(version)], version + 1); !done)
            return while_(fmt::format("migrate the policy database to version {}", version + 1), std::move(done));
    }
    return {};
}

Result<bool> hasOurSchema(const Database& database)
{
    auto model = Database::inMemory();
    if (!model)
        return Unexpected(std::move(model.error()));
    if (auto made = migrate(*model, migrations(), [](std::int64_t) { return Result<void>(); }); !made)
        return Unexpected(std::move(made.error()));
    const auto ours = schemaOf(*model);
    const auto theirs = schemaOf(database);
    if (!ours)
        return Unexpected(ours.error());
    if (!theirs)
        return Unexpected(theirs.error());
    return *ours == *theirs;
}

} // namespace annex::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/store/tables.h"

#include <fmt/core.h>

namespace annex::policy::tables {
namespace {

constexpr std::string_view kWorkspaceColumns = "id, name, number, profile, colour, pattern, fresh, created";

/// NULL means "for all workspaces".
std::optional<std::string> scopeOf(std::string_view workspace)
{
    return workspace.empty() ? std::nullopt : std::optional(std::string(workspace));
}

WorkspaceRow rowOf(const Statement& statement)
{
    WorkspaceRow row;
    row.id = statement.text(0);
    row.name = statement.text(1);
    row.number = static_cast<int>(statement.number(2));
    row.profile = statement.text(3);
    row.colour = statement.text(4);
    row.pattern = statement.text(5);
    row.fresh = statement.number(6) != 0;
    row.created = fromStored(statement.number(7));
    return row;
}

/// Calls `take` for each row.
template <class Take>
Result<void> forEach(Result<Statement> statement, Take take)
{
    if (!statement)
        return Unexpected(std::move(statement.error()));
    for (;;) {
        const auto row = statement->step();
        if (!row)
            return Unexpected(row.error());
        if (!*row)
            return {};
        take(*statement);
    }
}

} // namespace

std::int64_t toStored(Time time) { return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count(); }

Time fromStored(std::int64_t microseconds)
{
    return Time(std::chrono::duration_cast<Time::duration>(std::chrono::microseconds(microseconds)));
}

Result<std::vector<StoredValue>> values(const Database& database, std::string_view workspace)
{
    std::vector<StoredValue> found;
    auto done = forEach(database.query("SELECT key, value, changed FROM setting_values WHERE coalesce(workspace, '') = ?", workspace),
                        [&](const Statement& row) { found.push_back({row.text(0), row.text(1), fromStored(row.number(2))}); });
    if (!done)
        return Unexpected(std::move(done.error()));
    return found;
}

Result<void> setValue(const Database& database, std::string_view workspace, std::string_view key, std::string_view value, Time changed)
{
    return database.run("INSERT INTO setting_values (workspace, key, value, changed) VALUES (?, ?, ?, ?) "
                        "ON CONFLICT (coalesce(workspace, ''), key) DO UPDATE SET value = excluded.value, changed = excluded.changed",
                        scopeOf(workspace), key, value, toStored(changed));
}

Result<bool> clearValue(const Database& database, std::string_view workspace, std::string_view key)
{
    if (auto done = database.run("DELETE FROM setting_values WHERE coalesce(workspace, '') = ? AND key = ?", workspace, key); !done)
        return Unexpected(std::move(done.error()));
    return database.changes() > 0;
}

Result<std::vector<WorkspaceRow>> workspaces(const Database& database)
{
    std::vector<WorkspaceRow> found;
    auto done = forEach(database.query(fmt::format("SELECT {} FROM workspaces ORDER BY created, rowid", kWorkspaceColumns)),
                        [&](const Statement& row) { found.push_back(rowOf(row)); });
    if (!done)
        return Unexpected(std::move(done.error()));
    return found;
}

Result<WorkspaceRow> workspace(const Database& database, std::string_view idOrName)
{
    auto statement = database.query(fmt::format("SELECT {} FROM workspaces WHERE id = ?1 OR name = ?1 COLLATE NOCASE ORDER BY id = ?1 DESC LIMIT 1",
                                                kWorkspaceColumns),
                                    idOrName);
    if (!statement)
        return Unexpected(std::move(statement.error()));
    const auto row = statement->step();
    if (!row)
        return Unexpected(row.error());
    if (!*row)
        return fail(Errc::NotFound, "no workspace has this name");
    return rowOf(*statement);
}

Result<void> addWorkspace(const Database& database, const WorkspaceRow& row)
{
    return database.run("INSERT INTO workspaces (id, name, number, profile, colour, pattern, fresh, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row.id,
                        row.name, row.number, row.profile, row.colour, row.pattern, row.fresh, toStored(row.created));
}

Result<void> renameWorkspace(const Database& database, std::string_view id, std::string_view name)
{
    if (auto done = database.run("UPDATE workspaces SET name = ? WHERE id = ?", name, id); !done)
        return done;
    if (database.changes() == 0)
        return fail(Errc::NotFound, "there is no such workspace");
    return {};
}

Result<void> removeWorkspace(const Database& database, std::string_view id)
{
    if (auto done = database.run("DELETE FROM workspaces WHERE id = ?", id); !done)
        return done;
    if (database.changes() == 0)
        return fail(Errc::NotFound, "there is no such workspace");
    return {};
}

Result<void> countAppUse(const Database& database, std::string_view workspace, std::string_view app, Time now)
{
    auto counted = database.run("INSERT INTO app_uses (workspace, app, uses, last) VALUES (?, ?, 1, ?) "
                                "ON CONFLICT (workspace, app) DO UPDATE SET uses = uses + 1, last = excluded.last",
                                workspace, app, toStored(now));
    if (!counted)
        return counted;
    return database.run("DELETE FROM app_uses WHERE workspace = ?1 AND app IN "
                        "(SELECT app FROM app_uses WHERE workspace = ?1 ORDER BY app = ?2 DESC, uses DESC, last DESC LIMIT -1 OFFSET ?3)",
                        workspace, app, kMaxApps);
}

Result<std::vector<std::pair<std::string, std::int64_t>>> mostUsed(const Database& database, std::string_view workspace, std::size_t limit)
{
    std::vector<std::pair<std::string, std::int64_t>> found;
    auto done = forEach(database.query("SELECT app, uses FROM app_uses WHERE workspace = ? ORDER BY uses DESC, last DESC, app LIMIT ?", workspace,
                                       static_cast<std::int64_t>(limit)),
                        [&](const Statement& row) { found.emplace_back(row.text(0), row.number(1)); });
    if (!done)
        return Unexpected(std::move(done.error()));
    return found;
}

Result<std::string> meta(const Database& database, std::string_view key)
{
    auto statement = database.query("SELECT value FROM meta WHERE key = ?", key);
    if (!statement)
        return Unexpected(std::move(statement.error()));
    const auto row = statement->step();
    if (!row)
        return Unexpected(row.error());
    return *row ? statement->text(0) : std::string();
}

Result<void> setMeta(const Database& database, std::string_view key, std::string_view value)
{
    return database.run("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value);
}

} // namespace annex::policy::tables

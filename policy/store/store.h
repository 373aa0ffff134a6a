// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "policy/store/backup.h"
#include "policy/store/database.h"

/// The policy database as a file: made, opened, moved aside when it is damaged, backed up, restored. What is in it is known by tables.h and
/// audit/trail.h.
namespace annex::policy {

class Store {
public:
    /// Opens `folder`/policy.sqlite, or makes it if this folder never held one. A damaged file, or one that is gone although a backup or a
    /// damaged one is there, leaves the store set aside: without a database until restore() or startWithDefaults().
    /// @errors Denied: folder or file is a link or belongs to somebody else; Unsupported: written by a newer Annex; NoSpace; SystemFailed
    static Result<Store> open(const std::string& folder, const Clock& clock);

    bool isSetAside() const { return !m_database; }
    const std::string& setAsidePath() const { return m_setAsidePath; }
    const std::string& reason() const { return m_reason; }
    /// Only while it is not set aside.
    const Database& database() const { return m_database; }
    std::string databasePath() const { return m_path; }
    const std::string& folder() const { return m_folder; }

    /// Newest first.
    std::vector<Backup> backups() const;
    /// Copies settings and workspaces (not the trail) into a new backup if the newest is a day old; keeps the newest kBackups.
    Result<void> backUpIfDue();

    /// After an operation failed with Errc::Corrupt: closes the database and moves it aside.
    Result<void> setAside(std::string reason);
    /// A new database with the settings and workspaces of a backup. The trail starts anew.
    Result<void> restore(const std::string& backupPath);
    Result<void> startWithDefaults();

private:
    Store(std::string folder, const Clock& clock);
    Result<void> openOrCreate();
    Result<void> openExisting();
    /// @param fill  puts contents into the new database before it takes the old one's place
    Result<void> create(const std::function<Result<void>(const Database&)>& fill);
    Result<void> writeBackup(const std::string& path) const;
    Result<void> keepWholeCopy(const Database& database, std::int64_t version) const;
    std::vector<std::string> filesNamed(const std::string& prefix) const;
    std::string timeStamp() const;

    std::string m_folder;
    std::string m_path;
    const Clock* m_clock;
    Database m_database;
    std::string m_setAsidePath;
    std::string m_reason;
};

/// Backups kept: today's, yesterday's and the one before.
inline constexpr std::size_t kBackups = 3;

} // namespace annex::policy

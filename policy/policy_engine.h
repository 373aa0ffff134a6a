// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "policy/audit/anchor.h"
#include "policy/audit/limiter.h"
#include "policy/audit/record.h"
#include "policy/audit/verify.h"
#include "policy/decide/decide.h"
#include "policy/decide/explain.h"
#include "policy/managed/managed_policy.h"
#include "policy/settings/keys.h"
#include "policy/settings/setting.h"
#include "policy/store/backup.h"
#include "policy/store/workspace_row.h"

namespace annex::policy {

/// When the trail's head is told to the log daemon.
struct AnchorRhythm {
    std::int64_t records = 64;            ///< after so many new records …
    std::chrono::seconds after{600};      ///< … or so long after the first one that no anchor covers
};

/// Bounds on what a guest can make Annex write.
using AuditLimits = AuditLimiter::Limits;

struct PolicyOptions {
    std::string dataFolder;                 ///< 0700, holds policy.sqlite
    HostFacts host;
    std::unique_ptr<ManagedReader> managed; ///< Linux: FolderReader("/etc/annex/policy.d", 0)
    std::unique_ptr<LogDaemon> log;         ///< Linux: SystemLog; nullptr: unanchored
    std::shared_ptr<const Clock> clock;     ///< nullptr: SystemClock
    std::string exportFile;                 ///< of audit.export=file; empty: dataFolder/audit.jsonl
    AnchorRhythm rhythm;
    AuditLimits limits;
};

/// How the person's settings are.
struct StoreReport {
    bool setAside = false;             ///< the file was damaged or is missing; strict defaults hold until restoreBackup() or startWithDefaults()
    std::string setAsidePath;          ///< where the damaged file is now; empty when it was missing
    std::string reason;                ///< what SQLite said
    std::vector<Backup> backups;       ///< newest first
};

/// One row of Settings.
struct SettingView {
    const Setting* setting = nullptr;
    Resolved resolved;
    Value preset;             ///< the default on this host
    Limits limits;            ///< on this host
    std::string sentence;     ///< about the present value
    bool held = true;         ///< false: a default that this host cannot hold (audit.export without a log daemon); the broker knows more of these
    std::string notHeldReason;
};

struct NewWorkspace {
    std::string name{};                  ///< empty: a name is made from the profile or from `freshOf`
    std::string profile = "quarantine";
    std::optional<std::string> colour{};
    std::optional<std::string> pattern{};
    bool fresh = false;                ///< named "<freshOf> N", in the profile's colour
    std::string freshOf = "Untrusted";
};

struct AuditQuery {
    std::size_t limit = 200; ///< at most 200
    std::optional<std::int64_t> before{}; ///< records with a smaller number
    std::string workspace{};   ///< id; empty: all
    std::optional<Outcome> outcome{};
    std::string search{};      ///< in sentence, subject, action, workspace name; without regard to ASCII case
};
struct AuditPage {
    std::vector<AuditRecord> records; ///< newest first
    bool more = false;
};

struct AppUse {
    std::string app; ///< "foot.desktop"
    std::int64_t uses = 0;
};

/// What a note is about: life cycle and channels are kept only with audit.level=all.
enum class NoteKind { Always, LifeCycle, Channel };

/// The broker's one door to policy. Owns the database; one per account, on one thread (the broker's loop); a call that writes takes
/// one fsync. Managed policy is read anew by each call that decides. `workspace` is an id; empty means "no workspace".
///
/// While the store is set aside every question is answered from strict values, decideAndRecord() refuses (nothing is allowed that
/// cannot be recorded) and everything that writes fails with Errc::Corrupt.
class PolicyEngine {
public:
    /// @errors Denied: folder or database is a link or belongs to somebody else; Busy: another process holds it; NoSpace; SystemFailed.
    /// A damaged database is no error: see store().
    static Result<std::unique_ptr<PolicyEngine>> open(PolicyOptions options);
    ~PolicyEngine();
    PolicyEngine(const PolicyEngine&) = delete;
    PolicyEngine& operator=(const PolicyEngine&) = delete;

    // What holds
    Resolved resolved(std::string_view key, std::string_view workspace = {}) const; ///< `key` is one of the table
    std::string value(Key<std::string> key, std::string_view workspace = {}) const;
    bool value(Key<bool> key, std::string_view workspace = {}) const;
    std::int64_t value(Key<std::int64_t> key, std::string_view workspace = {}) const;
    Bytes value(Key<Bytes> key, std::string_view workspace = {}) const;
    keys::MaybeSeconds value(Key<keys::MaybeSeconds> key, std::string_view workspace = {}) const;
    std::vector<SettingView> list(std::string_view workspace = {}) const;
    Result<SettingView> view(std::string_view key, std::string_view workspace = {}) const;
    ManagedPolicy managed() const;
    /// By setting key or action name. @errors NotFound
    Result<Explanation> explain(std::string_view keyOrAction, std::string_view workspace = {}) const;
    /// Everything a decision looks at, for callers that decide several things at once.
    Sources sources(std::string_view workspace = {}) const;

    // Decisions: the answer and its record are written in one transaction; without the record there is no answer.
    /// @errors NoSpace, Corrupt, SystemFailed, Busy: nothing was recorded, so nothing is allowed
    Result<Decision> decideAndRecord(const Subject& subject, const Action& action, std::string_view workspace = {});
    /// Changes a setting for one workspace, or (workspace empty) for all. The Decision says "locked" where it is refused.
    /// @errors NotFound: no such setting or workspace; Malformed, TooLarge: not a value of it; as above
    Result<Decision> set(const Subject& subject, std::string_view key, const nlohmann::json& value, std::string_view workspace = {});
    Result<Decision> setText(const Subject& subject, std::string_view key, std::string_view value, std::string_view workspace = {});
    Result<Decision> clear(const Subject& subject, std::string_view key, std::string_view workspace = {});
    /// Something that happened without a question. Rate-limited like everything a guest causes.
    Result<void> note(NoteKind kind, const Subject& subject, std::string_view workspace, std::string_view action, std::string sentence,
                      std::string detailJson = {});

    // Workspaces
    Result<std::vector<WorkspaceRow>> workspaces() const;
    Result<WorkspaceRow> workspace(std::string_view idOrName) const; ///< @errors NotFound
    /// @param running  appearances that are on the screen now, not to be given twice
    /// @errors AlreadyExists: name; Malformed: name or profile; TooLarge: kMaxWorkspaces
    Result<WorkspaceRow> addWorkspace(const NewWorkspace& wish, std::span<const Appearance> running = {});
    Result<void> renameWorkspace(std::string_view id, std::string_view name);
    Result<void> removeWorkspace(std::string_view id); ///< its values and app counts go too, its records stay
    /// "Untrusted", made when it is not there.
    Result<WorkspaceRow> defaultWorkspace();
    /// Colour and pattern in which this workspace would start now: its settings, and the next free pattern where a running one has both.
    /// @errors Denied: both are locked and a running workspace wears them
    Result<Appearance> appearanceFor(std::string_view workspace, std::span<const Appearance> running) const;

    Result<void> countAppUse(std::string_view workspace, std::string_view app);
    Result<std::vector<AppUse>> mostUsed(std::string_view workspace, std::size_t limit = 32) const;

    // Trail
    Result<AuditPage> audit(const AuditQuery& query) const;
    Result<std::optional<AuditRecord>> auditRecord(std::int64_t seq) const;
    /// Number of the newest record, 0 for none. Grows: the broker sends audit.added when it did.
    std::int64_t auditHead() const;
    /// For verifyTrail() in another thread.
    std::string databasePath() const;
    /// Every record as a JSON line, oldest first. @param write  gets whole lines with their ends; its error stops the export and comes back
    Result<void> exportTo(const std::function<Result<void>(std::string_view)>& write) const;

    // Upkeep: writes what was counted, anchors, exports, prunes. The broker calls it when maintenanceDue() has passed, and once before it ends.
    std::optional<std::chrono::seconds> maintenanceDue() const; ///< nothing: not before something happens
    Result<void> maintain();
    Result<void> finish(); ///< maintain, and anchor whatever no anchor covers

    // A damaged store
    StoreReport store() const;
    Result<void> restoreBackup(std::string_view path); ///< one of store().backups
    Result<void> startWithDefaults();

private:
    class Impl;
    explicit PolicyEngine(std::unique_ptr<Impl> impl);
    Result<void> makeReady();
    Result<void> startAnew(std::string_view action, std::string sentence);
    SettingView viewOf(const Setting& setting, const Sources& sources) const;
    Result<Decision> change(const Subject& subject, const Action& action, const Setting& setting, std::string_view workspace,
                            const std::optional<Value>& value);
    std::unique_ptr<Impl> m_impl;
};

} // namespace annex::policy

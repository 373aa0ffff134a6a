// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include <QDateTime>
#include <QJsonValue>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVector>
#include <tl/expected.hpp>

#include "ui/theme/identity.h"

/// What the interface needs from the rest of Annex, as values and interfaces. `app/desktop` implements them over the broker's API, tests with scripted
/// fakes. Everything lives on the GUI thread; a Reply is called exactly once, never before the call that took it has returned.
namespace annex::ui {

/// What went wrong, in the three parts that a person reads. `id` is stable ("policy.level-refused"); `todo` is what they can do, best first.
struct Failure {
    QString id;
    QString title;
    QString why;
    QStringList todo;
    QString detail; ///< for Details and reports only
    bool operator==(const Failure&) const = default;
};

template <class T>
using Outcome = tl::expected<T, Failure>;
template <class T>
using Reply = std::function<void(Outcome<T>)>;
struct Done {};

enum class WorkspaceState { Stopped, Starting, Running, Pausing, Paused, Resuming, Stopping, Failed };
enum class Stage { Prepare, Start, Connect };

/// A window of a workspace. `title` and `app` are the guest's words, already sanitised by the viewer.
struct OpenWindow {
    QString id;
    QString title;
    QString app;
    bool minimised = false;
    bool active = false;
    bool operator==(const OpenWindow&) const = default;
};

/// One workspace as the broker tells it.
struct Workspace {
    QString id;
    QString name;
    int number = 1;
    QString profile;
    WorkspaceState state = WorkspaceState::Stopped;
    Level level = Level::Process;
    QString engine;
    bool disposable = true;
    Colour colour = Colour::Amber;
    Pattern pattern = Pattern::Dots;
    QString label;
    bool fresh = false; ///< made for one file, goes when it stops
    int windows = 0;
    std::optional<QDateTime> startedAt;
    QStringList unlimited; ///< keys of limits that this host cannot hold
    bool canPause = false;
    bool viewerAttached = false;
    std::optional<qint64> memory_bytes;
    std::optional<Failure> error;
    QVector<OpenWindow> openWindows;
    bool operator==(const Workspace&) const = default;
};

/// What the swatch and the badges need of it.
Identity identityOf(const Workspace&);

struct NewWorkspace {
    QString name;
    QString profile;
    Colour colour = Colour::Amber;
    Pattern pattern = Pattern::Dots;
};

/// A program that a workspace offers, from its desktop entries (which are this computer's own files).
struct AppEntry {
    QString id; ///< "org.gnome.Evince.desktop"
    QString name;
    QString comment;
    QString icon; ///< theme name or absolute path of a host file
    QStringList exec;
    QStringList keywords;
    bool operator==(const AppEntry&) const = default;
};

/// What came of an opening: where it opened and by what.
struct Opened {
    QString workspace;
    QString application; ///< empty where a command was run
};

enum class SettingSource { Managed, User, Profile, Default };

/// One setting with its value for one workspace, as policy tells it. `type` is one of policy's own:
/// "switch", "choice", "bytes", "percent", "integer", "duration" (seconds), "text", "colour", "pattern".
struct Setting {
    QString key;
    QString type;
    QStringList values; ///< of a choice, colour or pattern
    QJsonValue value;
    QJsonValue defaultValue;
    SettingSource source = SettingSource::Default;
    bool locked = false;
    QString organisation;
    QString reason; ///< the organisation's own sentence
    bool held = true; ///< false: this host or engine cannot hold the value
    QString title;
    QString sentence; ///< policy's sentence about the present value
    QString group; ///< title of its card
    QString icon;
    QString none;         ///< the word that means "no value" ("off", "never"), empty where there is always one
    bool restart = false; ///< a running workspace keeps the old value until its next start
    std::optional<double> minimum;
    std::optional<double> maximum;
    QString unit;
    bool operator==(const Setting&) const = default;
};

/// A rule as `explain` names it.
struct Rule {
    QString source;
    QString origin;
    QString organisation;
    QString reason;
    QJsonValue value;
};

struct Explanation {
    QString decision;
    QJsonValue value;
    Rule rule;
    std::optional<Rule> next; ///< the nearest rule that lost
    QString text;             ///< policy's own sentence, shown as it is
};

/// A copy of the policy store from before it was damaged.
struct StoreBackup {
    QString path;
    QDateTime time;
    bool operator==(const StoreBackup&) const = default;
};

struct PolicyState {
    bool managed = false;
    QString organisation;
    QStringList files;
    QStringList problems;
    bool storeSetAside = false;
    QString setAsidePath;
    QVector<StoreBackup> backups; ///< newest first
};

enum class AuditOutcome { Allowed, Refused, Noted };

struct AuditRecord {
    qint64 seq = 0;
    QDateTime time;
    QString workspace;
    QString subject;
    QString action;
    AuditOutcome outcome = AuditOutcome::Noted;
    QString sentence;
    QString key;  ///< the setting that decided, empty where none did
    QString rule; ///< in words
    QString detail;
    bool operator==(const AuditRecord&) const = default;
};

struct AuditQuery {
    int limit = 200; ///< the API's own maximum
    std::optional<qint64> before;
    QString workspace;
    std::optional<AuditOutcome> outcome;
    QString search;
};

struct AuditPage {
    QVector<AuditRecord> records; ///< newest first
    bool more = false;
};

struct TrailState {
    bool whole = true;
    qint64 upTo = 0;
    std::optional<qint64> brokenAt;
    QString anchored;
    std::optional<qint64> anchorSeq;
    QString text;
};

enum class CheckState { Broken, Look, Fine };

struct Check {
    QString id;
    QString title;
    QString finding;
    QString cure;
    CheckState state = CheckState::Fine;
};

struct CheckUp {
    CheckState verdict = CheckState::Fine;
    QVector<Check> checks;
};

struct EngineInfo {
    QString name;
    Level level = Level::Process;
    bool available = false;
    QString reason;
};

struct VersionInfo {
    QString product;
    int protocol = 1;
    QVector<EngineInfo> engines;
};

/// Life of the workspaces. Signals carry whole values; the list is what was last heard and costs nothing to ask.
class WorkspaceService : public QObject {
    Q_OBJECT
public:
    virtual QVector<Workspace> workspaces() const = 0;
    virtual bool connected() const = 0;
    virtual void create(const NewWorkspace&, Reply<Workspace>) = 0;
    virtual void start(const QString& id, Reply<Done>) = 0;
    virtual void cancelStart(const QString& id, Reply<Done>) = 0;
    virtual void stop(const QString& id, bool force, Reply<Done>) = 0;
    virtual void pause(const QString& id, Reply<Done>) = 0;
    virtual void resume(const QString& id, Reply<Done>) = 0;
    virtual void reset(const QString& id, Reply<qint64> discarded_bytes) = 0;
    virtual void remove(const QString& id, Reply<Done>) = 0;
    /// Brings one window to the front; an empty window means all of that workspace.
    virtual void activate(const QString& id, const QString& window, Reply<Done>) = 0;
    virtual void closeWindow(const QString& id, const QString& window, Reply<Done>) = 0;
    /// Tries to reach the broker again after `connectionChanged(false)`.
    virtual void reconnect() = 0;

Q_SIGNALS:
    void changed(const annex::ui::Workspace& workspace);
    void removed(const QString& id);
    void listed(); ///< the whole list was read anew
    void stage(const QString& id, annex::ui::Stage stage, int elapsed_ms);
    void notice(const annex::ui::Failure& failure, const QString& workspace);
    void connectionChanged(bool connected);
};

class AppService : public QObject {
    Q_OBJECT
public:
    virtual void list(const QString& workspace, Reply<QVector<AppEntry>>) = 0;
    virtual void open(const QString& workspace, const QString& app, bool fresh, Reply<Opened>) = 0;
    /// Sends a read-only copy of a host file in and opens it there.
    virtual void openFile(const QString& workspace, const QString& hostPath, bool fresh, Reply<Opened>) = 0;
    virtual void run(const QString& workspace, const QStringList& argv, bool fresh, Reply<Opened>) = 0;
    /// Sends a host program in and runs the copy there; it is never executable on the host because of this.
    virtual void runFile(const QString& workspace, const QString& hostPath, bool fresh, Reply<Opened>) = 0;
};

class PolicyService : public QObject {
    Q_OBJECT
public:
    virtual void list(const QString& workspace, Reply<QVector<Setting>>) = 0;
    virtual void set(const QString& workspace, const QString& key, const QJsonValue& value, Reply<Done>) = 0;
    virtual void clear(const QString& workspace, const QString& key, Reply<Done>) = 0;
    /// @param what  a setting's key or an audit record's action
    virtual void explain(const QString& workspace, const QString& what, Reply<Explanation>) = 0;
    virtual void state(Reply<PolicyState>) = 0;
    /// After the store was set aside: goes on with a backup, or with defaults where `backup` is empty.
    virtual void repair(const QString& backup, Reply<Done>) = 0;

Q_SIGNALS:
    void changed(const QString& key); ///< empty: anything may have changed
};

class AuditService : public QObject {
    Q_OBJECT
public:
    virtual void list(const AuditQuery&, Reply<AuditPage>) = 0;
    virtual void verify(Reply<TrailState>) = 0;
    virtual void exportTo(const QString& hostPath, Reply<Done>) = 0;

Q_SIGNALS:
    void added(qint64 seq);
};

class SystemService : public QObject {
    Q_OBJECT
public:
    virtual void checkUp(Reply<CheckUp>) = 0;
    virtual void version(Reply<VersionInfo>) = 0;
};

/// All of them; whoever holds this outlives every page.
struct Services {
    WorkspaceService& workspaces;
    AppService& apps;
    PolicyService& policy;
    AuditService& audit;
    SystemService& system;
};

} // namespace annex::ui

Q_DECLARE_METATYPE(annex::ui::Workspace)
Q_DECLARE_METATYPE(annex::ui::Failure)

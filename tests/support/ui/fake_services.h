// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>
#include <QTimer>

#include "ui/services.h"

/// The services over values that a test sets. State changes as asked and is told by signals, as the broker does; nothing waits, replies come from
/// the loop. What was asked is kept in `asked`, in order.
namespace annex::test {

class FakeServices;

/// What the fakes share.
struct FakeWorld {
    QVector<ui::Workspace> workspaces;
    QVector<ui::AppEntry> apps;
    QVector<ui::Setting> settings;
    QHash<QString, ui::Explanation> explanations; ///< by key
    ui::PolicyState policy;
    QVector<ui::AuditRecord> records; ///< newest first
    ui::TrailState trail;
    ui::CheckUp checkUp;
    ui::VersionInfo version;
    QHash<QString, ui::Failure> failures; ///< by what is asked ("apps.list", "policy.set"): answers with this instead
    bool silent = false;                  ///< answers nothing: the loading states
    QStringList asked;
};

class FakeWorkspaces : public ui::WorkspaceService {
    Q_OBJECT
public:
    explicit FakeWorkspaces(FakeWorld& world) : m_world(world) {}
    QVector<ui::Workspace> workspaces() const override { return m_world.workspaces; }
    bool connected() const override { return true; }
    void create(const ui::NewWorkspace&, ui::Reply<ui::Workspace>) override;
    void start(const QString& id, ui::Reply<ui::Done>) override;
    void cancelStart(const QString& id, ui::Reply<ui::Done>) override;
    void stop(const QString& id, bool force, ui::Reply<ui::Done>) override;
    void pause(const QString& id, ui::Reply<ui::Done>) override;
    void resume(const QString& id, ui::Reply<ui::Done>) override;
    void reset(const QString& id, ui::Reply<qint64>) override;
    void remove(const QString& id, ui::Reply<ui::Done>) override;
    void activate(const QString& id, const QString& window, ui::Reply<ui::Done>) override;
    void closeWindow(const QString& id, const QString& window, ui::Reply<ui::Done>) override;
    void reconnect() override { m_world.asked << QStringLiteral("reconnect"); }

    /// Changes one workspace and tells it.
    void change(const QString& id, const std::function<void(ui::Workspace&)>& edit);

private:
    void setState(const char* what, const QString& id, ui::WorkspaceState state, ui::Reply<ui::Done> reply);
    FakeWorld& m_world;
};

class FakeApps : public ui::AppService {
    Q_OBJECT
public:
    explicit FakeApps(FakeWorld& world) : m_world(world) {}
    void list(const QString& workspace, ui::Reply<QVector<ui::AppEntry>>) override;
    void open(const QString& workspace, const QString& app, bool fresh, ui::Reply<ui::Opened>) override;
    void openFile(const QString& workspace, const QString& hostPath, bool fresh, ui::Reply<ui::Opened>) override;
    void run(const QString& workspace, const QStringList& argv, bool fresh, ui::Reply<ui::Opened>) override;
    void runFile(const QString& workspace, const QString& hostPath, bool fresh, ui::Reply<ui::Opened>) override;

private:
    FakeWorld& m_world;
};

class FakePolicy : public ui::PolicyService {
    Q_OBJECT
public:
    explicit FakePolicy(FakeWorld& world) : m_world(world) {}
    void list(const QString& workspace, ui::Reply<QVector<ui::Setting>>) override;
    void set(const QString& workspace, const QString& key, const QJsonValue& value, ui::Reply<ui::Done>) override;
    void clear(const QString& workspace, const QString& key, ui::Reply<ui::Done>) override;
    void explain(const QString& workspace, const QString& what, ui::Reply<ui::Explanation>) override;
    void state(ui::Reply<ui::PolicyState>) override;
    void repair(const QString& backup, ui::Reply<ui::Done>) override;

private:
    FakeWorld& m_world;
};

class FakeAudit : public ui::AuditService {
    Q_OBJECT
public:
    explicit FakeAudit(FakeWorld& world) : m_world(world) {}
    void list(const ui::AuditQuery&, ui::Reply<ui::AuditPage>) override;
    void verify(ui::Reply<ui::TrailState>) override;
    void exportTo(const QString& hostPath, ui::Reply<ui::Done>) override;

private:
    FakeWorld& m_world;
};

class FakeSystem : public ui::SystemService {
    Q_OBJECT
public:
    explicit FakeSystem(FakeWorld& world) : m_world(world) {}
    void checkUp(ui::Reply<ui::CheckUp>) override;
    void version(ui::Reply<ui::VersionInfo>) override;

private:
    FakeWorld& m_world;
};

class FakeServices {
public:
    FakeServices() : workspaces(world), apps(world), policy(world), audit(world), system(world) {}
    ui::Services all() { return {workspaces, apps, policy, audit, system}; }

    FakeWorld world;
    FakeWorkspaces workspaces;
    FakeApps apps;
    FakePolicy policy;
    FakeAudit audit;
    FakeSystem system;
};

} // namespace annex::test

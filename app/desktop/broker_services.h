// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonObject>

#include "app/desktop/broker_link.h"
#include "ui/services.h"

/// The interface's services over the broker's API.
namespace annex::desktop {

class BrokerWorkspaces : public ui::WorkspaceService {
    Q_OBJECT
public:
    explicit BrokerWorkspaces(BrokerLink& link);

    QVector<ui::Workspace> workspaces() const override { return m_workspaces; }
    bool connected() const override { return m_connected; }
    void create(const ui::NewWorkspace&, ui::Reply<ui::Workspace>) override;
    void start(const QString& id, ui::Reply<ui::Done>) override;
    void cancelStart(const QString& id, ui::Reply<ui::Done>) override;
    void stop(const QString& id, bool force, ui::Reply<ui::Done>) override;
    void pause(const QString& id, ui::Reply<ui::Done>) override;
    void resume(const QString& id, ui::Reply<ui::Done>) override;
    void reset(const QString& id, ui::Reply<qint64> discarded_bytes) override;
    void remove(const QString& id, ui::Reply<ui::Done>) override;
    void activate(const QString& id, const QString& window, ui::Reply<ui::Done>) override;
    void closeWindow(const QString& id, const QString& window, ui::Reply<ui::Done>) override;
    void reconnect() override { m_link.open(); }

    void readAll();

private:
    void onEvent(const QString& type, const QJsonObject& parameters);
    void take(const ui::Workspace& workspace);
    void simple(const char* method, QJsonObject parameters, ui::Reply<ui::Done> reply);

    BrokerLink& m_link;
    QVector<ui::Workspace> m_workspaces;
    bool m_connected = false;
};

class BrokerApps : public ui::AppService {
    Q_OBJECT
public:
    explicit BrokerApps(BrokerLink& link) : m_link(link) {}
    void list(const QString& workspace, ui::Reply<QVector<ui::AppEntry>>) override;
    void open(const QString& workspace, const QString& app, bool fresh, ui::Reply<ui::Opened>) override;
    void openFile(const QString& workspace, const QString& hostPath, bool fresh, ui::Reply<ui::Opened>) override;
    void run(const QString& workspace, const QStringList& argv, bool fresh, ui::Reply<ui::Opened>) override;
    void runFile(const QString& workspace, const QString& hostPath, bool fresh, ui::Reply<ui::Opened>) override;

private:
    BrokerLink& m_link;
};

class BrokerPolicy : public ui::PolicyService {
    Q_OBJECT
public:
    explicit BrokerPolicy(BrokerLink& link);
    void list(const QString& workspace, ui::Reply<QVector<ui::Setting>>) override;
    void set(const QString& workspace, const QString& key, const QJsonValue& value, ui::Reply<ui::Done>) override;
    void clear(const QString& workspace, const QString& key, ui::Reply<ui::Done>) override;
    void explain(const QString& workspace, const QString& what, ui::Reply<ui::Explanation>) override;
    void state(ui::Reply<ui::PolicyState>) override;
    void repair(const QString& backup, ui::Reply<ui::Done>) override;

private:
    BrokerLink& m_link;
};

class BrokerAudit : public ui::AuditService {
    Q_OBJECT
public:
    explicit BrokerAudit(BrokerLink& link);
    void list(const ui::AuditQuery&, ui::Reply<ui::AuditPage>) override;
    void verify(ui::Reply<ui::TrailState>) override;
    void exportTo(const QString& hostPath, ui::Reply<ui::Done>) override;

private:
    BrokerLink& m_link;
};

class BrokerSystem : public ui::SystemService {
    Q_OBJECT
public:
    explicit BrokerSystem(BrokerLink& link) : m_link(link) {}
    void checkUp(ui::Reply<ui::CheckUp>) override;
    void version(ui::Reply<ui::VersionInfo>) override;

private:
    BrokerLink& m_link;
};

} // namespace annex::desktop

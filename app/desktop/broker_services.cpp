// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/broker_services.h"

#include <cerrno>
#include <cstring>

#include <QFileInfo>
#include <QJsonArray>
#include <fcntl.h>

#include "app/desktop/decode.h"

namespace annex::desktop {

namespace {

using namespace Qt::StringLiterals;

/// Passes an answer on as the value that `decode` makes of it.
template <class T, class Decode>
OnBrokerAnswer decoded(ui::Reply<T> reply, Decode decode)
{
    return [reply = std::move(reply), decode](const BrokerAnswer& answer) {
        if (!reply)
            return;
        if (answer.result)
            reply(decode(*answer.result));
        else
            reply(tl::unexpected(answer.result.error()));
    };
}

template <class T>
QVector<T> listOf(const QJsonValue& value, T (*decode)(const QJsonObject&))
{
    QVector<T> list;
    for (const QJsonValue element : value.toArray())
        list.push_back(decode(element.toObject()));
    return list;
}

ui::Opened opened(const QJsonObject& result)
{
    return {result["workspace"_L1].toString(), result["application"_L1].toString()};
}

QJsonObject inWorkspace(const QString& workspace)
{
    return workspace.isEmpty() ? QJsonObject{} : QJsonObject{{u"workspace"_s, workspace}};
}

/// "fresh" only where the person asked for it: without it the broker does as `open.fresh` says, and a named workspace means that one.
QJsonObject target(const QString& workspace, bool fresh)
{
    QJsonObject parameters;
    if (fresh)
        parameters[u"fresh"_s] = true;
    else {
        parameters = inWorkspace(workspace);
        parameters[u"fresh"_s] = false;
    }
    return parameters;
}

/// A host file as the person named it, opened with the person's own rights. The broker checks what it is.
tl::expected<UniqueFd, ui::Failure> openHostFile(const QString& path)
{
    UniqueFd file(::open(path.toLocal8Bit().constData(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (file)
        return file;
    const QString reason = QString::fromLocal8Bit(std::strerror(errno));
    return tl::unexpected(ui::Failure{u"file.unreadable"_s, BrokerApps::tr("%1 was not sent in").arg(QFileInfo(path).fileName()),
                                      BrokerApps::tr("It could not be read: %1.").arg(reason), {BrokerApps::tr("Choose another file.")}, {}});
}

template <class T>
void failLater(QObject* context, ui::Reply<T> reply, const ui::Failure& failure)
{
    QMetaObject::invokeMethod(context, [reply = std::move(reply), failure] { reply(tl::unexpected(failure)); }, Qt::QueuedConnection);
}

} // namespace

BrokerWorkspaces::BrokerWorkspaces(BrokerLink& link) : m_link(link)
{
    connect(&link, &BrokerLink::opened, this, [this] {
        m_connected = true;
        m_link.request(u"events.subscribe"_s, {});
        readAll();
        Q_EMIT connectionChanged(true);
    });
    connect(&link, &BrokerLink::failed, this, [this](const ui::Failure& failure) {
        m_connected = false;
        Q_EMIT connectionChanged(false);
        Q_EMIT notice(failure, QString());
    });
    connect(&link, &BrokerLink::event, this, &BrokerWorkspaces::onEvent);
}

void BrokerWorkspaces::readAll()
{
    m_link.request(u"workspace.list"_s, {}, [this](const BrokerAnswer& answer) {
        if (!answer.result)
            return;
        m_workspaces = listOf((*answer.result)["workspaces"_L1], decodeWorkspace);
        Q_EMIT listed();
    });
}

void BrokerWorkspaces::onEvent(const QString& type, const QJsonObject& parameters)
{
    if (type == "workspace.changed"_L1) {
        take(decodeWorkspace(parameters["workspace"_L1].toObject()));
    } else if (type == "workspace.removed"_L1) {
        const QString id = parameters["id"_L1].toString();
        m_workspaces.removeIf([&](const ui::Workspace& one) { return one.id == id; });
        Q_EMIT removed(id);
    } else if (type == "workspace.stage"_L1) {
        if (const auto now = decodeStage(parameters["stage"_L1].toString()))
            Q_EMIT stage(parameters["workspace"_L1].toString(), *now, parameters["elapsed_ms"_L1].toInt());
    } else if (type == "notice"_L1) {
        Q_EMIT notice(decodeFailure(parameters), parameters["workspace"_L1].toString());
    }
}

void BrokerWorkspaces::take(const ui::Workspace& workspace)
{
    if (workspace.id.isEmpty())
        return;
    for (ui::Workspace& known : m_workspaces) {
        if (known.id != workspace.id)
            continue;
        if (known == workspace)
            return; // nothing that anybody sees
        known = workspace;
        Q_EMIT changed(workspace);
        return;
    }
    m_workspaces.push_back(workspace);
    Q_EMIT changed(workspace);
}

void BrokerWorkspaces::simple(const char* method, QJsonObject parameters, ui::Reply<ui::Done> reply)
{
    m_link.request(QString::fromLatin1(method), parameters, decoded<ui::Done>(std::move(reply), [](const QJsonObject&) { return ui::Done{}; }));
}

void BrokerWorkspaces::create(const ui::NewWorkspace& wish, ui::Reply<ui::Workspace> reply)
{
    const QJsonObject parameters{{u"name"_s, wish.name}, {u"profile"_s, wish.profile}, {u"colour"_s, ui::idOf(wish.colour)}, {u"pattern"_s, ui::idOf(wish.pattern)}};
    m_link.request(u"workspace.create"_s, parameters, decoded<ui::Workspace>(std::move(reply), [this](const QJsonObject& result) {
        const ui::Workspace made = decodeWorkspace(result);
        take(made);
        return made;
    }));
}

void BrokerWorkspaces::start(const QString& id, ui::Reply<ui::Done> reply)
{
    simple("workspace.start", inWorkspace(id), std::move(reply));
}

void BrokerWorkspaces::cancelStart(const QString& id, ui::Reply<ui::Done> reply)
{
    simple("workspace.cancel", inWorkspace(id), std::move(reply));
}

void BrokerWorkspaces::stop(const QString& id, bool force, ui::Reply<ui::Done> reply)
{
    QJsonObject parameters = inWorkspace(id);
    parameters[u"force"_s] = force;
    simple("workspace.stop", parameters, std::move(reply));
}

void BrokerWorkspaces::pause(const QString& id, ui::Reply<ui::Done> reply)
{
    simple("workspace.pause", inWorkspace(id), std::move(reply));
}

void BrokerWorkspaces::resume(const QString& id, ui::Reply<ui::Done> reply)
{
    simple("workspace.resume", inWorkspace(id), std::move(reply));
}

void BrokerWorkspaces::reset(const QString& id, ui::Reply<qint64> reply)
{
    m_link.request(u"workspace.reset"_s, inWorkspace(id), decoded<qint64>(std::move(reply), [](const QJsonObject& result) {
        return result["discarded_bytes"_L1].toInteger();
    }));
}

void BrokerWorkspaces::remove(const QString& id, ui::Reply<ui::Done> reply)
{
    simple("workspace.remove", inWorkspace(id), std::move(reply));
}

void BrokerWorkspaces::activate(const QString& id, const QString& window, ui::Reply<ui::Done> reply)
{
    QJsonObject parameters = inWorkspace(id);
    if (!window.isEmpty())
        parameters[u"window"_s] = window.toLongLong();
    simple("window.activate", parameters, std::move(reply));
}

void BrokerWorkspaces::closeWindow(const QString& id, const QString& window, ui::Reply<ui::Done> reply)
{
    QJsonObject parameters = inWorkspace(id);
    parameters[u"window"_s] = window.toLongLong();
    simple("window.close", parameters, std::move(reply));
}

void BrokerApps::list(const QString& workspace, ui::Reply<QVector<ui::AppEntry>> reply)
{
    m_link.request(u"app.list"_s, inWorkspace(workspace), decoded<QVector<ui::AppEntry>>(std::move(reply), [](const QJsonObject& result) {
        return listOf(result["apps"_L1], decodeApp);
    }));
}

void BrokerApps::open(const QString& workspace, const QString& app, bool fresh, ui::Reply<ui::Opened> reply)
{
    QJsonObject parameters = target(workspace, fresh);
    parameters[u"id"_s] = app;
    m_link.request(u"app.open"_s, parameters, decoded<ui::Opened>(std::move(reply), opened));
}

void BrokerApps::openFile(const QString& workspace, const QString& hostPath, bool fresh, ui::Reply<ui::Opened> reply)
{
    auto file = openHostFile(hostPath);
    if (!file)
        return failLater(this, std::move(reply), file.error());
    QJsonObject parameters = target(workspace, fresh);
    parameters[u"name"_s] = QFileInfo(hostPath).fileName();
    std::vector<UniqueFd> descriptors;
    descriptors.push_back(std::move(*file));
    m_link.request(u"file.open"_s, parameters, decoded<ui::Opened>(std::move(reply), opened), std::move(descriptors));
}

void BrokerApps::run(const QString& workspace, const QStringList& argv, bool fresh, ui::Reply<ui::Opened> reply)
{
    QJsonObject parameters = target(workspace, fresh);
    parameters[u"argv"_s] = QJsonArray::fromStringList(argv);
    m_link.request(u"program.run"_s, parameters, decoded<ui::Opened>(std::move(reply), opened));
}

void BrokerApps::runFile(const QString& workspace, const QString& hostPath, bool fresh, ui::Reply<ui::Opened> reply)
{
    auto file = openHostFile(hostPath);
    if (!file)
        return failLater(this, std::move(reply), file.error());
    const QString name = QFileInfo(hostPath).fileName();
    QJsonObject parameters = target(workspace, fresh);
    parameters[u"argv"_s] = QJsonArray{name};
    parameters[u"path"_s] = name;
    std::vector<UniqueFd> descriptors;
    descriptors.push_back(std::move(*file));
    m_link.request(u"program.run"_s, parameters, decoded<ui::Opened>(std::move(reply), opened), std::move(descriptors));
}

BrokerPolicy::BrokerPolicy(BrokerLink& link) : m_link(link)
{
    connect(&link, &BrokerLink::event, this, [this](const QString& type, const QJsonObject& parameters) {
        if (type == "policy.changed"_L1)
            Q_EMIT changed(parameters["key"_L1].toString());
    });
    connect(&link, &BrokerLink::opened, this, [this] { Q_EMIT changed(QString()); });
}

void BrokerPolicy::list(const QString& workspace, ui::Reply<QVector<ui::Setting>> reply)
{
    m_link.request(u"policy.list"_s, inWorkspace(workspace), decoded<QVector<ui::Setting>>(std::move(reply), [](const QJsonObject& result) {
        return listOf(result["settings"_L1], decodeSetting);
    }));
}

void BrokerPolicy::set(const QString& workspace, const QString& key, const QJsonValue& value, ui::Reply<ui::Done> reply)
{
    QJsonObject parameters = inWorkspace(workspace);
    parameters[u"key"_s] = key;
    parameters[u"value"_s] = value;
    m_link.request(u"policy.set"_s, parameters, decoded<ui::Done>(std::move(reply), [](const QJsonObject&) { return ui::Done{}; }));
}

void BrokerPolicy::clear(const QString& workspace, const QString& key, ui::Reply<ui::Done> reply)
{
    QJsonObject parameters = inWorkspace(workspace);
    parameters[u"key"_s] = key;
    m_link.request(u"policy.clear"_s, parameters, decoded<ui::Done>(std::move(reply), [](const QJsonObject&) { return ui::Done{}; }));
}

void BrokerPolicy::explain(const QString& workspace, const QString& what, ui::Reply<ui::Explanation> reply)
{
    QJsonObject parameters = inWorkspace(workspace);
    parameters[u"key"_s] = what;
    m_link.request(u"policy.explain"_s, parameters, decoded<ui::Explanation>(std::move(reply), decodeExplanation));
}

void BrokerPolicy::state(ui::Reply<ui::PolicyState> reply)
{
    m_link.request(u"policy.state"_s, {}, decoded<ui::PolicyState>(std::move(reply), decodePolicyState));
}

void BrokerPolicy::repair(const QString& backup, ui::Reply<ui::Done> reply)
{
    const QJsonObject parameters = backup.isEmpty() ? QJsonObject{} : QJsonObject{{u"backup"_s, backup}};
    m_link.request(u"policy.repair"_s, parameters, decoded<ui::Done>(std::move(reply), [](const QJsonObject&) { return ui::Done{}; }));
}

BrokerAudit::BrokerAudit(BrokerLink& link) : m_link(link)
{
    connect(&link, &BrokerLink::event, this, [this](const QString& type, const QJsonObject& parameters) {
        if (type == "audit.added"_L1)
            Q_EMIT added(parameters["seq"_L1].toInteger());
    });
}

void BrokerAudit::list(const ui::AuditQuery& query, ui::Reply<ui::AuditPage> reply)
{
    QJsonObject parameters = inWorkspace(query.workspace);
    parameters[u"limit"_s] = query.limit;
    if (query.before)
        parameters[u"before"_s] = *query.before;
    if (query.outcome)
        parameters[u"outcome"_s] = *query.outcome == ui::AuditOutcome::Allowed ? u"allowed"_s : *query.outcome == ui::AuditOutcome::Refused ? u"refused"_s : u"noted"_s;
    if (!query.search.isEmpty())
        parameters[u"search"_s] = query.search;
    m_link.request(u"audit.list"_s, parameters, decoded<ui::AuditPage>(std::move(reply), [](const QJsonObject& result) {
        return ui::AuditPage{listOf(result["records"_L1], decodeRecord), result["more"_L1].toBool()};
    }));
}

void BrokerAudit::verify(ui::Reply<ui::TrailState> reply)
{
    m_link.request(u"audit.verify"_s, {}, decoded<ui::TrailState>(std::move(reply), decodeTrail));
}

void BrokerAudit::exportTo(const QString& hostPath, ui::Reply<ui::Done> reply)
{
    UniqueFd file(::open(hostPath.toLocal8Bit().constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600));
    if (!file) {
        const QString reason = QString::fromLocal8Bit(std::strerror(errno));
        return failLater(this, std::move(reply), {u"audit.export"_s, tr("Activity was not exported"), tr("The file could not be written: %1.").arg(reason),
                                                  {tr("Choose another place.")}, {}});
    }
    std::vector<UniqueFd> descriptors;
    descriptors.push_back(std::move(file));
    m_link.request(u"audit.export"_s, {}, decoded<ui::Done>(std::move(reply), [](const QJsonObject&) { return ui::Done{}; }), std::move(descriptors));
}

void BrokerSystem::checkUp(ui::Reply<ui::CheckUp> reply)
{
    m_link.request(u"doctor.run"_s, {}, decoded<ui::CheckUp>(std::move(reply), decodeCheckUp));
}

void BrokerSystem::version(ui::Reply<ui::VersionInfo> reply)
{
    m_link.request(u"version"_s, {}, decoded<ui::VersionInfo>(std::move(reply), decodeVersion));
}

} // namespace annex::desktop

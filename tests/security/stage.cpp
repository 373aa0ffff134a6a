// SPDX-License-Identifier: Apache-2.0
#include "tests/security/stage.h"

#include <QJsonObject>

namespace annex::security {

using namespace Qt::StringLiterals;

screen::Window hostWindow(Session& session, const QString& title)
{
    session.startProgram(u"/usr/bin/xterm"_s, {u"-T"_s, title, u"-geometry"_s, u"60x20+900+100"_s, u"-e"_s, u"cat"_s});
    const screen::Window window = screen::waitForWindow(u'^' + title + u'$');
    if (window)
        screen::activate(window);
    return window;
}

bool HostileDisplay::isConnected()
{
    return hears("connected");
}

bool HostileDisplay::order(const QString& line, bool wait)
{
    // One program inside writes the order and waits for its echo: starting one for each look would cost more than the attack.
    const QString script = uR"(until [ -p /tmp/orders ]; do sleep 0.05; done; n=$(wc -l </tmp/heard); printf '%s\n' "$1" >/tmp/orders
        [ -z "$2" ] || until tail -n +$((n + 1)) /tmp/heard | grep -qxF "did $1"; do sleep 0.05; done)"_s;
    return m_session.exec(m_workspace, {u"sh"_s, u"-c"_s, script, u"sh"_s, line, wait ? u"wait"_s : QString()}).exitCode == 0;
}

QByteArray HostileDisplay::heard()
{
    return m_session.exec(m_workspace, {u"cat"_s, u"/tmp/heard"_s}).out;
}

bool HostileDisplay::hears(const QByteArray& line)
{
    return eventually([&] { return heard().split('\n').contains(line); });
}

QJsonArray audit(Session& session)
{
    return RawClient(session.brokerSocket()).call(u"audit.list"_s, {{u"limit"_s, 200}})["result"_L1].toObject()["records"_L1].toArray();
}

int count(const QJsonArray& records, const QString& action, const QString& workspace)
{
    int found = 0;
    for (const auto& value : records) {
        const QJsonObject record = value.toObject();
        found += record["action"_L1].toString() == action && (workspace.isEmpty() || record["workspace"_L1].toString() == workspace);
    }
    return found;
}

QString stateOf(Session& session, const QString& workspace)
{
    return session.workspace(workspace)["state"_L1].toString();
}

bool startNew(Session& session, const QString& name)
{
    RawClient client(session.brokerSocket());
    const QJsonObject made = client.call(u"workspace.create"_s, {{u"name"_s, name}});
    const QJsonObject started = client.call(u"workspace.start"_s, {{u"workspace"_s, name}});
    if (!started.contains("result"_L1))
        qWarning("start %s: %s", qPrintable(name), qPrintable(started["error"_L1].toObject()["message"_L1].toString()));
    return started.contains("result"_L1);
}

} // namespace annex::security

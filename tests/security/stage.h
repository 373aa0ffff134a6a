// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QJsonArray>

#include "tests/support/fake_guest/viewer_harness.h"
#include "tests/support/session/installation.h"
#include "tests/support/session/raw_client.h"
#include "tests/support/session/screen.h"
#include "tests/support/session/session.h"

/// What the security tests share: a whole Annex on an X display of the test's own, with hostile programs in the place of ours where a test puts them.
namespace annex::security {

using test::eventually;
using test::Installation;
using test::Outcome;
using test::RawClient;
using test::Session;
namespace screen = test::screen;

/// Starts a window of the host's own and waits until it has the keyboard. @return its X window, none where it did not come
screen::Window hostWindow(Session& session, const QString& title = QStringLiteral("host-window"));

/// A workspace of this session whose annex-display is annex-fake-guest (see Installation::replace): orders to it, and what it heard.
class HostileDisplay {
public:
    explicit HostileDisplay(Session& session, QString workspace = QStringLiteral("Untrusted")) : m_session(session), m_workspace(std::move(workspace)) {}

    /// Waits until a viewer has greeted it.
    bool isConnected();
    /// Gives an order (tests/support/fake_guest/orders.h). @param wait  until it was carried out; an attack that ends the workspace never is
    bool order(const QString& line, bool wait = true);
    QByteArray heard();
    bool hears(const QByteArray& line);

private:
    Session& m_session;
    QString m_workspace;
};

/// The newest 200 audit records, newest first.
QJsonArray audit(Session& session);
/// How many of them have this action and, where it is given, name this workspace.
int count(const QJsonArray& records, const QString& action, const QString& workspace = {});
QString stateOf(Session& session, const QString& workspace = QStringLiteral("Untrusted"));
/// `workspace.create` and `workspace.start`.
bool startNew(Session& session, const QString& name);

} // namespace annex::security

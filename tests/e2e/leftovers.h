// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSet>
#include <QString>
#include <QStringList>

#include "tests/support/session/session.h"

/// An oracle outside of Annex: what the system says of processes, control groups, mounts and sockets of one session.
namespace annex::test::e2e {

struct ProcessMark {
    qint64 pid = 0;
    QByteArray started; ///< in ticks since boot: a number that was given out again is another process
    QByteArray command;
    friend bool operator==(const ProcessMark& a, const ProcessMark& b) { return a.pid == b.pid && a.started == b.started; }
};

/// All live processes that descend from this session's annexd, keepers, annex and viewers, they themselves included.
QList<ProcessMark> processTree(const Session& session);
/// Those of them that live still. What is dead and not yet reaped is no process any more.
QStringList stillAlive(const QList<ProcessMark>& marks);
/// Ids of the guests that have a keeper now.
QStringList guestIds(const Session& session);

/// What is left of guests that are gone: control groups and sockets with their ids, files in the runtime folder, mounts that name the session.
QStringList tracesOf(const Session& session, const QStringList& guests);
/// Files in the session's data and runtime folders that are no part of a healthy state (half-written ones).
QStringList halfFiles(const Session& session);

} // namespace annex::test::e2e

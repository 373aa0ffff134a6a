// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/leftovers.h"

#include <QDir>
#include <QDirIterator>
#include <QHash>
#include <QRegularExpression>

namespace annex::test::e2e {

namespace {

using namespace Qt::StringLiterals;

QByteArray readAll(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

struct Stat {
    char state = 0;
    qint64 parent = 0;
    QByteArray started;
};

// The name in brackets may hold anything: the fields count from the last bracket.
Stat statOf(qint64 pid)
{
    const QByteArray text = readAll(u"/proc/%1/stat"_s.arg(pid));
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    if (fields.size() < 20)
        return {};
    return {fields[0].isEmpty() ? '\0' : fields[0][0], fields[1].toLongLong(), fields[19]};
}

bool lives(const Stat& stat)
{
    return stat.state != 0 && stat.state != 'Z' && stat.state != 'X';
}

} // namespace

QList<ProcessMark> processTree(const Session& session)
{
    QSet<qint64> roots;
    for (const char* program : {"annexd", "annex-keeper", "annex", "annex-viewer"})
        for (const qint64 pid : session.processes(QLatin1String(program)))
            roots.insert(pid);
    QHash<qint64, Stat> all;
    for (const QString& entry : QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        bool isNumber = false;
        const qint64 pid = entry.toLongLong(&isNumber);
        if (isNumber)
            all.insert(pid, statOf(pid));
    }
    QList<ProcessMark> marks;
    for (auto it = all.cbegin(); it != all.cend(); ++it) {
        if (!lives(it.value()))
            continue;
        for (qint64 ancestor = it.key(); ancestor > 1; ancestor = all.value(ancestor).parent) {
            if (roots.contains(ancestor)) {
                marks.append({it.key(), it.value().started, readAll(u"/proc/%1/cmdline"_s.arg(it.key())).replace('\0', ' ')});
                break;
            }
        }
    }
    return marks;
}

QStringList stillAlive(const QList<ProcessMark>& marks)
{
    QStringList alive;
    for (const ProcessMark& mark : marks)
        if (const Stat now = statOf(mark.pid); lives(now) && now.started == mark.started)
            alive += u"%1 %2"_s.arg(mark.pid).arg(QString::fromLocal8Bit(mark.command.left(80)));
    return alive;
}

QStringList guestIds(const Session& session)
{
    QStringList ids;
    for (const QFileInfo& file : QDir(session.runtimeFolder() + u"/annex/keepers"_s).entryInfoList({u"*.sock"_s}, QDir::System | QDir::Files))
        ids += file.completeBaseName();
    return ids;
}

QStringList tracesOf(const Session& session, const QStringList& guests)
{
    QStringList traces;
    for (const QString& guest : guests) {
        QDirIterator groups(u"/sys/fs/cgroup"_s, {u'*' + guest + u'*'}, QDir::Dirs | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
        while (groups.hasNext())
            traces += groups.next();
        for (const QFileInfo& file : QDir(session.runtimeFolder() + u"/annex/keepers"_s).entryInfoList({guest + u'*'}, QDir::System | QDir::Files))
            traces += file.filePath();
        if (readAll(u"/proc/net/unix"_s).contains(guest.toUtf8()))
            traces += u"a listening socket of "_s + guest;
    }
    if (readAll(u"/proc/self/mountinfo"_s).contains(session.folder().toUtf8()))
        traces += u"a mount in "_s + session.folder();
    return traces;
}

QStringList halfFiles(const Session& session)
{
    static const QRegularExpression healthy(u"^(policy\\.sqlite(-wal|-shm|\\.backup-.*)?|annexd\\.(sock|lock)|annex\\.sock|.*\\.log(\\.\\d+)?|window\\.ini)$"_s);
    QStringList found;
    for (const QString& folder : {session.dataFolder() + u"/annex"_s, session.runtimeFolder() + u"/annex"_s, session.folder() + u"/state/annex"_s}) {
        QDirIterator files(folder, QDir::Files | QDir::System | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext())
            if (files.next(); !healthy.match(files.fileName()).hasMatch())
                found += files.filePath();
    }
    return found;
}

} // namespace annex::test::e2e

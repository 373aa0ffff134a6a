// SPDX-License-Identifier: Apache-2.0
#include "border.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>

#include <unistd.h>

#include "tests/support/session/raw_client.h"

namespace annex::security {

namespace {

const QString kHostile = QStringLiteral("/tmp/hostile");

QStringList brokerArguments(const QStringList& weakened)
{
    if (weakened.isEmpty())
        return {};
    QStringList arguments{QStringLiteral("--test-hooks")};
    for (const QString& name : weakened)
        arguments << QStringLiteral("--weaken") << name;
    return arguments;
}

QStringList linesOf(const QByteArray& text)
{
    return QString::fromLocal8Bit(text).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

} // namespace

bool Held::holds()
{
    return eventually([this] {
        said();
        return m_output.contains("holding\n") || m_process->state() == QProcess::NotRunning;
    }) && m_output.contains("holding\n") && m_process->state() == QProcess::Running;
}

QStringList Held::said()
{
    if (m_process->state() != QProcess::NotRunning)
        m_process->waitForReadyRead(1);
    m_output += m_process->readAllStandardOutput();
    return linesOf(m_output);
}

void Held::end()
{
    if (m_process->state() == QProcess::NotRunning)
        return;
    m_process->closeWriteChannel();
    if (!m_process->waitForFinished(test::kDeadline_ms)) {
        m_process->kill();
        m_process->waitForFinished();
    }
    m_output += m_process->readAllStandardOutput();
}

Border::Border(QStringList weakened, QString programs, QString setting, QString value)
    : m_session(std::make_unique<Session>(brokerArguments(weakened), std::move(programs)))
{
    // What the person's own session has and a workspace must not get to see.
    m_session->environment().insert(QStringLiteral("ANNEX_TEST_LEAK"), QStringLiteral("host"));
    m_session->environment().insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("unix:path=") + m_session->folder() + QStringLiteral("/bus"));
    if (!setting.isEmpty()) {
        const Outcome set = m_session->annexctl({QStringLiteral("policy"), QStringLiteral("set"), setting, value});
        if (set.exitCode != 0)
            qWarning("policy set: %s", set.err.constData());
    }
}

Border::~Border() = default;

bool Border::open(const QString& workspace)
{
    if (workspace != kWorkspace) {
        if (m_session->annexctl({QStringLiteral("list")}).exitCode != 0) // starts the broker where nobody has
            return false;
        test::RawClient(m_session->brokerSocket()).call(QStringLiteral("workspace.create"), {{QStringLiteral("name"), workspace}});
    }
    if (!m_session->startWorkspace(workspace))
        return false;
    const Outcome put = m_session->exec(workspace,
        {QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("cat > %1 && chmod 700 %1").arg(kHostile)}, fileContent(QStringLiteral(ANNEX_HOSTILE)));
    if (put.exitCode != 0)
        qWarning("put annex-hostile into %s: %d %s", qPrintable(workspace), put.exitCode, put.err.constData());
    return put.exitCode == 0;
}

QStringList Border::attack(const QStringList& words, const QByteArray& input, const QString& workspace)
{
    const Outcome outcome = m_session->exec(workspace, QStringList{kHostile} + words, input);
    QStringList found = linesOf(outcome.out);
    if (!found.contains(QStringLiteral("ended"))) {
        qWarning("%s did not come to its end: %d %s", qPrintable(words.join(QLatin1Char(' '))), outcome.exitCode, outcome.err.constData());
        return {};
    }
    return found;
}

std::unique_ptr<Held> Border::hold(const QStringList& words, const QString& workspace)
{
    return std::make_unique<Held>(m_session->startAnnexctl(
        QStringList{QStringLiteral("exec"), QStringLiteral("-w"), workspace, QStringLiteral("--"), kHostile} + words));
}

qint64 Border::hostPidOf(const QString& word)
{
    qint64 found = 0;
    for (const QString& name : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        bool isPid = false;
        const qint64 pid = name.toLongLong(&isPid);
        if (!isPid)
            continue;
        const QList<QByteArray> command = fileContent(QStringLiteral("/proc/%1/cmdline").arg(pid)).split('\0');
        // annexctl, which asked for it, has the word as well.
        if (command.value(0) != kHostile.toLocal8Bit() || !command.contains(word.toLocal8Bit()))
            continue;
        if (found != 0)
            return 0;
        found = pid;
    }
    return found;
}

std::string Border::groupTag() const
{
    return isolation::groupTag(m_session->runtimeFolder().toStdString() + "/annex/keepers");
}

QStringList Border::groups(const std::filesystem::path& place) const
{
    return QDir(QString::fromStdString(place.string())).entryList({QString::fromStdString(groupTag()) + QStringLiteral(".*")}, QDir::Dirs);
}

Border* Controls::without(const QStringList& weakened)
{
    std::unique_ptr<Border>& border = m_borders[weakened.join(QLatin1Char(','))];
    if (border)
        return border.get();
    border = std::make_unique<Border>(weakened);
    if (!border->open())
        border.reset();
    return border.get();
}

QString obstacle()
{
    if (::geteuid() == 0)
        return QStringLiteral("these tests run as an ordinary account, as Annex does: start them through ./dev test, or with setpriv");
    if (::access("/usr/bin/bwrap", X_OK) != 0)
        return QStringLiteral("bubblewrap is not installed");
    return {};
}

QString freshMark(const QString& what)
{
    return QStringLiteral("annex-%1-%2").arg(what).arg(QRandomGenerator::global()->generate64(), 16, 16, QLatin1Char('0'));
}

QStringList findings(const QStringList& all, const QString& pattern)
{
    return all.filter(QRegularExpression(pattern));
}

qlonglong numberIn(const QStringList& all, const QString& pattern)
{
    const QRegularExpression expression(pattern);
    for (const QString& line : all) {
        if (const auto match = expression.match(line); match.hasMatch())
            return match.captured(1).toLongLong();
    }
    return -1;
}

QByteArray fileContent(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace annex::security

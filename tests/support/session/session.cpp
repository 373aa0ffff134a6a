// SPDX-License-Identifier: Apache-2.0
#include "tests/support/session/session.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <unistd.h>

#include "tests/support/session/raw_client.h"

namespace annex::test {

namespace {

QByteArray procFile(qint64 pid, const char* name)
{
    QFile file(QStringLiteral("/proc/%1/%2").arg(pid).arg(QLatin1String(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QList<qint64> allPids()
{
    QList<qint64> pids;
    const QStringList entries = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& entry : entries) {
        bool isNumber = false;
        const qint64 pid = entry.toLongLong(&isNumber);
        if (isNumber)
            pids.append(pid);
    }
    return pids;
}

} // namespace

QJsonObject Outcome::json() const
{
    return QJsonDocument::fromJson(out).object();
}

QString programPath(const QString& name)
{
    return QStringLiteral(ANNEX_BIN_DIR "/") + name;
}

bool eventually(const std::function<bool()>& condition, int deadline_ms)
{
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > deadline_ms)
            return false;
        QTest::qWait(20);
    }
    return true;
}

Session::Session(QStringList brokerArguments, QString programs)
    // A short path: socket names hold 107 bytes.
    : m_folder(QStringLiteral("/tmp/annex-t-XXXXXX")), m_environment(QProcessEnvironment::systemEnvironment()),
      m_brokerArguments(std::move(brokerArguments)), m_programs(std::move(programs))
{
    for (const char* name : {"run", "data", "config", "state", "cache", "home"}) {
        const QString path = m_folder.filePath(QLatin1String(name));
        QDir().mkpath(path);
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    m_environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), runtimeFolder());
    m_environment.insert(QStringLiteral("XDG_DATA_HOME"), dataFolder());
    m_environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder.filePath(QStringLiteral("config")));
    m_environment.insert(QStringLiteral("XDG_STATE_HOME"), m_folder.filePath(QStringLiteral("state")));
    m_environment.insert(QStringLiteral("XDG_CACHE_HOME"), m_folder.filePath(QStringLiteral("cache")));
    m_environment.insert(QStringLiteral("HOME"), m_folder.filePath(QStringLiteral("home")));
    m_environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
    m_environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
    m_environment.remove(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"));
}

QString Session::program(const QString& name) const
{
    return m_programs.isEmpty() ? programPath(name) : m_programs + QLatin1Char('/') + name;
}

Session::~Session()
{
    end();
}

bool Session::startBroker()
{
    if (m_brokerArguments.isEmpty())
        return true; // the first annexctl starts it, as for a person
    const QString socket = brokerSocket();
    if (QFileInfo::exists(socket))
        return true;
    startProgram(program(QStringLiteral("annexd")), m_brokerArguments);
    return eventually([&] { return QFileInfo::exists(socket); });
}

Outcome Session::annexctl(const QStringList& arguments, const QByteArray& input, int deadline_ms)
{
    Outcome outcome;
    if (!startBroker())
        return outcome;
    QProcess process;
    process.setProcessEnvironment(m_environment);
    process.start(program(QStringLiteral("annexctl")), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(deadline_ms)) {
        process.kill();
        process.waitForFinished();
        outcome.err = "annexctl did not end: " + process.readAllStandardError();
        return outcome;
    }
    outcome.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    outcome.out = process.readAllStandardOutput();
    outcome.err = process.readAllStandardError();
    return outcome;
}

QJsonObject Session::annexctlJson(const QStringList& arguments)
{
    const Outcome outcome = annexctl(QStringList{QStringLiteral("--json")} + arguments);
    if (outcome.exitCode != 0)
        qWarning("annexctl %s: %d %s", qPrintable(arguments.join(QLatin1Char(' '))), outcome.exitCode, outcome.err.constData());
    return outcome.json();
}

Outcome Session::exec(const QString& workspace, const QStringList& command, const QByteArray& input)
{
    return annexctl(QStringList{QStringLiteral("exec"), QStringLiteral("-w"), workspace, QStringLiteral("--")} + command, input);
}

Outcome Session::shell(const QString& workspace, const QString& line)
{
    return exec(workspace, {QStringLiteral("sh"), QStringLiteral("-c"), line});
}

QProcess* Session::startProgram(const QString& program, const QStringList& arguments, const QProcessEnvironment& extra)
{
    auto process = std::make_unique<QProcess>();
    QProcessEnvironment environment = m_environment;
    environment.insert(extra);
    process->setProcessEnvironment(environment);
    process->start(program, arguments);
    process->waitForStarted();
    m_started.push_back(std::move(process));
    return m_started.back().get();
}

QProcess* Session::startAnnexctl(const QStringList& arguments)
{
    return startBroker() ? startProgram(program(QStringLiteral("annexctl")), arguments) : nullptr;
}

bool Session::startDesktop()
{
    if (!startBroker() || (m_brokerArguments.isEmpty() && annexctl({QStringLiteral("version")}).exitCode != 0))
        return false;
    startProgram(program(QStringLiteral("annex")), {QStringLiteral("--background")});
    return eventually([this] {
        const QJsonObject hello = RawClient(brokerSocket()).call(QStringLiteral("hello"));
        return hello.value(QLatin1String("result")).toObject().value(QLatin1String("desktop")).toBool();
    });
}

QJsonObject Session::workspace(const QString& name)
{
    if (!startBroker())
        return {};
    // Asked often: without a process for each question. Where nobody has started annexd yet, annexctl does.
    if (!QFileInfo::exists(brokerSocket()))
        annexctlJson({QStringLiteral("list")});
    const QJsonObject answer = RawClient(brokerSocket()).call(QStringLiteral("workspace.get"), {{QStringLiteral("workspace"), name}});
    return answer.value(QStringLiteral("result")).toObject();
}

bool Session::startWorkspace(const QString& name)
{
    const Outcome outcome = annexctl({QStringLiteral("start"), name});
    if (outcome.exitCode != 0)
        qWarning("start %s: %s", qPrintable(name), outcome.err.constData());
    return outcome.exitCode == 0;
}

bool Session::isOurs(qint64 pid) const
{
    const QByteArray mark = "XDG_RUNTIME_DIR=" + runtimeFolder().toUtf8();
    const QByteArray command = procFile(pid, "cmdline");
    if (procFile(pid, "environ").contains(mark) || command.contains(runtimeFolder().toUtf8()))
        return true;
    if (!m_programs.isEmpty() && command.startsWith(m_programs.toUtf8()))
        return true;
    // A boxed viewer shows its environment to nobody: then its parent's counts.
    static const QRegularExpression kParent(QStringLiteral("PPid:\\s+(\\d+)"));
    const qint64 parent = kParent.match(QString::fromLatin1(procFile(pid, "status"))).captured(1).toLongLong();
    return parent > 1 && procFile(parent, "environ").contains(mark);
}

QList<qint64> Session::processes(const QString& program) const
{
    QList<qint64> found;
    for (const qint64 pid : allPids()) {
        const QByteArray command = procFile(pid, "cmdline").split('\0').value(0);
        if ((command.endsWith('/' + program.toUtf8()) || command == program.toUtf8()) && isOurs(pid))
            found.append(pid);
    }
    return found;
}

qint64 Session::brokerPid() const
{
    return processes(QStringLiteral("annexd")).value(0, 0);
}

void Session::end()
{
    if (m_ended)
        return;
    m_ended = true;
    if (brokerPid() != 0) {
        annexctl({QStringLiteral("stop"), QStringLiteral("--all"), QStringLiteral("--force")});
        annexctl({QStringLiteral("quit"), QStringLiteral("--force")});
    }
    for (auto& process : m_started) {
        process->terminate();
        if (!process->waitForFinished(10'000)) {
            process->kill();
            process->waitForFinished();
        }
    }
    for (const char* program : {"annex", "annex-viewer", "annexd", "annex-keeper"}) {
        for (const qint64 pid : processes(QLatin1String(program)))
            ::kill(static_cast<pid_t>(pid), SIGKILL);
    }
}

} // namespace annex::test

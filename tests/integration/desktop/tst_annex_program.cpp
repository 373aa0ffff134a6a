// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "app/api/client_connection.h"

using namespace annex;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPatience_ms = 60'000; // generous: machines are shared

QString program(const char* name)
{
    return QStringLiteral(ANNEX_BIN_DIR "/") + QString::fromLatin1(name);
}

} // namespace

/// `annex` as a process: one per account, registered at the broker, and found again after the broker was killed.
class TestAnnexProgram : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QProcess> m_broker;
    std::unique_ptr<QProcess> m_annex;

    QProcessEnvironment environment() const
    {
        QProcessEnvironment environment;
        for (const char* name : {"RUNTIME_DIR", "DATA_HOME", "STATE_HOME", "CONFIG_HOME", "CACHE_HOME"})
            environment.insert(u"XDG_"_s + QString::fromLatin1(name), m_folder->path());
        environment.insert(u"HOME"_s, m_folder->path());
        environment.insert(u"PATH"_s, u"/usr/bin:/bin"_s);
        environment.insert(u"LANG"_s, u"C.UTF-8"_s);
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, u"disabled:"_s);
        return environment;
    }
    std::unique_ptr<QProcess> start(const char* name, const QStringList& arguments) const
    {
        auto process = std::make_unique<QProcess>();
        process->setProcessEnvironment(environment());
        process->setProcessChannelMode(QProcess::ForwardedChannels);
        process->start(program(name), arguments);
        return process;
    }
    void startBroker()
    {
        m_broker = start("annexd", {u"--engine"_s, u"fake"_s, u"--test-hooks"_s});
        QVERIFY(m_broker->waitForStarted(kPatience_ms));
        QTRY_VERIFY_WITH_TIMEOUT(hello().has_value(), kPatience_ms);
    }
    /// What the broker says to a client that only asks whether `annex` is there.
    std::optional<bool> hello() const
    {
        api::OpenOptions options;
        options.startBroker = false;
        options.runtimeFolder = (m_folder->path() + u"/annex"_s).toStdString();
        const auto connection = api::ClientConnection::open(options);
        if (!connection)
            return std::nullopt;
        return (*connection)->welcome().desktop;
    }
    static void end(std::unique_ptr<QProcess>& process)
    {
        if (!process)
            return;
        process->kill();
        process->waitForFinished(kPatience_ms);
        process.reset();
    }

private Q_SLOTS:
    void init()
    {
        if (::geteuid() == 0)
            QFAIL("Annex refuses root: run this as an ordinary account, as ./dev test does");
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QFile::setPermissions(m_folder->path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        startBroker();
    }
    void cleanup()
    {
        end(m_annex);
        end(m_broker);
        m_folder.reset();
    }

    void registersAndGoes()
    {
        m_annex = start("annex", {u"--background"_s});
        QTRY_COMPARE_WITH_TIMEOUT(hello(), std::optional(true), kPatience_ms);
        end(m_annex);
        QTRY_COMPARE_WITH_TIMEOUT(hello(), std::optional(false), kPatience_ms);
    }

    void aSecondOneHandsOverAndEnds()
    {
        m_annex = start("annex", {u"--background"_s});
        QTRY_COMPARE_WITH_TIMEOUT(hello(), std::optional(true), kPatience_ms);
        const auto second = start("annex", {u"--page"_s, u"check-up"_s});
        QVERIFY(second->waitForFinished(kPatience_ms));
        QCOMPARE(second->exitCode(), 0);
        QCOMPARE(m_annex->state(), QProcess::Running);
        QCOMPARE(hello(), std::optional(true));
    }

    void findsABrokerThatWasKilledAgain()
    {
        m_annex = start("annex", {u"--background"_s});
        QTRY_COMPARE_WITH_TIMEOUT(hello(), std::optional(true), kPatience_ms);
        end(m_broker); // kill -9
        startBroker();
        QTRY_COMPARE_WITH_TIMEOUT(hello(), std::optional(true), kPatience_ms);
        QCOMPARE(m_annex->state(), QProcess::Running);
    }
};

QTEST_GUILESS_MAIN(TestAnnexProgram)
#include "tst_annex_program.moc"

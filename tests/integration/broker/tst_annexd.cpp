// SPDX-License-Identifier: Apache-2.0
// The real annexd and annexctl as processes, with the fake engine.
#include <QtTest>

#include <QProcess>
#include <QTemporaryDir>

#include <csignal>
#include <thread>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/api/client_connection.h"
#include "app/api/message.h"

using namespace annex;
using nlohmann::json;

namespace {

constexpr int kPatience_ms = 60'000;

struct Ended {
    int code = -1;
    QByteArray out, error;
};

} // namespace

class TestAnnexd : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void refusesToBeRoot();
    void refusesTestOptionsWithoutHooks();
    void isStartedByItsFirstClientOnce();
    void manyClientsAtOnceStartOne();
    void isStartedAgainAfterAKill();
    void endsOnSigtermAndLeavesNoSocket();
    void endsWhenItHasNothingToDo();
    void aSecondOneGivesWay();
    void ctlKnowsItsExitCodes();
    void ctlPrintsJson();
    void ctlCarriesStreams();
    void ctlForwardsSignals();
    void ctlErrorsHaveThreeParts();

private:
    api::OpenOptions options(QStringList extra = {}) const;
    std::int64_t brokerPid();
    bool isAlive(std::int64_t pid) const { return ::kill(static_cast<pid_t>(pid), 0) == 0; }
    Ended ctl(const QStringList& arguments, const QByteArray& input = {});
    std::string path(const char* name) const { return m_folder->filePath(QString::fromLatin1(name)).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestAnnexd::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    ::setenv("XDG_DATA_HOME", path("data").c_str(), 1);
    ::setenv("XDG_STATE_HOME", path("state").c_str(), 1);
    ::setenv("XDG_CONFIG_HOME", path("config").c_str(), 1);
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"})
        ::unsetenv(name); // with a screen annexctl starts annex, which outlives this test
    ::setenv("XDG_RUNTIME_DIR", m_folder->path().toUtf8().constData(), 1);
}

void TestAnnexd::cleanup()
{
    auto link = api::ClientConnection::open([this] {
        auto out = options();
        out.startBroker = false;
        return out;
    }());
    if (link)
        (void)(*link)->call("broker.shutdown", {{"force", true}}).has_value();
    m_folder.reset();
}

api::OpenOptions TestAnnexd::options(QStringList extra) const
{
    api::OpenOptions out;
    out.client = "test";
    out.runtimeFolder = path("annex");
    out.brokerProgram = ANNEX_BIN_DIR "/annexd";
    out.brokerArguments = {"--engine", "fake", "--test-hooks", "--managed-dir", path("managed"), "--managed-uid", std::to_string(::geteuid())};
    for (const auto& word : extra)
        out.brokerArguments.push_back(word.toStdString());
    out.deadline = std::chrono::milliseconds(kPatience_ms);
    return out;
}

std::int64_t TestAnnexd::brokerPid()
{
    auto link = api::ClientConnection::open(options());
    if (!link) {
        QTest::qFail(link.error().why.c_str(), __FILE__, __LINE__);
        return 0;
    }
    return (*link)->welcome().pid;
}

Ended TestAnnexd::ctl(const QStringList& arguments, const QByteArray& input)
{
    QProcess process;
    process.start(QStringLiteral(ANNEX_BIN_DIR "/annexctl"), QStringList{QStringLiteral("--no-start")} + arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(kPatience_ms))
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

void TestAnnexd::refusesToBeRoot()
{
    // In a user namespace of its own, where this account is root.
    QProcess process;
    process.start(QStringLiteral("/usr/bin/unshare"), {QStringLiteral("--map-root-user"), QStringLiteral(ANNEX_BIN_DIR "/annexd"), QStringLiteral("--runtime-dir"), QString::fromStdString(path("annex"))});
    QVERIFY(process.waitForFinished(kPatience_ms));
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(process.readAllStandardError().contains("does not run as root"));
    QVERIFY(::access(path("annex").c_str(), F_OK) != 0);
}

void TestAnnexd::refusesTestOptionsWithoutHooks()
{
    for (const QStringList& arguments : {QStringList{QStringLiteral("--engine"), QStringLiteral("fake")}, QStringList{QStringLiteral("--weaken"), QStringLiteral("seccomp")},
                                         QStringList{QStringLiteral("--managed-uid"), QStringLiteral("1000")}, QStringList{QStringLiteral("--no-such-option")}}) {
        QProcess process;
        process.start(QStringLiteral(ANNEX_BIN_DIR "/annexd"), arguments);
        QVERIFY(process.waitForFinished(kPatience_ms));
        QCOMPARE(process.exitCode(), 2);
    }
}

void TestAnnexd::isStartedByItsFirstClientOnce()
{
    auto nobody = options();
    nobody.startBroker = false;
    QVERIFY(!api::ClientConnection::open(nobody));
    const auto pid = brokerPid();
    QVERIFY(pid > 0);
    QCOMPARE(brokerPid(), pid);
}

void TestAnnexd::manyClientsAtOnceStartOne()
{
    std::vector<std::thread> threads;
    std::array<std::int64_t, 8> pids{};
    for (auto& pid : pids)
        threads.emplace_back([&pid, wish = options()] {
            auto link = api::ClientConnection::open(wish);
            pid = link ? (*link)->welcome().pid : -1;
        });
    for (auto& thread : threads)
        thread.join();
    QVERIFY(pids[0] > 0);
    for (const auto pid : pids)
        QCOMPARE(pid, pids[0]);
}

void TestAnnexd::isStartedAgainAfterAKill()
{
    const auto pid = brokerPid();
    QCOMPARE(::kill(static_cast<pid_t>(pid), SIGKILL), 0);
    QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), kPatience_ms);
    const auto next = brokerPid(); // the stale socket is in nobody's way
    QVERIFY(next > 0 && next != pid);
}

void TestAnnexd::endsOnSigtermAndLeavesNoSocket()
{
    const auto pid = brokerPid();
    QCOMPARE(::kill(static_cast<pid_t>(pid), SIGTERM), 0);
    QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), kPatience_ms);
    QVERIFY(::access(path("annex/annexd.sock").c_str(), F_OK) != 0);
}

void TestAnnexd::endsWhenItHasNothingToDo()
{
    std::int64_t pid = 0;
    {
        auto link = api::ClientConnection::open(options({QStringLiteral("--empty-seconds"), QStringLiteral("1")}));
        QVERIFY(link.has_value());
        pid = (*link)->welcome().pid;
    }
    QTRY_VERIFY_WITH_TIMEOUT(!isAlive(pid), kPatience_ms);
}

void TestAnnexd::aSecondOneGivesWay()
{
    const auto pid = brokerPid();
    QProcess second;
    second.start(QStringLiteral(ANNEX_BIN_DIR "/annexd"), {QStringLiteral("--runtime-dir"), QString::fromStdString(path("annex"))});
    QVERIFY(second.waitForFinished(kPatience_ms));
    QCOMPARE(second.exitCode(), 1);
    QVERIFY(second.readAllStandardError().contains("runs already"));
    QCOMPARE(brokerPid(), pid);
}

void TestAnnexd::ctlKnowsItsExitCodes()
{
    QCOMPARE(ctl({QStringLiteral("list")}).code, 5);
    QCOMPARE(ctl({QStringLiteral("exec"), QStringLiteral("true")}).code, 125);
    QVERIFY(brokerPid() > 0);
    QCOMPARE(ctl({QStringLiteral("nosuch")}).code, 2);
    QCOMPARE(ctl({QStringLiteral("exec"), QStringLiteral("--nosuch"), QStringLiteral("true")}).code, 2);
    QCOMPARE(ctl({QStringLiteral("start"), QStringLiteral("Nowhere")}).code, 1);
    QCOMPARE(ctl({QStringLiteral("start")}).code, 0);
    QCOMPARE(ctl({QStringLiteral("policy"), QStringLiteral("set"), QStringLiteral("workspace.maximum"), QStringLiteral("1")}).code, 0);
    QCOMPARE(ctl({QStringLiteral("run"), QStringLiteral("--fresh"), QStringLiteral("foot")}).code, 3);
    QCOMPARE(ctl({QStringLiteral("exec"), QStringLiteral("exit"), QStringLiteral("42")}).code, 42);
    QCOMPARE(ctl({QStringLiteral("exec"), QStringLiteral("--"), QStringLiteral("missing")}).code, 127);
    QCOMPARE(ctl({QStringLiteral("quit")}).code, 1); // something runs
    QCOMPARE(ctl({QStringLiteral("stop")}).code, 0);
    QCOMPARE(ctl({QStringLiteral("start")}).code, 0);
    QCOMPARE(ctl({QStringLiteral("stop"), QStringLiteral("--all"), QStringLiteral("--force")}).code, 0);
    QCOMPARE(ctl({QStringLiteral("quit")}).code, 0);
    QTRY_COMPARE_WITH_TIMEOUT(ctl({QStringLiteral("list")}).code, 5, kPatience_ms);
    QCOMPARE(ctl({QStringLiteral("stop"), QStringLiteral("--all")}).code, 0); // nothing runs: as wished
}

void TestAnnexd::ctlPrintsJson()
{
    QVERIFY(brokerPid() > 0);
    const auto list = json::parse(ctl({QStringLiteral("--json"), QStringLiteral("list")}).out.toStdString());
    QCOMPARE(list["workspaces"][0]["name"].get<std::string>(), std::string("Untrusted"));
    const auto after = json::parse(ctl({QStringLiteral("list"), QStringLiteral("--json")}).out.toStdString()); // in either place
    QCOMPARE(after["workspaces"].size(), std::size_t{1});
    const auto failure = json::parse(ctl({QStringLiteral("--json"), QStringLiteral("start"), QStringLiteral("Nowhere")}).out.toStdString());
    QCOMPARE(failure["error"]["data"]["id"].get<std::string>(), std::string("workspace.unknown"));
    for (const QStringList& verb : {QStringList{QStringLiteral("doctor")}, QStringList{QStringLiteral("version"), QStringLiteral("--engines")}, QStringList{QStringLiteral("policy"), QStringLiteral("list")},
                                    QStringList{QStringLiteral("audit"), QStringLiteral("show")}, QStringList{QStringLiteral("audit"), QStringLiteral("verify")}, QStringList{QStringLiteral("apps")}})
        QVERIFY2(json::parse(ctl(QStringList{QStringLiteral("--json")} + verb).out.toStdString(), nullptr, false).is_object(), qPrintable(verb.join(QLatin1Char(' '))));
}

void TestAnnexd::ctlCarriesStreams()
{
    QVERIFY(brokerPid() > 0);
    const QByteArray sent = QByteArray(700'000, 'x') + "end";
    const auto got = ctl({QStringLiteral("exec"), QStringLiteral("cat")}, sent);
    QCOMPARE(got.code, 0);
    QVERIFY(got.out == sent);
    QVERIFY(got.error.isEmpty());
}

void TestAnnexd::ctlForwardsSignals()
{
    QVERIFY(brokerPid() > 0);
    QProcess process;
    process.start(QStringLiteral(ANNEX_BIN_DIR "/annexctl"), {QStringLiteral("--no-start"), QStringLiteral("exec"), QStringLiteral("cat")});
    process.write("ready");
    QVERIFY(process.waitForReadyRead(kPatience_ms)); // the program runs and has answered
    QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGTERM), 0);
    QVERIFY(process.waitForFinished(kPatience_ms));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 128 + SIGTERM);
}

void TestAnnexd::ctlErrorsHaveThreeParts()
{
    QVERIFY(brokerPid() > 0);
    const auto failed = ctl({QStringLiteral("start"), QStringLiteral("Nowhere")});
    const auto lines = failed.error.split('\n');
    QVERIFY(lines[0].startsWith("annexctl: "));
    QVERIFY(lines[1].startsWith("  "));
    QVERIFY(lines[2].startsWith("  \xe2\x86\x92 "));
    QVERIFY(failed.out.isEmpty());
}

QTEST_GUILESS_MAIN(TestAnnexd)
#include "tst_annexd.moc"

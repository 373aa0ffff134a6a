// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include "base/process/process.h"
#include "policy/policy_engine.h"
#include "policy/store/database.h"

using namespace annex;
using namespace annex::policy;
namespace fs = std::filesystem;

namespace {

struct Ending {
    bool killed = false;
    int code = 0;
    std::string steps; ///< what the child told before it ended
};

/// A killed process loses nothing that it gave to the system, so a folder in memory tells the same as a disk, and sooner.
QString memoryTemplate()
{
    return ::access("/dev/shm", W_OK) == 0 ? QStringLiteral("/dev/shm/policy-crash-XXXXXX") : QDir::tempPath() + QStringLiteral("/policy-crash-XXXXXX");
}

/// Runs the child to its end, whichever that is.
Ending runChild(const std::string& work, const std::string& mode, long at, const std::string& folder)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        qFatal("pipe");
    UniqueFd out(ends[0]);
    UniqueFd in(ends[1]);
    SpawnOptions options;
    options.program = POLICY_CRASH_CHILD;
    options.arguments = {"policy_crash_child", work, mode, std::to_string(at), folder};
    options.environment = {"LANG=C.UTF-8"};
    options.descriptors = {{in.get(), 3}};
    auto child = spawn(options);
    if (!child)
        qFatal("%s", child.error().describe().c_str());
    in.reset();
    Ending outcome;
    char step = 0;
    while (::read(out.get(), &step, 1) == 1)
        outcome.steps += step;
    const auto status = child->wait();
    outcome.killed = status && status->signal == SIGKILL;
    outcome.code = status ? status->code : -1;
    return outcome;
}

std::unique_ptr<PolicyEngine> openEngine(const std::string& folder)
{
    PolicyOptions options;
    options.dataFolder = folder;
    options.host = {.memory = Bytes{std::uint64_t{8} << 30}, .processors = 2};
    auto engine = PolicyEngine::open(std::move(options));
    return engine ? std::move(*engine) : nullptr;
}

/// What must hold after any end of the child. Empty when it does.
std::string whatIsWrong(const std::string& folder, const std::string& steps)
{
    const auto engine = openEngine(folder);
    if (!engine)
        return "the store does not open";
    if (engine->store().setAside)
        return "the store was set aside: " + engine->store().reason;
    const auto verified = verifyTrail(engine->databasePath(), nullptr);
    if (!verified || !verified->whole)
        return verified ? verified->text : verified.error().describe();
    const auto page = engine->audit({.limit = 200});
    if (!page)
        return page.error().describe();
    const auto told = static_cast<std::int64_t>(steps.size());
    if (page->records.size() == 200 ? engine->auditHead() < told : static_cast<std::int64_t>(page->records.size()) < told)
        return "a finished step has no record";
    if (engine->auditHead() > told + 1)
        return "there are records of steps that were never begun";
    // The newest change in the trail is the value that holds: both were written, or neither.
    std::string expected = "“Workspaces at once” set to 16";
    for (const AuditRecord& record : page->records) {
        if (record.entry.action == "policy.set") {
            expected = record.entry.sentence;
            break;
        }
    }
    const std::string now = "“Workspaces at once” set to " + std::to_string(engine->value(keys::kWorkspaceMaximum));
    return expected == now ? "" : "the trail says " + expected + ", the value says " + now;
}

void writeGarbage(const std::string& path)
{
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    const std::string garbage(9000, 'x');
    if (::write(fd.get(), garbage.data(), garbage.size()) != static_cast<ssize_t>(garbage.size()))
        qFatal("write %s", path.c_str());
}

} // namespace

/// The store survives kill -9 and a full disk at every single call that changes the disk, from the first start on.
class tst_policy_crash : public QObject {
    Q_OBJECT
private slots:
    void theChildDoesItsWork()
    {
        QTemporaryDir temporary(memoryTemplate());
        const std::string folder = temporary.filePath("data").toStdString();
        const Ending outcome = runChild("settings", "never", 0, folder);
        QCOMPARE(outcome.code, 0);
        QCOMPARE(outcome.steps, std::string("sdsdsd"));
        QCOMPARE(whatIsWrong(folder, outcome.steps), std::string());
    }

    void survivesAKillAtEveryCall_data() { everyMode(); }
    void survivesAKillAtEveryCall()
    {
        QFETCH(QString, mode);
        QFETCH(bool, existing);
        long at = 0;
        for (;;) {
            ++at;
            QTemporaryDir temporary(memoryTemplate());
            const std::string folder = temporary.filePath("data").toStdString();
            std::string before;
            if (existing)
                before = runChild("settings", "never", 0, folder).steps;
            const Ending outcome = runChild("settings", mode.toStdString(), at, folder);
            const std::string wrong = whatIsWrong(folder, before + outcome.steps);
            QVERIFY2(wrong.empty(), (mode.toStdString() + " at call " + std::to_string(at) + ": " + wrong).c_str());
            if (mode == QLatin1String("full") && !outcome.killed && outcome.code != 0)
                QVERIFY2(outcome.code == 10 + int(Errc::NoSpace), std::to_string(outcome.code).c_str());
            if (!outcome.killed && outcome.steps == "sdsdsd" && outcome.code == 0)
                break; // the whole work was done before that call
            QVERIFY(at < 2000);
        }
        QVERIFY2(at > 15, std::to_string(at).c_str()); // the calls really are seen
    }

    void survivesAKillWhileABackupIsRestored()
    {
        for (long at = 1;; ++at) {
            QTemporaryDir temporary(memoryTemplate());
            const std::string folder = temporary.filePath("data").toStdString();
            {
                auto engine = openEngine(folder);
                QVERIFY(engine && engine->addWorkspace({.name = "Research"}));
                for (const auto& backup : engine->store().backups)
                    fs::remove(backup.path);
            }
            (void)openEngine(folder); // backs up, Research included
            writeGarbage(folder + "/policy.sqlite");
            const Ending outcome = runChild("restore", "kill", at, folder);
            auto engine = openEngine(folder);
            QVERIFY2(engine != nullptr, std::to_string(at).c_str());
            if (!engine->store().setAside)
                QVERIFY2(engine->workspace("Research"), std::to_string(at).c_str());
            else
                QVERIFY2(!engine->store().backups.empty(), std::to_string(at).c_str());
            QVERIFY(outcome.steps.empty() || !engine->store().setAside);
            if (!outcome.killed) {
                QCOMPARE(outcome.code, 0);
                QVERIFY(at > 15);
                return;
            }
            QVERIFY(at < 2000);
        }
    }

    void aFileSizeLimitIsNoSpaceAndKeepsWhatWasThere()
    {
        QTemporaryDir temporary(memoryTemplate());
        const std::string folder = temporary.filePath("data").toStdString();
        QVERIFY(openEngine(folder));
        const Ending outcome = runChild("settings", "limit", 200 * 1024, folder);
        QCOMPARE(outcome.code, 10 + int(Errc::NoSpace));
        QVERIFY(outcome.steps.size() > 4);
        QCOMPARE(whatIsWrong(folder, outcome.steps), std::string());
        // With room again it goes on.
        QCOMPARE(runChild("settings", "never", 0, folder).code, 0);
    }

private:
    static void everyMode()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<bool>("existing");
        QTest::newRow("killed, from the first start") << "kill" << false;
        QTest::newRow("killed, in daily use") << "kill" << true;
        QTest::newRow("disk full, from the first start") << "full" << false;
        QTest::newRow("disk full, in daily use") << "full" << true;
    }
};

QTEST_APPLESS_MAIN(tst_policy_crash)
#include "tst_policy_crash.moc"

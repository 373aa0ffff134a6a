// SPDX-License-Identifier: Apache-2.0
// What a killed keeper leaves, in a folder and a tree of the test's own.
#include <QtTest>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>

#include "base/channel/posix/local_socket.h"
#include "isolation/namespaces/leftover_files.h"
#include "isolation/namespaces/leftovers.h"

using namespace annex;
using namespace annex::isolation;
namespace fs = std::filesystem;

namespace {

/// A process that never ends by itself.
class Victim {
public:
    Victim() : m_pid(::fork())
    {
        if (m_pid == 0) {
            for (;;)
                ::pause();
        }
    }
    ~Victim()
    {
        if (m_pid <= 0)
            return;
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;
    pid_t pid() const { return m_pid; }
    bool wasKilled()
    {
        int status = 0;
        if (::waitpid(m_pid, &status, 0) != m_pid)
            return false;
        m_pid = -1;
        return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
    bool lives() const { return ::waitpid(m_pid, nullptr, WNOHANG) == 0; }

private:
    pid_t m_pid;
};

} // namespace

class TestLeftovers : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path keepers() const { return fs::path(m_folder->path().toStdString()) / "k"; }
    fs::path socketOf(const std::string& id) const { return keepers() / (id + ".sock"); }
    /// As a killed keeper leaves it: bound, and nobody behind.
    void deadSocket(const std::string& id) const { (void)listenLocal(socketOf(id)); }
    Delegation delegation() const
    {
        Delegation given;
        given.memory = fs::path(m_folder->path().toStdString()) / "m";
        return given;
    }
    fs::path groupOf(const std::string& id) const { return delegation().memory / groupName(groupTag(keepers()), id); }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/annex-l-XXXXXX"));
        fs::create_directories(keepers());
        fs::create_directories(delegation().memory);
    }

    void findsTheGuestByNumberAndStart()
    {
        Victim victim;
        QVERIFY(writeGuestFile(socketOf("one"), victim.pid()));
        QVERIFY(fs::exists(keepers() / "one.guest"));
        QCOMPARE(std::distance(fs::directory_iterator(keepers()), fs::directory_iterator()), std::ptrdiff_t{1}); // no half file beside it
        killByGuestFile(socketOf("one"));
        QVERIFY(victim.wasKilled());
    }

    void sparesALaterProcessWithThatNumber()
    {
        Victim victim;
        for (const std::string& text : {std::to_string(victim.pid()) + " 1\n", std::to_string(victim.pid()) + "\n", std::string("garbage"), std::string(),
                                        std::string("1 1\n"), std::string("-1 1\n"), std::string("0 0\n")}) {
            std::ofstream(keepers() / "one.guest") << text;
            killByGuestFile(socketOf("one"));
        }
        QVERIFY(victim.lives());
        killByGuestFile(socketOf("none")); // no file: nothing to do
    }

    void cannotNoteWhatHasEnded()
    {
        const pid_t gone = ::fork();
        if (gone == 0)
            ::_exit(0);
        QCOMPARE(::waitpid(gone, nullptr, 0), gone);
        QVERIFY(!writeGuestFile(socketOf("one"), gone));
        QVERIFY(!fs::exists(keepers() / "one.guest"));
    }

    void sweepsWhatHasNoKeeper()
    {
        Victim victim;
        deadSocket("one");
        QVERIFY(writeGuestFile(socketOf("one"), victim.pid()));
        fs::create_directories(groupOf("two")); // a keeper killed before it listened
        Sweep sweep = sweepLeftovers(keepers(), delegation());
        QVERIFY(victim.wasKilled());
        for (int attempt = 0; sweep.again && attempt < 1'000; ++attempt) { // another test's processes may be ending
            QTest::qSleep(10);
            sweep = sweepLeftovers(keepers(), delegation());
        }
        QVERIFY(!sweep.again && sweep.alive.empty());
        QVERIFY(fs::is_empty(keepers()));
        QVERIFY(!fs::exists(groupOf("two")));
    }

    void sparesWhatIsAliveOrStarting()
    {
        auto listener = listenLocal(socketOf("alive"));
        QVERIFY(listener);
        fs::create_directories(groupOf("alive"));
        deadSocket("starting");
        fs::create_directories(groupOf("starting"));
        fs::create_directories(delegation().memory / "other.one"); // another broker's
        const Sweep sweep = sweepLeftovers(keepers(), delegation(), {"starting"});
        QCOMPARE(sweep.alive, (std::vector<fs::path>{socketOf("alive")}));
        QVERIFY(sweep.swept.empty());
        for (const fs::path& kept : {socketOf("alive"), socketOf("starting"), groupOf("alive"), groupOf("starting"), delegation().memory / "other.one"})
            QVERIFY2(fs::exists(kept), kept.c_str());
    }

    void keepsTheFilesWhileSomethingStillRuns()
    {
        deadSocket("one");
        fs::create_directories(groupOf("one"));
        std::ofstream(groupOf("one") / "busy") << ""; // a folder that does not go away: as while its processes end
        Sweep sweep = sweepLeftovers(keepers(), delegation());
        QVERIFY(sweep.again && sweep.swept.empty());
        QVERIFY(fs::exists(socketOf("one"))); // so that the next sweep looks again
        fs::remove(groupOf("one") / "busy");
        for (int attempt = 0; sweep.swept.empty() && attempt < 1'000; ++attempt) {
            QTest::qSleep(10);
            sweep = sweepLeftovers(keepers(), delegation());
        }
        QCOMPARE(sweep.swept, (std::vector<std::string>{"one"}));
        QVERIFY(!fs::exists(socketOf("one")));
    }

    void aFolderThatIsNotThereIsClean()
    {
        const Sweep sweep = sweepLeftovers(keepers() / "none", Delegation{});
        QVERIFY(sweep.alive.empty() && sweep.swept.empty() && !sweep.again);
    }
};

QTEST_APPLESS_MAIN(TestLeftovers)
#include "tst_leftovers.moc"

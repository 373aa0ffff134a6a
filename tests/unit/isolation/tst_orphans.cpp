// SPDX-License-Identifier: Apache-2.0
// Which processes nobody keeps: told by the names and parents that a folder like /proc tells, of processes that really exist.
#include <QtTest>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>

#include "isolation/namespaces/orphans.h"

using namespace annex::isolation;
namespace fs = std::filesystem;
using namespace std::string_literals;

namespace {

const std::string kKeeper = "annex-keeper\0--guest-id\0one\0--socket\0/run/one.sock\0"s;
const std::string kBubblewrap = "bwrap\0--args\0008\0--\0/annex/bin/annex-init\0"s;
const std::string kFirst = "/annex/bin/annex-init\0"s;

} // namespace

class TestOrphans : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_proc;
    std::vector<pid_t> m_victims;

    fs::path proc() const { return m_proc->path().toStdString(); }

    /// A process that never ends by itself, shown under this name and parent.
    pid_t add(const std::string& commandLine, pid_t parent)
    {
        const pid_t pid = ::fork();
        if (pid == 0) {
            for (;;)
                ::pause();
        }
        m_victims.push_back(pid);
        const fs::path folder = proc() / std::to_string(pid);
        fs::create_directories(folder);
        std::ofstream(folder / "cmdline") << commandLine;
        std::ofstream(folder / "stat") << pid << " (a ) b) S " << parent << " 1 1 0 -1\n"; // a name may hold anything
        return pid;
    }
    static bool ended(pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; }

private Q_SLOTS:
    void init() { m_proc = std::make_unique<QTemporaryDir>(); }
    void cleanup()
    {
        for (const pid_t pid : m_victims) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
        }
        m_victims.clear();
    }

    void aLivingGuestIsLeftAlone()
    {
        const pid_t keeper = add(kKeeper, 1);
        const pid_t fork = add(kKeeper, keeper); // about to load bubblewrap
        const pid_t outer = add(kBubblewrap, keeper);
        const pid_t inner = add(kBubblewrap, outer);
        const pid_t first = add(kFirst, inner);
        const pid_t starting = add(kFirst, first); // a program of the guest, before it is loaded
        const pid_t program = add("/usr/bin/foot\0"s, first);
        QCOMPARE(endOrphans(proc()), 0);
        for (const pid_t pid : {keeper, fork, outer, inner, first, starting, program})
            QVERIFY(!ended(pid));
    }

    void whatLostItsKeeperEnds()
    {
        const pid_t outer = add(kBubblewrap, 1);
        const pid_t first = add(kFirst, outer);
        const pid_t starting = add(kFirst, first);
        const pid_t alone = add(kFirst, 1);
        QCOMPARE(endOrphans(proc()), 4);
        for (const pid_t pid : {outer, first, starting, alone})
            QTRY_VERIFY_WITH_TIMEOUT(ended(pid), 60'000);
        m_victims.clear();
    }

    void aDyingKeeperDoesNotCount()
    {
        // It has lost its memory, and with it its command line, before anything else.
        const pid_t keeper = add("", 1);
        const pid_t outer = add(kBubblewrap, keeper);
        QCOMPARE(endOrphans(proc()), 1);
        QTRY_VERIFY_WITH_TIMEOUT(ended(outer), 60'000);
        QVERIFY(!ended(keeper));
        m_victims = {keeper};
    }

    void otherProgramsAreNobodysBusiness()
    {
        // Other uses of bubblewrap, and names that only look alike.
        std::vector<pid_t> others;
        for (const std::string& line : {"bwrap\0--args\00041\0flatpak\0"s, "bwrap\0--args\0008\0--\0/usr/bin/foot\0"s, "/annex/bin/annex-initial\0"s,
                                        "sh\0-c\0/annex/bin/annex-init\0"s, "annex-keeper\0"s, ""s})
            others.push_back(add(line, 1));
        fs::create_directories(proc() / "self");
        fs::create_directories(proc() / "0");
        QCOMPARE(endOrphans(proc()), 0);
        for (const pid_t pid : others)
            QVERIFY(!ended(pid));
    }

    void anImitatorGainsItsOwnEndAtMost()
    {
        const pid_t keeper = add(kKeeper, 1);
        const pid_t outer = add(kBubblewrap, keeper);
        const pid_t first = add(kFirst, outer);
        pid_t deepest = first;
        std::vector<pid_t> chain;
        for (int i = 0; i < 8; ++i)
            chain.push_back(deepest = add(kFirst, deepest));
        (void)endOrphans(proc());
        for (const pid_t pid : {keeper, outer, first})
            QVERIFY(!ended(pid));
    }
};

QTEST_APPLESS_MAIN(TestOrphans)
#include "tst_orphans.moc"

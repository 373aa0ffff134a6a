// SPDX-License-Identifier: Apache-2.0
// Where an account may make control groups: trees of folders as the kernel shows them, on hosts of both versions.
#include <QtTest>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>

#include "isolation/namespaces/control_group.h"
#include "isolation/namespaces/control_group_files.h"
#include "tests/support/qt_names.h"

using namespace annex;
using namespace annex::isolation;
namespace fs = std::filesystem;

namespace {

/// A host: its /proc as far as it is looked at, and its mounts.
class FakeHost {
public:
    FakeHost() { fs::create_directories(proc() / "self"); }

    fs::path top() const { return m_folder.path().toStdString(); }
    fs::path proc() const { return top() / "proc"; }

    void mount(const std::string& type, const fs::path& at, const std::string& options)
    {
        fs::create_directories(at);
        m_mounts += "30 25 0:26 / " + at.string() + " rw,nosuid shared:9 - " + type + " " + type + " rw," + options + "\n";
        write(proc() / "self/mountinfo", m_mounts);
    }
    void live(const std::string& group) { write(proc() / "self/cgroup", group); }

    /// A group of version 2. What is switched on below it is fixed: as where the kernel refuses more.
    void unified(const fs::path& at, const std::string& below, bool mine = true)
    {
        fs::create_directories(at);
        write(at / "cgroup.procs", "");
        write(at / "cgroup.subtree_control", below);
        fs::permissions(at / "cgroup.subtree_control", fs::perms::owner_read);
        if (!mine)
            fs::permissions(at / "cgroup.procs", fs::perms::owner_read);
    }
    void separate(const fs::path& at, const std::vector<std::string>& files)
    {
        fs::create_directories(at);
        write(at / "cgroup.procs", "");
        for (const std::string& file : files)
            write(at / file, "");
    }
    static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

private:
    QTemporaryDir m_folder;
    std::string m_mounts = "22 1 0:21 / / rw - ext4 /dev/root rw\n";
};

constexpr uid_t kUser = 1234;

} // namespace

class TestControlGroupTrees : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY2(::geteuid() != 0, "as root every file may be written: start it as an ordinary account"); }

    void aHostWithoutAnyHasNothingToGive()
    {
        FakeHost host;
        QCOMPARE(findDelegation(kUser, host.proc()), Delegation{});
    }

    void version2GivesTheHighestGroupOfOurs()
    {
        // As systemd delegates: user@.service is the account's, what lies above is not.
        FakeHost host;
        const fs::path top = host.top() / "cgroup";
        const fs::path service = top / "user.slice/user-1234.slice/user@1234.service";
        const fs::path scope = service / "app.slice/annex.scope";
        host.mount("cgroup2", top, "nsdelegate");
        host.live("0::/user.slice/user-1234.slice/user@1234.service/app.slice/annex.scope\n");
        host.unified(top, "cpu memory pids");
        host.unified(top / "user.slice", "cpu memory pids", false);
        host.unified(top / "user.slice/user-1234.slice", "cpu memory pids", false);
        host.unified(service, "cpu memory pids");
        host.unified(service / "app.slice", "");
        host.unified(scope, "");
        host.unified(service / "annex-guests", "cpu memory pids");
        host.separate(service / "annex-guests", {"memory.swap.max", "cpu.max"});
        const Delegation given = findDelegation(kUser, host.proc());
        QVERIFY(given.unified);
        for (const fs::path& place : {given.memory, given.processes, given.processor, given.freezer})
            QCOMPARE(place, service / "annex-guests");
        QVERIFY(given.canLimitSwap && given.canCapProcessor);
    }

    void version2NamesWhatIsNotSwitchedOn()
    {
        FakeHost host;
        const fs::path top = host.top() / "cgroup";
        const fs::path service = top / "mine";
        host.mount("cgroup2", top, "nsdelegate");
        host.live("0::/mine/leaf\n");
        host.unified(service, "memory pids");
        host.unified(service / "leaf", "");
        host.unified(service / "annex-guests", "pids");
        const Delegation given = findDelegation(kUser, host.proc());
        QVERIFY(given.memory.empty() && given.processor.empty() && !given.canLimitSwap && !given.canCapProcessor);
        QCOMPARE(given.processes, service / "annex-guests");
        QCOMPARE(given.freezer, service / "annex-guests"); // part of version 2 itself
    }

    void version2MakesTheGuestsGroup()
    {
        FakeHost host;
        const fs::path top = host.top() / "cgroup";
        host.mount("cgroup2", top, "nsdelegate");
        host.live("0::/mine\n");
        host.unified(top / "mine", "");
        QVERIFY(findDelegation(kUser, host.proc()).unified);
        QVERIFY(fs::is_directory(top / "mine/annex-guests"));
    }

    void version2OfSomebodyElseIsLeftAlone()
    {
        FakeHost host;
        const fs::path top = host.top() / "cgroup";
        host.mount("cgroup2", top, "nsdelegate");
        host.live("0::/system.slice/sshd.service\n");
        host.unified(top / "system.slice", "memory pids cpu", false);
        host.unified(top / "system.slice/sshd.service", "", false);
        QCOMPARE(findDelegation(kUser, host.proc()), Delegation{});
        QVERIFY(!fs::exists(top / "system.slice/annex-guests"));
        // Nor is the top itself taken, though here it could be written.
        host.live("0::/\n");
        host.unified(top, "memory pids cpu");
        QCOMPARE(findDelegation(kUser, host.proc()), Delegation{});
    }

    void version1GivesEachControllerByItself()
    {
        FakeHost host;
        const fs::path top = host.top() / "cgroup";
        host.mount("cgroup", top / "memory", "memory");
        host.mount("cgroup", top / "cpu,cpuacct", "cpu,cpuacct");
        host.mount("cgroup", top / "pids", "pids");
        host.mount("cgroup", top / "freezer", "freezer");
        host.mount("cgroup2", top / "unified", "nsdelegate"); // a hybrid host: without controllers it counts for nothing
        host.live("5:memory:/\n0::/\n");
        host.separate(top / "memory/annex-1234", {"memory.memsw.limit_in_bytes"});
        host.separate(top / "cpu,cpuacct/annex-1234", {"cpu.cfs_quota_us"});
        host.separate(top / "freezer/annex-99", {}); // another account's
        const Delegation given = findDelegation(kUser, host.proc());
        QVERIFY(!given.unified);
        QCOMPARE(given.memory, top / "memory/annex-1234");
        QCOMPARE(given.processor, top / "cpu,cpuacct/annex-1234");
        QVERIFY(given.processes.empty() && given.freezer.empty());
        QVERIFY(given.canLimitSwap && given.canCapProcessor);
    }

    void version1WithoutTheFilesSaysSo()
    {
        FakeHost host;
        const fs::path top = host.top() / "cgroup";
        host.mount("cgroup", top / "memory", "memory");
        host.mount("cgroup", top / "cpu", "cpu");
        host.separate(top / "memory/annex-1234", {});
        host.separate(top / "cpu/annex-1234", {});
        const Delegation given = findDelegation(kUser, host.proc());
        QVERIFY(!given.memory.empty() && !given.canLimitSwap);
        QVERIFY(!given.processor.empty() && !given.canCapProcessor);
    }

    void unreadableTablesGiveNothing()
    {
        FakeHost host;
        FakeHost::write(host.proc() / "self/mountinfo", "garbage\n\n - \n1 2 3 - cgroup2\n- - - - - - -\n");
        QCOMPARE(findDelegation(kUser, host.proc()), Delegation{});
        host.mount("cgroup2", host.top() / "cgroup", "rw");
        QCOMPARE(findDelegation(kUser, host.proc()), Delegation{}); // no own group is known
    }

    void findsGuestsByTheirTag()
    {
        FakeHost host;
        Delegation given;
        given.memory = host.top() / "m";
        given.freezer = host.top() / "f";
        for (const char* name : {"m/tag.one", "f/tag.one", "f/tag.two", "f/other.three", "f/tagged"})
            fs::create_directories(host.top() / name);
        FakeHost::write(host.top() / "m/tag.file", "");
        QCOMPARE(guestsWithGroups(given, "tag"), (std::vector<std::string>{"one", "two"}));
        QCOMPARE(groupFolders(given, "tag.two"), (std::vector<fs::path>{given.memory / "tag.two", given.freezer / "tag.two"}));
        QVERIFY(guestsWithGroups(Delegation{}, "tag").empty());
    }

    void removingAGroupEndsWhatIsInIt()
    {
        FakeHost host;
        const fs::path folder = host.top() / "tag.one";
        host.separate(folder, {"freezer.state", "cgroup.freeze", "cgroup.kill"});
        const pid_t victim = ::fork();
        QVERIFY(victim >= 0);
        if (victim == 0) {
            for (;;)
                ::pause();
        }
        FakeHost::write(folder / "cgroup.procs", "0\n1\n" + std::to_string(victim) + "\n"); // 0 and 1 are never ours
        QCOMPARE(removeGroups({folder}).error().code, Errc::Busy);                       // a real folder does not go away with files in it
        int status = 0;
        QCOMPARE(::waitpid(victim, &status, 0), victim);
        QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        QCOMPARE(*readGroupFile(folder / "cgroup.kill"), std::string("1"));
        QCOMPARE(*readGroupFile(folder / "freezer.state"), std::string("THAWED"));
        QCOMPARE(*readGroupFile(folder / "cgroup.freeze"), std::string("0"));
    }

    void removingWhatIsNotThereIsFine()
    {
        FakeHost host;
        fs::create_directories(host.top() / "empty");
        QVERIFY(removeGroups({host.top() / "empty", host.top() / "missing"}));
        QVERIFY(!fs::exists(host.top() / "empty"));
    }

    void filesAreNotFollowed()
    {
        FakeHost host;
        FakeHost::write(host.top() / "target", "kept");
        fs::create_symlink(host.top() / "target", host.top() / "link");
        QVERIFY(!writeGroupFile(host.top() / "link", "changed"));
        QVERIFY(!readGroupFile(host.top() / "link"));
        QCOMPARE(*readGroupFile(host.top() / "target"), std::string("kept"));
        QCOMPARE(readGroupFile(host.top() / "missing").error().code, Errc::NotFound);
    }
};

QTEST_APPLESS_MAIN(TestControlGroupTrees)
#include "tst_control_group_trees.moc"

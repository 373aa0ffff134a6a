// SPDX-License-Identifier: Apache-2.0
// From a specification to bubblewrap's command line, as text.
#include <QtTest>

#include <algorithm>
#include <set>

#include "a_spec.h"
#include "isolation/namespaces/bubblewrap_arguments.h"

using namespace annex;
using namespace annex::isolation;

namespace {

using Words = std::vector<std::string>;

HostLayout aHost()
{
    HostLayout host;
    host.boundFolders = {"/usr", "/etc/fonts"};
    host.links = {{"/bin", "usr/bin"}, {"/etc/localtime", "/usr/share/zoneinfo/UTC"}};
    host.files = {{"/etc/nsswitch.conf", {'x'}}};
    return host;
}

BubblewrapPlan planFor(const GuestSpec& spec)
{
    return bubblewrapPlan(spec, aHost(), {ByteVector{1}, ByteVector{2, 2}});
}

/// Where these words stand one after the other; -1: nowhere.
long positionOf(const BubblewrapPlan& plan, const Words& words)
{
    const auto at = std::search(plan.options.begin(), plan.options.end(), words.begin(), words.end());
    return at == plan.options.end() ? -1 : at - plan.options.begin();
}

bool has(const BubblewrapPlan& plan, const Words& words)
{
    return positionOf(plan, words) >= 0;
}

std::string contentFor(const BubblewrapPlan& plan, const std::string& path)
{
    for (std::size_t i = 2; i < plan.options.size(); ++i) {
        if (plan.options[i] == path && plan.options[i - 2] == "--file") {
            for (const DescriptorContent& content : plan.contents) {
                if (std::to_string(content.number) == plan.options[i - 1])
                    return {content.bytes.begin(), content.bytes.end()};
            }
        }
    }
    return {};
}

} // namespace

class TestBubblewrapPlan : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void unsharesEachNamespaceByName()
    {
        const BubblewrapPlan plan = planFor(test::aSpec());
        for (const char* option : {"--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup"})
            QVERIFY2(has(plan, {option}), option);
        QVERIFY(!has(plan, {"--unshare-all"})); // goes on without those that cannot be had
        for (const std::string& option : plan.options)
            QVERIFY2(option.find("-try") == std::string::npos || option == "--ro-bind-try", option.c_str());
    }

    void keepsPrivilegesAndLifeShort()
    {
        const BubblewrapPlan plan = planFor(test::aSpec());
        QVERIFY(has(plan, {"--disable-userns"}));
        QVERIFY(has(plan, {"--cap-drop", "ALL"}));
        QVERIFY(!has(plan, {"--cap-add"}));
        QVERIFY(has(plan, {"--die-with-parent"}));
        QVERIFY(has(plan, {"--as-pid-1"}));
        QVERIFY(has(plan, {"--new-session"}));
        QVERIFY(has(plan, {"--uid", "1000", "--gid", "1000"}));
        QVERIFY(has(plan, {"--clearenv"}));
    }

    void bindsOnlyWhatTheLayoutNames()
    {
        const BubblewrapPlan plan = planFor(test::aSpec());
        std::set<std::string> bound;
        for (std::size_t i = 0; i + 1 < plan.options.size(); ++i) {
            QVERIFY2(plan.options[i] != "--bind" && plan.options[i] != "--dev-bind", "nothing of the host is writable");
            if (plan.options[i].starts_with("--ro-bind"))
                bound.insert(plan.options[i + 1]);
        }
        QCOMPARE(bound, (std::set<std::string>{"/usr", "/etc/fonts", "/usr/libexec/annex/annex-init", "/usr/libexec/annex/annex-display"}));
        QVERIFY(has(plan, {"--symlink", "usr/bin", "/bin"}));
        QVERIFY(has(plan, {"--symlink", "/usr/share/zoneinfo/UTC", "/etc/localtime"}));
        QCOMPARE(contentFor(plan, "/etc/nsswitch.conf"), std::string("x"));
    }

    void closesTheRootLast()
    {
        // Whatever would be put in place after it would fail; whatever is written at all comes before the environment.
        const BubblewrapPlan plan = planFor(test::aSpec());
        const long closed = positionOf(plan, {"--remount-ro", "/"});
        QVERIFY(closed > 0);
        for (const char* option : {"--ro-bind", "--tmpfs", "--dir", "--file", "--symlink", "--proc", "--dev"}) {
            for (std::size_t i = static_cast<std::size_t>(closed); i < plan.options.size(); ++i)
                QVERIFY2(plan.options[i] != option, option);
        }
        QVERIFY(positionOf(plan, {"--dev", "/dev"}) < positionOf(plan, {"--remount-ro", "/dev"}));
        QVERIFY(positionOf(plan, {"--tmpfs", "/dev/shm"}) < positionOf(plan, {"--remount-ro", "/dev"}));
    }

    void writesTheGuestsOwnNames()
    {
        const BubblewrapPlan plan = planFor(test::aSpec());
        QCOMPARE(contentFor(plan, "/etc/machine-id"), std::string("0123456789abcdef0123456789abcdef\n"));
        QCOMPARE(contentFor(plan, "/etc/hostname"), std::string("mail\n"));
        QVERIFY(has(plan, {"--hostname", "mail"}));
        QVERIFY(contentFor(plan, "/etc/passwd").find("user:x:1000:1000:user:/home/user:") != std::string::npos);
        QVERIFY(contentFor(plan, "/etc/resolv.conf").find("nameserver") == std::string::npos);
    }

    void setsTheWholeEnvironment()
    {
        const BubblewrapPlan plan = planFor(test::aSpec());
        QVERIFY(has(plan, {"--setenv", "HOME", "/home/user"}));
        QVERIFY(has(plan, {"--setenv", "XKB_DEFAULT_LAYOUT", "de"}));
        QVERIFY(has(plan, {"--setenv", "EMPTY", ""}));
        QVERIFY(positionOf(plan, {"--clearenv"}) < positionOf(plan, {"--setenv", "HOME"}));
    }

    void numbersDescriptorsWithoutGapOrClash()
    {
        const BubblewrapPlan plan = planFor(test::aSpec());
        for (std::size_t i = 0; i < plan.contents.size(); ++i)
            QCOMPARE(plan.contents[i].number, kFirstDataDescriptor + static_cast<int>(i));
        QVERIFY(has(plan, {"--info-fd", std::to_string(kInfoDescriptor), "--block-fd", std::to_string(kBlockDescriptor)}));
    }

    void loadsTheFiltersInOrder()
    {
        const BubblewrapPlan plan = planFor(test::aSpec());
        std::vector<ByteVector> loaded;
        for (std::size_t i = 0; i + 1 < plan.options.size(); ++i) {
            if (plan.options[i] == "--add-seccomp-fd")
                loaded.push_back(plan.contents.at(std::stoul(plan.options[i + 1]) - kFirstDataDescriptor).bytes);
        }
        QCOMPARE(loaded, (std::vector<ByteVector>{{1}, {2, 2}}));
    }

    void runsTheGuestsFirstProgram() { QCOMPARE(planFor(test::aSpec()).command, (Words{"/annex/bin/annex-init"})); }

    void sharesNeverExceedTheQuota_data()
    {
        QTest::addColumn<qulonglong>("quota");
        for (const qulonglong quota : {16ull << 20, (16ull << 20) + 1, 100ull << 20, 10ull << 30, 1ull << 40})
            QTest::addRow("%llu", quota) << quota;
    }
    void sharesNeverExceedTheQuota()
    {
        QFETCH(qulonglong, quota);
        StorageLimits storage;
        storage.quota.count = quota;
        std::uint64_t bytes = 0;
        std::uint64_t inodes = 0;
        for (const ScratchPlace& place : splitScratch(storage)) {
            QVERIFY(place.size.count > 0 && place.inodes > 0); // 0 means "no limit" to tmpfs
            QCOMPARE(place.size.count % 4096, std::uint64_t{0});
            bytes += place.size.count;
            inodes += place.inodes;
        }
        QVERIFY(bytes <= quota && bytes > quota * 9 / 10);
        QVERIFY(inodes <= (1u << 20) && inodes <= quota / 4096 + 4 * 64);
    }

    void oneWeakeningLeavesOutOneDefence_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QStringList>("gone");
        QTest::addColumn<QStringList>("come");
        const auto row = [](const char* name, QStringList gone, QStringList come = {}) {
            QTest::newRow(name) << QString::fromLatin1(name) << gone << come;
        };
        row("userns", {QStringLiteral("--disable-userns")});
        row("ipc", {QStringLiteral("--unshare-ipc")});
        row("pid", {QStringLiteral("--unshare-pid"), QStringLiteral("--as-pid-1")});
        row("net", {QStringLiteral("--unshare-net")});
        row("cgroup", {QStringLiteral("--unshare-cgroup")});
        row("new-session", {QStringLiteral("--new-session")});
        row("clearenv", {QStringLiteral("--clearenv")});
        row("seccomp", {QStringLiteral("--add-seccomp-fd")});
        row("scratch", {QStringLiteral("--size")});
        row("proc", {QStringLiteral("--proc")}, {QStringLiteral("--bind /proc /proc")});
        row("files", {}, {QStringLiteral("--ro-bind / /host")});
        row("etc", {QStringLiteral("/etc/passwd")}, {QStringLiteral("--ro-bind /etc /etc")});
        row("readonly-usr", {}, {QStringLiteral("--bind /usr /usr")});
        row("readonly-programs", {}, {QStringLiteral("--bind /usr/libexec/annex/annex-init /annex/bin/annex-init")});
        row("limits", {});     // not bubblewrap's business
        row("delegation", {}); // nor this
    }
    void oneWeakeningLeavesOutOneDefence()
    {
        QFETCH(QString, name);
        QFETCH(QStringList, gone);
        QFETCH(QStringList, come);
        const auto& known = knownWeakenings();
        QVERIFY(std::find(known.begin(), known.end(), name.toStdString()) != known.end());
        GuestSpec spec = test::aSpec();
        spec.weakenedForTest = {name.toStdString()};
        const BubblewrapPlan weak = planFor(spec);
        const BubblewrapPlan whole = planFor(test::aSpec());
        for (const QString& option : gone) {
            QVERIFY2(has(whole, {option.toStdString()}), qPrintable(option));
            QVERIFY2(!has(weak, {option.toStdString()}), qPrintable(option));
        }
        for (const QString& words : come) {
            Words wanted;
            for (const QString& word : words.split(QLatin1Char(' ')))
                wanted.push_back(word.toStdString());
            QVERIFY2(has(weak, wanted) && !has(whole, wanted), qPrintable(words));
        }
        for (const char* other : {"--unshare-user", "--unshare-uts", "--cap-drop", "--die-with-parent"})
            QVERIFY2(has(weak, {other}), other);
    }
};

QTEST_APPLESS_MAIN(TestBubblewrapPlan)
#include "tst_bubblewrap_plan.moc"

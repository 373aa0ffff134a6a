// SPDX-License-Identifier: Apache-2.0
// What is said about a host, without having such a host.
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <set>

#include <QTemporaryDir>

#include "isolation/namespaces/host_checks.h"
#include "tests/support/qt_names.h"

using namespace annex;
using namespace annex::isolation;
namespace fs = std::filesystem;

namespace {

HostFacts goodHost()
{
    HostFacts facts;
    facts.kernel = "6.1.0-18-amd64";
    facts.mostUserNamespaces = 15'000;
    facts.seccomp = true;
    facts.landlock = 2;
    facts.fonts = true;
    facts.mimeTypes = true;
    facts.bubblewrap = "0.8.0";
    facts.bubblewrapWorks = true;
    facts.delegation.memory = facts.delegation.processes = facts.delegation.processor = facts.delegation.freezer = "/u";
    facts.delegation.canCapProcessor = true;
    return facts;
}

using Spoil = void (*)(HostFacts&);

const HostCheck* find(const std::vector<HostCheck>& checks, const std::string& id)
{
    for (const HostCheck& check : checks) {
        if (check.id == id)
            return &check;
    }
    return nullptr;
}

} // namespace
Q_DECLARE_METATYPE(Spoil)

class TestHostChecks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aGoodHostIsFine()
    {
        QVERIFY(canRun(goodHost()));
        const auto checks = hostChecks(goodHost());
        QCOMPARE(checks.size(), std::size_t{9});
        for (const HostCheck& check : checks) {
            QVERIFY2(check.state == HostCheck::State::Fine, check.finding.c_str());
            QVERIFY2(check.cure.empty(), check.cure.c_str()); // nothing is to be done
        }
    }

    void whatBreaksItHasANameAndACure_data()
    {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("cure");
        const auto row = [](const char* title, Spoil spoil, const char* id, const char* cure) {
            QTest::newRow(title) << spoil << QString::fromLatin1(id) << QString::fromLatin1(cure);
        };
        row("no bubblewrap", [](HostFacts& f) { f.bubblewrap.reset(); f.bubblewrapWorks = false; }, "engine.no-bubblewrap", "apt install bubblewrap");
        row("old bubblewrap", [](HostFacts& f) { f.bubblewrap = "0.7.0"; }, "engine.old-bubblewrap", "Upgrade");
        row("chroot", [](HostFacts& f) { f.inChroot = true; }, "engine.in-chroot", "outside of it");
        row("kernel without", [](HostFacts& f) { f.mostUserNamespaces.reset(); }, "engine.no-userns", "kernel");
        row("none allowed", [](HostFacts& f) { f.mostUserNamespaces = 0; }, "engine.no-userns", "user.max_user_namespaces");
        row("switched off", [](HostFacts& f) { f.unprivilegedUserNamespaces = 0; }, "engine.no-userns", "kernel.unprivileged_userns_clone = 1");
        row("apparmor", [](HostFacts& f) { f.apparmorRestriction = 1; f.bubblewrapWorks = false; }, "engine.apparmor-userns", "bwrap-userns-restrict");
        row("apparmor, not loaded", [](HostFacts& f) { f.apparmorRestriction = 1; f.bubblewrapWorks = false; f.apparmorLetsBubblewrap = true; },
            "engine.apparmor-userns", "reload apparmor");
        row("no filters", [](HostFacts& f) { f.seccomp = false; }, "engine.no-seccomp", "kernel");
        row("programs", [](HostFacts& f) { f.missingPrograms = {"annex-init"}; }, "engine.programs-missing", "Install Annex again");
        row("unexplained", [](HostFacts& f) { f.bubblewrapWorks = false; f.bubblewrapSays = "bwrap: No permissions"; }, "engine.bubblewrap-failed", "container");
    }
    void whatBreaksItHasANameAndACure()
    {
        QFETCH(Spoil, spoil);
        QFETCH(QString, id);
        QFETCH(QString, cure);
        HostFacts facts = goodHost();
        spoil(facts);
        const auto refused = canRun(facts);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::Unsupported);
        QCOMPARE(QString::fromStdString(refused.error().id), id);
        const auto checks = hostChecks(facts);
        const HostCheck* check = find(checks, id.toStdString());
        QVERIFY(check && check->state == HostCheck::State::Broken);
        QVERIFY2(QString::fromStdString(check->cure).contains(cure), check->cure.c_str());
        // Never at the price of the host's own safety.
        QVERIFY(!QString::fromStdString(check->cure).contains(QStringLiteral("apparmor_restrict_unprivileged_userns")));
    }

    void saysBubblewrapsOwnWords()
    {
        HostFacts facts = goodHost();
        facts.bubblewrapWorks = false;
        facts.bubblewrapSays = "bwrap: Creating new namespace failed";
        QVERIFY(canRun(facts).error().context.find("Creating new namespace failed") != std::string::npos);
    }

    void saysOneThingOnce()
    {
        // That no box could be made says nothing new when it is known why.
        HostFacts facts = goodHost();
        facts.bubblewrapWorks = false;
        facts.mostUserNamespaces = 0;
        QVERIFY(!find(hostChecks(facts), "engine.bubblewrap-failed"));
    }

    void whatOnlyWeakensIsShownAndRuns_data()
    {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* title, Spoil spoil, const char* id, const char* finding) {
            QTest::newRow(title) << spoil << QString::fromLatin1(id) << QString::fromLatin1(finding);
        };
        row("old kernel", [](HostFacts& f) { f.kernel = "5.10.0-28-amd64"; }, "namespaces.kernel", "5.10.0");
        row("no landlock", [](HostFacts& f) { f.landlock = 0; }, "namespaces.landlock", "none");
        row("nothing delegated", [](HostFacts& f) { f.delegation = {}; }, "namespaces.limits", "memory, processor, a second count of processes, pause");
        row("no cap", [](HostFacts& f) { f.delegation.canCapProcessor = false; }, "namespaces.limits", "Not to be had here: processor.");
        row("no fonts", [](HostFacts& f) { f.fonts = false; }, "namespaces.data", "Fonts are missing");
        row("no types", [](HostFacts& f) { f.mimeTypes = false; }, "namespaces.data", "file types is missing");
    }
    void whatOnlyWeakensIsShownAndRuns()
    {
        QFETCH(Spoil, spoil);
        QFETCH(QString, id);
        QFETCH(QString, finding);
        HostFacts facts = goodHost();
        spoil(facts);
        QVERIFY(canRun(facts));
        const auto checks = hostChecks(facts);
        const HostCheck* check = find(checks, id.toStdString());
        QVERIFY(check && check->state == HostCheck::State::Look);
        QVERIFY2(QString::fromStdString(check->finding).contains(finding), check->finding.c_str());
        QVERIFY(!check->cure.empty());
    }

    void identifiersAreUniqueAndSentencesEnd()
    {
        for (const HostFacts& facts : {goodHost(), HostFacts{}}) {
            std::set<std::string> seen;
            for (const HostCheck& check : hostChecks(facts)) {
                QVERIFY2(seen.insert(check.id).second, check.id.c_str());
                QVERIFY2(check.finding.ends_with('.'), check.finding.c_str());
                QVERIFY(!check.title.empty());
            }
        }
    }

    void comparesVersions()
    {
        QCOMPARE(compareVersions("0.8.0", "0.8.0"), 0);
        QCOMPARE(compareVersions("0.10", "0.9.9"), 1);
        QCOMPARE(compareVersions("5.10", "5.14"), -1);
        QCOMPARE(compareVersions("6", "6.0.0"), 0);
        QCOMPARE(compareVersions("", "0.8.0"), -1);
        QCOMPARE(versionIn("bubblewrap 0.8.0\n"), std::string("0.8.0"));
        QCOMPARE(versionIn("6.1.0-18-amd64"), std::string("6.1.0"));
        QCOMPARE(versionIn("no number"), std::string());
    }

    void readsSwitchesOfAHost()
    {
        QTemporaryDir folder;
        const fs::path root = folder.path().toStdString();
        for (const char* name : {"proc/sys/kernel/seccomp", "proc/sys/user", "proc/self", "usr/share/fonts/truetype"})
            fs::create_directories(root / name);
        const auto write = [&](const char* path, const char* text) { std::ofstream(root / path) << text; };
        HostFacts facts = readHostFacts(root, {root / "annex-keeper"});
        QVERIFY(!facts.unprivilegedUserNamespaces && !facts.mostUserNamespaces && !facts.apparmorRestriction);
        QVERIFY(!facts.seccomp && facts.fonts && !facts.mimeTypes);
        QCOMPARE(facts.missingPrograms, (std::vector<std::string>{"annex-keeper"}));
        write("proc/sys/kernel/unprivileged_userns_clone", "0\n");
        write("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
        write("proc/sys/user/max_user_namespaces", "15000\n");
        write("proc/sys/kernel/seccomp/actions_avail", "kill_process errno allow\n");
        facts = readHostFacts(root, {});
        QCOMPARE(facts.unprivilegedUserNamespaces, std::optional<long>(0));
        QCOMPARE(facts.apparmorRestriction, std::optional<long>(1));
        QCOMPARE(facts.mostUserNamespaces, std::optional<long>(15'000));
        QVERIFY(facts.seccomp);
        QCOMPARE(facts.delegation, Delegation{});
    }
};

QTEST_APPLESS_MAIN(TestHostChecks)
#include "tst_host_checks.moc"

// SPDX-License-Identifier: Apache-2.0
// Start, talk, take over, stop: what the broker does with a guest.
#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>

#include "fixture.h"

using namespace annex;
using namespace annex::test;
using namespace annex::isolation;

class NamespacesGuestTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        const std::string obstacle = Fixture::obstacle();
        QVERIFY2(obstacle.empty(), obstacle.c_str());
    }

    void startsAndTalks()
    {
        Fixture fixture;
        std::vector<std::string> stages;
        auto work = fixture.engine().start(
            fixture.spec(), [&](std::string_view stage) { stages.emplace_back(stage); }, soon());
        auto guest = fixture.run(std::move(work));
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        QCOMPARE(stages, (std::vector<std::string>{"prepare", "start", "connect"}));
        QCOMPARE(int((*guest)->level()), int(Level::Process));
        QCOMPARE(fixture.shell(**guest, "echo hello"), std::string("hello\n\nexit 0"));
        QVERIFY(fixture.run((*guest)->stop(StopHow::Kill, soon())));
        guest->reset();
        QCOMPARE(fixture.remains(), std::string());
    }

    void handsOutASealedPool()
    {
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        const DisplayEndpoint display = (*guest)->display();
        QCOMPARE(display.pool_bytes, std::uint64_t{16u << 20});
        const int pool = static_cast<int>(display.pool);
        QCOMPARE(::fcntl(pool, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
        // The guest writes, the host reads.
        QVERIFY(fixture.shell(**guest, "true").ends_with("exit 0"));
        void* mapped = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, pool, 0);
        QVERIFY(mapped != MAP_FAILED);
        ::munmap(mapped, 4096);
        const std::string fds = fixture.ask(**guest, "fds");
        QVERIFY2(fds.find("5 /memfd:annex-pool") != std::string::npos, fds.c_str());
    }

    void runsWithoutAPool()
    {
        Fixture fixture;
        GuestSpec spec = fixture.spec();
        spec.pool_bytes = 0;
        auto guest = fixture.start(spec);
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        QCOMPARE((*guest)->display().pool, kNoHandle);
        QCOMPARE(fixture.shell(**guest, "echo ok"), std::string("ok\n\nexit 0"));
    }

    void tellsHowItEnded_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("kind");
        QTest::newRow("orderly") << 0 << int(GuestEvent::Kind::Exited);
        QTest::newRow("crash") << 3 << int(GuestEvent::Kind::Crashed);
    }
    void tellsHowItEnded()
    {
        QFETCH(int, code);
        QFETCH(int, kind);
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        std::optional<GuestEvent> event;
        (*guest)->onEvent([&](GuestEvent what) { event = what; });
        (void)fixture.ask(**guest, "end " + std::to_string(code));
        QVERIFY(fixture.spinUntil([&] { return event.has_value(); }));
        QCOMPARE(int(event->kind), kind);
        QCOMPARE(fixture.remains(), std::string());
    }

    void survivesABrokerRestart()
    {
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        QVERIFY(fixture.shell(**guest, "echo kept > /tmp/mark").ends_with("exit 0"));
        guest->reset();
        fixture.restartEngine();
        auto adopted = fixture.adopt();
        QVERIFY(adopted);
        QCOMPARE(adopted->size(), std::size_t{1});
        Guest& again = *adopted->front();
        QCOMPARE(again.id(), std::string("one"));
        QCOMPARE(again.display().pool_bytes, std::uint64_t{16u << 20});
        QCOMPARE(fixture.shell(again, "cat /tmp/mark"), std::string("kept\n\nexit 0"));
        std::optional<GuestEvent> event;
        again.onEvent([&](GuestEvent what) { event = what; });
        QVERIFY(fixture.run(again.stop(StopHow::Kill, soon())));
        QVERIFY(fixture.spinUntil([&] { return event.has_value(); }));
        QCOMPARE(int(event->kind), int(GuestEvent::Kind::Exited));
    }

    void runsSeveralSideBySide()
    {
        Fixture fixture;
        auto first = fixture.start(fixture.spec("first"));
        auto second = fixture.start(fixture.spec("second"));
        QVERIFY(first && second);
        QVERIFY(fixture.shell(**first, "echo a > /tmp/mark").ends_with("exit 0"));
        QVERIFY(fixture.shell(**second, "cat /tmp/mark").find("No such file") != std::string::npos);
        auto twice = fixture.start(fixture.spec("first"));
        QVERIFY(!twice);
        QCOMPARE(fixture.shell(**first, "cat /tmp/mark"), std::string("a\n\nexit 0"));
    }

    void saysWhyItCannotStart()
    {
        Fixture fixture;
        GuestSpec spec = fixture.spec();
        spec.guestProgramFolder = "/nonexistent";
        auto guest = fixture.start(spec);
        QVERIFY(!guest);
        QCOMPARE(int(guest.error().code), int(Errc::EngineFailed));
        QVERIFY2(guest.error().describe().find("/nonexistent/annex-init") != std::string::npos, guest.error().describe().c_str());
        QVERIFY(fixture.spinUntil([&] { return fixture.remains().empty(); }));
    }

    void leavesNothingWhenTheDeadlineIsOver()
    {
        Fixture fixture;
        auto work = fixture.engine().start(fixture.spec(), nullptr, std::chrono::steady_clock::now());
        auto guest = fixture.run(std::move(work));
        QVERIFY(!guest);
        QCOMPARE(int(guest.error().code), int(Errc::TimedOut));
        QVERIFY(fixture.spinUntil([&] { return fixture.remains().empty(); }));
    }

    void refusesWeakeningsWithoutTestHooks()
    {
        Fixture fixture;
        GuestSpec spec = fixture.spec();
        spec.weakenedForTest = {"seccomp"};
        auto refused = keeperSpecification(spec, NamespacesOptions{}, HostLayout{}, Delegation{}, HostSize{2, Bytes{8ull << 30}}, {});
        QVERIFY(!refused);
        QCOMPARE(int(refused.error().code), int(Errc::Denied));
    }

    void probesThisHost()
    {
        Fixture fixture;
        // annex-init and annex-display are not part of these tests; everything else of this host must do.
        for (const HostCheck& check : fixture.run(fixture.engine().examine())) {
            if (check.id == "engine.programs-missing")
                continue;
            QVERIFY2(check.state != HostCheck::State::Broken, (check.id + ": " + check.finding).c_str());
            QVERIFY(!check.title.empty() && !check.finding.empty());
        }
    }
};

QTEST_GUILESS_MAIN(NamespacesGuestTest)
#include "tst_namespaces_guest.moc"

// SPDX-License-Identifier: Apache-2.0
// Every process of a guest killed at any time: nothing is left, and the broker hears of it.
#include <QTest>

#include <csignal>

#include "fixture.h"
#include "isolation/namespaces/leftovers.h"
#include "isolation/namespaces/orphans.h"

using namespace annex;
using namespace annex::test;
using namespace annex::isolation;

class NamespacesEndsTest : public QObject {
    Q_OBJECT

    static pid_t find(Fixture& fixture, const QString& role)
    {
        if (role == QStringLiteral("keeper"))
            return fixture.keeperOf("one");
        if (role == QStringLiteral("bubblewrap"))
            return fixture.bubblewrapOf("one");
        return fixture.firstOf("one");
    }
    static bool lives(pid_t pid) { return ::kill(pid, 0) == 0; }
    /// Never -1, which would be every process of the account.
    static bool sent(pid_t pid, int signal) { return pid > 1 && ::kill(pid, signal) == 0; }

private Q_SLOTS:
    void initTestCase()
    {
        const std::string obstacle = Fixture::obstacle();
        QVERIFY2(obstacle.empty(), obstacle.c_str());
    }

    void killedWhileTheBrokerWatches_data()
    {
        QTest::addColumn<QString>("role");
        QTest::addColumn<bool>("paused");
        for (const char* role : {"keeper", "bubblewrap", "first"}) {
            QTest::addRow("%s", role) << QString::fromLatin1(role) << false;
            if (Fixture::delegated())
                QTest::addRow("%s, paused", role) << QString::fromLatin1(role) << true;
        }
    }
    void killedWhileTheBrokerWatches()
    {
        QFETCH(QString, role);
        QFETCH(bool, paused);
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        QVERIFY(fixture.shell(**guest, "setsid sleep 1000 >/dev/null 2>&1 & echo").ends_with("exit 0"));
        const pid_t keeper = fixture.keeperOf("one");
        const pid_t bubblewrap = fixture.bubblewrapOf("one");
        const pid_t first = fixture.firstOf("one");
        QVERIFY(keeper > 1 && bubblewrap > 1 && first > 1);
        std::optional<GuestEvent> event;
        (*guest)->onEvent([&](GuestEvent what) { event = what; });
        if (paused)
            QVERIFY(fixture.run((*guest)->pause(soon())));
        QVERIFY(sent(find(fixture, role), SIGKILL));
        // A frozen process of version 1 dies when it is thawed: by resume, by stop, or by the sweep after its keeper's end.
        if (paused && role == QStringLiteral("first"))
            QVERIFY(fixture.run((*guest)->stop(StopHow::Kill, soon())));
        QVERIFY(fixture.spinUntil([&] { return event.has_value(); }));
        QVERIFY(fixture.spinUntil([&] { return fixture.remains().empty() && !lives(first) && !lives(bubblewrap) && !lives(keeper); }));
        QVERIFY(fixture.run((*guest)->stop(StopHow::Kill, soon()))); // stopping what is gone is fine
    }

    void killedWhileNobodyWatches_data()
    {
        QTest::addColumn<QString>("role");
        for (const char* role : {"keeper", "bubblewrap", "first"})
            QTest::addRow("%s", role) << QString::fromLatin1(role);
    }
    void killedWhileNobodyWatches()
    {
        QFETCH(QString, role);
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        const pid_t first = fixture.firstOf("one");
        const pid_t victim = find(fixture, role);
        guest->reset(); // the broker is gone
        QVERIFY(sent(victim, SIGKILL));
        QVERIFY(fixture.spinUntil([&] { return !lives(first); }));
        fixture.restartEngine();
        auto adopted = fixture.adopt(); // a keeper that is still cleaning up may answer or not
        QVERIFY(adopted);
        QVERIFY(fixture.spinUntil([&] { return fixture.remains().empty(); }));
    }

    void aGuestThatOutlivedItsKeeperIsFound()
    {
        // As if its death signal had not reached it: bubblewrap stopped, keeper killed.
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        const pid_t keeper = fixture.keeperOf("one");
        const pid_t first = fixture.firstOf("one");
        const std::string record = (fixture.keeperFolder() / "one.guest").string();
        QVERIFY(fs::exists(record));
        guest->reset();
        QVERIFY(sent(keeper, SIGKILL));
        (void)sweepLeftovers(fixture.keeperFolder(), findDelegation(::geteuid()));
        QVERIFY(fixture.spinUntil([&] { return !lives(first); }));
        QVERIFY(fixture.spinUntil([&] {
            (void)sweepLeftovers(fixture.keeperFolder(), findDelegation(::geteuid()));
            return fixture.remains().empty();
        }));
    }

    void theSweepSparesLivingGuests()
    {
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        const Sweep sweep = sweepLeftovers(fixture.keeperFolder(), findDelegation(::geteuid()));
        QVERIFY(sweep.swept.empty());
        QCOMPARE(sweep.alive.size(), std::size_t{1});
        QCOMPARE(fixture.shell(**guest, "echo alive"), std::string("alive\n\nexit 0"));
    }

    void theKeeperEndsItsGuestWhenAskedBySignal()
    {
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        std::optional<GuestEvent> event;
        (*guest)->onEvent([&](GuestEvent what) { event = what; });
        QVERIFY(sent(fixture.keeperOf("one"), SIGTERM));
        QVERIFY(fixture.spinUntil([&] { return event.has_value(); }));
        QCOMPARE(int(event->kind), int(GuestEvent::Kind::Exited));
        QVERIFY(fixture.spinUntil([&] { return fixture.remains().empty(); }));
    }

    void stopAsksFirst()
    {
        Fixture fixture;
        auto guest = fixture.start(fixture.spec());
        QVERIFY2(guest, guest ? "" : guest.error().describe().c_str());
        // The tiny guest does not listen to SIGTERM, as a first process without a handler: the deadline ends it.
        QVERIFY(fixture.run((*guest)->stop(StopHow::Ask, std::chrono::steady_clock::now() + std::chrono::milliseconds(100))));
        QVERIFY(fixture.spinUntil([&] { return fixture.remains().empty(); }));
    }

    void killedDuringTheStart_data()
    {
        QTest::addColumn<QString>("role");
        for (const char* role : {"keeper", "bubblewrap", "first"})
            QTest::addRow("%s", role) << QString::fromLatin1(role);
    }
    void killedDuringTheStart()
    {
        // Killed at whatever point it has reached; again and again, at different points. Nobody helps: the engine sweeps by itself.
        QFETCH(QString, role);
        int killed = 0;
        for (int delay_us : {0, 300, 600, 1'000, 1'500, 2'000, 4'000, 6'000, 8'000, 10'000, 14'000, 20'000}) {
            Fixture fixture;
            auto work = fixture.engine().start(fixture.spec(), nullptr, soon());
            bool done = false;
            Result<std::unique_ptr<Guest>> result(nullptr);
            fixture.begin<Result<std::unique_ptr<Guest>>>(std::move(work), [&](Result<std::unique_ptr<Guest>> started) {
                result = std::move(started);
                done = true;
            });
            QVERIFY(fixture.spinUntil([&] { return find(fixture, role) > 1 || done; }));
            ::usleep(static_cast<useconds_t>(delay_us));
            const pid_t victim = find(fixture, role);
            const pid_t first = fixture.firstOf("one");
            if (sent(victim, SIGKILL))
                ++killed;
            QVERIFY(fixture.spinUntil([&] { return done; }));
            QVERIFY2(victim > 1 || !result, "the guest runs, and the process to kill was not found");
            const bool clean = fixture.spinUntil([&] { return fixture.remains().empty() && (first <= 1 || !lives(first)); });
            QVERIFY2(clean, qPrintable(QStringLiteral("after %1 us: %2").arg(delay_us).arg(QString::fromStdString(fixture.remains()))));
        }
        QVERIFY(killed > 6);
        // Of the whole account, so another test's may just be ending.
        QTRY_COMPARE_WITH_TIMEOUT(endOrphans(), 0, 60'000);
    }
};

QTEST_GUILESS_MAIN(NamespacesEndsTest)
#include "tst_namespaces_ends.moc"

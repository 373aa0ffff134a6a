// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <QTest>

#include "app/desktop/viewer_plan.h"

using namespace annex::desktop;

class TestViewerPlan : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesWhatAViewerNeeds()
    {
        const auto plain = viewerArguments("/opt/annex-viewer", 1 << 20, true, false);
        QCOMPARE(plain, (std::vector<std::string>{"/opt/annex-viewer", "--pool-bytes", "1048576"}));
        const auto other = viewerArguments("/opt/annex-viewer", 5, false, true);
        QCOMPARE(other, (std::vector<std::string>{"/opt/annex-viewer", "--pool-bytes", "5", "--inline", "--replacement"}));
    }

    void passesNothingPersonalOn()
    {
        const auto environment = viewerEnvironment({"DISPLAY=:1", "XAUTHORITY=/x", "LC_CTYPE=C", "QT_SCALE_FACTOR=2", "SSH_AUTH_SOCK=/s", "GITHUB_TOKEN=t",
                                                    "DBUS_SESSION_BUS_ADDRESS=unix:path=/b", "LD_PRELOAD=/evil.so", "PATH=/home/ada/bin", "QT_PLUGIN_PATH=/evil",
                                                    "HOMEBREW=x", "DISPLAYS=1"});
        const auto has = [&](const char* variable) { return std::find(environment.begin(), environment.end(), variable) != environment.end(); };
        QVERIFY(has("DISPLAY=:1") && has("XAUTHORITY=/x") && has("LC_CTYPE=C") && has("QT_SCALE_FACTOR=2") && has("PATH=/usr/bin:/bin"));
        QCOMPARE(environment.size(), std::size_t(5));
    }

    void restartsTheFirstAtOnceAndTellsAtTheSecond()
    {
        RestartPlan plan;
        const auto first = plan.onDeath(0);
        QCOMPARE(*first.delay_ms, 0);
        QVERIFY(!first.tell);
        const auto second = plan.onDeath(1000);
        QVERIFY(*second.delay_ms > 0);
        QVERIFY(second.tell);
    }

    void givesUpOnALoopOfCrashes()
    {
        RestartPlan plan;
        std::int64_t longest = 0;
        for (int death = 1; death < RestartPlan::kMost; ++death) {
            const auto verdict = plan.onDeath(death * 100);
            QVERIFY(verdict.delay_ms.has_value());
            QVERIFY(*verdict.delay_ms >= longest);
            longest = *verdict.delay_ms;
        }
        const auto last = plan.onDeath(RestartPlan::kMost * 100);
        QVERIFY(!last.delay_ms);
        QVERIFY(last.tell);
    }

    void forgetsDeathsOfLongAgo()
    {
        RestartPlan plan;
        plan.onDeath(0);
        const auto later = plan.onDeath(RestartPlan::kWindow_ms + 1);
        QCOMPARE(*later.delay_ms, 0);
        QVERIFY(!later.tell);
    }
};

QTEST_GUILESS_MAIN(TestViewerPlan)
#include "tst_viewer_plan.moc"

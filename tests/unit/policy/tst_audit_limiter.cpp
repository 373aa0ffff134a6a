// SPDX-License-Identifier: Apache-2.0
#include "policy/audit/limiter.h"
#include "qstring_of.h"

using namespace annex::policy;
using namespace std::chrono_literals;
using Verdict = AuditLimiter::Verdict;

namespace {

const AuditLimiter::Limits kLimits{.window = 60s, .equal = 3, .burst = 10, .perDay = 1440};

AuditEntry entry(Outcome outcome, const char* action = "clipboard.paste", const char* workspace = "w1")
{
    AuditEntry made;
    made.workspace = workspace;
    made.action = action;
    made.outcome = outcome;
    made.sentence = "Text asked to come in";
    return made;
}

} // namespace

class tst_audit_limiter : public QObject {
    Q_OBJECT
private slots:
    void writesTheFirstAndCountsTheRest()
    {
        AuditLimiter limiter(kLimits);
        for (int i = 0; i < 3; ++i)
            QVERIFY(limiter.admit(entry(Outcome::Refused), m_start) == Verdict::Write);
        for (int i = 0; i < 500; ++i)
            QVERIFY(limiter.admit(entry(Outcome::Refused), m_start + 1s) == Verdict::Count);
        QVERIFY(limiter.due(m_start + 59s).empty());
        const auto due = limiter.due(m_start + 60s);
        QCOMPARE(due.size(), std::size_t{1});
        QCOMPARE(due[0].count, 500);
        COMPARE_TEXT(due[0].sentence, "Text asked to come in (500 times more)");
        QVERIFY(limiter.due(m_start + 61s).empty());
    }

    void tellsActionsOutcomesAndWorkspacesApart()
    {
        AuditLimiter limiter(kLimits);
        for (int i = 0; i < 3; ++i)
            (void)limiter.admit(entry(Outcome::Refused), m_start);
        QVERIFY(limiter.admit(entry(Outcome::Refused), m_start) == Verdict::Count);
        QVERIFY(limiter.admit(entry(Outcome::Refused, "clipboard.copy"), m_start) == Verdict::Write);
        QVERIFY(limiter.admit(entry(Outcome::Noted), m_start) == Verdict::Write);
        QVERIFY(limiter.admit(entry(Outcome::Refused, "clipboard.paste", "w2"), m_start) == Verdict::Write);
    }

    void whatCrossesIsNeverOnlyCounted()
    {
        AuditLimiter limiter(kLimits);
        for (int i = 0; i < 10; ++i)
            QVERIFY(limiter.admit(entry(Outcome::Allowed), m_start) == Verdict::Write);
        QVERIFY(limiter.admit(entry(Outcome::Allowed), m_start) == Verdict::Refuse);
        QVERIFY(limiter.admit(entry(Outcome::Allowed, "clipboard.paste", "w2"), m_start) == Verdict::Write);
        QVERIFY(limiter.due(m_start + 60s).empty());
        QVERIFY(limiter.admit(entry(Outcome::Allowed), m_start + 61s) == Verdict::Write); // one a minute flows back
        QVERIFY(limiter.admit(entry(Outcome::Allowed), m_start + 61s) == Verdict::Refuse);
    }

    void noRhythmGetsPastTheBudget_data()
    {
        QTest::addColumn<int>("every_ms");
        QTest::addColumn<int>("actions");
        QTest::newRow("as fast as it can") << 20 << 1;
        QTest::newRow("just below the window's bound") << 21'000 << 1;
        QTest::newRow("many actions by turns") << 1'000 << 20;
    }
    void noRhythmGetsPastTheBudget()
    {
        QFETCH(int, every_ms);
        QFETCH(int, actions);
        AuditLimiter limiter({.window = 60s, .equal = 3, .burst = 10, .perDay = 200});
        long written = 0;
        long counted = 0;
        long asked = 0;
        for (auto passed = 0ms; passed < 24h * 3; passed += std::chrono::milliseconds(every_ms)) {
            for (const AuditEntry& due : limiter.due(m_start + passed)) {
                ++written;
                counted += due.count;
            }
            const std::string action = "a" + std::to_string(asked++ % actions);
            if (limiter.admit(entry(Outcome::Refused, action.c_str()), m_start + passed) == Verdict::Write) {
                ++written;
                ++counted;
            }
        }
        for (const AuditEntry& due : limiter.all())
            counted += due.count;
        QVERIFY2(written <= 10 + 3 * 200, std::to_string(written).c_str());
        QVERIFY2(written >= 3 * 200 - 10, std::to_string(written).c_str());
        QCOMPARE(counted, asked); // nothing is lost
    }

    void theBudgetFlowsBack()
    {
        AuditLimiter limiter(kLimits);
        while (limiter.admit(entry(Outcome::Allowed), m_start) == Verdict::Write) {
        }
        (void)limiter.due(m_start + 1h);
        for (int i = 0; i < 10; ++i)
            QVERIFY(limiter.admit(entry(Outcome::Allowed), m_start + 1h) == Verdict::Write);
    }

    void aCountWaitsForTheBudget()
    {
        AuditLimiter limiter({.window = 60s, .equal = 3, .burst = 3, .perDay = 24});
        for (int i = 0; i < 5; ++i)
            (void)limiter.admit(entry(Outcome::Refused), m_start);
        QVERIFY(limiter.due(m_start + 60s).empty());
        QVERIFY(limiter.nextDue().value() > m_start + 59min);
        QVERIFY(limiter.admit(entry(Outcome::Refused), m_start + 61s) == Verdict::Count);
        QCOMPARE(limiter.due(m_start + 61min).at(0).count, 3);
    }

    void manyActionNamesShareOneTally()
    {
        AuditLimiter limiter({.window = 60s, .equal = 1, .burst = 1'000'000, .perDay = 0});
        int written = 0;
        for (int i = 0; i < 10'000; ++i)
            written += limiter.admit(entry(Outcome::Noted, ("a" + std::to_string(i)).c_str()), m_start) == Verdict::Write ? 1 : 0;
        QVERIFY2(written < 100, std::to_string(written).c_str());
    }

    void nothingCountedWakesNobody()
    {
        AuditLimiter limiter(kLimits);
        (void)limiter.admit(entry(Outcome::Allowed), m_start);
        (void)limiter.admit(entry(Outcome::Refused), m_start);
        QVERIFY(!limiter.nextDue());
    }

    void theEndWritesWhatWasCounted()
    {
        AuditLimiter limiter(kLimits);
        for (int i = 0; i < 5; ++i)
            (void)limiter.admit(entry(Outcome::Refused), m_start);
        const auto all = limiter.all();
        QCOMPARE(all.size(), std::size_t{1});
        QCOMPARE(all[0].count, 2);
        QVERIFY(limiter.all().empty());
    }

private:
    AuditLimiter::Now m_start{std::chrono::hours(1000)};
};

QTEST_APPLESS_MAIN(tst_audit_limiter)
#include "tst_audit_limiter.moc"

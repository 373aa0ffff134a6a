// SPDX-License-Identifier: Apache-2.0
#include "policy/audit/limiter.h"
#include "qstring_of.h"

using namespace annex::policy;
using namespace std::chrono_literals;
using Verdict = AuditLimiter::Verdict;

namespace {

const AuditLimiter::Limits kLimits{.window = 60s, .equal = 3, .perWindow = 10, .longestWindow = 240s};

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
        QVERIFY(limiter.admit(entry(Outcome::Allowed), m_start + 61s) == Verdict::Write);
    }

    void aFloodMakesTheNextWindowLonger()
    {
        AuditLimiter limiter(kLimits);
        long written = 0;
        // A guest that asks ten times a second for a day.
        for (auto passed = 0ms; passed < 24h; passed += 100ms) {
            written += static_cast<long>(limiter.due(m_start + passed).size());
            written += limiter.admit(entry(Outcome::Refused), m_start + passed) == Verdict::Write ? 1 : 0;
        }
        QVERIFY2(written <= (24 * 3600 / 240 + 3) * 4, std::to_string(written).c_str());
        QVERIFY(written >= 24 * 3600 / 240);
    }

    void aQuietWindowForgivesTheFlood()
    {
        AuditLimiter limiter(kLimits);
        for (int i = 0; i < 20; ++i)
            (void)limiter.admit(entry(Outcome::Refused), m_start);
        (void)limiter.due(m_start + 60s);
        (void)limiter.due(m_start + 200s);
        (void)limiter.admit(entry(Outcome::Refused), m_start + 200s);
        for (int i = 0; i < 20; ++i)
            (void)limiter.admit(entry(Outcome::Refused), m_start + 200s);
        QVERIFY(limiter.nextDue() == m_start + 260s); // the ordinary window again
    }

    void manyActionNamesShareOneTally()
    {
        AuditLimiter limiter({.window = 60s, .equal = 1, .perWindow = 1'000'000, .longestWindow = 60s});
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

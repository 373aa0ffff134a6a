// SPDX-License-Identifier: Apache-2.0
// Which file of a control group gets which value, on both versions; what is not held, and what refuses the start.
#include <QtTest>

#include "a_spec.h"
#include "isolation/namespaces/control_group.h"
#include "tests/support/qt_names.h"

using namespace annex;
using namespace annex::isolation;

namespace {

Delegation version1()
{
    Delegation given;
    given.memory = "/m";
    given.processes = "/p";
    given.processor = "/c";
    given.freezer = "/f";
    given.canLimitSwap = true;
    given.canCapProcessor = true;
    return given;
}

Delegation version2()
{
    Delegation given = version1();
    given.unified = true;
    given.memory = given.processes = given.processor = given.freezer = "/u";
    return given;
}

std::string valueOf(const ControlGroupPlan& plan, const std::string& file)
{
    for (const FileSetting& setting : plan.settings) {
        if (setting.file == file)
            return setting.value;
    }
    return "(not set)";
}

ControlGroupDecision decided(const GuestSpec& spec, const Delegation& given, unsigned processors = 4)
{
    auto decision = decideControlGroups(spec, "tag.one", given, processors);
    return decision ? std::move(*decision) : ControlGroupDecision{};
}

using Choose = void (*)(GuestSpec&);

} // namespace
Q_DECLARE_METATYPE(Choose)

class TestControlGroupValues : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void version1HasAFolderForEachController()
    {
        GuestSpec spec = test::aSpec();
        spec.processor.maximum_percent = {50, true};
        spec.processor.weight = {100, false};
        const ControlGroupDecision decision = decided(spec, version1());
        const ControlGroupPlan& plan = decision.plan;
        QCOMPARE(plan.folders, (std::vector<std::string>{"/m/tag.one", "/c/tag.one", "/p/tag.one", "/f/tag.one"}));
        QCOMPARE(valueOf(plan, "/m/tag.one/memory.limit_in_bytes"), std::string("536870912"));
        QCOMPARE(valueOf(plan, "/m/tag.one/memory.memsw.limit_in_bytes"), std::string("536870912")); // no swap beside it
        QCOMPARE(valueOf(plan, "/c/tag.one/cpu.cfs_period_us"), std::string("100000"));
        QCOMPARE(valueOf(plan, "/c/tag.one/cpu.cfs_quota_us"), std::string("200000")); // half of four
        QCOMPARE(valueOf(plan, "/c/tag.one/cpu.shares"), std::string("512"));          // half of what the host's programs count
        QCOMPARE(valueOf(plan, "/p/tag.one/pids.max"), std::string("1024"));
        QCOMPARE(*plan.freeze, (FileSetting{"/f/tag.one/freezer.state", "FROZEN"}));
        QCOMPARE(*plan.thaw, (FileSetting{"/f/tag.one/freezer.state", "THAWED"}));
        QCOMPARE(plan.frozenText, std::string("FROZEN"));
        QCOMPARE(decision.memoryUsageFile, std::string("/m/tag.one/memory.usage_in_bytes"));
        QCOMPARE(decision.processesUsageFile, std::string("/p/tag.one/pids.current"));
        QVERIFY(decision.unheld.empty());
    }

    void version2HasOneFolder()
    {
        GuestSpec spec = test::aSpec();
        spec.processor.maximum_percent = {25, true};
        spec.processor.weight = {400, false};
        const ControlGroupDecision decision = decided(spec, version2(), 8);
        const ControlGroupPlan& plan = decision.plan;
        QCOMPARE(plan.folders, (std::vector<std::string>{"/u/tag.one"}));
        QCOMPARE(valueOf(plan, "/u/tag.one/memory.max"), std::string("536870912"));
        QCOMPARE(valueOf(plan, "/u/tag.one/memory.swap.max"), std::string("0"));
        QCOMPARE(valueOf(plan, "/u/tag.one/cpu.max"), std::string("200000 100000")); // a quarter of eight
        QCOMPARE(valueOf(plan, "/u/tag.one/cpu.weight"), std::string("200"));        // twice what the host's programs count
        QCOMPARE(valueOf(plan, "/u/tag.one/pids.max"), std::string("1024"));
        QCOMPARE(*plan.freeze, (FileSetting{"/u/tag.one/cgroup.freeze", "1"}));
        QCOMPARE(*plan.thaw, (FileSetting{"/u/tag.one/cgroup.freeze", "0"}));
        QCOMPARE(plan.frozenFile, std::string("/u/tag.one/cgroup.events"));
        QCOMPARE(plan.frozenText, std::string("frozen 1"));
        QCOMPARE(decision.memoryUsageFile, std::string("/u/tag.one/memory.current"));
        QVERIFY(decision.unheld.empty());
    }

    void writesNoFileThatTheKernelLacks()
    {
        Delegation given = version1();
        given.canLimitSwap = false;
        QCOMPARE(valueOf(decided(test::aSpec(), given).plan, "/m/tag.one/memory.memsw.limit_in_bytes"), std::string("(not set)"));
        given = version2();
        given.canLimitSwap = false;
        QCOMPARE(valueOf(decided(test::aSpec(), given).plan, "/u/tag.one/memory.swap.max"), std::string("(not set)"));
    }

    void theWholeProcessorNeedsNoCap()
    {
        Delegation given = version2();
        given.canCapProcessor = false;
        GuestSpec spec = test::aSpec();
        spec.processor.maximum_percent = {100, true};
        const auto decision = decideControlGroups(spec, "tag.one", given, 4);
        QVERIFY(decision);
        QCOMPARE(valueOf(decision->plan, "/u/tag.one/cpu.max"), std::string("(not set)"));
    }

    void smallSharesStayAboveTheKernelsLeast()
    {
        GuestSpec spec = test::aSpec();
        spec.processor.maximum_percent = {1, true};
        spec.processor.weight = {1, true};
        QCOMPARE(valueOf(decided(spec, version1(), 1).plan, "/c/tag.one/cpu.cfs_quota_us"), std::string("1000"));
        QCOMPARE(valueOf(decided(spec, version1(), 1).plan, "/c/tag.one/cpu.shares"), std::string("5"));
        QCOMPARE(valueOf(decided(spec, version2(), 1).plan, "/u/tag.one/cpu.weight"), std::string("1"));
        spec.processor.weight = {10'000, true};
        QCOMPARE(valueOf(decided(spec, version2(), 1).plan, "/u/tag.one/cpu.weight"), std::string("5000"));
    }

    void defaultsThatCannotBeHeldAreNamed()
    {
        GuestSpec spec = test::aSpec();
        spec.processor.maximum_percent.value = 50;
        const ControlGroupDecision decision = decided(spec, Delegation{});
        QCOMPARE(decision.unheld, (std::vector<std::string>{"memory.maximum", "processor.maximum", "processor.weight"}));
        QVERIFY(decision.plan.folders.empty() && decision.plan.settings.empty() && !decision.plan.freeze);
        QVERIFY(decision.memoryUsageFile.empty());
    }

    void aChosenLimitThatCannotBeHeldRefuses_data()
    {
        QTest::addColumn<Choose>("choose");
        QTest::newRow("memory.maximum") << Choose([](GuestSpec& s) { s.memory.maximum.chosen = true; });
        QTest::newRow("processor.maximum") << Choose([](GuestSpec& s) { s.processor.maximum_percent = {50, true}; });
        QTest::newRow("processor.weight") << Choose([](GuestSpec& s) { s.processor.weight.chosen = true; });
    }
    void aChosenLimitThatCannotBeHeldRefuses()
    {
        QFETCH(Choose, choose);
        GuestSpec spec = test::aSpec();
        choose(spec);
        const auto refused = decideControlGroups(spec, "tag.one", Delegation{}, 4);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::Unsupported);
        QCOMPARE(refused.error().id, std::string("engine.limit-not-held"));
        QVERIFY(refused.error().context.find(QTest::currentDataTag()) != std::string::npos); // says which
        QVERIFY(decideControlGroups(spec, "tag.one", version1(), 4));
        QVERIFY(decideControlGroups(spec, "tag.one", version2(), 4));
    }

    void twoBrokersNeverMeanTheSameGroup()
    {
        QVERIFY(groupTag("/run/user/1000/annex/keepers") != groupTag("/tmp/test/annex/keepers"));
        QCOMPARE(groupTag("/run/user/1000/annex/keepers"), groupTag("/run/user/1000/./annex/keepers"));
        QCOMPARE(groupName("0123abcd", "one"), std::string("0123abcd.one"));
    }
};

QTEST_APPLESS_MAIN(TestControlGroupValues)
#include "tst_control_group_values.moc"

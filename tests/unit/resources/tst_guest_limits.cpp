// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "resources/limits/guest_limits.h"

using namespace annex;
using namespace annex::resources;

namespace {

using namespace annex::literals;

LimitSettings defaults()
{
    LimitSettings settings;
    settings.memoryMaximum = {2_GiB, false};
    settings.storageQuota = 10_GiB;
    return settings;
}

} // namespace

class TestGuestLimits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void takesSettingsAsTheyAre()
    {
        LimitSettings settings = defaults();
        settings.processorMaximum_percent = {40, true};
        settings.processorWeight = {250, false};
        const GuestLimits limits = guestLimits(settings, {8_GiB});
        QCOMPARE(limits.memory.maximum.value, 2_GiB);
        QCOMPARE(limits.processor.maximum_percent.value, 40u);
        QCOMPARE(limits.processor.weight.value, 250u);
        QCOMPARE(limits.storage.quota, 10_GiB);
    }

    void keepsWhoSaidSo()
    {
        // A chosen limit must hold or the start is refused; a default that cannot be held is shown. So the mark must not get lost.
        LimitSettings settings = defaults();
        settings.processorWeight.chosen = true;
        GuestLimits limits = guestLimits(settings, {8_GiB});
        QVERIFY(!limits.memory.maximum.chosen);
        QVERIFY(!limits.processor.maximum_percent.chosen);
        QVERIFY(limits.processor.weight.chosen);
        settings.memoryMaximum.chosen = true;
        settings.processorMaximum_percent.chosen = true;
        limits = guestLimits(settings, {1_GiB}); // cut, and still chosen
        QVERIFY(limits.memory.maximum.chosen);
        QVERIFY(limits.processor.maximum_percent.chosen);
    }

    void theHostIsTheLimitOfMemory()
    {
        QCOMPARE(guestLimits(defaults(), {1_GiB}).memory.maximum.value, 1_GiB);
        QCOMPARE(guestLimits(defaults(), {2_GiB}).memory.maximum.value, 2_GiB);
        QCOMPARE(guestLimits(defaults(), {}).memory.maximum.value, 2_GiB); // a host whose size is not known cuts nothing
    }

    void aLimitOfNothingStaysOne()
    {
        LimitSettings settings = defaults();
        settings.memoryMaximum = {Bytes{}, false};
        const GuestLimits limits = guestLimits(settings, {1_GiB});
        QCOMPARE(limits.memory.maximum.value, Bytes{});
        QCOMPARE(limits.maximumProcesses, kMostProcesses);
    }

    void valuesFromElsewhereAreCutToWhatEnginesTake_data()
    {
        QTest::addColumn<qlonglong>("percent");
        QTest::addColumn<qlonglong>("weight");
        QTest::addColumn<unsigned>("percentIs");
        QTest::addColumn<unsigned>("weightIs");
        QTest::newRow("below") << -1ll << 0ll << 5u << 1u;
        QTest::newRow("lowest") << 5ll << 1ll << 5u << 1u;
        QTest::newRow("highest") << 100ll << 10'000ll << 100u << 10'000u;
        QTest::newRow("above") << 4'294'967'396ll << 4'294'967'297ll << 100u << 10'000u; // would be 100 and 1 in 32 bits
    }
    void valuesFromElsewhereAreCutToWhatEnginesTake()
    {
        QFETCH(qlonglong, percent);
        QFETCH(qlonglong, weight);
        LimitSettings settings = defaults();
        settings.processorMaximum_percent.value = percent;
        settings.processorWeight.value = weight;
        settings.storageQuota = Bytes{1};
        const GuestLimits limits = guestLimits(settings, {8_GiB});
        QTEST(limits.processor.maximum_percent.value, "percentIs");
        QTEST(limits.processor.weight.value, "weightIs");
        QCOMPARE(limits.storage.quota, isolation::kMinScratch);
    }

    void aSpecificationWithTheseLimitsIsGood()
    {
        for (const Bytes memory : {128_MiB, 1_GiB, 1024_GiB}) {
            LimitSettings settings = defaults();
            settings.memoryMaximum.value = memory;
            const GuestLimits limits = guestLimits(settings, {16_GiB});
            isolation::GuestSpec spec;
            spec.guestId = "one";
            spec.hostname = "one";
            spec.machineId = std::string(32, 'a');
            spec.guestProgramFolder = "/usr/libexec/annex";
            spec.memory = limits.memory;
            spec.processor = limits.processor;
            spec.storage = limits.storage;
            spec.maximumProcesses = limits.maximumProcesses;
            QVERIFY(isolation::checkSpec(spec));
        }
    }

    void processesFollowMemory()
    {
        QCOMPARE(processesFor(128_MiB), 512u);
        QCOMPARE(processesFor(1_MiB), kFewestProcesses);
        QCOMPARE(processesFor(256_MiB), 1'024u);
        QCOMPARE(processesFor(1_GiB), kMostProcesses);
        QCOMPARE(processesFor(1024_GiB), kMostProcesses);
    }

    void readsThisHost()
    {
        const HostCapacity host = readHostCapacity();
        QVERIFY(host.memory > 128_MiB);
        QVERIFY(host.memory < 1048576_GiB);
    }
};

QTEST_APPLESS_MAIN(TestGuestLimits)
#include "tst_guest_limits.moc"

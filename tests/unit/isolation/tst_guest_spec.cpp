// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "a_spec.h"
#include "tests/support/qt_names.h"

using namespace annex;
using namespace annex::isolation;

using Spoil = void (*)(GuestSpec&);
Q_DECLARE_METATYPE(Spoil)
Q_DECLARE_METATYPE(annex::Errc)

class TestGuestSpec : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aGoodOneIsGood()
    {
        QVERIFY(checkSpec(test::aSpec()));
        GuestSpec spec = test::aSpec();
        spec.guestId = std::string(kMaxGuestId_characters, 'a');
        spec.hostname = std::string(kMaxHostname_characters, '9');
        spec.storage.quota = kMinScratch;
        spec.maximumProcesses = kMaxProcesses;
        spec.pool_bytes = kMaxPool_bytes;
        spec.environment.assign(kMaxEnvironmentEntries, "A=" + std::string(kMaxEnvironmentEntry_bytes - 2, 'x'));
        QVERIFY(checkSpec(spec));
    }

    void eachValueHasItsLimits_data()
    {
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<Errc>("code");
        const auto malformed = [](const char* name, Spoil spoil) { QTest::newRow(name) << spoil << Errc::Malformed; };
        const auto tooLarge = [](const char* name, Spoil spoil) { QTest::newRow(name) << spoil << Errc::TooLarge; };
        malformed("no id", [](GuestSpec& s) { s.guestId.clear(); });
        malformed("long id", [](GuestSpec& s) { s.guestId.assign(kMaxGuestId_characters + 1, 'a'); });
        malformed("id with a path", [](GuestSpec& s) { s.guestId = "../one"; });
        malformed("id in capitals", [](GuestSpec& s) { s.guestId = "One"; });
        malformed("id like an option", [](GuestSpec& s) { s.guestId = "-one"; });
        malformed("id with a zero", [](GuestSpec& s) { s.guestId = std::string("a\0b", 3); });
        malformed("host name with a dot", [](GuestSpec& s) { s.hostname = "a.b"; });
        malformed("long host name", [](GuestSpec& s) { s.hostname.assign(kMaxHostname_characters + 1, 'a'); });
        malformed("short machine id", [](GuestSpec& s) { s.machineId.pop_back(); });
        malformed("machine id in capitals", [](GuestSpec& s) { s.machineId.front() = 'A'; });
        malformed("tiny quota", [](GuestSpec& s) { s.storage.quota.count = kMinScratch.count - 1; });
        malformed("no processes", [](GuestSpec& s) { s.maximumProcesses = 0; });
        malformed("too few processes", [](GuestSpec& s) { s.maximumProcesses = kMinProcesses - 1; });
        malformed("too many processes", [](GuestSpec& s) { s.maximumProcesses = kMaxProcesses + 1; });
        malformed("no processor", [](GuestSpec& s) { s.processor.maximum_percent.value = 0; });
        malformed("more than the processor", [](GuestSpec& s) { s.processor.maximum_percent.value = 101; });
        malformed("no weight", [](GuestSpec& s) { s.processor.weight.value = 0; });
        malformed("too much weight", [](GuestSpec& s) { s.processor.weight.value = 10'001; });
        malformed("no folder", [](GuestSpec& s) { s.guestProgramFolder.clear(); });
        malformed("folder from here", [](GuestSpec& s) { s.guestProgramFolder = "bin"; });
        malformed("variable without value", [](GuestSpec& s) { s.environment = {"NAME"}; });
        malformed("variable without name", [](GuestSpec& s) { s.environment = {"=value"}; });
        malformed("variable with a zero", [](GuestSpec& s) { s.environment = {std::string("A=b\0c", 5)}; });
        tooLarge("large pool", [](GuestSpec& s) { s.pool_bytes = kMaxPool_bytes + 1; });
        tooLarge("many variables", [](GuestSpec& s) { s.environment.assign(kMaxEnvironmentEntries + 1, "A=b"); });
        tooLarge("long variable", [](GuestSpec& s) { s.environment = {"A=" + std::string(kMaxEnvironmentEntry_bytes - 1, 'x')}; });
    }
    void eachValueHasItsLimits()
    {
        QFETCH(Spoil, spoil);
        QFETCH(Errc, code);
        GuestSpec spec = test::aSpec();
        spoil(spec);
        const auto checked = checkSpec(spec);
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, code);
        QVERIFY(checked.error().context.find("guest specification") == 0);
    }

    void levelsHaveNames()
    {
        QCOMPARE(toString(Level::Process), std::string_view("process"));
        QCOMPARE(toString(Level::Hypervisor), std::string_view("hypervisor"));
        QVERIFY(Level::None < Level::Process && Level::Process < Level::Emulated && Level::Emulated < Level::Hypervisor);
    }
};

QTEST_APPLESS_MAIN(TestGuestSpec)
#include "tst_guest_spec.moc"

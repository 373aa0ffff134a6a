// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <sys/resource.h>

#include "a_spec.h"
#include "isolation/namespaces/namespaces_engine.h"
#include "tests/support/qt_names.h"

using namespace annex;
using namespace annex::isolation;

namespace {

NamespacesOptions options(bool testHooks = false)
{
    NamespacesOptions out;
    out.keeperFolder = "/run/user/1000/annex/keepers";
    out.testHooks = testHooks;
    return out;
}

Delegation delegated()
{
    Delegation given;
    given.unified = true;
    given.memory = given.processes = given.processor = given.freezer = "/u";
    given.canCapProcessor = true;
    return given;
}

Result<keeper::Specification> specificationFor(const GuestSpec& spec, const NamespacesOptions& with = options(), const Delegation& given = delegated())
{
    return keeperSpecification(spec, with, HostLayout{}, given, HostSize{4, Bytes{8ull << 30}}, {ByteVector{1}});
}

std::optional<keeper::ResourceLimit> limitOf(const keeper::Specification& specification, int resource)
{
    for (const keeper::ResourceLimit& limit : specification.limits) {
        if (limit.resource == resource)
            return limit;
    }
    return std::nullopt;
}

} // namespace

class TestKeeperSpecification : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void limitsTheFirstProcess()
    {
        const auto specification = specificationFor(test::aSpec());
        QVERIFY(specification);
        QCOMPARE(limitOf(*specification, RLIMIT_NPROC)->hard, std::uint64_t{1'024});
        QCOMPARE(limitOf(*specification, RLIMIT_CORE)->soft, std::uint64_t{1}); // the one value at which no core handler starts
        QCOMPARE(limitOf(*specification, RLIMIT_CORE)->hard, std::uint64_t{1});
        QVERIFY(limitOf(*specification, RLIMIT_NOFILE)->soft < limitOf(*specification, RLIMIT_NOFILE)->hard);
        QVERIFY(specification->oomScore > 0);
        QVERIFY(specification->environment.empty());
        QCOMPARE(specification->scratch.size(), std::size_t{4});
    }

    void tellsTheNextBrokerWhatItNeeds()
    {
        const auto specification = specificationFor(test::aSpec());
        const auto info = keeper::decodeGuestInfo(specification->info);
        QVERIFY(info);
        QVERIFY(info->canPause && info->unheld.empty());
        QCOMPARE(info->pool_bytes, std::uint64_t{64u << 20});
        QCOMPARE(specification->group.folders.size(), std::size_t{1});
        QVERIFY(info->memoryUsageFile.starts_with(specification->group.folders.front()));
        const auto bare = keeper::decodeGuestInfo(specificationFor(test::aSpec(), options(), Delegation{})->info);
        QVERIFY(bare && !bare->canPause && bare->memoryUsageFile.empty());
        QVERIFY(!bare->unheld.empty());
    }

    void scratchFitsTheMemoryItLiesIn()
    {
        GuestSpec spec = test::aSpec();
        spec.storage.quota = Bytes{10ull << 30};
        spec.memory.maximum.value = Bytes{1ull << 30};
        QCOMPARE(memoryScratch(spec, Bytes{8ull << 30}), Bytes{512u << 20}); // a full disk is met before the end of memory
        spec.memory.maximum.value = {};
        QCOMPARE(memoryScratch(spec, Bytes{8ull << 30}), Bytes{2ull << 30}); // a quarter of the host's
        QCOMPARE(memoryScratch(spec, Bytes{}), Bytes{10ull << 30});
        spec.memory.maximum.value = Bytes{1u << 20};
        QCOMPARE(memoryScratch(spec, Bytes{8ull << 30}), kMinScratch);
    }

    void defencesAreLeftOutForTestsOnly()
    {
        for (const std::string_view name : knownWeakenings()) {
            GuestSpec spec = test::aSpec();
            spec.weakenedForTest = {std::string(name)};
            QCOMPARE(specificationFor(spec).error().code, Errc::Denied);
            QVERIFY(specificationFor(spec, options(true)));
        }
        GuestSpec spec = test::aSpec();
        spec.weakenedForTest = {"everything"};
        QCOMPARE(specificationFor(spec, options(true)).error().code, Errc::Malformed);
    }

    void weakeningsOfTheKeepersPart()
    {
        GuestSpec spec = test::aSpec();
        spec.weakenedForTest = {"limits"};
        auto weak = specificationFor(spec, options(true));
        QVERIFY(weak->limits.empty() && weak->group.folders.empty() && weak->oomScore == 0);
        spec.weakenedForTest = {"delegation"}; // as on a host that gave none: what needs none stays
        weak = specificationFor(spec, options(true));
        QVERIFY(!weak->limits.empty() && weak->group.folders.empty());
        spec.weakenedForTest = {"scratch"};
        QVERIFY(specificationFor(spec, options(true))->scratch.empty());
        spec.weakenedForTest = {"clearenv"};
        QVERIFY(!specificationFor(spec, options(true))->environment.empty());
    }

    void aBadSpecificationGoesNoFurther()
    {
        GuestSpec spec = test::aSpec();
        spec.guestId = "../../etc";
        QCOMPARE(specificationFor(spec).error().code, Errc::Malformed);
        spec = test::aSpec();
        spec.memory.maximum.chosen = true;
        QCOMPARE(specificationFor(spec, options(), Delegation{}).error().id, std::string("engine.limit-not-held"));
    }
};

QTEST_APPLESS_MAIN(TestKeeperSpecification)
#include "tst_keeper_specification.moc"

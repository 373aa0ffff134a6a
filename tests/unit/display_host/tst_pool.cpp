// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QtTest>

#include "tests/support/qt_names.h"
#include "vgpu/display/host/posix/pool.h"
#include "vgpu/display/protocol/limits.h"

using namespace annex;
using namespace annex::display;

namespace {

UniqueFd memory(std::uint64_t bytes, int seals)
{
    UniqueFd fd(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0 || (seals != 0 && ::fcntl(fd.get(), F_ADD_SEALS, seals) != 0))
        qFatal("no memory");
    return fd;
}

} // namespace

class TestPool : public QObject {
    Q_OBJECT

private slots:
    void cannotChangeItsSize()
    {
        auto pool = createPool(1u << 20);
        QVERIFY(pool);
        QCOMPARE(::ftruncate(pool->get(), 4096), -1);
        QCOMPARE(errno, EPERM);
        QCOMPARE(::ftruncate(pool->get(), 2u << 20), -1);
        QCOMPARE(::fcntl(pool->get(), F_ADD_SEALS, F_SEAL_WRITE), -1); // not even by more seals
        QVERIFY((::fcntl(pool->get(), F_GETFD) & FD_CLOEXEC) != 0);
    }

    void isReadByTheHostAndWrittenByTheGuest()
    {
        auto pool = createPool(8192);
        auto mapping = PoolMapping::map(pool->get(), 8192);
        QVERIFY(mapping);
        QCOMPARE(mapping->bytes().size(), std::size_t{8192});
        QCOMPARE(mapping->bytes()[8191], std::uint8_t{0});
        QCOMPARE(::pwrite(pool->get(), "x", 1, 8191), ssize_t{1});
        QCOMPARE(mapping->bytes()[8191], std::uint8_t{'x'});
        // The host cannot write by mistake.
        QCOMPARE(::mprotect(const_cast<std::uint8_t*>(mapping->bytes().data()), 4096, PROT_NONE), 0);
    }

    void survivesItsDescriptorAndMoves()
    {
        auto pool = createPool(4096);
        auto mapping = PoolMapping::map(pool->get(), 4096);
        QVERIFY(mapping);
        pool->reset();
        PoolMapping moved = std::move(*mapping);
        QVERIFY(mapping->bytes().empty());
        QCOMPARE(moved.bytes()[0], std::uint8_t{0});
        PoolMapping& same = moved;
        moved = std::move(same);
        QCOMPARE(moved.bytes().size(), std::size_t{4096});
        moved = PoolMapping();
        QVERIFY(moved.bytes().empty());
    }

    void refusesImpossibleSizes()
    {
        QCOMPARE(createPool(0).error().code, Errc::Malformed);
        QCOMPARE(createPool(4095).error().code, Errc::Malformed);
        QCOMPARE(createPool(kMaxPool_bytes + 4096).error().code, Errc::TooLarge);
        auto pool = createPool(8192);
        QCOMPARE(PoolMapping::map(pool->get(), 4096).error().code, Errc::Malformed);
        QCOMPARE(PoolMapping::map(pool->get(), 12288).error().code, Errc::Malformed);
        QCOMPARE(PoolMapping::map(pool->get(), 0).error().code, Errc::Malformed);
    }

    void refusesMemoryThatCouldShrinkUnderAReader_data()
    {
        QTest::addColumn<int>("seals");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("all") << (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) << true;
        QTest::newRow("none") << 0 << false;
        QTest::newRow("may shrink") << (F_SEAL_GROW | F_SEAL_SEAL) << false;
        QTest::newRow("may grow") << (F_SEAL_SHRINK | F_SEAL_SEAL) << false;
        QTest::newRow("may be sealed against writing") << (F_SEAL_SHRINK | F_SEAL_GROW) << false;
    }
    void refusesMemoryThatCouldShrinkUnderAReader()
    {
        QFETCH(int, seals);
        QFETCH(bool, accepted);
        UniqueFd fd = memory(4096, seals);
        auto mapping = PoolMapping::map(fd.get(), 4096);
        QCOMPARE(mapping.has_value(), accepted);
        if (!accepted)
            QCOMPARE(mapping.error().code, Errc::Malformed);
    }

    void refusesWhatIsNoMemory()
    {
        UniqueFd file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
        QCOMPARE(PoolMapping::map(file.get(), 4096).error().code, Errc::Malformed);
        QCOMPARE(PoolMapping::map(-1, 4096).error().code, Errc::Malformed);
    }

    void givesMemoryBack()
    {
        auto pool = createPool(1u << 20);
        const ByteVector full(1u << 20, 0xff);
        QCOMPARE(::pwrite(pool->get(), full.data(), full.size(), 0), static_cast<ssize_t>(full.size()));
        struct stat before {}, after {};
        ::fstat(pool->get(), &before);
        QVERIFY(punchRange(pool->get(), 4096, (1u << 20) - 4096));
        ::fstat(pool->get(), &after);
        QVERIFY(after.st_blocks < before.st_blocks / 2);
        auto mapping = PoolMapping::map(pool->get(), 1u << 20);
        QCOMPARE(mapping->bytes()[0], std::uint8_t{0xff});
        QCOMPARE(mapping->bytes()[4096], std::uint8_t{0});
        QVERIFY(punchRange(pool->get(), 0, 0));
        QCOMPARE(punchRange(pool->get(), 1, 4096).error().code, Errc::Malformed);
        QCOMPARE(punchRange(pool->get(), 4096, kMaxPool_bytes).error().code, Errc::Malformed);
        QCOMPARE(punchRange(pool->get(), ~std::uint64_t{4095}, 8192).error().code, Errc::Malformed);
    }
};

QTEST_GUILESS_MAIN(TestPool)
#include "tst_pool.moc"

// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <set>

#include <QtTest>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/handle.h"
#include "base/posix/unique_fd.h"
#include "base/random.h"

using namespace annex;
using namespace annex::literals;

namespace {

std::multiset<int> g_closed;
void closeTest(int handle)
{
    g_closed.insert(handle);
}
using Handle = UniqueHandle<int, closeTest, -1>;

bool isOpen(int fd)
{
    return ::fcntl(fd, F_GETFD) >= 0;
}

} // namespace

class TestBytesAndHandles : public QObject {
    Q_OBJECT

private slots:
    void init() { g_closed.clear(); }

    void closesOnce()
    {
        {
            Handle a(5);
            QVERIFY(a);
            Handle none;
            QVERIFY(!none);
            Handle b(std::move(a));
            QVERIFY(!a);
            QCOMPARE(b.get(), 5);
        }
        QCOMPARE(g_closed, std::multiset<int>{5});
    }

    void survivesMovingToItself()
    {
        Handle a(5);
        Handle& same = a;
        a = std::move(same);
        QVERIFY(a);
        QVERIFY(g_closed.empty());
    }

    void closesTheOldWhenItTakesANew()
    {
        Handle a(1);
        Handle b(2);
        a = std::move(b);
        QCOMPARE(g_closed, std::multiset<int>{1});
        a.reset(3);
        QCOMPARE(g_closed, (std::multiset<int>{1, 2}));
        *a.put() = 4;
        QCOMPARE(g_closed, (std::multiset<int>{1, 2, 3}));
        QCOMPARE(a.release(), 4);
        a.reset();
        QCOMPARE(g_closed, (std::multiset<int>{1, 2, 3}));
    }

    void ownsZero()
    {
        { Handle zero(0); }
        QCOMPARE(g_closed, std::multiset<int>{0}); // 0 is a descriptor like any other
    }

    void duplicatesDescriptors()
    {
        UniqueFd file(::open("/dev/null", O_RDWR));
        auto copy = duplicate(file.get());
        QVERIFY(copy);
        QVERIFY(copy->get() >= 3);
        QVERIFY((::fcntl(copy->get(), F_GETFD) & FD_CLOEXEC) != 0);
        const int number = copy->get();
        copy->reset();
        QVERIFY(!isOpen(number));
        QVERIFY(isOpen(file.get()));
        QVERIFY(!duplicate(-1));
    }

    void countsBytes()
    {
        QCOMPARE((4_KiB).count, std::uint64_t{4096});
        QVERIFY(1_GiB == 1024_MiB);
        QVERIFY(1_MiB > 1_KiB);
        QCOMPARE(asBytes("ab").size(), std::size_t{2});
        QVERIFY(asBytes("").empty());
    }

    void fillsWithRandomBytes()
    {
        std::set<std::uint8_t> seen;
        std::array<std::uint8_t, 4096> bytes{};
        fillRandom(bytes);
        seen.insert(bytes.begin(), bytes.end());
        QCOMPARE(seen.size(), std::size_t{256}); // misses one with a chance of 1 in 35,000
        fillRandom({});
        const std::string hex = randomHex(20);
        QCOMPARE(hex.size(), std::size_t{40});
        QCOMPARE(hex.find_first_not_of("0123456789abcdef"), std::string::npos);
    }

    void tellsTheTime()
    {
        SystemClock clock;
        const auto first = clock.steadyNow();
        QVERIFY(clock.steadyNow() >= first);
        const auto difference = clock.systemNow() - std::chrono::system_clock::now();
        QVERIFY(difference < std::chrono::hours(1) && difference > -std::chrono::hours(1));
    }
};

QTEST_GUILESS_MAIN(TestBytesAndHandles)
#include "tst_bytes_and_handles.moc"

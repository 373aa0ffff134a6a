// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <memory>

#include <QtTest>

#include "base/result.h"
#include "base/untrusted.h"
#include "tests/support/qt_names.h"

using namespace annex;

namespace {

Result<std::unique_ptr<int>> openLayer(bool works)
{
    if (!works)
        return failErrno("open system layer", ENOENT);
    return std::make_unique<int>(1);
}

Result<int> start(bool works)
{
    auto layer = openLayer(works);
    if (!layer)
        return while_("start 'bank'", std::move(layer));
    return **layer;
}

} // namespace

class TestResult : public QObject {
    Q_OBJECT

private slots:
    void carriesAValueOrAnError()
    {
        QCOMPARE(*start(true), 1);
        auto failed = start(false);
        QVERIFY(!failed);
        QCOMPARE(failed.error().code, Errc::NotFound);
        QCOMPARE(failed.error().describe(), std::string("start 'bank': open system layer: No such file or directory"));
        QCOMPARE(failed.error().cause.value(), ENOENT);
    }

    void mapsSystemNumbers_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<Errc>("code");
        QTest::newRow("ENOENT") << ENOENT << Errc::NotFound;
        QTest::newRow("EEXIST") << EEXIST << Errc::AlreadyExists;
        QTest::newRow("EACCES") << EACCES << Errc::Denied;
        QTest::newRow("EPERM") << EPERM << Errc::Denied;
        QTest::newRow("ENOSPC") << ENOSPC << Errc::NoSpace;
        QTest::newRow("EPIPE") << EPIPE << Errc::Disconnected;
        QTest::newRow("ENOSYS") << ENOSYS << Errc::Unsupported;
        QTest::newRow("EAGAIN") << EAGAIN << Errc::Busy;
        QTest::newRow("EIO") << EIO << Errc::SystemFailed;
    }
    void mapsSystemNumbers()
    {
        QFETCH(int, number);
        QFETCH(Errc, code);
        QCOMPARE(failErrno("x", number).value().code, code);
        errno = number;
        QCOMPARE(failErrno("x").value().code, code);
    }

    void namesEveryCode()
    {
        for (int code = 1; code <= static_cast<int>(Errc::Internal); ++code)
            QVERIFY(toString(static_cast<Errc>(code)) != "unknown");
        QCOMPARE((Error{Errc::Busy, "", {}, {}}).describe(), std::string("busy"));
    }

    void opensUntrustedValuesOnlyByACheck()
    {
        auto small = [](int n) -> Result<std::string> {
            if (n > 10)
                return fail(Errc::TooLarge, "too large");
            return std::to_string(n);
        };
        QCOMPARE(*Untrusted<int>(7).checkedBy(small), std::string("7"));
        QCOMPARE(Untrusted<int>(11).checkedBy(small).error().code, Errc::TooLarge);
        auto move = [](std::unique_ptr<int> p) -> Result<std::unique_ptr<int>> { return p; };
        QCOMPARE(**Untrusted<std::unique_ptr<int>>(std::make_unique<int>(3)).checkedBy(move), 3);
    }
};

QTEST_GUILESS_MAIN(TestResult)
#include "tst_result.moc"

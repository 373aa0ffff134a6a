// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "vgpu/display/host/resize_flow.h"

using namespace annex::display;
using std::chrono::milliseconds;

namespace {

constexpr ResizeFlow::Time kStart{};
using Ask = ResizeFlow::Ask;
using MaybeAsk = std::optional<Ask>;

Ask size(std::int32_t width, std::int32_t height, std::uint32_t states = 0)
{
    return {{width, height}, states};
}

SizeHints terminal()
{
    SizeHints hints;
    hints.minimumWidth = 20;
    hints.minimumHeight = 30;
    hints.baseWidth = 4;
    hints.baseHeight = 4;
    hints.incrementWidth = 8;
    hints.incrementHeight = 16;
    return hints;
}

} // namespace

class TestResizeFlow : public QObject {
    Q_OBJECT

private slots:
    void keepsOneInFlightAndTheNewestWish()
    {
        ResizeFlow flow;
        QVERIFY(flow.wish(size(100, 100)) == MaybeAsk(size(100, 100)));
        flow.sent(1, kStart);
        QVERIFY(flow.inFlight());
        for (int i = 1; i <= 50; ++i)
            QVERIFY(!flow.wish(size(100 + i, 100)));
        QVERIFY(!flow.frame(0, {90, 90})); // answers nothing
        QVERIFY(flow.frame(1, {100, 100}) == MaybeAsk(size(150, 100)));
        flow.sent(2, kStart);
        QVERIFY(!flow.frame(1, {100, 100})); // an old one
        QVERIFY(!flow.frame(2, {150, 100}));
        QVERIFY(!flow.inFlight());
    }

    void asksNothingTwiceBetweenWishAndSending()
    {
        ResizeFlow flow;
        QVERIFY(flow.wish(size(100, 100)));
        QVERIFY(!flow.wish(size(200, 200))); // the first has not even been sent
        flow.sent(1, kStart);
        QVERIFY(flow.frame(1, {100, 100}) == MaybeAsk(size(200, 200)));
    }

    void dropsAWishThatCameBackToTheOneInFlight()
    {
        ResizeFlow flow;
        QVERIFY(flow.wish(size(100, 100)));
        flow.sent(1, kStart);
        QVERIFY(!flow.wish(size(200, 200)));
        QVERIFY(!flow.wish(size(100, 100)));
        QVERIFY(!flow.waits());
        QVERIFY(!flow.frame(1, {100, 100}));
    }

    void doesNotAskForWhatIsThere()
    {
        ResizeFlow flow;
        QVERIFY(flow.wish(size(100, 100)));
        flow.sent(1, kStart);
        QVERIFY(!flow.frame(1, {96, 96})); // the program's own idea
        QVERIFY(!flow.wish(size(96, 96)));
        QVERIFY(!flow.wish(size(100, 100))); // it would answer the same
        QVERIFY(flow.wish(size(96, 96, kStateActivated))); // other states are another question
    }

    void asksAgainAfterTheProgramChangedItself()
    {
        ResizeFlow flow;
        QVERIFY(flow.wish(size(100, 100)));
        flow.sent(1, kStart);
        QVERIFY(!flow.frame(1, {100, 100}));
        QVERIFY(!flow.frame(0, {300, 300}));
        QVERIFY(flow.wish(size(100, 100)) == MaybeAsk(size(100, 100)));
    }

    void losesPatience()
    {
        ResizeFlow flow;
        QVERIFY(flow.wish(size(100, 100)));
        flow.sent(7, kStart);
        QVERIFY(!flow.deadline()); // nothing waits
        QVERIFY(!flow.wish(size(200, 200)));
        QVERIFY(flow.deadline() == kStart + ResizeFlow::kPatience);
        QVERIFY(!flow.expire(kStart + ResizeFlow::kPatience - milliseconds(1)));
        QVERIFY(flow.expire(kStart + ResizeFlow::kPatience) == MaybeAsk(size(200, 200)));
        flow.sent(8, kStart);
        QVERIFY(!flow.frame(7, {100, 100})); // the late answer is not this one's
        QVERIFY(flow.inFlight());
        QVERIFY(!flow.frame(8, {200, 200}));
        QVERIFY(!flow.inFlight());
    }

    void letsSerialsWrap()
    {
        ResizeFlow flow;
        QVERIFY(flow.wish(size(100, 100)));
        flow.sent(0xffffffffu, kStart);
        QVERIFY(!flow.wish(size(200, 200)));
        QVERIFY(flow.frame(3, {100, 100})); // counts as newer
    }

    void honoursHints_data()
    {
        QTest::addColumn<int>("wish");
        QTest::addColumn<int>("width");
        QTest::newRow("whole") << 84 << 84;
        QTest::newRow("rounds down to a cell") << 91 << 84;
        QTest::newRow("below the minimum") << 3 << 20;
        QTest::newRow("minimum between cells") << 23 << 20;
        QTest::newRow("negative") << -5 << 20;
        QTest::newRow("enormous") << 1'000'000 << kMaxWindowEdge_px - (kMaxWindowEdge_px - 4) % 8;
    }
    void honoursHints()
    {
        QFETCH(int, wish);
        QFETCH(int, width);
        QCOMPARE(constrain({wish, 100}, terminal()).width, width);
    }

    void honoursMaximumAndNoHints()
    {
        SizeHints fixed;
        fixed.minimumWidth = fixed.maximumWidth = 300;
        fixed.minimumHeight = fixed.maximumHeight = 200;
        QVERIFY((constrain({1000, 1}, fixed) == Size{300, 200}));
        QVERIFY((constrain({640, 480}, SizeHints{}) == Size{640, 480}));
        QVERIFY((constrain({0, -1}, SizeHints{}) == Size{1, 1}));
        QVERIFY((constrain({1 << 30, 1 << 30}, SizeHints{}) == Size{kMaxWindowEdge_px, kMaxWindowEdge_px}));
    }

    void staysInRangeForAllHints()
    {
        // Every mixture of small and extreme values that the model lets through.
        const std::int32_t values[] = {0, 1, 7, 500, kMaxWindowEdge_px};
        for (std::int32_t minimum : values)
            for (std::int32_t maximum : values)
                for (std::int32_t base : values)
                    for (std::int32_t increment : values)
                        for (std::int32_t wish : {-1, 0, 1, 8, 501, 20'000}) {
                            SizeHints hints;
                            hints.minimumWidth = minimum;
                            hints.maximumWidth = maximum == 0 ? 0 : std::max(maximum, minimum);
                            hints.baseWidth = base;
                            hints.incrementWidth = increment;
                            const std::int32_t width = constrain({wish, 1}, hints).width;
                            QVERIFY(width >= std::max(1, minimum));
                            QVERIFY(width <= kMaxWindowEdge_px);
                        }
    }
};

QTEST_GUILESS_MAIN(TestResizeFlow)
#include "tst_resize_flow.moc"

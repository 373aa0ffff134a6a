// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "base/text.h"
#include "tests/support/qt_names.h"
#include "vgpu/display/host/window_model.h"

using namespace annex;
using namespace annex::display;

namespace {

CreateWindow toplevel(std::uint32_t parent = 0)
{
    return {WindowKind::Toplevel, parent, false};
}
CreateWindow popup(std::uint32_t parent)
{
    return {WindowKind::Popup, parent, false};
}

} // namespace

class TestWindowModel : public QObject {
    Q_OBJECT

private slots:
    void idsOnlyCountUp()
    {
        WindowModel model;
        QCOMPARE(model.create(0, toplevel()).error().code, Errc::Malformed);
        QVERIFY(model.create(5, toplevel()));
        QCOMPARE(model.create(5, toplevel()).error().code, Errc::Malformed);
        QCOMPARE(model.create(4, toplevel()).error().code, Errc::Malformed);
        QVERIFY(model.destroy(5));
        QCOMPARE(model.create(5, toplevel()).error().code, Errc::Malformed); // never again
        QVERIFY(model.create(0xffffffffu, toplevel()));
        QVERIFY(model.hasEnded(5) && model.hasEnded(3)); // 3 was passed over: it can never live
        QVERIFY(!model.hasEnded(0) && !model.hasEnded(0xffffffffu));
    }

    void boundsTheirNumber()
    {
        WindowModel model;
        for (WindowId id = 1; id <= kMaxWindows; ++id)
            QVERIFY(model.create(id, toplevel()));
        QCOMPARE(model.create(kMaxWindows + 1, toplevel()).error().code, Errc::TooLarge);
        QVERIFY(model.destroy(7));
        QVERIFY(model.create(kMaxWindows + 1, toplevel()));
        QCOMPARE(model.count(), std::size_t{kMaxWindows});
    }

    void needsLivingParents()
    {
        WindowModel model;
        QCOMPARE(model.create(1, popup(0)).error().code, Errc::Malformed);
        QCOMPARE(model.create(1, popup(9)).error().code, Errc::Malformed);
        QCOMPARE(model.create(1, popup(1)).error().code, Errc::Malformed); // itself
        QVERIFY(model.create(1, toplevel()));
        QVERIFY(model.create(2, toplevel(1)));
        QVERIFY(model.destroy(1));
        QCOMPARE(model.find(2)->parent, 0u); // a dialog stands alone then
        auto orphan = model.create(3, popup(1));
        QVERIFY(orphan && *orphan == nullptr);
        QVERIFY(model.hasEnded(3));
        QVERIFY(model.create(4, toplevel(1)) && model.find(4)->parent == 0);
    }

    void boundsNesting()
    {
        WindowModel model;
        QVERIFY(model.create(1, toplevel()));
        for (WindowId id = 2; id <= kMaxPopupDepth + 1; ++id)
            QVERIFY(model.create(id, popup(id - 1)));
        QCOMPARE(model.create(100, popup(kMaxPopupDepth + 1)).error().code, Errc::TooLarge);
        QCOMPARE(model.root(kMaxPopupDepth + 1)->id, 1u);
    }

    void endsPopupsWithTheirParentDeepestFirst()
    {
        WindowModel model;
        QVERIFY(model.create(1, toplevel()));
        QVERIFY(model.create(2, popup(1)));
        QVERIFY(model.create(3, popup(2)));
        QVERIFY(model.create(4, CreateWindow{WindowKind::OverrideRedirect, 2, true}));
        QVERIFY(model.create(5, popup(1)));
        auto ended = model.destroy(1);
        QVERIFY(ended);
        QCOMPARE(ended->size(), std::size_t{4});
        QCOMPARE(ended->back(), 1u);
        auto at = [&](WindowId id) { return std::find(ended->begin(), ended->end(), id) - ended->begin(); };
        QVERIFY(at(3) < at(2));
        QCOMPARE(model.count(), std::size_t{1});
        QCOMPARE(model.find(4)->parent, 0u);
        QCOMPARE(model.destroy(1).error().code, Errc::Malformed);
    }

    void checksPlaces_data()
    {
        QTest::addColumn<int>("x");
        QTest::addColumn<int>("width");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("plain") << 10 << 100 << true;
        QTest::newRow("largest") << kMaxCoordinate_px << kMaxWindowEdge_px << true;
        QTest::newRow("far left") << -kMaxCoordinate_px << 1 << true;
        QTest::newRow("no width") << 0 << 0 << false;
        QTest::newRow("negative width") << 0 << -1 << false;
        QTest::newRow("too wide") << 0 << kMaxWindowEdge_px + 1 << false;
        QTest::newRow("too far") << kMaxCoordinate_px + 1 << 1 << false;
        QTest::newRow("minimum of the type") << std::numeric_limits<int>::min() << 1 << false;
        QTest::newRow("maximum of the type") << 0 << std::numeric_limits<int>::max() << false;
    }
    void checksPlaces()
    {
        QFETCH(int, x);
        QFETCH(int, width);
        QFETCH(bool, accepted);
        WindowModel model;
        QVERIFY(model.create(1, toplevel()));
        QCOMPARE(model.setGeometry(1, {x, 0, width, 1}).has_value(), accepted);
        QCOMPARE(model.setGeometry(1, {0, x, 1, width}).has_value(), accepted);
        QCOMPARE(model.setGeometry(2, {0, 0, 1, 1}).error().code, Errc::Malformed);
    }

    void needsAPlaceBeforeAPopupIsShown()
    {
        WindowModel model;
        QVERIFY(model.create(1, toplevel()));
        QVERIFY(model.create(2, popup(1)));
        QVERIFY(model.map(1)); // a toplevel's place is the host's
        QCOMPARE(model.map(2).error().code, Errc::Malformed);
        QVERIFY(model.setGeometry(2, {-5, 5, 10, 10}));
        QVERIFY(model.map(2) && model.find(2)->mapped);
        QVERIFY(model.unmap(2) && !model.find(2)->mapped);
    }

    void makesTextsFitToBeShown()
    {
        WindowModel model;
        QVERIFY(model.create(1, toplevel()));
        QVERIFY(model.setTitle(1, "Bank\n\xe2\x80\xaemoc.live\x1b[31m" + std::string(500, 'x')));
        const std::string& title = model.find(1)->title;
        QVERIFY(title.starts_with("Bank moc.live[31mxxx"));
        QVERIFY(title.ends_with(kEllipsis));
        QCOMPARE(title.size(), kMaxTitle_characters - 1 + kEllipsis.size());
        QVERIFY(model.setTitle(1, "\xff\xfe"));
        QVERIFY(isValidUtf8(model.find(1)->title));
    }

    void takesOnlyPlainAppIds_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("kept");
        QTest::newRow("reverse DNS") << QByteArray("org.gnome.Evince") << true;
        QTest::newRow("class") << QByteArray("XTerm_2-b") << true;
        QTest::newRow("longest") << QByteArray(128, 'a') << true;
        QTest::newRow("too long") << QByteArray(129, 'a') << false;
        QTest::newRow("empty") << QByteArray() << false;
        QTest::newRow("slash") << QByteArray("../../evil") << false;
        QTest::newRow("blank") << QByteArray("a b") << false;
        QTest::newRow("zero byte") << QByteArray("a\0b", 3) << false;
        QTest::newRow("not ASCII") << QByteArray("\xc3\xa4") << false;
    }
    void takesOnlyPlainAppIds()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, kept);
        WindowModel model;
        QVERIFY(model.create(1, toplevel()));
        QVERIFY(model.setAppId(1, "before"));
        QVERIFY(model.setAppId(1, text.toStdString()));
        QCOMPARE(model.find(1)->appId, kept ? text.toStdString() : std::string());
    }

    void bendsHints()
    {
        SizeHints wild;
        wild.minimumWidth = 500;
        wild.maximumWidth = 100; // less than the minimum
        wild.minimumHeight = -5;
        wild.maximumHeight = std::numeric_limits<std::int32_t>::max();
        wild.incrementWidth = std::numeric_limits<std::int32_t>::min();
        const SizeHints bent = plausibleHints(wild);
        QCOMPARE(bent.minimumWidth, 500);
        QCOMPARE(bent.maximumWidth, 500);
        QCOMPARE(bent.minimumHeight, 0);
        QCOMPARE(bent.maximumHeight, kMaxWindowEdge_px);
        QCOMPARE(bent.incrementWidth, 0);
    }
};

QTEST_GUILESS_MAIN(TestWindowModel)
#include "tst_window_model.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "tests/unit/viewer/viewer_test.h"

using namespace annex;
using namespace annex::test;
using namespace annex::viewer_test;
using namespace Qt::StringLiterals;
using display::MessageType;

/// Closing a program, also one that does not answer.
class TestViewerClose : public QObject {
    Q_OBJECT
    std::unique_ptr<VirtualDisplay> m_display;
    std::uint32_t m_id = 0;

    screen::Window ready(ViewerHarness& viewer, const QString& title) { return readyWindow(viewer, title, m_id); }

private Q_SLOTS:
    void initTestCase()
    {
        m_display = std::make_unique<VirtualDisplay>();
        QVERIFY(m_display->isReady());
    }
    void closeAsksAndThenOffersForce();
};

void TestViewerClose::closeAsksAndThenOffersForce()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"close"_s);
    const QPoint close = window.box.topLeft() + QPoint(window.box.width() - 21, 17);
    const QRect title(window.box.topLeft() + QPoint(240, 4), QSize(280, 26));
    // A program that answers is asking what to save, perhaps: nothing more is said.
    screen::click(close);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Close, m_id) == 1 && viewer.guest().count(MessageType::Ping, m_id) == 1; }));
    viewer.guest().answerPings(false);
    screen::moveTo({3, 3});
    const QImage before = screen::settled(title);
    screen::click(close);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::Close, m_id) == 2; }));
    QVERIFY(eventually(viewer, [&] { return screen::difference(before, screen::shot(title)) > 0.01; })); // "Not responding · Force stop"
    // Its button ends the program.
    const QImage strip = screen::settled(QRect(window.box.topLeft(), QSize(window.box.width(), 35)));
    bool killed = false;
    for (int x = 240; x < 520 && !killed; x += 20) {
        screen::click(window.box.topLeft() + QPoint(x, 17));
        viewer.settle(100ms);
        killed = viewer.guest().count(MessageType::KillClient, m_id) > 0;
    }
    QVERIFY(killed);
}

QTEST_GUILESS_MAIN(TestViewerClose)
#include "tst_viewer_close.moc"

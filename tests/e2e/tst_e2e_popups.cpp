// SPDX-License-Identifier: Apache-2.0
// Menus of programs in a workspace: they open at their place, wear the workspace's border, and close again without a trace.
#include <QTest>

#include "tests/e2e/desk.h"

using namespace annex::test;
using namespace annex::test::e2e;
using namespace Qt::StringLiterals;

namespace {

const QString kWorkspace = u"Untrusted"_s;
const QRgb kKeyLine = qRgb(0x12, 0x15, 0x1a), kAmber = qRgb(0xf0, 0xae, 0x1c);
constexpr int kShortestMenu_px = 30;

// The border of a popup from outside to inside: key line, two of colour, inner line (ui.md section 7).
bool isLeftEdge(const QImage& now, const QImage& before, int x, int y)
{
    const auto* line = reinterpret_cast<const QRgb*>(now.constScanLine(y));
    if ((line[x] | 0xff000000u) != kKeyLine || (line[x + 1] | 0xff000000u) != kAmber || (line[x + 2] | 0xff000000u) != kAmber)
        return false;
    return before.pixel(x, y) != now.pixel(x, y) || before.pixel(x + 1, y) != now.pixel(x + 1, y);
}

/// A popup that stands on the screen now and did not before. Found by its border alone.
QRect newPopup(const QImage& now, const QImage& before)
{
    QRect best;
    for (int x = 0; x + 4 < now.width(); ++x) {
        for (int y = 0; y < now.height(); ++y) {
            const int top = y;
            while (y < now.height() && isLeftEdge(now, before, x, y))
                ++y;
            if (y - top <= std::max(kShortestMenu_px, best.height()))
                continue;
            const int middle = (top + y) / 2;
            int right = x + 4;
            while (right + 2 < now.width() && !(now.pixel(right, middle) == kAmber && now.pixel(right + 1, middle) == kAmber && now.pixel(right + 2, middle) == kKeyLine))
                ++right;
            if (right + 2 < now.width())
                best = QRect(QPoint(x, top), QPoint(right + 2, y - 1));
        }
    }
    return best;
}

} // namespace

class TstE2ePopups : public QObject {
    Q_OBJECT

private:
    Desk m_desk;

    GuestWindow open(const QStringList& command)
    {
        const Outcome outcome = m_desk.annex().annexctl(QStringList{u"run"_s, u"-w"_s, kWorkspace, u"--"_s} + command);
        GuestWindow window = outcome.exitCode == 0 ? waitForGuest(kWorkspace, u".*"_s) : GuestWindow();
        if (!window || !eventually([&] { return window.isActive(); }))
            return {};
        // In the middle of the left half: every menu has room, and the host's window is elsewhere.
        screen::move(window.window, {200, 200});
        eventually([&] { window.refresh(); return window.box().topLeft() == QPoint(200, 200); });
        settled(window.content());
        return window;
    }

    // By its border, which stands when the popup does.
    QRect waitForPopup(const QImage& before)
    {
        QRect found, last;
        eventually([&] {
            last = found;
            found = newPopup(screen::shot(), before);
            return found.isValid() && found == last;
        }, 60'000);
        return found;
    }

    bool isAsBefore(const GuestWindow& window, const QImage& before)
    {
        const QRect around = window.box().adjusted(-100, -100, 300, 300);
        return eventually([&] { return !newPopup(screen::shot(), before).isValid() && screen::difference(screen::shot(around), before.copy(around)) < 0.02; }, 60'000);
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString hindrance = m_desk.start();
        QVERIFY2(hindrance.isEmpty(), qPrintable(hindrance));
        QVERIFY(m_desk.annex().startWorkspace(kWorkspace));
    }

    void menusOfTheProgram_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<QPoint>("item"); ///< of the menu bar, in the content
        QTest::newRow("qt") << QStringList{programPath(u"annex-test-qt-program"_s)} << QPoint(20, 10);
        QTest::newRow("gtk3") << QStringList{u"gtk3-demo-application"_s} << QPoint(40, 14);
        QTest::newRow("gtk4") << QStringList{u"gtk4-demo-application"_s} << QPoint(40, 14);
    }

    void menusOfTheProgram()
    {
        QFETCH(QStringList, command);
        QFETCH(QPoint, item);
        GuestWindow window = open(command);
        QVERIFY(window);
        screen::moveTo(window.content().center());
        settled(window.box());
        const QImage before = screen::shot();
        const QPoint at = window.content().topLeft() + item;

        screen::click(at);
        QRect popup = waitForPopup(before);
        QVERIFY2(popup.isValid(), "no menu with the workspace's border came");
        // At its place: it begins under the item that was clicked, near its left end.
        QVERIFY2(popup.top() > at.y() - 4 && popup.top() < at.y() + 30, qPrintable(u"menu at y %1, item at %2"_s.arg(popup.top()).arg(at.y())));
        QVERIFY2(qAbs(popup.left() - window.content().left()) < 60, qPrintable(u"menu at x %1, content from %2"_s.arg(popup.left()).arg(window.content().left())));
        QVERIFY(popup.width() > 40);

        screen::key(u"Escape"_s);
        QVERIFY2(isAsBefore(window, before), "the menu did not close on Escape");

        screen::click(at);
        QVERIFY(waitForPopup(before).isValid());
        m_desk.useHostWindow(); // a popup closes when its window loses the keyboard
        QVERIFY2(eventually([&] { return !newPopup(screen::shot(), before).isValid(); }), "the menu stayed behind when its window lost the keyboard");
    }

    void menuOfAnX11Program()
    {
        GuestWindow window = open({u"xterm"_s});
        QVERIFY(window);
        const QPoint at = window.content().center();
        screen::moveTo(at);
        settled(window.box());
        const QImage before = screen::shot();

        screen::keyDown(u"Control_L"_s);
        screen::press(1);
        const QRect popup = waitForPopup(before);
        screen::release(1);
        screen::keyUp(u"Control_L"_s);
        QVERIFY2(popup.isValid(), "xterm's menu did not come");
        // xterm centres its menu's head on the pointer; it may be moved to stay on the screen.
        QVERIFY2(popup.adjusted(-8, -8, 8, 8).contains(at), qPrintable(u"menu at %1,%2 %3x%4, pointer at %5,%6"_s.arg(popup.x()).arg(popup.y()).arg(popup.width()).arg(popup.height()).arg(at.x()).arg(at.y())));
        QVERIFY2(isAsBefore(window, before), "the menu did not close with the button");
    }

    void popupsStayOnTheScreen()
    {
        GuestWindow window = open({u"gtk3-demo-application"_s});
        QVERIFY(window);
        const int screenHeight = screen::shot().height();
        screen::move(window.window, {200, screenHeight - window.box().height()});
        QVERIFY(eventually([&] { window.refresh(); return window.box().bottom() >= screenHeight - 2; }));
        screen::moveTo(window.content().center());
        settled(window.box());
        const QImage before = screen::shot();
        // The lowest thing with a menu: the text's own, by the right button.
        screen::click(window.content().topLeft() + QPoint(80, 110), 3);
        const QRect popup = waitForPopup(before);
        QVERIFY2(popup.isValid(), "no menu came");
        QVERIFY(before.rect().contains(popup));
        screen::key(u"Escape"_s);
    }

    void cleanup()
    {
        m_desk.keepIfFailed();
        screen::keyUp(u"Control_L"_s);
        m_desk.annex().annexctl({u"stop"_s, u"--force"_s, kWorkspace});
        m_desk.annex().startWorkspace(kWorkspace);
    }
};

QTEST_MAIN(TstE2ePopups)
#include "tst_e2e_popups.moc"

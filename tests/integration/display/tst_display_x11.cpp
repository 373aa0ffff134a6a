// SPDX-License-Identifier: Apache-2.0
// X11 programs by Xwayland.
#include <QFile>

#include "display_fixture.h"

using namespace annex::test;
using namespace annex::display;

namespace {

TestHost::Options withX11()
{
    TestHost::Options options;
    options.display.xwayland = true;
    return options;
}

} // namespace

class TestDisplayX11 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void typesIntoXterm();
    void resizesXtermExactly();
    void opensMenusAtTheirWindow();
    void endsAnX11Program();
    void endsXwaylandWithItsLastProgram();
};

void TestDisplayX11::typesIntoXterm()
{
    DisplayFixture f(withX11());
    f->run({"/usr/bin/xterm", "-bc", "-title", "terminal", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    const auto id = f->shown();
    QVERIFY(f->window(id)->created.x11);
    ANNEX_WAIT(f, f->window(id)->title == "terminal");
    QCOMPARE(f->window(id)->appId, std::string("XTerm"));
    QVERIFY(f->window(id)->hints.incrementWidth > 1);
    QVERIFY(f->window(id)->opaque);
    f->focus(id);
    const auto before = f->window(id)->pixels;
    f->tap(30);
    ANNEX_WAIT(f, f->window(id)->pixels != before);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayX11::resizesXtermExactly()
{
    DisplayFixture f(withX11());
    f->run({"/usr/bin/xterm", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    const auto id = f->shown();
    for (int step = 0; step < 5; ++step) {
        const auto serial = f->configure(id, 500 + 60 * step, 400 + 40 * step);
        ANNEX_WAIT(f, f->window(id)->configureSerial >= serial);
        QCOMPARE(f->window(id)->width, 500 + 60 * step);
        QCOMPARE(f->window(id)->height, 400 + 40 * step);
    }
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayX11::opensMenusAtTheirWindow()
{
    DisplayFixture f(withX11());
    f->run({"/usr/bin/xterm", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    const auto id = f->shown();
    f->send(id, Position{700, 300, {0, 0, 1920, 1080}});
    f->focus(id);
    f->movePointer(id, 60, 50);
    f->key(29, true); // Control + button 1: the main menu
    f->send(id, PointerButton{0x110, true, 1});
    ANNEX_WAIT(f, f->shown(WindowKind::OverrideRedirect) != 0);
    const SeenWindow& menu = *f->window(f->shown(WindowKind::OverrideRedirect));
    QCOMPARE(menu.created.parent, id);
    // Under the pointer, which stands at (760, 350) of the virtual desktop; the toolkit centres the title on it.
    QVERIFY2(menu.geometry.x <= 760 && menu.geometry.x + menu.geometry.width >= 760 && menu.geometry.y <= 350
                 && menu.geometry.y + menu.geometry.height >= 350,
             qPrintable(QStringLiteral("%1 %2").arg(menu.geometry.x).arg(menu.geometry.y)));
    // Dragging over it moves the highlight: the X server finds the menu above its parent.
    const auto menuId = f->shown(WindowKind::OverrideRedirect);
    const auto frames = menu.frames;
    f->movePointer(id, 60, 110);
    ANNEX_WAIT(f, f->window(menuId)->frames > frames);
    f->movePointer(id, 1100, 700);
    f->send(id, PointerButton{0x110, false, 2});
    f->key(29, false);
    ANNEX_WAIT(f, f->shown(WindowKind::OverrideRedirect) == 0);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayX11::endsAnX11Program()
{
    DisplayFixture f(withX11());
    GuestProgram* xterm = f->run({"/usr/bin/xterm", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    f->send(f->shown(), KillClient{});
    ANNEX_WAIT(f, f->windows().empty() && !xterm->running());
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayX11::endsXwaylandWithItsLastProgram()
{
    DisplayFixture f(withX11());
    auto hasChildren = [&] { // Xwayland is the only program that it starts
        QFile children(QStringLiteral("/proc/%1/task/%1/children").arg(f->display().pid()));
        return children.open(QIODevice::ReadOnly) && !children.readAll().trimmed().isEmpty();
    };
    GuestProgram* xterm = f->run({"/usr/bin/xterm", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    QVERIFY(hasChildren());
    xterm->end();
    ANNEX_WAIT(f, f->windows().empty());
    ANNEX_WAIT(f, !hasChildren());
    // And it comes again.
    f->run({"/usr/bin/xterm", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    ANNEX_VERIFY_SOUND(f);
}

QTEST_GUILESS_MAIN(TestDisplayX11)
#include "tst_display_x11.moc"

// SPDX-License-Identifier: Apache-2.0
// X11 programs by Xwayland.
#include <cstdlib>
#include <optional>
#include <string_view>

#include <QFile>

#include <xcb/xcb.h>

#include "app/control/relay.h"
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

/// Where the X server has put a window of this size; programs open their menus by it.
std::optional<std::pair<int, int>> placeOf(const std::string& display, int width, int height)
{
    std::optional<std::pair<int, int>> place;
    xcb_connection_t* c = xcb_connect(display.c_str(), nullptr);
    if (!xcb_connection_has_error(c)) {
        const xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(c)).data->root;
        if (auto* tree = xcb_query_tree_reply(c, xcb_query_tree(c, root), nullptr)) {
            for (int i = 0; i < xcb_query_tree_children_length(tree); ++i) {
                if (auto* box = xcb_get_geometry_reply(c, xcb_get_geometry(c, xcb_query_tree_children(tree)[i]), nullptr)) {
                    if (box->width == width && box->height == height)
                        place = {box->x, box->y};
                    std::free(box);
                }
            }
            std::free(tree);
        }
    }
    xcb_disconnect(c);
    return place;
}

/// The host says where the window is, and the X server has heard of it: input comes on another socket than positions.
bool placeAt(DisplayFixture& f, std::uint32_t id, int x, int y)
{
    f->send(id, Position{x, y, {0, 0, 1920, 1080}});
    const SeenWindow& window = *f->window(id);
    return f->waitFor([&] { return placeOf(f->names().x11, window.width, window.height) == std::pair{x, y}; });
}

/// A window has the X server's own input focus: it is given on another socket than the keys.
bool hasFocus(const std::string& display)
{
    bool has = false;
    xcb_connection_t* c = xcb_connect(display.c_str(), nullptr);
    if (!xcb_connection_has_error(c)) {
        if (auto* reply = xcb_get_input_focus_reply(c, xcb_get_input_focus(c), nullptr)) {
            has = reply->focus != XCB_INPUT_FOCUS_NONE && reply->focus != XCB_INPUT_FOCUS_POINTER_ROOT;
            std::free(reply);
        }
    }
    xcb_disconnect(c);
    return has;
}

bool focusOn(DisplayFixture& f, std::uint32_t id)
{
    f->focus(id);
    return f->waitFor([&] { return hasFocus(f->names().x11); });
}

} // namespace

class TestDisplayX11 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void typesIntoXterm();
    void resizesXtermExactly();
    void opensMenusAtTheirWindow();
    void opensAtItsOwnSize();
    void saysTheWholeSizeHints();
    void dismissesMenusOnHostFocusLoss();
    void clicksNobodyWhereNoMenuHoldsThePointer();
    void pastesTheHostsText();
    void endsAnX11Program();
    void servesAnotherProgramAfterTheLast();
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
    QVERIFY(focusOn(f, id));
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
    QVERIFY(placeAt(f, id, 700, 300));
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

void TestDisplayX11::opensAtItsOwnSize()
{
    DisplayFixture f(withX11());
    GuestProgram* client = f->runX11Client({"--size", "437x219"});
    ANNEX_WAIT(f, f->shown() != 0);
    const auto id = f->shown();
    QCOMPARE(f->window(id)->sizes.front(), (std::pair{437, 219}));
    // And changes its mind: the host is told, nobody talks it out of that.
    client->tell("resize 500 260");
    ANNEX_WAIT(f, f->window(id)->width == 500 && f->window(id)->height == 260);
    ANNEX_VERIFY_SOUND(f);
}

// A wrong base made terminals and window managers shrink each other's windows to nothing.
void TestDisplayX11::saysTheWholeSizeHints()
{
    DisplayFixture f(withX11());
    f->run({"/usr/bin/xterm", "-b", "2", "-geometry", "80x24", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    const SeenWindow& window = *f->window(f->shown());
    ANNEX_WAIT(f, window.hints.incrementWidth > 1);
    QCOMPARE(window.hints.baseWidth, 4); // twice the inner border
    QCOMPARE(window.hints.baseHeight, 4);
    QCOMPARE(window.width, 4 + 80 * window.hints.incrementWidth);
    QCOMPARE(window.height, 4 + 24 * window.hints.incrementHeight);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayX11::dismissesMenusOnHostFocusLoss()
{
    DisplayFixture f(withX11());
    GuestProgram* client = f->runX11Client();
    ANNEX_WAIT(f, f->shown() != 0);
    const auto id = f->shown();
    QVERIFY(placeAt(f, id, 700, 300));
    QVERIFY(focusOn(f, id));
    f->movePointer(id, 30, 30);
    client->tell("menu 720 330 100 80");
    ANNEX_WAIT(f, client->said("grab 0") && f->shown(WindowKind::OverrideRedirect) != 0);
    QCOMPARE(f->window(f->shown(WindowKind::OverrideRedirect))->created.parent, id);
    f->send(id, Focus{false});
    f->send(id, DismissPopups{});
    ANNEX_WAIT(f, client->said("menu-closed") && f->shown(WindowKind::OverrideRedirect) == 0);
    // The keyboard is the window's again, not the menu's that is gone.
    QVERIFY(focusOn(f, id));
    f->tap(30);
    ANNEX_WAIT(f, client->said("key 30"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayX11::clicksNobodyWhereNoMenuHoldsThePointer()
{
    DisplayFixture f(withX11());
    GuestProgram* client = f->runX11Client();
    ANNEX_WAIT(f, f->shown() != 0);
    const auto id = f->shown();
    QVERIFY(placeAt(f, id, 700, 300));
    QVERIFY(focusOn(f, id));
    f->movePointer(id, 30, 30);
    client->tell("tooltip 720 330 100 80");
    ANNEX_WAIT(f, f->shown(WindowKind::OverrideRedirect) != 0);
    f->send(id, Focus{false});
    f->send(id, DismissPopups{});
    // What comes after it on the same way has come: so it would have come, too.
    f->focus(id);
    f->click(id, 40, 40);
    ANNEX_WAIT(f, client->said("button 1 740 340"));
    QCOMPARE(client->count("button"), std::size_t{1});
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayX11::pastesTheHostsText()
{
    using annex::control::relay::Type;
    DisplayFixture f(withX11());
    auto say = [&](Type type, annex::ByteSpan payload = {}) { f->sendRelay(static_cast<std::uint16_t>(type), 1, payload); };
    // Offered before the first X11 program is there.
    ANNEX_WAIT(f, f->helloSeen());
    say(Type::OfferBegin);
    say(Type::OfferPiece, annex::asBytes(std::string_view("HOST-TEXT")));
    say(Type::OfferEnd);
    ANNEX_WAIT(f, !f->relayed().empty());
    QTemporaryDir folder;
    const QString typed = folder.filePath(QStringLiteral("typed"));
    f->run({"/usr/bin/xterm", "-xrm", "XTerm*selectToClipboard: true", "-e", "/bin/sh", "-c", "stty -echo -icanon; exec cat > " + typed.toStdString()});
    ANNEX_WAIT(f, f->shown() != 0);
    QVERIFY(focusOn(f, f->shown()));
    ANNEX_WAIT(f, QFile::exists(typed));
    f->key(42, true);
    f->tap(110); // Shift+Insert
    f->key(42, false);
    ANNEX_WAIT(f, [&] {
        QFile file(typed);
        return file.open(QIODevice::ReadOnly) && file.readAll().contains("HOST-TEXT");
    }());
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayX11::servesAnotherProgramAfterTheLast()
{
    DisplayFixture f(withX11());
    GuestProgram* xterm = f->run({"/usr/bin/xterm", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    xterm->end();
    ANNEX_WAIT(f, f->windows().empty());
    f->run({"/usr/bin/xterm", "-e", "cat"});
    ANNEX_WAIT(f, f->shown() != 0);
    ANNEX_VERIFY_SOUND(f);
}

QTEST_GUILESS_MAIN(TestDisplayX11)
#include "tst_display_x11.moc"

// SPDX-License-Identifier: Apache-2.0
// What the person does, on its way to a program: keys, layout, locks, pointer, wheel, cursor.
#include <xkbcommon/xkbcommon.h>

#include "display_fixture.h"

using namespace annex::test;
using namespace annex::display;

namespace {

constexpr std::uint32_t kKeyA = 30, kKeyShift = 42;

std::string keymapText(const char* layout)
{
    xkb_context* context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
    const xkb_rule_names names{"evdev", "pc105", layout, "", ""};
    xkb_keymap* keymap = xkb_keymap_new_from_names(context, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
    char* text = xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1);
    std::string out(text);
    std::free(text);
    xkb_keymap_unref(keymap);
    xkb_context_unref(context);
    return out;
}

} // namespace

class TestDisplayInput : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void givesKeysToTheFocusedWindowOnly();
    void entersWithNoKeyDown();
    void releasesEverythingOnFocusLoss();
    void releasesEverythingWhenTheViewerGoes();
    void letsGoWhenTheViewerWasKilled();
    void holdsOnWhileTheViewerLives();
    void takesTheHostsLayout();
    void keepsTheLayoutWhenTheNewOneIsNonsense();
    void followsLocksAndModifiers();
    void dropsCodesThatNoKeyboardHas();
    void holdsTheImplicitGrab();
    void sendsWheelAndTouchpadScroll();
    void mixesAxisSourcesWithoutFalling();
    void reachesSubsurfacesAndPopups();
    void leavesWhenTheHostLeaves();
    void exportsTheCursor();
};

void TestDisplayInput::givesKeysToTheFocusedWindowOnly()
{
    DisplayFixture f;
    const auto first = f.showClient({"--title", "first"});
    GuestProgram* firstClient = f.client();
    const auto second = f.showClient({"--title", "second"});
    QVERIFY(first && second);
    f->tap(kKeyA);
    f->focus(first);
    f->tap(kKeyA);
    ANNEX_WAIT(f, firstClient->said("key 30 0"));
    f->focus(second);
    f->tap(kKeyA);
    QVERIFY(f.clientSays("key 30 0"));
    QCOMPARE(firstClient->count("key 30 1"), std::size_t{1});
    QCOMPARE(f.client()->count("key 30 1"), std::size_t{1});
    ANNEX_WAIT(f, firstClient->said("leave"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::entersWithNoKeyDown()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->key(kKeyA, true); // on the host's side, before the focus came
    f->focus(id);
    QVERIFY(f.clientSays("enter 0"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::releasesEverythingOnFocusLoss()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->key(kKeyShift, true);
    f->key(kKeyA, true);
    QVERIFY(f.clientSays("key 30 1"));
    f->send(id, Focus{false});
    QVERIFY(f.clientSays("leave"));
    QVERIFY(f.client()->said("key 30 0"));
    QVERIFY(f.client()->said("key 42 0"));
    QCOMPARE(f.client()->last("modifiers"), std::string("modifiers 0 0 0"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::releasesEverythingWhenTheViewerGoes()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->movePointer(id, 10, 10);
    f->key(kKeyA, true);
    f->send(id, PointerButton{0x110, true, 1});
    QVERIFY(f.clientSays("button 272 1"));
    f->attach(); // the old viewer was killed in the middle of this; a new one knocks
    QVERIFY(f.clientSays("key 30 0"));
    QVERIFY(f.clientSays("button 272 0"));
    QVERIFY(f.clientSays("leave"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::letsGoWhenTheViewerWasKilled()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->movePointer(id, 10, 10);
    f->send(id, PointerButton{0x110, true, 1});
    f->key(kKeyA, true);
    QVERIFY(f.clientSays("key 30 1"));
    f->setAcknowledge(false); // killed: the broker keeps the stream open, nobody answers and nobody knocks
    QVERIFY(f.clientSays("key 30 0"));
    QVERIFY(f.clientSays("button 272 0"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::holdsOnWhileTheViewerLives()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->key(kKeyA, true);
    QVERIFY(f.clientSays("key 30 1"));
    const auto frames = f->window(id)->frames;
    ANNEX_WAIT(f, f->window(id)->frames >= frames + 4); // four times it was asked and has answered: longer than a dead one is given
    QVERIFY(!f.client()->said("key 30 0"));
    f->key(kKeyA, false);
    QVERIFY(f.clientSays("key 30 0"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::takesTheHostsLayout()
{
    DisplayFixture f;
    ANNEX_WAIT(f, f->helloSeen());
    f->settle(std::chrono::milliseconds(50));
    f->send(0, Keymap{keymapText("de")});
    QVERIFY(f.showClient());
    QVERIFY(f.clientSays("keymap"));
    ANNEX_WAIT(f, f.client()->last("keymap").ends_with("with-umlauts"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::keepsTheLayoutWhenTheNewOneIsNonsense()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->send(0, Keymap{"xkb_keymap { this is not one };"});
    f->focus(id);
    f->tap(kKeyA);
    QVERIFY(f.clientSays("key 30 0"));
    QCOMPARE(f.client()->count("keymap"), std::size_t{1});
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::followsLocksAndModifiers()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->send(id, Modifiers{0, 0, 2, 0}); // Caps Lock is on at the host
    QVERIFY(f.clientSays("modifiers 0 2 0"));
    f->key(kKeyShift, true);
    QVERIFY(f.clientSays("modifiers 1 2 0"));
    f->key(kKeyShift, false);
    ANNEX_WAIT(f, f.client()->last("modifiers") == "modifiers 0 2 0");
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::dropsCodesThatNoKeyboardHas()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->focus(id);
    f->tap(0);
    f->tap(0x300);
    f->tap(0xffffffff);
    f->key(kKeyA, false); // never pressed
    f->tap(kKeyA);
    QVERIFY(f.clientSays("key 30 0"));
    QCOMPARE(f.client()->count("key "), std::size_t{2});
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::holdsTheImplicitGrab()
{
    DisplayFixture f;
    const auto id = f.showClient({"--size", "200x100"});
    QVERIFY(id);
    f->movePointer(id, 20, 20);
    f->send(id, PointerButton{0x110, true, 1});
    f->movePointer(id, -40, 500);
    QVERIFY(f.clientSays("motion -40 500"));
    QVERIFY(!f.client()->said("pointer-leave"));
    f->send(id, PointerButton{0x110, false, 2});
    QVERIFY(f.clientSays("button 272 0"));
    QVERIFY(f.clientSays("pointer-leave")); // the grab is over, and the pointer is elsewhere
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::sendsWheelAndTouchpadScroll()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->movePointer(id, 20, 20);
    f->send(id, PointerAxis{Axis::Vertical, AxisSource::Wheel, 15 * 256, 1, 1});
    QVERIFY(f.clientSays("axis 0 15"));
    QVERIFY(f.client()->said("axis-source 0"));
    QVERIFY(f.client()->said("axis-discrete 0 1"));
    f->send(id, PointerAxis{Axis::Horizontal, AxisSource::Finger, -384, 0, 2});
    QVERIFY(f.clientSays("axis 1 -1.5"));
    f->send(id, PointerAxis{Axis::Horizontal, AxisSource::Finger, 0, 0, 3});
    QVERIFY(f.clientSays("axis-stop 1"));
    QVERIFY(f.client()->said("axis-source 1"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::mixesAxisSourcesWithoutFalling()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->movePointer(id, 20, 20);
    for (int i = 0; i < 50; ++i) {
        f->send(id, PointerAxis{Axis::Vertical, AxisSource::Wheel, 256, 1, 1});
        f->send(id, PointerAxis{Axis::Vertical, AxisSource::Finger, 256, 0, 1});
        f->send(id, PointerAxis{Axis::Horizontal, AxisSource::Continuous, 256, 0, 1});
    }
    ANNEX_WAIT(f, f.client()->count("axis 1 ") == 50);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::reachesSubsurfacesAndPopups()
{
    DisplayFixture f;
    const auto id = f.showClient({"--popup", "--grab"});
    QVERIFY(id);
    f.client()->tell("subsurface 20 30 40 50 ffcc0000");
    ANNEX_WAIT(f, f->window(id)->at(25, 40) == 0xffcc0000u);
    f->movePointer(id, 25, 40);
    QVERIFY(f.clientSays("pointer-enter sub 5 10"));
    f->focus(id);
    // Press, drag into the menu that opens, all of it reported in the window's coordinates as an X11 host does.
    f->movePointer(id, 150, 150);
    f->send(id, PointerButton{0x110, true, 1});
    ANNEX_WAIT(f, f->shown(WindowKind::Popup) != 0);
    f->movePointer(id, 50, 50);
    QVERIFY(f.clientSays("pointer-enter popup 39 39"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::leavesWhenTheHostLeaves()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->movePointer(id, 20, 20);
    QVERIFY(f.clientSays("pointer-enter window 20 20"));
    f->send(id, PointerLeave{});
    QVERIFY(f.clientSays("pointer-leave"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayInput::exportsTheCursor()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->movePointer(id, 20, 20);
    QVERIFY(f.clientSays("pointer-enter"));
    f.client()->tell("cursor ff00ff00");
    ANNEX_WAIT(f, f->cursor().has_value() && f->cursor()->width == 24);
    QCOMPARE(f->cursor()->hotspotX, 5);
    QCOMPARE(f->cursor()->hotspotY, 7);
    QCOMPARE(f->cursor()->pixels.at(1), std::uint8_t{0xff}); // green
    f.client()->tell("cursor ffff0000"); // the next picture of an animation
    ANNEX_WAIT(f, f->cursor()->pixels.size() > 2 && f->cursor()->pixels[2] == 0xff);
    f.client()->tell("cursor none");
    ANNEX_WAIT(f, f->cursor()->width == 0);
    ANNEX_VERIFY_SOUND(f);
}

QTEST_GUILESS_MAIN(TestDisplayInput)
#include "tst_display_input.moc"

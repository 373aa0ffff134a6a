// SPDX-License-Identifier: Apache-2.0
// Windows of a program on their way to the host: content, size, titles, popups, subsurfaces, pacing.
#include "display_fixture.h"

using namespace annex::test;
using namespace annex::display;

namespace {
constexpr std::uint32_t kBlue = 0xff336699, kRed = 0xffcc0000, kPopupColour = 0xffcc3300;
}

class TestDisplayWindows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsAWindowWithItsTitleAndColour();
    void sendsOnlyTheDamage();
    void reachesEachSizeExactlyAndAnswersIt();
    void answersAConfigureThatChangesNothing();
    void exportsTheWindowWithoutItsShadow();
    void keepsAlphaAndSaysWhatIsOpaque();
    void composesSubsurfaces();
    void placesAPopupAtItsParent();
    void keepsAPopupInsideTheWorkArea();
    void dismissesPopupsOnHostFocusLoss();
    void comesBackAfterUnmap();
    void passesRequestsOn();
    void passesSizeHintsOn();
    void answersServerSideDecoration();
    void drawsAtIntegerScale();
    void scalesUpProgramsThatCannot();
    void answersACallbackWithoutDamage();
    void withholdsCallbacksFromHiddenWindows();
    void pacesByTheRefreshRate();
    void offersNothingThatSpies();
    void closesAndKills();
    void answersPings();
    void refusesAWindowThatDoesNotFitThePool();
};

void TestDisplayWindows::showsAWindowWithItsTitleAndColour()
{
    DisplayFixture f;
    const auto id = f.showClient({"--size", "320x240", "--title", "Übung", "--app-id", "org.annex.test"});
    QVERIFY(id);
    const SeenWindow& window = *f->window(id);
    QCOMPARE(window.title, std::string("Übung"));
    QCOMPARE(window.appId, std::string("org.annex.test"));
    QCOMPARE(window.width, 320);
    QCOMPARE(window.height, 240);
    QCOMPARE(window.at(0, 0), kBlue);
    QCOMPARE(window.at(319, 239), kBlue);
    f.client()->tell("title another");
    ANNEX_WAIT(f, f->window(id)->title == "another");
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::sendsOnlyTheDamage()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f.client()->tell("damage 10 20 30 40 ffcc0000");
    ANNEX_WAIT(f, f->window(id)->at(10, 20) == kRed);
    const SeenWindow& window = *f->window(id);
    QCOMPARE(window.at(39, 59), kRed);
    QCOMPARE(window.at(9, 20), kBlue);
    QCOMPARE(window.at(40, 20), kBlue);
    QCOMPARE(window.lastDamage.size(), std::size_t{1});
    QCOMPARE(window.lastDamage.front(), (Rect{10, 20, 30, 40}));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::reachesEachSizeExactlyAndAnswersIt()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    for (int step = 0; step < 20; ++step) {
        const int width = 300 + 17 * step, height = 200 + 11 * step;
        const auto serial = f->configure(id, width, height, kStateResizing);
        ANNEX_WAIT(f, f->window(id)->configureSerial >= serial);
        QCOMPARE(f->window(id)->width, width);
        QCOMPARE(f->window(id)->height, height);
    }
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::answersAConfigureThatChangesNothing()
{
    DisplayFixture f;
    const auto id = f.showClient({"--size", "300x200"});
    QVERIFY(id);
    const auto serial = f->configure(id, 300, 200, kStateMaximised);
    ANNEX_WAIT(f, f->window(id)->configureSerial == serial);
    QVERIFY(f.clientSays("configure 300 200 1")); // 1: maximised
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::exportsTheWindowWithoutItsShadow()
{
    DisplayFixture f;
    const auto id = f.showClient({"--size", "200x100"});
    QVERIFY(id);
    f.client()->tell("shadow 12");
    QVERIFY(f.clientSays("did shadow"));
    ANNEX_WAIT(f, f->window(id)->frames >= 2);
    QCOMPARE(f->window(id)->width, 200);
    QCOMPARE(f->window(id)->height, 100);
    QCOMPARE(f->window(id)->at(0, 0), kBlue);
    QCOMPARE(f->window(id)->at(199, 99), kBlue);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::keepsAlphaAndSaysWhatIsOpaque()
{
    DisplayFixture f;
    const auto glass = f.showClient({"--colour", "80402010"});
    QVERIFY(glass);
    QCOMPARE(f->window(glass)->at(5, 5), 0x80402010u);
    QVERIFY(!f->window(glass)->opaque);
    const auto wall = f.showClient({"--colour", "00402010", "--opaque"});
    QVERIFY(wall);
    QCOMPARE(f->window(wall)->at(5, 5), 0xff402010u);
    QVERIFY(f->window(wall)->opaque);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::composesSubsurfaces()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f.client()->tell("subsurface 20 30 40 50 ffcc0000");
    ANNEX_WAIT(f, f->window(id)->at(20, 30) == kRed);
    QCOMPARE(f->window(id)->at(59, 79), kRed);
    QCOMPARE(f->window(id)->at(60, 79), kBlue);
    f.client()->tell("move-subsurface 100 30");
    ANNEX_WAIT(f, f->window(id)->at(100, 30) == kRed && f->window(id)->at(20, 30) == kBlue);
    f.client()->tell("drop-subsurface");
    ANNEX_WAIT(f, f->window(id)->at(100, 30) == kBlue);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::placesAPopupAtItsParent()
{
    DisplayFixture f;
    const auto id = f.showClient({"--popup", "--grab"});
    QVERIFY(id);
    f->focus(id);
    f->click(id, 50, 50);
    ANNEX_WAIT(f, f->shown(WindowKind::Popup) != 0);
    const SeenWindow& popup = *f->window(f->shown(WindowKind::Popup));
    QCOMPARE(popup.created.parent, id);
    QCOMPARE(popup.geometry, (Rect{11, 11, 120, 90})); // below right of the 1 x 1 anchor at (10, 10)
    QCOMPARE(popup.at(60, 45), kPopupColour);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::keepsAPopupInsideTheWorkArea()
{
    DisplayFixture f;
    const auto id = f.showClient({"--popup"});
    QVERIFY(id);
    // The window's corner lies 60 pixels from the right and 40 from the lower edge of what the host allows.
    f->send(id, Position{1860, 1000, {0, 0, 1920, 1040}});
    f->focus(id);
    f->click(id, 20, 20);
    ANNEX_WAIT(f, f->shown(WindowKind::Popup) != 0);
    const Rect box = f->window(f->shown(WindowKind::Popup))->geometry;
    QCOMPARE(box.x + 120, 60);
    QCOMPARE(box.y + 90, 40);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::dismissesPopupsOnHostFocusLoss()
{
    DisplayFixture f;
    const auto id = f.showClient({"--popup", "--grab"});
    QVERIFY(id);
    f->focus(id);
    f->click(id, 50, 50);
    ANNEX_WAIT(f, f->shown(WindowKind::Popup) != 0);
    f->send(id, Focus{false});
    f->send(id, DismissPopups{});
    QVERIFY(f.clientSays("popup-done"));
    ANNEX_WAIT(f, f->windows().size() == 1);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::comesBackAfterUnmap()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f.client()->tell("unmap");
    ANNEX_WAIT(f, f->shownCount() == 0);
    f.client()->tell("map");
    ANNEX_WAIT(f, f->shownCount() == 1);
    QCOMPARE(f->window(f->shown())->at(0, 0), kBlue);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::passesRequestsOn()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    auto asked = [&](RequestKind kind) {
        const auto& all = f->window(id)->requests;
        return std::any_of(all.begin(), all.end(), [kind](const Request& r) { return r.kind == kind; });
    };
    f.client()->tell("minimise");
    ANNEX_WAIT(f, asked(RequestKind::Minimise));
    f.client()->tell("maximise");
    ANNEX_WAIT(f, asked(RequestKind::Maximise));
    f.client()->tell("fullscreen");
    ANNEX_WAIT(f, asked(RequestKind::Fullscreen));
    f->focus(id);
    f->movePointer(id, 30, 30);
    f->send(id, PointerButton{0x110, true, 1});
    QVERIFY(f.clientSays("button 272 1"));
    f.client()->tell("move");
    ANNEX_WAIT(f, asked(RequestKind::Move));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::passesSizeHintsOn()
{
    DisplayFixture f;
    const auto id = f.showClient({"--min", "100x80", "--max", "640x480"});
    QVERIFY(id);
    ANNEX_WAIT(f, f->window(id)->hints.maximumHeight == 480);
    QCOMPARE(f->window(id)->hints.minimumWidth, 100);
    QCOMPARE(f->window(id)->hints.minimumHeight, 80);
    QCOMPARE(f->window(id)->hints.maximumWidth, 640);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::answersServerSideDecoration()
{
    DisplayFixture f;
    QVERIFY(f.showClient());
    QVERIFY(f.clientSays("decoration 2")); // it asked for its own (1)
    QVERIFY(!f.client()->said("decoration 1"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::drawsAtIntegerScale()
{
    TestHost::Options options;
    options.scale = 2;
    options.screenWidth = 3840;
    options.screenHeight = 2160;
    DisplayFixture f(options);
    ANNEX_WAIT(f, f->helloSeen());
    const auto id = f.showClient({"--size", "150x100"});
    QVERIFY(id);
    QVERIFY(f.clientSays("output-scale 2"));
    f.client()->tell("scale 2");
    ANNEX_WAIT(f, f->window(id)->frames >= 2);
    QCOMPARE(f->window(id)->width, 300);
    const auto serial = f->configure(id, 500, 400); // slot pixels
    ANNEX_WAIT(f, f->window(id)->configureSerial == serial);
    QVERIFY(f.clientSays("configure 250 200"));
    QCOMPARE(f->window(id)->width, 500);
    QCOMPARE(f->window(id)->height, 400);
    f->movePointer(id, 100, 60);
    QVERIFY(f.clientSays("pointer-enter window 50 30"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::scalesUpProgramsThatCannot()
{
    TestHost::Options options;
    options.scale = 2;
    DisplayFixture f(options);
    ANNEX_WAIT(f, f->helloSeen());
    const auto id = f.showClient({"--size", "100x60"});
    QVERIFY(id);
    ANNEX_WAIT(f, f->window(id)->width == 200);
    f.client()->tell("damage 10 10 1 1 ffcc0000");
    ANNEX_WAIT(f, f->window(id)->at(20, 20) == kRed);
    QCOMPARE(f->window(id)->at(21, 21), kRed);
    QCOMPARE(f->window(id)->at(22, 21), kBlue);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::answersACallbackWithoutDamage()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    const auto frames = f->window(id)->frames;
    f.client()->tell("callback");
    QVERIFY(f.clientSays("frame-callback"));
    QCOMPARE(f->window(id)->frames, frames);
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::withholdsCallbacksFromHiddenWindows()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    f->send(id, Visibility{false});
    f.client()->tell("animate 5");
    QVERIFY(f.clientSays("did animate"));
    f->settle(std::chrono::milliseconds(300));
    QVERIFY(!f.client()->said("animation-done"));
    f->send(id, Visibility{true});
    QVERIFY(f.clientSays("animation-done"));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::pacesByTheRefreshRate()
{
    TestHost::Options options;
    options.refresh_mHz = 20'000; // one frame in 50 ms
    DisplayFixture f(options);
    ANNEX_WAIT(f, f->helloSeen());
    const auto id = f.showClient();
    QVERIFY(id);
    const auto begin = std::chrono::steady_clock::now();
    f.client()->tell("animate 11");
    QVERIFY(f.clientSays("animation-done"));
    // Eleven callbacks need at least ten intervals; how much longer they take is this machine's business.
    QVERIFY(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(495));
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::offersNothingThatSpies()
{
    DisplayFixture f;
    GuestProgram* lister = f->runClient({"globals"});
    ANNEX_WAIT(f, lister->said("global ") && !lister->running());
    f->settle(std::chrono::milliseconds(50));
    for (const char* expected : {"global wl_compositor", "global xdg_wm_base", "global wl_seat", "global zxdg_decoration_manager_v1",
                                 "global org_kde_kwin_server_decoration_manager", "global zwp_primary_selection_device_manager_v1"})
        QVERIFY2(lister->said(expected), expected);
    for (const char* forbidden : {"global zwlr_data_control", "global zwlr_screencopy", "global zwlr_export_dmabuf", "global zwp_virtual_keyboard",
                                  "global zwlr_virtual_pointer", "global zwp_input_method", "global zwlr_layer_shell", "global zwlr_foreign_toplevel",
                                  "global zwlr_gamma", "global zwlr_output_m", "global zwlr_input_inhibit", "global wp_drm_lease", "global zwp_linux_dmabuf"})
        QVERIFY2(!lister->said(forbidden), forbidden);
}

void TestDisplayWindows::closesAndKills()
{
    DisplayFixture f;
    auto id = f.showClient();
    QVERIFY(id);
    f->send(id, Close{});
    QVERIFY(f.clientSays("close"));
    ANNEX_WAIT(f, f->windows().empty());
    id = f.showClient();
    QVERIFY(id);
    f.client()->tell("hang");
    QVERIFY(f.clientSays("did hang"));
    f->send(id, KillClient{});
    ANNEX_WAIT(f, !f.client()->running() && f->windows().empty());
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::answersPings()
{
    DisplayFixture f;
    const auto id = f.showClient();
    QVERIFY(id);
    const auto first = f->ping(id);
    ANNEX_WAIT(f, !f->pongs().empty() && f->pongs().back() == first);
    f.client()->tell("hang");
    QVERIFY(f.clientSays("did hang"));
    f->ping(id);
    f->settle(std::chrono::milliseconds(300));
    QCOMPARE(f->pongs().size(), std::size_t{1});
    ANNEX_VERIFY_SOUND(f);
}

void TestDisplayWindows::refusesAWindowThatDoesNotFitThePool()
{
    TestHost::Options options;
    options.display.pool_bytes = 1u << 20;
    DisplayFixture f(options);
    const auto small = f.showClient({"--size", "100x100"});
    QVERIFY(small);
    f->runClient({"--size", "1000x1000"});
    ANNEX_WAIT(f, !f->refusals().empty());
    QCOMPARE(f->refusals().front(), RefusedReason::PoolFull);
    QCOMPARE(f->shownCount(), std::size_t{1});
    ANNEX_VERIFY_SOUND(f);
}

QTEST_GUILESS_MAIN(TestDisplayWindows)
#include "tst_display_windows.moc"

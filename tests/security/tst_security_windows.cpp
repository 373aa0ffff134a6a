// SPDX-License-Identifier: Apache-2.0
// What a hostile annex-display may do to the screen and the keyboard: S6 to S9, and of S11 the keys. Judged by the X server and by pictures of its
// screen. The control of each attack is the same attack against a viewer without defences.
#include <QTest>

#include "tests/security/stage.h"
#include "ui/theme/identity.h"

using namespace annex;
using namespace annex::security;
using namespace Qt::StringLiterals;

namespace {

const QRect kScreen(0, 0, 1600, 1000);
constexpr int kStrip = 35;

QColor at(const QImage& picture, int x, int y) { return picture.pixelColor(x, y); }

} // namespace

class TestSecurityWindows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void cleanup();
    void aHugeWindowIsFitted();
    void aWindowDoesNotMoveItself();
    void aFrameInsideAFrameIsNoFrame();
    void popupsStayAtTheirWindow_data();
    void popupsStayAtTheirWindow();
    void theFocusIsNotTaken();
    void keysGoWhereThePersonTypes();
    void aCredulousViewerGivesEverything();

private:
    bool start(const Installation& programs);
    qint64 viewer() const { return m_session->processes(u"annex-viewer"_s).value(0); }
    screen::Window plain() const { return screen::waitForWindow(u"plain$"_s); }

    std::unique_ptr<annex::test::VirtualDisplay> m_display;
    std::unique_ptr<Installation> m_hostile, m_credulous;
    const Installation* m_running = nullptr;
    std::unique_ptr<Session> m_session;
};

void TestSecurityWindows::initTestCase()
{
    m_display = std::make_unique<annex::test::VirtualDisplay>();
    QVERIFY(m_display->isReady());
    m_hostile = std::make_unique<Installation>();
    m_hostile->replace(u"annex-display"_s, u"annex-fake-guest"_s);
    m_credulous = std::make_unique<Installation>();
    m_credulous->replace(u"annex-display"_s, u"annex-fake-guest"_s);
    m_credulous->replace(u"annex-viewer"_s, u"annex-credulous-viewer"_s);
    QVERIFY(m_hostile->isWhole() && m_credulous->isWhole());
}

void TestSecurityWindows::cleanupTestCase()
{
    m_session.reset();
}

void TestSecurityWindows::cleanup()
{
    m_session->annexctl({u"stop"_s, u"--all"_s, u"--force"_s});
}

bool TestSecurityWindows::start(const Installation& programs)
{
    if (m_running != &programs) {
        m_session = std::make_unique<Session>(QStringList(), programs.folder());
        m_running = &programs;
        if (!m_session->startDesktop())
            return false;
    }
    return m_session->startWorkspace() && HostileDisplay(*m_session).order(u"window plain 400 300 ff0000"_s) && plain();
}

void TestSecurityWindows::aHugeWindowIsFitted()
{
    QVERIFY(start(*m_hostile));
    QVERIFY(HostileDisplay(*m_session).order(u"attack huge"_s)); // 3000 x 2000
    const screen::Window window = plain();
    QVERIFY(eventually([&] { return screen::geometry(window.id).box.width() > 1000; }));
    const QRect box = screen::geometry(window.id).box;
    QVERIFY2(kScreen.contains(box), qPrintable(u"%1 %2 %3 %4"_s.arg(box.x()).arg(box.y()).arg(box.width()).arg(box.height())));
    // The whole strip is on the screen, in the host's colour.
    QVERIFY(eventually([&] { return at(screen::shot(box), 2, kStrip / 2) == ui::colours(ui::Colour::Amber).frame; }));
}

void TestSecurityWindows::aWindowDoesNotMoveItself()
{
    QVERIFY(start(*m_hostile));
    const QRect before = plain().box;
    QVERIFY(HostileDisplay(*m_session).order(u"attack move"_s));
    screen::moveTo({1500, 900}); // were the request granted, the window would hang on the pointer now
    screen::moveTo({200, 900});
    screen::settled(kScreen);
    QCOMPARE(screen::geometry(plain().id).box, before);
}

void TestSecurityWindows::aFrameInsideAFrameIsNoFrame()
{
    QVERIFY(start(*m_hostile));
    QVERIFY(HostileDisplay(*m_session).order(u"attack frame-imitation"_s));
    const QColor imitation(0x4a, 0x7d, 0x1e);
    const ui::ColourSet& amber = ui::colours(ui::Colour::Amber);
    const screen::Window window = plain();
    QRect box;
    QVERIFY(eventually([&] {
        box = screen::geometry(window.id).box;
        return box.width() > 600 && at(screen::shot(box), 8, box.height() / 2) == imitation;
    }));
    const QImage picture = screen::settled(box);
    // All round, the outermost pixels are the host's own: key line, frame colour, inner line; the imitation begins inside of them.
    for (int y = 0; y < picture.height(); ++y) {
        if (y > kStrip && y < picture.height() - kStrip) { // the corners are round
            QCOMPARE(at(picture, 0, y), ui::keyLine());
            QCOMPARE(at(picture, picture.width() - 1, y), ui::keyLine());
        }
        for (int x = 0; x < 6; ++x)
            QVERIFY(at(picture, x, y) != imitation && at(picture, picture.width() - 1 - x, y) != imitation);
    }
    for (int x = 0; x < picture.width(); ++x) {
        for (int y = 0; y < kStrip; ++y)
            QVERIFY(at(picture, x, y) != imitation);
        for (int y = 1; y <= 6; ++y)
            QVERIFY(at(picture, x, picture.height() - y) != imitation);
    }
    QCOMPARE(at(picture, 2, picture.height() / 2), amber.frame);
    QVERIFY(screen::name(window.id).startsWith(u"[Untrusted] "_s));
}

void TestSecurityWindows::popupsStayAtTheirWindow_data()
{
    QTest::addColumn<QString>("attack");
    QTest::addColumn<bool>("shown");
    QTest::newRow("popup-small: one that is shown") << u"popup-small"_s << true;
    QTest::newRow("popup-away") << u"popup-away"_s << true;
    QTest::newRow("override-away") << u"override-away"_s << true;
    QTest::newRow("popup-screen") << u"popup-screen"_s << false;
}

void TestSecurityWindows::popupsStayAtTheirWindow()
{
    QFETCH(QString, attack);
    QFETCH(bool, shown);
    QVERIFY(start(*m_hostile));
    const screen::Window window = plain();
    screen::activate(window); // no popup without the focus: the person is here
    HostileDisplay display(*m_session);
    QVERIFY(display.hears("focus 1"));
    QVERIFY(display.order(u"attack "_s + attack));
    const auto popups = [&] {
        QList<screen::Window> found = screen::windowsOf(viewer());
        found.removeIf([&](const screen::Window& one) { return one.id == window.id; });
        return found;
    };
    if (!shown) {
        // Refused, and the guest is told to close it; what comes afterwards is served as ever.
        QVERIFY(display.order(u"window after 100 80 0000ff"_s));
        QVERIFY(screen::waitForWindow(u"^\\[Untrusted\\] after$"_s));
        for (const screen::Window& one : popups())
            QVERIFY(one.box.width() < kScreen.width() && one.box.height() < kScreen.height() && screen::name(one.id).endsWith(u"after"_s));
        return;
    }
    QVERIFY(eventually([&] { return popups().size() == 1; }));
    const screen::Window popup = popups().first();
    QVERIFY(kScreen.contains(popup.box));
    QVERIFY2(popup.box.intersects(plain().box.adjusted(-1, -1, 1, 1)), "it does not touch its window");
    // It wears the border.
    QVERIFY(eventually([&] { return at(screen::shot(popup.box), 0, popup.box.height() / 2) == ui::keyLine(); }));
    QVERIFY(eventually([&] { return at(screen::shot(popup.box), 2, popup.box.height() / 2) == ui::colours(ui::Colour::Amber).frame; }));
}

void TestSecurityWindows::theFocusIsNotTaken()
{
    QVERIFY(start(*m_hostile));
    const screen::Window own = hostWindow(*m_session);
    QVERIFY(own);
    screen::type(u"w"_s); // the person works here
    HostileDisplay display(*m_session);
    QVERIFY(eventually([&] { return screen::activeWindow() == own.id; }));
    const QString focus = screen::focusWindow();
    QVERIFY(display.order(u"window another 300 200 00ff00"_s)); // a new window
    QVERIFY(screen::waitForWindow(u"^\\[Untrusted\\] another$"_s));
    QVERIFY(display.order(u"attack full-screen"_s)); // and a thousand wishes for full screen and attention
    screen::settled(kScreen);
    QCOMPARE(screen::activeWindow(), own.id);
    QCOMPARE(screen::focusWindow(), focus);
    for (const screen::Window& one : screen::windowsOf(viewer()))
        QVERIFY(one.box.width() < kScreen.width());
}

void TestSecurityWindows::keysGoWhereThePersonTypes()
{
    QVERIFY(start(*m_hostile));
    QVERIFY(startNew(*m_session, u"Other"_s));
    HostileDisplay display(*m_session), other(*m_session, u"Other"_s);
    QVERIFY(other.order(u"window elsewhere 300 200 0000ff"_s));
    const screen::Window elsewhere = screen::waitForWindow(u"^\\[Other\\] elsewhere$"_s);
    const screen::Window own = hostWindow(*m_session);
    screen::type(u"s"_s); // KEY_S 31, into the host's window
    screen::activate(elsewhere);
    QVERIFY(other.hears("focus 1"));
    screen::key(u"d"_s); // KEY_D 32, into the other workspace's window
    QVERIFY(other.hears("key 32"));
    QVERIFY(!other.heard().contains("key 31"));
    // The control: this workspace hears what is typed into its own window, and only that.
    screen::activate(plain());
    QVERIFY(display.hears("focus 1"));
    screen::key(u"f"_s); // KEY_F 33
    QVERIFY(display.hears("key 33"));
    const QByteArray heard = display.heard();
    QVERIFY(!heard.contains("key 31") && !heard.contains("key 32"));
    QVERIFY(!other.heard().contains("key 33"));
}

void TestSecurityWindows::aCredulousViewerGivesEverything()
{
    QVERIFY(start(*m_credulous));
    HostileDisplay display(*m_session);
    const screen::Window window = plain();
    const auto has = [&](const QRect& box) {
        return eventually([&] {
            for (const screen::Window& one : screen::windowsOf(viewer()))
                if (one.box == box)
                    return true;
            return false;
        });
    };
    // S7: the imitation is all there is.
    QVERIFY(display.order(u"attack frame-imitation"_s));
    QVERIFY(eventually([&] { return at(screen::shot(screen::geometry(window.id).box), 0, 100) == QColor(0x4a, 0x7d, 0x1e); }));
    // S6, S8: larger than the screen, over the host's corner, as large as the screen, far away.
    QVERIFY(display.order(u"attack huge"_s));
    QVERIFY(eventually([&] { return screen::geometry(window.id).box.size() == QSize(3000, 2000); }));
    QVERIFY(display.order(u"attack override-away"_s));
    QVERIFY(has({0, 0, 300, 200}));
    const QPoint corner = screen::geometry(window.id).box.topLeft();
    QVERIFY(display.order(u"attack popup-screen"_s));
    QVERIFY(has(QRect(corner + QPoint(-400, -300), QSize(1600, 1000))));
    QVERIFY(display.order(u"attack popup-away"_s));
    QVERIFY(has(QRect(corner + QPoint(-5000, -5000), QSize(200, 40))));
    // S9: the keyboard.
    const screen::Window own = hostWindow(*m_session);
    QVERIFY(own);
    const QString focus = screen::focusWindow();
    QVERIFY(display.order(u"attack full-screen"_s));
    QVERIFY(eventually([&] { return screen::focusWindow() != focus; }));
}

QTEST_GUILESS_MAIN(TestSecurityWindows)
#include "tst_security_windows.moc"

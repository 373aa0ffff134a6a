// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <cstdlib>
#include <memory>

#include <xcb/xcb.h>
#include <xcb/xfixes.h>

#include "tests/unit/viewer/viewer_test.h"
#include "ui/theme/swatch.h"

using namespace annex;
using namespace annex::test;
using namespace annex::viewer_test;
using namespace Qt::StringLiterals;
using display::MessageType;

namespace {

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};
template <class Reply> using Owned = std::unique_ptr<Reply, Free>;

/// One connection to the virtual display, for what neither Qt nor the command line tools tell.
class Screen {
public:
    Screen() : m_c(xcb_connect(nullptr, nullptr)) {}
    ~Screen() { xcb_disconnect(m_c); }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    struct Pointer {
        QImage image; ///< premultiplied
        QPoint hotspot;
    };
    Pointer pointer()
    {
        Owned<xcb_xfixes_query_version_reply_t> version(xcb_xfixes_query_version_reply(m_c, xcb_xfixes_query_version(m_c, 4, 0), nullptr));
        Owned<xcb_xfixes_get_cursor_image_reply_t> reply(xcb_xfixes_get_cursor_image_reply(m_c, xcb_xfixes_get_cursor_image(m_c), nullptr));
        if (!reply)
            return {};
        const auto* pixels = reinterpret_cast<const uchar*>(xcb_xfixes_get_cursor_image_cursor_image(reply.get()));
        return {QImage(pixels, reply->width, reply->height, reply->width * 4, QImage::Format_ARGB32_Premultiplied).copy(), {reply->xhot, reply->yhot}};
    }
    /// The picture of this edge length in _NET_WM_ICON.
    QImage icon(const QString& window, int edge)
    {
        Owned<xcb_intern_atom_reply_t> atom(xcb_intern_atom_reply(m_c, xcb_intern_atom(m_c, 0, 12, "_NET_WM_ICON"), nullptr));
        Owned<xcb_get_property_reply_t> reply(xcb_get_property_reply(
            m_c, xcb_get_property(m_c, 0, window.toUInt(), atom->atom, XCB_ATOM_CARDINAL, 0, 1 << 20), nullptr));
        if (!reply)
            return {};
        const auto* values = static_cast<const std::uint32_t*>(xcb_get_property_value(reply.get()));
        const int count = xcb_get_property_value_length(reply.get()) / 4;
        for (int at = 0; at + 2 < count;) {
            const int width = static_cast<int>(values[at]), height = static_cast<int>(values[at + 1]);
            if (width == edge && height == edge && at + 2 + width * height <= count)
                return QImage(reinterpret_cast<const uchar*>(values + at + 2), width, height, width * 4, QImage::Format_ARGB32).copy();
            at += 2 + width * height;
        }
        return {};
    }

private:
    xcb_connection_t* m_c;
};

} // namespace

/// What a person sees of a guest besides its pixels: pointer, taskbar icon, sizes, menus that end, the pill.
class TestViewerLooks : public QObject {
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
    void thePointerIsTheGuestsOverItsContentOnly();
    void theTaskbarIconIsBadged();
    void aResizeKeepsTheOldPictureUntilTheNewOneCame();
    void sizesThatNeverAgreeComeToRest();
    void menusGoWithTheFocus();
    void thePillShowsTheWayOut();
    void scaleIsWholeInTheGuest();
};

void TestViewerLooks::thePointerIsTheGuestsOverItsContentOnly()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"pointer"_s);
    Screen x11;
    display::Cursor cursor{24, 24, 5, 7, {}};
    for (int i = 0; i < 24 * 24; ++i)
        cursor.pixels.insert(cursor.pixels.end(), {0x10, 0x20, 0xe0, 0xff}); // a red, little-endian
    viewer.guest().send(0, cursor);
    screen::moveTo(contentOf(window).center());
    const auto isRed = [&] {
        const Screen::Pointer now = x11.pointer();
        return now.image.size() == QSize(24, 24) && now.hotspot == QPoint(5, 7) && now.image.pixelColor(12, 12) == QColor(0xe0, 0x20, 0x10);
    };
    QVERIFY(eventually(viewer, isRed));
    // The frame is the host's, and so is the pointer over it: a guest cannot make its own look like "wait" or vanish there.
    screen::moveTo(window.box.topLeft() + QPoint(300, 17));
    QVERIFY(eventually(viewer, [&] { return !isRed() && !x11.pointer().image.isNull(); }));
    screen::moveTo(contentOf(window).center());
    QVERIFY(eventually(viewer, isRed));
    viewer.guest().send(0, display::Cursor{}); // hidden
    QVERIFY(eventually(viewer, [&] {
        const QImage image = x11.pointer().image;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                if (qAlpha(image.pixel(x, y)) != 0)
                    return false;
        return true;
    }));
}

void TestViewerLooks::theTaskbarIconIsBadged()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"icon"_s);
    Screen x11;
    QImage drawn(64, 64, QImage::Format_ARGB32_Premultiplied);
    drawn.fill(QColor(0, 128, 0));
    display::Icon icon{64, 64, {}};
    icon.pixels.assign(drawn.constBits(), drawn.constBits() + drawn.sizeInBytes());
    viewer.guest().send(m_id, icon);
    ui::Identity identity;
    identity.name = u"Untrusted"_s;
    const QImage expected = ui::badgedIcon(drawn, identity, 32).convertToFormat(QImage::Format_ARGB32);
    QVERIFY(eventually(viewer, [&] { return screen::difference(x11.icon(window.id, 32).convertToFormat(QImage::Format_RGB32), expected.convertToFormat(QImage::Format_RGB32)) < 0.01; }));
    const QImage shown32 = x11.icon(window.id, 32);
    QCOMPARE(shown32.pixelColor(4, 4), QColor(0, 128, 0));      // the program's own picture …
    QVERIFY(shown32.pixelColor(26, 26) != QColor(0, 128, 0)); // … and the workspace's mark on it
}

void TestViewerLooks::aResizeKeepsTheOldPictureUntilTheNewOneCame()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    const QColor colour(0x33, 0x66, 0x99);
    const std::uint32_t id = guest.showToplevel("resize", 400, 300, colour.rgb());
    const screen::Window window = shown(viewer, u"resize"_s, colour);
    viewer.settle(300ms);
    guest.clear();
    const QPoint corner = window.box.bottomRight() - QPoint(2, 2);
    screen::moveTo(corner);
    screen::press(1);
    screen::moveTo(corner + QPoint(70, 75));
    screen::moveTo(corner + QPoint(140, 150));
    QSize dragged; // how far exactly is the window manager's business
    QVERIFY(eventually(viewer, [&] {
        dragged = screen::geometry(window.id).box.size();
        return dragged.width() > 500 && dragged.height() > 420;
    }, 20s));
    QVERIFY(guest.waitFor([&] { return guest.count(MessageType::Configure, id) >= 1; }));
    // The person still holds the corner. The program has not answered: its old picture stands where it stood, whole.
    const QImage meanwhile = screen::shot(screen::geometry(window.id).box);
    for (QPoint p : {QPoint(0, 0), QPoint(399, 0), QPoint(0, 299), QPoint(399, 299), QPoint(200, 150)})
        QCOMPARE(at(meanwhile, p + QPoint(kSide, kTop)), colour);
    guest.followSizes(id, colour.rgb());
    const auto asked = guest.last<display::Configure>(id);
    guest.paint(id, asked->width, asked->height, colour.rgb(), asked->serial);
    QVERIFY(eventually(viewer, [&] { return at(screen::shot(screen::geometry(window.id).box), {kSide + 460, kTop + 370}) == colour; }));
    screen::release(1);
}

// The host's window manager steps by the hints, the program by something else. The window must not creep away.
void TestViewerLooks::sizesThatNeverAgreeComeToRest()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    const QColor colour(0x33, 0x66, 0x99);
    const std::uint32_t id = guest.createWindow(display::WindowKind::Toplevel);
    guest.send(id, display::Title{"terminal"});
    guest.send(id, display::SizeHints{0, 0, 0, 0, 0, 0, 6, 13});
    guest.paint(id, 484, 316, colour.rgb());
    const screen::Window window = shown(viewer, u"terminal"_s, colour);
    QVERIFY(window);
    std::uint32_t answered = 0;
    int rounds = 0;
    // Each answer is 2 px beside the steps that the hints promise; it ends when nothing is asked any more.
    const auto answer = [&] {
        const auto asked = guest.last<display::Configure>(id);
        if (!asked || asked->serial == answered)
            return;
        answered = asked->serial;
        ++rounds;
        guest.paint(id, 4 + (asked->width - 4) / 6 * 6, 4 + (asked->height - 4) / 13 * 13, colour.rgb(), asked->serial);
    };
    int quiet = 0;
    QVERIFY(eventually(viewer, [&] {
        const int before = rounds;
        answer();
        quiet = rounds == before ? quiet + 1 : 0;
        return quiet >= 20;
    }));
    QVERIFY2(rounds < 12, qPrintable(QString::number(rounds)));
    QVERIFY(screen::geometry(window.id).box.width() > 400 && screen::geometry(window.id).box.height() > 280);
}

// A guest that leaves its menu open must not cover the host's windows with it.
void TestViewerLooks::menusGoWithTheFocus()
{
    ViewerHarness viewer, other;
    QVERIFY(viewer.begin() && other.begin());
    other.guest().showToplevel("elsewhere", 200, 100, 0xff101010);
    const screen::Window elsewhere = shown(other, u"elsewhere"_s, QColor(0x10, 0x10, 0x10));
    const screen::Window window = ready(viewer, u"menu"_s);
    const QPoint corner = contentOf(window).topLeft();
    const QColor green(0x00, 0xee, 0x00);
    viewer.guest().showPopup(m_id, {500, 200, 120, 80}, green.rgb());
    QVERIFY(eventually(viewer, [&] { return at(screen::shot(), corner + QPoint(560, 240)) == green; }));
    screen::activate(elsewhere);
    QVERIFY(viewer.guest().waitFor([&] { return viewer.guest().count(MessageType::DismissPopups, m_id) > 0; }));
    QVERIFY(eventually(viewer, [&] {
        const QImage shot = screen::shot();
        for (int y = 0; y < shot.height(); ++y)
            for (int x = 0; x < shot.width(); ++x)
                if (at(shot, {x, y}) == green)
                    return false;
        return true;
    }));
}

void TestViewerLooks::thePillShowsTheWayOut()
{
    ViewerHarness viewer;
    QVERIFY(viewer.begin());
    const screen::Window window = ready(viewer, u"film"_s);
    screen::key(u"ctrl+alt+Return"_s);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box == QRect(0, 0, 1600, 1000); }));
    const QColor amber = ui::colours(ui::Colour::Amber).frame;
    const auto pill_px = [&] { // what stands of it below the edge, in the workspace's own colour
        const QImage shot = screen::shot({500, 6, 600, 60});
        int count = 0;
        for (int y = 0; y < shot.height(); ++y)
            for (int x = 0; x < shot.width(); ++x)
                count += at(shot, {x, y}) == amber ? 1 : 0;
        return count;
    };
    QVERIFY(eventually(viewer, [&] { return pill_px() > 1000; }));
    // The chord that always brings back the host.
    screen::key(u"ctrl+alt+Home"_s);
    QVERIFY(eventually(viewer, [&] { return screen::geometry(window.id).box.size() == window.box.size(); }));
    QVERIFY(!viewer.waitFor(u"host_first"_s).isEmpty());
}

void TestViewerLooks::scaleIsWholeInTheGuest()
{
    qputenv("QT_SCALE_FACTOR", "1.5");
    ViewerHarness viewer;
    qunsetenv("QT_SCALE_FACTOR");
    QVERIFY(viewer.begin());
    FakeGuest& guest = viewer.guest();
    QCOMPARE(guest.last<display::Screen>(0)->scale, 2u);
    // 600 x 400 of the guest's pixels are 300 x 200 of its points, and 450 x 300 px on this screen.
    const QColor colour(0x33, 0x66, 0x99);
    const std::uint32_t id = guest.showToplevel("scaled", 600, 400, colour.rgb());
    const screen::Window window = shown(viewer, u"scaled"_s, colour);
    QVERIFY(window);
    const QSize frame = window.box.size() - QSize(450, 300);
    QVERIFY2(frame.width() >= 12 && frame.width() <= 24 && frame.height() >= 41 && frame.height() <= 70,
             qPrintable(u"%1 x %2"_s.arg(window.box.width()).arg(window.box.height())));
    // Pointing at the content's middle is pointing at the middle in the guest's pixels.
    const QPoint middle(window.box.x() + frame.width() / 2 + 225, window.box.bottom() + 1 - frame.width() / 2 - 150);
    screen::moveTo(middle);
    QVERIFY(guest.waitFor([&] { return guest.count(MessageType::PointerMotion, id) > 0; }));
    const auto motion = guest.last<display::PointerMotion>(id);
    QVERIFY2(std::abs(motion->x_fixed / 256 - 300) <= 3 && std::abs(motion->y_fixed / 256 - 200) <= 3,
             qPrintable(u"%1 %2"_s.arg(motion->x_fixed / 256).arg(motion->y_fixed / 256)));
}

QTEST_GUILESS_MAIN(TestViewerLooks)
#include "tst_viewer_looks.moc"

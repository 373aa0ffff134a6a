// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/guest_window.h"

#include <QPainter>
#include <QRegularExpression>
#include <QTest>

#include "tests/support/session/session.h"
#include "ui/frame/frame_painter.h"

namespace annex::test::e2e {

namespace {

using namespace Qt::StringLiterals;

// ui.md section 4 and 7, as numbers of the page and not of the code: amber, the key line, the plate.
const QColor kAmber(0xf0, 0xae, 0x1c), kKeyLine(0x12, 0x15, 0x1a), kPlate(Qt::white);
constexpr int kLook_ms = 60'000, kCalm_ms = 300;
constexpr double kCursorShare = 0.003; // a bar of 2 × 20 in our smallest window; a menu or a word in a field is more
// Of the frame's own pixels. Text is drawn by another process with the same fonts; a pixel may differ at the edge of a letter.
constexpr double kFrameTolerance = 0.01;

QString at(const QImage& picture, QPoint point, QColor wanted, const char* what)
{
    const QColor found = picture.pixelColor(point);
    const auto near = [](int a, int b) { return qAbs(a - b) <= 2; };
    if (near(found.red(), wanted.red()) && near(found.green(), wanted.green()) && near(found.blue(), wanted.blue()))
        return {};
    return u"%1 is %2 instead of %3 at %4,%5"_s.arg(QLatin1String(what), found.name(), wanted.name()).arg(point.x()).arg(point.y());
}

// The frame alone: what the guest drew is painted over on both sides.
QImage withoutContent(QImage picture, const ui::FrameGeometry& geometry)
{
    QPainter painter(&picture);
    painter.fillRect(geometry.content, Qt::black);
    // Outside of rounded corners stands whatever is behind the window.
    painter.setClipRegion(QRegion(picture.rect()) - ui::frameMask(geometry));
    painter.fillRect(picture.rect(), Qt::black);
    return picture;
}

QImage expectedFrame(const GuestWindow& window)
{
    QImage picture(window.box().size(), QImage::Format_RGB32);
    picture.fill(Qt::black);
    QPainter painter(&picture);
    ui::FramePainter().paint(painter, window.frame(), window.state);
    painter.end();
    return withoutContent(picture, window.frame());
}

QString frameFaultNow(GuestWindow& window)
{
    window.refresh();
    if (!window)
        return u"the window is gone"_s;
    const ui::FrameGeometry geometry = window.frame();
    const QImage picture = screen::shot(window.box());
    const int middle = picture.height() / 2;
    const QColor own = window.state.identity.colour == ui::Colour::Amber ? kAmber : ui::colours(window.state.identity.colour).frame;
    QStringList faults;
    faults << at(picture, {0, middle}, kKeyLine, "the key line") << at(picture, {3, middle}, own, "the left border")
           << at(picture, {picture.width() - 4, middle}, own, "the right border")
           << at(picture, {picture.width() / 2, picture.height() - 4}, own, "the foot")
           << at(picture, geometry.plate.topLeft() + QPoint(geometry.plate.width() / 2, 2), kPlate, "the badge's plate");
    faults.removeAll(QString());
    if (!faults.isEmpty())
        return faults.join(u"; "_s);
    const double difference = screen::difference(withoutContent(picture, geometry), expectedFrame(window), 40);
    const double frameShare = 1 - double(geometry.content.width()) * geometry.content.height() / (double(picture.width()) * picture.height());
    if (difference > kFrameTolerance * frameShare)
        return u"%1 % of the frame is not as the host draws it"_s.arg(100 * difference / frameShare);
    return {};
}

} // namespace

ui::FrameGeometry GuestWindow::frame() const
{
    return ui::frameLayout(window.box.size(), state, 1.0);
}

QRect GuestWindow::content() const
{
    return frame().content.translated(box().topLeft());
}

QPoint GuestWindow::centreOf(ui::FramePart part) const
{
    return frame().of(part).center() + box().topLeft();
}

void GuestWindow::refresh()
{
    window = screen::geometry(window.id);
}

void GuestWindow::press(ui::FramePart part, int button) const
{
    screen::click(centreOf(part), button);
}

QString namePattern(const QString& workspace, const QString& titlePattern)
{
    return u"^\\[%1\\] %2$"_s.arg(workspace, titlePattern);
}

QList<screen::Window> guestWindows(const QString& workspace, const QString& titlePattern)
{
    return screen::windows(namePattern(workspace, titlePattern));
}

GuestWindow waitForGuest(const QString& workspace, const QString& titlePattern)
{
    GuestWindow found;
    found.window = screen::waitForWindow(namePattern(workspace, titlePattern));
    found.state.identity.name = workspace;
    static const QRegularExpression number(u" (\\d+)$"_s);
    if (const auto match = number.match(workspace); match.hasMatch()) {
        found.state.identity.number = match.captured(1).toInt();
        found.state.identity.pattern = ui::Pattern::RisingStripes;
    }
    return found;
}

QString frameFault(GuestWindow& window, bool focused)
{
    window.state.focused = focused;
    QString fault;
    eventually([&] {
        const QString name = screen::property(window.id(), u"_NET_WM_NAME"_s);
        window.state.title = name.mid(name.indexOf(u"] "_s) + 2).chopped(1);
        fault = frameFaultNow(window);
        return fault.isEmpty();
    }, kLook_ms);
    if (!fault.isEmpty()) {
        screen::shot().save(u"%1/annex-frame-fault.png"_s.arg(qEnvironmentVariable("TMPDIR", u"/tmp"_s)));
        expectedFrame(window).save(u"%1/annex-frame-expected.png"_s.arg(qEnvironmentVariable("TMPDIR", u"/tmp"_s)));
    }
    return fault;
}

QImage settled(const QRect& part, int deadline_ms)
{
    QImage last = screen::shot(part);
    eventually([&] {
        QTest::qWait(kCalm_ms);
        const QImage next = screen::shot(part);
        const bool calm = screen::difference(next, last) < kCursorShare;
        last = next;
        return calm;
    }, deadline_ms);
    return last;
}

bool changes(const QRect& part, const QImage& before)
{
    return eventually([&] { return screen::difference(screen::shot(part), before) > kCursorShare; }, kLook_ms);
}

double shareOf(const QImage& image, QColor colour, int tolerance)
{
    QImage plain(image.size(), QImage::Format_RGB32);
    plain.fill(colour);
    return 1 - screen::difference(image, plain, tolerance);
}

} // namespace annex::test::e2e

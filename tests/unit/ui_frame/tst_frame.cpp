// SPDX-License-Identifier: Apache-2.0
#include <QFontMetrics>
#include <QPainter>
#include <QRandomGenerator>
#include <QTest>

#include "ui/frame/content_painter.h"
#include "ui/frame/frame_layout.h"
#include "ui/frame/frame_painter.h"

using namespace annex::ui;

namespace {

constexpr double kSign = 3.0, kText = 4.5;
const std::array kRatios{1.0, 1.25, 1.5, 2.0};

Identity identity(Colour colour = Colour::Amber, Level level = Level::Process)
{
    Identity id;
    id.name = QStringLiteral("Untrusted");
    id.colour = colour;
    id.pattern = patternOf(colour);
    id.level = level;
    return id;
}

FrameState state(Colour colour = Colour::Amber)
{
    FrameState s;
    s.identity = identity(colour);
    s.title = QStringLiteral("invoice-march.pdf");
    return s;
}

/// A window as the viewer composes it: frame, then the guest's pixels through the same function that the viewer uses.
QImage compose(QSize size, const FrameState& s, double ratio, const ContentSource& source)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(Qt::magenta);
    const FrameGeometry g = frameLayout(size, s, ratio);
    FramePainter painter;
    {
        QPainter p(&image);
        painter.paint(p, g, s);
    }
    paintContent(image, g.content, source, QRegion(g.whole) - g.pill, contentGround(s));
    return image;
}

QImage noise(QSize size, QImage::Format format, QRandomGenerator& random)
{
    QImage image(size, format);
    for (int y = 0; y < size.height(); ++y)
        for (int x = 0; x < size.width(); ++x)
            reinterpret_cast<quint32*>(image.scanLine(y))[x] = random.generate(); // also colours above their alpha
    return image;
}

/// Every pixel outside `content` is the same in both.
bool frameEqual(const QImage& a, const QImage& b, const QRegion& frame)
{
    for (const QRect& r : frame)
        if (a.copy(r) != b.copy(r))
            return false;
    return true;
}

} // namespace

class TestFrame : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesHaveTheirWidths_data();
    void linesHaveTheirWidths();
    void frameIsWholeForAnyGuest();
    void aGuestThatPaintsAFrameStaysInside();
    void contentIsCopiedExactly();
    void alphaIsCompositedNotPunched();
    void scaledContentStaysInside();
    void coloursInThePictureHaveTheirContrast();
    void unfocusedKeepsBordersAndSignature();
    void signaturesDifferPairwise();
    void levelsDifferInThePicture();
    void narrowWindowsDropWhatTheRuleSays();
    void nothingOverlapsInTheStrip();
    void partsAnswerWhereTheyAre();
    void cornersResizeBothWays();
    void maximisedAndFullScreenDoNotResize();
    void popupHasABorderAllRound();
    void strongerFramesAreThicker();
    void pillFoldsAndFills();
    void maskCutsOnlyCorners();
    void titleCannotReachTheName();
    void messageTakesTheTitlesPlace();
    void rightToLeftMirrorsTheSignature();
    void stripIsKeptUntilItChanges();
};

void TestFrame::linesHaveTheirWidths_data()
{
    QTest::addColumn<double>("ratio");
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("colour");
    QTest::addColumn<int>("strip");
    QTest::newRow("100 %") << 1.0 << 1 << 4 << 34;
    QTest::newRow("125 %") << 1.25 << 1 << 5 << 43;
    QTest::newRow("150 %") << 1.5 << 2 << 6 << 51;
    QTest::newRow("200 %") << 2.0 << 2 << 8 << 68;
}

void TestFrame::linesHaveTheirWidths()
{
    QFETCH(double, ratio);
    QFETCH(int, key);
    QFETCH(int, colour);
    QFETCH(int, strip);
    const QSize size(qRound(500 * ratio), qRound(300 * ratio));
    const FrameState s = state(Colour::Teal);
    const FrameGeometry g = frameLayout(size, s, ratio);
    QCOMPARE(g.metrics.key, key);
    QCOMPARE(g.metrics.inner, key);
    QCOMPARE(g.metrics.colour, colour);
    QCOMPARE(g.metrics.strip, strip);
    QCOMPARE(g.content.top(), key + strip);
    QCOMPARE(g.content.left(), 2 * key + colour);

    // And in the picture, counted along one row through the left border.
    const QImage image = compose(size, s, ratio, {});
    const int y = size.height() / 2;
    int x = 0;
    const auto run = [&](const QColor& expected) {
        int count = 0;
        while (x < size.width() && QColor(image.pixel(x, y)) == expected) {
            ++x;
            ++count;
        }
        return count;
    };
    QCOMPARE(run(keyLine()), key);
    QCOMPARE(run(colours(Colour::Teal).frame), colour);
    QCOMPARE(run(colours(Colour::Teal).onFrame), key);
}

void TestFrame::frameIsWholeForAnyGuest()
{
    QRandomGenerator random(4711);
    for (int round = 0; round < 60; ++round) {
        const double ratio = kRatios[static_cast<std::size_t>(random.bounded(4))];
        FrameState s = state(static_cast<Colour>(random.bounded(8)));
        s.kind = random.bounded(4) == 0 ? FrameKind::Popup : FrameKind::Toplevel;
        s.placement = static_cast<Placement>(random.bounded(3));
        s.focused = random.bounded(2) == 0;
        s.stronger = random.bounded(4) == 0;
        s.theme = static_cast<Theme>(random.bounded(3));
        const QSize size(random.bounded(20, 900), random.bounded(10, 500));
        const FrameGeometry g = frameLayout(size, s, ratio);
        const QRegion frame = (QRegion(g.whole) - g.content) + QRegion(g.pill);
        const QImage blank = compose(size, s, ratio, {});
        QVERIFY(!blank.isNull());
        for (int guest = 0; guest < 4; ++guest) {
            // From nothing over far too large to placed elsewhere than it should be.
            const QSize guestSize(random.bounded(0, 1200), random.bounded(0, 800));
            ContentSource source;
            if (!guestSize.isEmpty()) {
                source.pixels = noise(guestSize, random.bounded(2) ? QImage::Format_RGB32 : QImage::Format_ARGB32_Premultiplied, random);
                const QSize place = random.bounded(3) ? guestSize : QSize(random.bounded(1, 1500), random.bounded(1, 900));
                source.place = QRect(QPoint(random.bounded(-300, 300), random.bounded(-300, 300)), place);
            }
            QVERIFY(frameEqual(blank, compose(size, s, ratio, source), frame));
        }
    }
}

void TestFrame::aGuestThatPaintsAFrameStaysInside()
{
    const QSize size(640, 400);
    const FrameState s = state(Colour::Amber);
    const FrameGeometry g = frameLayout(size, s, 1.0);
    // The guest draws the frame of a workspace that is trusted more.
    ContentSource fake{compose(size, state(Colour::Green), 1.0, {}).convertToFormat(QImage::Format_RGB32), QRect(QPoint(0, 0), size)};
    const QImage image = compose(size, s, 1.0, fake);
    QVERIFY(frameEqual(compose(size, s, 1.0, {}), image, QRegion(g.whole) - g.content));
}

void TestFrame::contentIsCopiedExactly()
{
    QRandomGenerator random(1);
    const QSize size(400, 300);
    const FrameState s = state();
    const FrameGeometry g = frameLayout(size, s, 1.0);
    ContentSource source{noise(g.content.size(), QImage::Format_RGB32, random), g.content};
    const QImage image = compose(size, s, 1.0, source);
    for (int y = 0; y < source.pixels.height(); ++y)
        for (int x = 0; x < source.pixels.width(); ++x)
            QCOMPARE(image.pixel(g.content.topLeft() + QPoint(x, y)) | 0xff000000u, source.pixels.pixel(x, y) | 0xff000000u);

    // Only the damage is touched.
    QImage target(size, QImage::Format_RGB32);
    target.fill(Qt::magenta);
    const QRect damage(g.content.left() + 10, g.content.top() + 20, 30, 40);
    paintContent(target, g.content, source, damage, contentGround(s));
    for (int y = 0; y < size.height(); ++y)
        for (int x = 0; x < size.width(); ++x)
            if (!damage.contains(x, y))
                QCOMPARE(QColor(target.pixel(x, y)), QColor(Qt::magenta));
    QCOMPARE(target.pixel(damage.topLeft()) | 0xff000000u, source.pixels.pixel(10, 20) | 0xff000000u);
}

void TestFrame::alphaIsCompositedNotPunched()
{
    const QSize size(300, 200);
    const FrameState s = state(Colour::Blue);
    const FrameGeometry g = frameLayout(size, s, 1.0);
    QImage clear(g.content.size(), QImage::Format_ARGB32_Premultiplied);
    clear.fill(Qt::transparent);
    const QImage image = compose(size, s, 1.0, {clear, g.content});
    QCOMPARE(QColor(image.pixel(g.content.center())), contentGround(s));
}

void TestFrame::scaledContentStaysInside()
{
    QRandomGenerator random(3);
    const FrameState s = state();
    for (double ratio : {1.25, 1.5}) {
        const QSize size(qRound(400 * ratio), qRound(260 * ratio));
        const FrameGeometry g = frameLayout(size, s, ratio);
        ContentSource source{noise(QSize(g.content.width() * 2 / 3, g.content.height() * 2), QImage::Format_RGB32, random), g.content};
        QVERIFY(frameEqual(compose(size, s, ratio, {}), compose(size, s, ratio, source), QRegion(g.whole) - g.content));
        const QRegion damage = damageInWindow(source, QRect(0, 0, 10, 10));
        QVERIFY(!damage.isEmpty());
        QVERIFY((damage - g.content).isEmpty());
    }
}

void TestFrame::coloursInThePictureHaveTheirContrast()
{
    for (int c = 0; c < kColourCount; ++c)
        for (Theme theme : {Theme::Light, Theme::Dark, Theme::HighContrast})
            for (bool focused : {true, false}) {
                FrameState s = state(static_cast<Colour>(c));
                s.theme = theme;
                s.focused = focused;
                const QSize size(700, 200);
                const FrameGeometry g = frameLayout(size, s, 1.0);
                const QImage image = compose(size, s, 1.0, {});
                const int y = 150;
                const QColor key(image.pixel(0, y)), colour(image.pixel(g.metrics.key + 1, y));
                QVERIFY(contrastRatio(key, colour) >= kSign || s.isStronger());
                // Strip: ground from a place without ink, text as its darkest or lightest pixel.
                const QColor ground(image.pixel(g.title.right() - 2, g.strip.top() + 4));
                double best = 1;
                for (int x = g.name.left(); x < g.name.right(); ++x)
                    for (int row = g.name.top(); row < g.name.bottom(); ++row)
                        best = std::max(best, contrastRatio(ground, QColor(image.pixel(x, row))));
                QVERIFY2(best >= kText, qPrintable(idOf(s.identity.colour) + nameOf(theme)));
                QCOMPARE(QColor(image.pixel(g.plate.left() + 2, g.plate.center().y())), plateGround());
            }
}

void TestFrame::unfocusedKeepsBordersAndSignature()
{
    const QSize size(500, 240);
    FrameState focused = state(Colour::Violet), away = focused;
    away.focused = false;
    const FrameGeometry g = frameLayout(size, focused, 1.0);
    const QImage a = compose(size, focused, 1.0, {}), b = compose(size, away, 1.0, {});
    const QRegion kept = (QRegion(g.whole) - g.content - g.strip) + g.signature.adjusted(0, 0, 0, -1);
    QVERIFY(frameEqual(a, b, kept));
    QVERIFY(a.copy(g.title) != b.copy(g.title));
    QVERIFY(a.copy(g.close) != b.copy(g.close));
}

void TestFrame::signaturesDifferPairwise()
{
    // In grey, so that nothing rests on colour; the plate in the middle is the same for all and left out.
    const QSize size(400, 120);
    std::vector<QImage> pictures;
    for (int c = 0; c < kColourCount; ++c) {
        const FrameState s = state(static_cast<Colour>(c));
        const FrameGeometry g = frameLayout(size, s, 1.0);
        pictures.push_back(compose(size, s, 1.0, {}).copy(g.signature).convertToFormat(QImage::Format_Grayscale8));
    }
    for (std::size_t a = 0; a < pictures.size(); ++a)
        for (std::size_t b = a + 1; b < pictures.size(); ++b) {
            int different = 0;
            for (int y = 0; y < pictures[a].height(); ++y)
                for (int x = 0; x < pictures[a].width(); ++x)
                    different += std::abs(pictures[a].constScanLine(y)[x] - pictures[b].constScanLine(y)[x]) > 16;
            QVERIFY2(different > 150, qPrintable(QStringLiteral("%1 and %2: %3").arg(a).arg(b).arg(different)));
        }
}

void TestFrame::levelsDifferInThePicture()
{
    std::vector<QImage> plates;
    for (Level level : {Level::Hypervisor, Level::Emulated, Level::Process}) {
        FrameState s = state();
        s.identity.level = level;
        const FrameGeometry g = frameLayout({800, 200}, s, 1.0);
        QVERIFY(!g.level.isEmpty());
        plates.push_back(compose({800, 200}, s, 1.0, {}).copy(g.plate));
    }
    QVERIFY(plates[0] != plates[1]);
    QVERIFY(plates[1] != plates[2]);
    QVERIFY(plates[0] != plates[2]);
}

void TestFrame::narrowWindowsDropWhatTheRuleSays()
{
    const auto at = [](int width) { return frameLayout({width, 120}, state(), 1.0); };
    for (int width : {200, 239}) {
        QVERIFY(at(width).title.isEmpty());
        QVERIFY(at(width).minimise.isEmpty() && at(width).maximise.isEmpty());
        QVERIFY(!at(width).name.isEmpty() && !at(width).menu.isEmpty() && !at(width).close.isEmpty() && !at(width).signature.isEmpty());
    }
    QVERIFY(at(359).minimise.isEmpty() && at(359).maximise.isEmpty());
    QVERIFY(!at(360).minimise.isEmpty() && !at(360).maximise.isEmpty());
    QVERIFY(!at(360).title.isEmpty());
    QVERIFY(at(640).level.isEmpty());
    QVERIFY(!at(641).level.isEmpty());
    // The rule is in logical px.
    QVERIFY(frameLayout({700, 240}, state(), 2.0).minimise.isEmpty());
}

void TestFrame::nothingOverlapsInTheStrip()
{
    for (double ratio : kRatios)
        for (int width : {20, 60, 130, 200, 240, 300, 360, 500, 641, 1200})
            for (bool mirrored : {false, true}) {
                FrameState s = state();
                s.rightToLeft = mirrored;
                s.identity.name = QStringLiteral("A workspace with a long name of its own");
                const FrameGeometry g = frameLayout({qRound(width * ratio), qRound(120 * ratio)}, s, ratio);
                const std::array parts{g.signature.adjusted(0, 0, 0, -1), g.name, g.level, g.divider, g.title, g.menu, g.minimise, g.maximise, g.close};
                for (std::size_t a = 0; a < parts.size(); ++a) {
                    if (!parts[a].isEmpty())
                        QVERIFY(g.strip.contains(parts[a]));
                    for (std::size_t b = a + 1; b < parts.size(); ++b)
                        QVERIFY2(!parts[a].intersects(parts[b]), qPrintable(QStringLiteral("%1 %2 at %3").arg(a).arg(b).arg(width)));
                }
            }
}

void TestFrame::partsAnswerWhereTheyAre()
{
    for (double ratio : kRatios) {
        FrameState s = state();
        s.message = StripText{QStringLiteral("Wants the full screen"), QStringLiteral("Show it")};
        const FrameGeometry g = frameLayout({qRound(800 * ratio), qRound(400 * ratio)}, s, ratio);
        for (FramePart part : {FramePart::Menu, FramePart::Minimise, FramePart::Maximise, FramePart::Close, FramePart::MessageButton, FramePart::Content}) {
            const FrameHit hit = frameHitTest(g, s, g.of(part).center());
            QCOMPARE(hit.part, part);
            QCOMPARE(hit.edges, Qt::Edges());
        }
        QCOMPARE(frameHitTest(g, s, g.name.center()).part, FramePart::Strip);
        QCOMPARE(frameHitTest(g, s, g.signature.center()).part, FramePart::Strip);
        QCOMPARE(frameHitTest(g, s, {-1, 5}).part, FramePart::None);
        QVERIFY(g.menu.width() >= qRound(32 * ratio) && g.menu.height() >= qRound(32 * ratio)); // reachable by a finger
    }
}

void TestFrame::cornersResizeBothWays()
{
    const FrameState s = state();
    const FrameGeometry g = frameLayout({500, 400}, s, 1.0);
    const auto edges = [&](int x, int y) { return frameHitTest(g, s, {x, y}).edges; };
    QCOMPARE(edges(0, 200), Qt::Edges(Qt::LeftEdge));
    QCOMPARE(edges(5, 200), Qt::Edges(Qt::LeftEdge));
    QCOMPARE(edges(499, 200), Qt::Edges(Qt::RightEdge));
    QCOMPARE(edges(250, 0), Qt::Edges(Qt::TopEdge));
    QCOMPARE(edges(250, 399), Qt::Edges(Qt::BottomEdge));
    for (int along : {0, 8, 15}) {
        QCOMPARE(edges(along, 0), Qt::LeftEdge | Qt::TopEdge);
        QCOMPARE(edges(0, along), Qt::LeftEdge | Qt::TopEdge);
        QCOMPARE(edges(499 - along, 399), Qt::RightEdge | Qt::BottomEdge);
        QCOMPARE(edges(499, 399 - along), Qt::RightEdge | Qt::BottomEdge);
        QCOMPARE(edges(along, 399), Qt::LeftEdge | Qt::BottomEdge);
        QCOMPARE(edges(499 - along, 0), Qt::RightEdge | Qt::TopEdge);
    }
    QCOMPARE(edges(17, 399), Qt::Edges(Qt::BottomEdge));
    QCOMPARE(frameHitTest(g, s, {6, 35}).part, FramePart::Content); // the guest's first pixel is the guest's
}

void TestFrame::maximisedAndFullScreenDoNotResize()
{
    for (Placement placement : {Placement::Maximised, Placement::FullScreen}) {
        FrameState s = state();
        s.placement = placement;
        const FrameGeometry g = frameLayout({800, 600}, s, 1.0);
        for (int x = 0; x < 800; x += 7)
            for (int y : {0, 1, 3, 597, 599})
                QCOMPARE(frameHitTest(g, s, {x, y}).edges, Qt::Edges());
        QCOMPARE(g.content.left(), 4);
        QCOMPARE(g.content.top(), placement == Placement::Maximised ? 34 : 4);
        QCOMPARE(g.metrics.topRadius, 0);
    }
}

void TestFrame::popupHasABorderAllRound()
{
    FrameState s = state(Colour::Rose);
    s.kind = FrameKind::Popup;
    const FrameGeometry g = frameLayout({120, 90}, s, 1.0);
    QCOMPARE(g.content, QRect(4, 4, 112, 82));
    QVERIFY(g.strip.isEmpty());
    const QImage image = compose({120, 90}, s, 1.0, {});
    for (QPoint p : {QPoint(0, 40), QPoint(119, 40), QPoint(60, 0), QPoint(60, 89), QPoint(0, 0)})
        QCOMPARE(QColor(image.pixel(p)), keyLine());
    for (QPoint p : {QPoint(1, 40), QPoint(117, 40), QPoint(60, 2), QPoint(60, 87)})
        QCOMPARE(QColor(image.pixel(p)), colours(Colour::Rose).frame);
    QCOMPARE(QColor(image.pixel(3, 40)), colours(Colour::Rose).onFrame);
}

void TestFrame::strongerFramesAreThicker()
{
    FrameState s = state(Colour::Teal);
    s.theme = Theme::HighContrast;
    const FrameGeometry g = frameLayout({400, 300}, s, 1.0);
    QCOMPARE(g.metrics.colour, 8);
    const QImage image = compose({400, 300}, s, 1.0, {});
    // Pattern all round: along the left border more than the plain colour occurs.
    QSet<QRgb> seen;
    for (int y = 60; y < 280; ++y)
        seen.insert(image.pixel(4, y));
    QVERIFY(seen.size() > 1);
}

void TestFrame::pillFoldsAndFills()
{
    FrameState s = state();
    s.placement = Placement::FullScreen;
    const QSize size(1280, 720);
    const FrameGeometry whole = frameLayout(size, s, 1.0);
    QVERIFY(whole.pill.width() > 150);
    QCOMPARE(whole.pill.height(), 34);
    QCOMPARE(whole.pill.top(), 0);
    s.pill.unfolded = 0;
    QCOMPARE(frameLayout(size, s, 1.0).pill.size(), QSize(46, 8));
    s.pill.unfolded = 1;
    const QImage empty = compose(size, s, 1.0, {});
    s.pill.filled = 0.5;
    const QImage half = compose(size, s, 1.0, {});
    const QRect pill = whole.pill;
    const QRect first(pill.left() + pill.width() / 4, pill.top(), 8, 20), last(pill.right() - 20, pill.top(), 8, 20);
    QVERIFY(empty.copy(first) != half.copy(first));
    QCOMPARE(empty.copy(last), half.copy(last));
}

void TestFrame::maskCutsOnlyCorners()
{
    const FrameGeometry g = frameLayout({300, 200}, state(), 1.0);
    const QRegion cut = QRegion(g.whole) - frameMask(g);
    QVERIFY(!cut.isEmpty());
    for (const QRect& r : cut) {
        QVERIFY(r.top() < 9 || r.bottom() >= 194);
        QVERIFY(r.left() < 9 || r.right() >= 291);
        QVERIFY(!g.content.intersects(r));
    }
}

void TestFrame::titleCannotReachTheName()
{
    // Whatever the title says, everything before the divider stays as it is.
    const QSize size(640, 120);
    FrameState plain = state();
    plain.title.clear();
    const FrameGeometry g = frameLayout(size, plain, 1.0);
    const QImage blank = compose(size, plain, 1.0, {});
    const QRect before(0, 0, g.title.left(), g.strip.height());
    const QRect after(g.title.right() + 1, 0, size.width() - g.title.right() - 1, g.strip.height());
    for (const QString& title : {QString(5000, u'W'), QStringLiteral("\u05D0\u05D1\u05D2 \u05D3"), QStringLiteral("| Trusted |"), QString(200, QChar(0x0301))}) {
        FrameState s = plain;
        s.title = title;
        const QImage image = compose(size, s, 1.0, {});
        QCOMPARE(image.copy(before), blank.copy(before));
        QCOMPARE(image.copy(after), blank.copy(after));
    }
}

void TestFrame::messageTakesTheTitlesPlace()
{
    for (int width : {241, 300, 500, 900})
        for (double ratio : kRatios) {
            FrameState s = state();
            s.message = StripText{QStringLiteral("Copy out is locked by Acme Ltd"), QStringLiteral("Why?")};
            const FrameGeometry g = frameLayout({qRound(width * ratio), qRound(150 * ratio)}, s, ratio);
            QVERIFY(g.title.isEmpty());
            if (g.messageButton.isEmpty())
                continue; // no room for anything but the name
            QVERIFY(g.strip.contains(g.messageButton));
            QVERIFY(!g.messageButton.intersects(g.menu));
            QVERIFY(!g.messageButton.intersects(g.name));
            QVERIFY(!g.message.intersects(g.messageButton));
        }
}

void TestFrame::rightToLeftMirrorsTheSignature()
{
    FrameState s = state();
    s.rightToLeft = true;
    const FrameGeometry g = frameLayout({700, 200}, s, 1.0);
    QVERIFY(g.signature.left() > g.name.right());
    QVERIFY(g.name.left() > g.title.right());
    QVERIFY(g.close.right() > g.signature.right()); // window buttons stay
}

void TestFrame::stripIsKeptUntilItChanges()
{
    // The kept strip must never be a stale one: compare a painter with history against a fresh one.
    FramePainter used;
    FrameState s = state();
    for (int step = 0; step < 6; ++step) {
        s.focused = step % 2 == 0;
        s.title = QStringLiteral("step %1").arg(step);
        s.hovered = step == 3 ? FramePart::Close : FramePart::None;
        const QSize size(400 + 20 * (step / 2), 200 + step);
        const FrameGeometry g = frameLayout(size, s, 1.0);
        QImage image(size, QImage::Format_RGB32);
        image.fill(Qt::magenta);
        {
            QPainter p(&image);
            used.paint(p, g, s);
        }
        paintContent(image, g.content, {}, QRegion(g.whole), contentGround(s));
        QCOMPARE(image, compose(size, s, 1.0, {}));
    }
}

QTEST_MAIN(TestFrame)
#include "tst_frame.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QPainter>
#include <QSet>
#include <QSvgRenderer>
#include <QTest>

#include "ui/theme/icons.h"
#include "ui/theme/identity.h"
#include "ui/theme/level.h"
#include "ui/theme/pattern.h"
#include "ui/theme/swatch.h"
#include "ui/theme/tokens.h"
#include "ui/theme/type.h"

using namespace annex::ui;

namespace {

constexpr double kText = 4.5; // WCAG AA for text
constexpr double kSign = 3.0; // for large text, lines and signs

const std::array kThemes{Theme::Light, Theme::Dark, Theme::HighContrast};

/// How different two pictures are once all colour is taken away: mean absolute difference of their grey values, 0 … 255,
/// after each was stretched to full range. This is what a person sees who sees shapes only.
double structuralDifference(QImage a, QImage b)
{
    const auto stretched = [](const QImage& image) {
        QImage grey = image.convertToFormat(QImage::Format_Grayscale8);
        int low = 255, high = 0;
        for (int y = 0; y < grey.height(); ++y)
            for (int x = 0; x < grey.width(); ++x) {
                low = std::min<int>(low, grey.constScanLine(y)[x]);
                high = std::max<int>(high, grey.constScanLine(y)[x]);
            }
        for (int y = 0; y < grey.height(); ++y)
            for (int x = 0; x < grey.width(); ++x)
                grey.scanLine(y)[x] = static_cast<uchar>(high > low ? (grey.constScanLine(y)[x] - low) * 255 / (high - low) : 0);
        return grey;
    };
    a = stretched(a);
    b = stretched(b);
    double sum = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x)
            sum += std::abs(a.constScanLine(y)[x] - b.constScanLine(y)[x]);
    return sum / (a.width() * a.height());
}

QImage patch(Colour colour, Pattern pattern, double ratio)
{
    QImage image(qRound(46 * ratio), qRound(34 * ratio), QImage::Format_RGB32);
    image.fill(colours(colour).frame);
    QPainter painter(&image);
    paintPattern(painter, image.rect(), pattern, colours(colour).onFrame, ratio);
    return image;
}

} // namespace

class TestUiTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyPairInUseHasItsContrast();
    void frameColoursStandOutFromTheKeyLine();
    void unfocusedStripsCanBeRead();
    void patternsDifferWithoutColour();
    void tilesJoinWithoutASeam_data();
    void tilesJoinWithoutASeam();
    void idsGoThereAndBack();
    void everyIconIsDrawn();
    void iconsTakeTheirColour();
    void levelsDifferByShape();
    void badgeCoversWhateverTheGuestDrew();
    void swatchShowsNumberOfAFreshWorkspace();
    void typeRolesGrowFromTheSystemFont();
};

void TestUiTheme::everyPairInUseHasItsContrast()
{
    for (Theme theme : kThemes) {
        const Tokens& t = tokens(theme);
        for (const QColor& ground : {t.window, t.sidebar, t.surface, t.raised, t.hover, t.selected}) {
            QVERIFY2(contrastRatio(t.text, ground) >= kText, qPrintable(nameOf(theme) + ground.name()));
            QVERIFY2(contrastRatio(t.text2, ground) >= kText, qPrintable(nameOf(theme) + ground.name()));
        }
        QVERIFY(contrastRatio(t.onInk, t.ink) >= kText);
        QVERIFY(contrastRatio(t.ink, t.window) >= kSign);
        for (const auto& [fore, ground] : {std::pair{t.danger, t.dangerBg}, {t.warn, t.warnBg}, {t.ok, t.okBg}, {t.text, t.infoBg}}) {
            QVERIFY(contrastRatio(fore, t.surface) >= kText);
            QVERIFY(contrastRatio(fore, ground) >= kText);
        }
        QVERIFY(contrastRatio(t.borderStrong, t.surface) >= kSign);
        QVERIFY(contrastRatio(t.textOff, t.surface) >= kSign);
    }
    // Two figures of the design's own table, so that the formula itself is checked.
    QCOMPARE(qRound(contrastRatio(tokens(Theme::Light).text, tokens(Theme::Light).window) * 10), 154);
    QCOMPARE(qRound(contrastRatio(Qt::white, Qt::black) * 10), 210);
}

void TestUiTheme::frameColoursStandOutFromTheKeyLine()
{
    for (int i = 0; i < kColourCount; ++i) {
        const ColourSet& set = colours(static_cast<Colour>(i));
        QVERIFY(contrastRatio(set.frame, keyLine()) >= kSign);
        QVERIFY(contrastRatio(set.onFrame, set.frame) >= kText);
    }
    QVERIFY(contrastRatio(plateGlyph(), plateGround()) >= 18.0);
}

void TestUiTheme::unfocusedStripsCanBeRead()
{
    for (int i = 0; i < kColourCount; ++i) {
        const ColourSet& set = colours(static_cast<Colour>(i));
        QVERIFY(contrastRatio(set.unfocusedLight.text, set.unfocusedLight.ground) >= kText);
        QVERIFY(contrastRatio(set.unfocusedDark.text, set.unfocusedDark.ground) >= kText);
    }
}

void TestUiTheme::patternsDifferWithoutColour()
{
    for (double ratio : {1.0, 1.25, 1.5, 2.0})
        for (int a = 0; a < kPatternCount; ++a)
            for (int b = a + 1; b < kPatternCount; ++b) {
                const double difference = structuralDifference(patch(Colour::Graphite, static_cast<Pattern>(a), ratio),
                                                               patch(Colour::Graphite, static_cast<Pattern>(b), ratio));
                QVERIFY2(difference > 20, qPrintable(QStringLiteral("%1 and %2 at %3: %4").arg(a).arg(b).arg(ratio).arg(difference)));
            }
}

void TestUiTheme::tilesJoinWithoutASeam_data()
{
    QTest::addColumn<int>("pattern");
    for (int i = 0; i < kPatternCount; ++i)
        QTest::addRow("%s", qPrintable(idOf(static_cast<Pattern>(i)))) << i;
}

void TestUiTheme::tilesJoinWithoutASeam()
{
    // Shifting a tiled plane by one whole tile must change nothing; and a tile must have ink and ground both.
    QFETCH(int, pattern);
    const auto kind = static_cast<Pattern>(pattern);
    for (double ratio : {1.0, 1.5, 2.0}) {
        const QImage tile = patternTile(kind, Qt::white, ratio);
        QSet<int> alphas;
        for (int y = 0; y < tile.height(); ++y)
            for (int x = 0; x < tile.width(); ++x)
                alphas.insert(qAlpha(tile.pixel(x, y)));
        QVERIFY(alphas.size() >= 2);
        for (int alpha : alphas)
            QVERIFY(alpha <= 130); // never stronger than half
        const QImage plane = patch(Colour::Teal, kind, ratio);
        const int edge = tile.width();
        QCOMPARE(plane.copy(0, 0, edge, edge), plane.copy(edge, edge, edge, edge));
    }
}

void TestUiTheme::idsGoThereAndBack()
{
    for (int i = 0; i < kColourCount; ++i) {
        const auto colour = static_cast<Colour>(i);
        QCOMPARE(colourFromId(idOf(colour)), std::optional(colour));
        const auto pattern = static_cast<Pattern>(i);
        QCOMPARE(patternFromId(idOf(pattern)), std::optional(pattern));
        QCOMPARE(patternOf(colour), pattern);
    }
    for (Level level : {Level::Hypervisor, Level::Emulated, Level::Process}) {
        QCOMPARE(levelFromId(idOf(level)), std::optional(level));
        QVERIFY(!wordOf(level).isEmpty());
        QVERIFY(sentenceOf(level).endsWith(u'.'));
    }
    QVERIFY(!colourFromId(u"mauve"));
    QVERIFY(!patternFromId(u""));
    QVERIFY(!levelFromId(u"Process"));
}

void TestUiTheme::everyIconIsDrawn()
{
    const QStringList names = iconNames();
    QVERIFY(names.size() >= 40);
    for (const QString& name : names) {
        QVERIFY(hasIcon(name));
        const QImage image = iconPixmap(name, 20, Qt::black, 2.0).toImage();
        int inked = 0, touchingEdge = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                if (qAlpha(image.pixel(x, y)) > 40) {
                    ++inked;
                    touchingEdge += x < 2 || y < 2 || x >= 38 || y >= 38;
                }
        QVERIFY2(inked > 20, qPrintable(name));
        QVERIFY2(touchingEdge == 0, qPrintable(name + QStringLiteral(" leaves its margin")));
    }
    QVERIFY(!hasIcon(QStringLiteral("no-such-icon")));
}

void TestUiTheme::iconsTakeTheirColour()
{
    const QImage image = iconPixmap(QStringLiteral("stop"), 20, QColor(200, 10, 30), 2.0).toImage();
    bool found = false;
    for (int x = 0; x < image.width(); ++x)
        found |= QColor(image.pixel(x, 20)) == QColor(200, 10, 30);
    QVERIFY(found);
}

void TestUiTheme::levelsDifferByShape()
{
    const auto badge = [](Level level) {
        QImage image(16, 16, QImage::Format_RGB32);
        image.fill(plateGround());
        QPainter painter(&image);
        paintLevelBadge(painter, image.rect(), level, plateGlyph());
        return image;
    };
    QVERIFY(structuralDifference(badge(Level::Hypervisor), badge(Level::Emulated)) > 8);
    QVERIFY(structuralDifference(badge(Level::Hypervisor), badge(Level::Process)) > 8);
    QVERIFY(structuralDifference(badge(Level::Emulated), badge(Level::Process)) > 8);
}

void TestUiTheme::badgeCoversWhateverTheGuestDrew()
{
    Identity identity;
    identity.colour = Colour::Rose;
    identity.pattern = Pattern::PlusSigns;
    QImage one(256, 256, QImage::Format_ARGB32_Premultiplied), other(7, 90, QImage::Format_ARGB32_Premultiplied);
    one.fill(Qt::green);
    other.fill(QColor(1, 2, 3));
    for (int edge : {16, 24, 32, 48, 64, 128}) {
        const QImage a = badgedIcon(one, identity, edge), b = badgedIcon(other, identity, edge);
        const int badge = qRound(edge * 0.46);
        const QRect corner(edge - badge, edge - badge, badge, badge);
        QCOMPARE(a.copy(corner), b.copy(corner));
        QVERIFY(a != b);
    }
}

void TestUiTheme::swatchShowsNumberOfAFreshWorkspace()
{
    Identity first, second;
    first.name = second.name = QStringLiteral("Untrusted");
    second.number = 2;
    QCOMPARE(first.initial(), QStringLiteral("U"));
    QCOMPARE(second.initial(), QStringLiteral("2"));
    QVERIFY(swatchImage(first, 32, 1.0) != swatchImage(second, 32, 1.0));
    QCOMPARE(swatchImage(first, 32, 1.5).width(), 48);
    Identity nameless;
    QCOMPARE(nameless.initial(), QStringLiteral("?"));
    nameless.name = QStringLiteral("\U0001F41F fish");
    QCOMPARE(nameless.initial().size(), 2);
}

void TestUiTheme::typeRolesGrowFromTheSystemFont()
{
    QFont base;
    base.setPixelSize(14);
    QCOMPARE(typeFont(TypeRole::Caption, base).pixelSize(), 12);
    QCOMPARE(typeFont(TypeRole::Body, base).weight(), int(QFont::Normal));
    QCOMPARE(typeFont(TypeRole::Strong, base).weight(), int(QFont::DemiBold));
    QCOMPARE(typeFont(TypeRole::DialogTitle, base).pixelSize(), 20);
    QCOMPARE(typeFont(TypeRole::PageTitle, base).pixelSize(), 22);
}

QTEST_MAIN(TestUiTheme)
#include "tst_ui_theme.moc"

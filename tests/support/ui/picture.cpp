// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/picture.h"

#include <cstdlib>

#include <QApplication>
#include <QDir>
#include <QIcon>
#include <QTest>
#include <QWidget>

#include "ui/widgets/annex_style.h"

namespace annex::test {

namespace {

using namespace Qt::StringLiterals;

constexpr int kShade = 24;           // of 255 in a channel: rounding of edges differs between builds of the rasteriser
constexpr double kMostDifferent = 0.01; // ui.md section 15

} // namespace

void preparePictures()
{
    QFont font(u"DejaVu Sans"_s);
    font.setPixelSize(14);
    QApplication::setFont(font);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    QIcon::setThemeSearchPaths({u"/usr/share/icons"_s});
    QIcon::setThemeName(u"Adwaita"_s);
    ui::applyTheme(ui::Theme::Light, true);
    QApplication::setCursorFlashTime(0); // a caret would differ from picture to picture
}

QImage grab(QWidget& widget)
{
    widget.show();
    if (!QTest::qWaitForWindowExposed(&widget))
        return {};
    QCoreApplication::sendPostedEvents();
    QTest::qWait(0);
    QImage image(widget.size() * widget.devicePixelRatioF(), QImage::Format_RGB32);
    image.setDevicePixelRatio(widget.devicePixelRatioF());
    image.fill(Qt::magenta); // whatever nobody draws is seen at once
    widget.render(&image);
    return image;
}

QString compare(const QImage& drawn, const QString& name)
{
    const QString reference = QStringLiteral(ANNEX_SOURCE_DIR "/tests/data/screens/") + name + u".png"_s;
    if (qEnvironmentVariableIsSet("ANNEX_UPDATE_SCREENS")) {
        QDir().mkpath(QFileInfo(reference).path());
        return drawn.save(reference) ? QString() : u"cannot write "_s + reference;
    }
    const auto keep = [&] {
        const QString kept = QDir::current().filePath(u"screens/"_s + name + u".png"_s);
        QDir().mkpath(QFileInfo(kept).path());
        drawn.save(kept);
        return u", drawn: "_s + kept;
    };
    QImage expected(reference);
    if (expected.isNull())
        return u"no reference "_s + reference + keep();
    expected = expected.convertToFormat(QImage::Format_RGB32);
    if (expected.size() != drawn.size())
        return u"size %1×%2 instead of %3×%4"_s.arg(drawn.width()).arg(drawn.height()).arg(expected.width()).arg(expected.height()) + keep();
    qint64 different = 0;
    for (int y = 0; y < drawn.height(); ++y) {
        const QRgb* a = reinterpret_cast<const QRgb*>(drawn.constScanLine(y));
        const QRgb* b = reinterpret_cast<const QRgb*>(expected.constScanLine(y));
        for (int x = 0; x < drawn.width(); ++x)
            different += std::abs(qRed(a[x]) - qRed(b[x])) > kShade || std::abs(qGreen(a[x]) - qGreen(b[x])) > kShade
                         || std::abs(qBlue(a[x]) - qBlue(b[x])) > kShade;
    }
    const double share = double(different) / (double(drawn.width()) * drawn.height());
    if (share <= kMostDifferent)
        return {};
    return u"%1 % of the pixels differ from %2"_s.arg(share * 100, 0, 'f', 2).arg(reference) + keep();
}

} // namespace annex::test

// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "vgpu/display/guest/core/x11_icon.h"

using namespace annex::display;
using annex::display::guest::chooseIcon;

class TestX11Icon : public QObject {
    Q_OBJECT
    static void addImage(std::vector<std::uint32_t>& value, std::uint32_t width, std::uint32_t height, std::uint32_t pixel)
    {
        value.push_back(width);
        value.push_back(height);
        value.insert(value.end(), std::size_t{width} * height, pixel);
    }

private Q_SLOTS:
    void takesTheLargestThatFits()
    {
        std::vector<std::uint32_t> value;
        addImage(value, 16, 16, 0xff000000);
        addImage(value, 300, 300, 0xffffffff);
        addImage(value, 64, 64, 0xff112233);
        addImage(value, 32, 32, 0xff000000);
        const auto icon = chooseIcon(value);
        QVERIFY(icon);
        QCOMPARE(icon->width, 64);
        QCOMPARE(icon->pixels.size(), std::size_t{64} * 64 * 4);
        QCOMPARE(icon->pixels[0], std::uint8_t{0x33});
        QCOMPARE(icon->pixels[3], std::uint8_t{0xff});
    }
    void premultiplies()
    {
        std::vector<std::uint32_t> value;
        addImage(value, 1, 1, 0x80ff0000);
        const auto icon = chooseIcon(value);
        QVERIFY(icon);
        QCOMPARE(icon->pixels[2], std::uint8_t{0x80});
        QCOMPARE(icon->pixels[3], std::uint8_t{0x80});
    }
    void refusesWhatDoesNotAddUp_data()
    {
        QTest::addColumn<QVector<quint32>>("value");
        QTest::newRow("empty") << QVector<quint32>{};
        QTest::newRow("no pixels") << QVector<quint32>{16, 16};
        QTest::newRow("too few pixels") << QVector<quint32>{2, 2, 1, 2, 3};
        QTest::newRow("zero") << QVector<quint32>{0, 5, 1, 1, 1};
        QTest::newRow("overflow") << QVector<quint32>{0x10000, 0x10000, 1};
        QTest::newRow("huge") << QVector<quint32>{0xffffffff, 0xffffffff, 1};
    }
    void refusesWhatDoesNotAddUp()
    {
        QFETCH(QVector<quint32>, value);
        QVERIFY(!chooseIcon(std::span<const std::uint32_t>(value.constData(), static_cast<std::size_t>(value.size()))));
    }
    void keepsWhatCameBeforeTheDamage()
    {
        std::vector<std::uint32_t> value;
        addImage(value, 8, 8, 0xff000000);
        value.insert(value.end(), {100, 100, 1});
        const auto icon = chooseIcon(value);
        QVERIFY(icon);
        QCOMPARE(icon->width, 8);
    }
};

QTEST_APPLESS_MAIN(TestX11Icon)
#include "tst_x11_icon.moc"

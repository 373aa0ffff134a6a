// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QDirIterator>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/ui/picture.h"
#include "tests/support/ui/scenes.h"
#include "ui/pages/desk.h"
#include "ui/pages/main_window.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/desktop_look.h"
#include "ui/widgets/info_bar.h"

using namespace annex;
using namespace annex::test;
using namespace Qt::StringLiterals;

namespace {

/// Counts paint events of a window and everything in it.
class PaintCounter : public QObject {
public:
    int paints = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        paints += event->type() == QEvent::Paint;
        return false;
    }
};

} // namespace

class TestWidgets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { preparePictures(); }

    void theGravestNoticeWinsAndAClosedOneStaysAway()
    {
        ui::Notices notices;
        notices.set({u"level"_s, ui::Notice::Weight::Info, u"Level Process."_s});
        notices.set({u"trail"_s, ui::Notice::Weight::Danger, u"The trail is broken."_s});
        QCOMPARE(notices.top()->id, u"trail"_s);
        notices.close(u"trail"_s);
        QCOMPARE(notices.top()->id, u"level"_s);
        notices.clear(u"level"_s);
        QVERIFY(!notices.top());
    }

    void theDesktopDecidesTheTheme_data()
    {
        QTest::addColumn<QString>("environment");
        QTest::addColumn<int>("scheme");
        QTest::addColumn<int>("contrast");
        QTest::addColumn<bool>("darkPalette");
        QTest::addColumn<int>("theme");
        QTest::newRow("nothing said") << QString() << -1 << -1 << false << int(ui::Theme::Light);
        QTest::newRow("prefers dark") << QString() << 1 << 0 << false << int(ui::Theme::Dark);
        QTest::newRow("prefers light") << QString() << 2 << 0 << true << int(ui::Theme::Light);
        QTest::newRow("high contrast wins") << QString() << 1 << 1 << false << int(ui::Theme::HighContrast);
        QTest::newRow("dark palette") << QString() << -1 << -1 << true << int(ui::Theme::Dark);
        QTest::newRow("named") << u"high-contrast"_s << 1 << 0 << false << int(ui::Theme::HighContrast);
    }
    void theDesktopDecidesTheTheme()
    {
        QFETCH(QString, environment);
        QFETCH(int, scheme);
        QFETCH(int, contrast);
        QFETCH(bool, darkPalette);
        ui::DesktopWishes wishes;
        if (scheme >= 0)
            wishes.colourScheme = uint(scheme);
        if (contrast >= 0)
            wishes.contrast = uint(contrast);
        wishes.darkPalette = darkPalette;
        QTEST(int(ui::themeFor(environment, wishes)), "theme");
    }

    void aLockedSwitchAsksWhyInsteadOfFlipping()
    {
        ui::Switch control;
        control.setLocked(true);
        QSignalSpy flipped(&control, &ui::Switch::flipped);
        QSignalSpy why(&control, &ui::Switch::askedWhy);
        QTest::keyClick(&control, Qt::Key_Space);
        QCOMPARE(flipped.size(), 0);
        QCOMPARE(why.size(), 1);
        QVERIFY(!control.isChecked());
        control.setLocked(false);
        QTest::keyClick(&control, Qt::Key_Space);
        QCOMPARE(flipped.size(), 1);
    }

    void whatTheBrokerSaysFlipsWithoutASignal()
    {
        ui::Switch control;
        QSignalSpy flipped(&control, &ui::Switch::flipped);
        control.setOn(true);
        QVERIFY(control.isChecked());
        QCOMPARE(control.text(), u"On"_s);
        QCOMPARE(flipped.size(), 0);
    }

    void withReducedMotionNothingTakesTime()
    {
        ui::applyTheme(ui::Theme::Light, true);
        QCOMPARE(ui::motion(120), 0);
        ui::applyTheme(ui::Theme::Light, false);
        QCOMPARE(ui::motion(120), 120);
    }

    void nothingIsPaintedWhileNothingHappens()
    {
        FakeServices services;
        fillWorld(services.world);
        ui::UiState state{QString()};
        ui::Desk desk(services.all(), state);
        ui::MainWindow window(desk);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QTest::qWait(700); // the delayed placeholder of a slow list is past
        PaintCounter counter;
        for (QWidget* widget : window.findChildren<QWidget*>())
            widget->installEventFilter(&counter);
        window.installEventFilter(&counter);
        QTest::qWait(3000);
        QCOMPARE(counter.paints, 0);
    }

    void noColourIsWrittenOutsideTheTheme()
    {
        const QRegularExpression literal(u"#[0-9a-fA-F]{6}\\b|0x[0-9a-fA-F]{6,8}u?\\b|Qt::(red|green|blue|white|gray|yellow|cyan)\\b|qRgb\\(|QColor\\(\\s*\\d|setStyleSheet"_s);
        QStringList found;
        QDirIterator files(QStringLiteral(ANNEX_SOURCE_DIR "/ui"), {u"*.cpp"_s, u"*.h"_s}, QDir::Files, QDirIterator::Subdirectories | QDirIterator::FollowSymlinks);
        int read = 0;
        while (files.hasNext()) {
            const QString path = files.next();
            if (path.contains(u"/ui/theme/"_s))
                continue;
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            ++read;
            if (const auto match = literal.match(QString::fromUtf8(file.readAll())); match.hasMatch())
                found << path + u": "_s + match.captured();
        }
        QVERIFY(read > 40);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
    }
};

QTEST_MAIN(TestWidgets)
#include "tst_widgets.moc"

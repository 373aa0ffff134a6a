// SPDX-License-Identifier: Apache-2.0
// Programs that people use, each in the host's frame beside a host window: shown, typed into, resized, closed through the frame.
#include <QTest>

#include "tests/e2e/desk.h"
#include "ui/frame/frame_painter.h"

using namespace annex::test;
using namespace annex::test::e2e;
using namespace Qt::StringLiterals;
using annex::ui::FramePart;

namespace {

const QString kWorkspace = u"Untrusted"_s;
const QString kTyped = u"Typed by a person 42"_s;

} // namespace

class TstE2ePrograms : public QObject {
    Q_OBJECT

private:
    Desk m_desk;

    // What was typed is read back as a person does: marked, copied, and found on the host's clipboard.
    bool typesIntoField(const GuestWindow& window)
    {
        screen::setClipboard(u"before"_s);
        const QImage before = settled(window.content());
        screen::type(kTyped);
        if (!changes(window.content(), before))
            return false;
        return eventually([] {
            screen::key(u"End"_s);
            screen::key(u"shift+Home"_s);
            screen::key(u"ctrl+c"_s);
            return eventually([] { QTest::qWait(100); return screen::clipboard() == kTyped; }, 10'000);
        }, 60'000);
    }

    bool typesIntoShell()
    {
        screen::type(u"echo $((6*7)) $(stty size) > /tmp/typed\n"_s);
        return eventually([this] { return m_desk.annex().shell(kWorkspace, u"cat /tmp/typed"_s).out.startsWith("42 "); });
    }

    // The program itself drew the new size: where it did not, the host's own ground would show.
    bool fillsItsFrame(const GuestWindow& window)
    {
        const QColor ground = annex::ui::contentGround(window.state);
        return eventually([&] {
            const QImage content = settled(window.content());
            const QImage right = content.copy(content.width() - 3, 0, 3, content.height());
            const QImage foot = content.copy(0, content.height() - 3, content.width(), 3);
            return shareOf(right, ground) < 0.5 && shareOf(foot, ground) < 0.5;
        }, 60'000);
    }

    void resizes(GuestWindow& window, int step_px)
    {
        const QSize wanted = window.box().size() + QSize(step_px, step_px);
        screen::resize(window.window, wanted);
        // Terminals keep to whole cells.
        QVERIFY2(eventually([&] {
            window.refresh();
            return qAbs(window.box().width() - wanted.width()) < 24 && qAbs(window.box().height() - wanted.height()) < 24;
        }), "the window did not take the new size");
        QVERIFY2(fillsItsFrame(window), "the program did not draw the new size");
        window.refresh();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString hindrance = m_desk.start();
        QVERIFY2(hindrance.isEmpty(), qPrintable(hindrance));
        QVERIFY(m_desk.annex().startWorkspace(kWorkspace));
    }

    void standsInItsFrame_data()
    {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<QString>("title");
        QTest::addColumn<QPoint>("field"); ///< where one types, in the content; none: it is a shell
        QTest::newRow("foot") << QStringList{u"foot"_s} << u".*"_s << QPoint();
        QTest::newRow("xterm") << QStringList{u"xterm"_s} << u".*"_s << QPoint();
        QTest::newRow("qt") << QStringList{programPath(u"annex-test-qt-program"_s)} << u"Qt program"_s << QPoint(100, 100);
        QTest::newRow("gtk3") << QStringList{u"gtk3-demo-application"_s} << u".*"_s << QPoint(80, 110);
        QTest::newRow("gtk4") << QStringList{u"gtk4-demo-application"_s} << u".*"_s << QPoint(80, 85);
    }

    void standsInItsFrame()
    {
        QFETCH(QStringList, command);
        QFETCH(QString, title);
        QFETCH(QPoint, field);
        m_desk.useHostWindow();
        QVERIFY(guestWindows(kWorkspace).isEmpty());

        const Outcome outcome = m_desk.annex().annexctl(QStringList{u"run"_s, u"-w"_s, kWorkspace, u"--"_s} + command);
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        GuestWindow window = waitForGuest(kWorkspace, title);
        QVERIFY(window);
        QVERIFY2(eventually([&] { return window.isActive(); }), "the program that the person started did not take the keyboard");
        QVERIFY2(settled(window.content()).size() == window.content().size(), "it did not settle");
        window.refresh();
        QString fault = frameFault(window, true);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QVERIFY(m_desk.hostWindowIsWhole());

        if (!field.isNull())
            screen::click(window.content().topLeft() + field);
        QVERIFY2(field.isNull() ? typesIntoShell() : typesIntoField(window), "what was typed did not arrive");
        resizes(window, 120);
        resizes(window, -100);

        m_desk.useHostWindow();
        fault = frameFault(window, false);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        window.activate();
        fault = frameFault(window, true);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));

        window.press(FramePart::Close);
        QVERIFY2(eventually([] { return guestWindows(kWorkspace).isEmpty(); }), "it did not close");
        const QByteArray name = command.first().section(u'/', -1).toUtf8();
        QVERIFY2(eventually([&] { return !m_desk.processesIn(kWorkspace).contains(name); }), "the program did not end");
    }

    void documentStandsInItsFrame()
    {
        const QString path = makePdf(m_desk.annex().folder() + u"/home"_s, u"invoice.pdf"_s, u"Invoice 2026-0317"_s);
        const Outcome outcome = m_desk.annex().annexctl({u"open"_s, u"-w"_s, kWorkspace, path});
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        GuestWindow window = waitForGuest(kWorkspace, u"invoice\\.pdf.*"_s);
        QVERIFY(window);
        QVERIFY(eventually([&] { return window.isActive(); }));
        QVERIFY2(eventually([&] { window.refresh(); return shareOf(screen::shot(window.content()), kPdfColour, 8) > 0.005; }), "the page is not drawn");
        QVERIFY(m_desk.hostWindowIsWhole());
        // The page is marked where the word stands that was typed into the search field, and for no other word.
        screen::key(u"ctrl+f"_s);
        const QRect page = window.content().adjusted(0, 120, 0, 0);
        const QImage before = settled(page);
        screen::type(u"Inv"_s);
        const auto differsFrom = [&](const QImage& picture) { return screen::difference(settled(page), picture, 40) > 0.0005; };
        QVERIFY2(eventually([&] { return differsFrom(before); }), "the word that was typed was not found");
        const QImage found = settled(page);
        screen::type(u"xyz"_s);
        QVERIFY2(eventually([&] { return differsFrom(found); }), "a word that is not there was found");
        screen::key(u"Escape"_s);
        resizes(window, 120);
        QVERIFY2(shareOf(screen::shot(window.content()), kPdfColour, 8) > 0.005, "the page went with the resize");
        const QString fault = frameFault(window, true);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        window.press(FramePart::Close);
        QVERIFY2(eventually([] { return guestWindows(kWorkspace).isEmpty(); }), "it did not close");
        QVERIFY2(eventually([&] { return !m_desk.processesIn(kWorkspace).contains("evince "); }), "the program did not end");
    }

    void browserStandsInItsFrame()
    {
        const Outcome outcome = m_desk.annex().annexctl({u"run"_s, u"-w"_s, kWorkspace, u"--"_s, u"firefox-esr"_s, u"about:blank"_s});
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        GuestWindow window = waitForGuest(kWorkspace, u".*Mozilla Firefox.*"_s);
        QVERIFY(window);
        QVERIFY(eventually([&] { return window.isActive(); }));
        settled(window.content());
        QVERIFY(m_desk.hostWindowIsWhole());
        // Its address line takes what is typed; the page says so in its title and in a colour.
        QVERIFY2(eventually([&] {
            screen::key(u"ctrl+l"_s);
            screen::type(u"data:text/html,<title>typed</title><body bgcolor=teal>"_s);
            settled(window.content(), 10'000);
            screen::key(u"Return"_s);
            return eventually([] { return !guestWindows(kWorkspace, u"typed.*"_s).isEmpty(); }, 20'000);
        }), "the page that was typed did not come");
        QVERIFY2(eventually([&] { return shareOf(screen::shot(window.content()), QColor(0, 0x80, 0x80), 4) > 0.5; }), "the page is not drawn");
        resizes(window, -100);
        QVERIFY2(eventually([&] { return shareOf(screen::shot(window.content()), QColor(0, 0x80, 0x80), 4) > 0.5; }), "the page went with the resize");
        const QString fault = frameFault(window, true);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        window.press(FramePart::Close);
        QVERIFY2(eventually([] { return guestWindows(kWorkspace).isEmpty(); }), "it did not close");
        QVERIFY2(eventually([&] { return !m_desk.processesIn(kWorkspace).contains("firefox"); }), "the program did not end");
    }

    void cleanup()
    {
        m_desk.keepIfFailed();
        m_desk.annex().annexctl({u"stop"_s, u"--force"_s, kWorkspace});
        m_desk.annex().startWorkspace(kWorkspace);
    }
};

QTEST_MAIN(TstE2ePrograms)
#include "tst_e2e_programs.moc"

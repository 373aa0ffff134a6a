// SPDX-License-Identifier: Apache-2.0
// Several workspaces side by side: told apart, stacked as the person stacks them, and the keyboard only where the person put it.
#include <QJsonObject>
#include <QTest>

#include "tests/e2e/desk.h"

using namespace annex::test;
using namespace annex::test::e2e;
using namespace Qt::StringLiterals;

namespace {

const QString kFirst = u"Untrusted"_s, kSecond = u"Research"_s;

} // namespace

class TstE2eWorkspaces : public QObject {
    Q_OBJECT

private:
    Desk m_desk;
    GuestWindow m_first, m_second;
    Session& annex() { return m_desk.annex(); }

    GuestWindow open(const QString& workspace, QPoint place)
    {
        const auto before = guestWindows(workspace).size();
        if (annex().annexctl({u"run"_s, u"-w"_s, workspace, u"--"_s, u"foot"_s}).exitCode != 0)
            return {};
        if (!eventually([&] { return guestWindows(workspace).size() > before; }))
            return {};
        GuestWindow window = waitForGuest(workspace, u".*"_s);
        screen::move(window.window, place);
        eventually([&] { window.refresh(); return window.box().topLeft() == place; });
        settled(window.content());
        return window;
    }

    QByteArray typedIn(const QString& workspace) { return annex().shell(workspace, u"cat /tmp/typed"_s).out; }

private Q_SLOTS:
    void initTestCase()
    {
        const QString hindrance = m_desk.start();
        QVERIFY2(hindrance.isEmpty(), qPrintable(hindrance));
        QCOMPARE(annex().annexctl({u"create"_s, kSecond}).exitCode, 0);
        QVERIFY(annex().startWorkspace(kFirst));
        QVERIFY(annex().startWorkspace(kSecond));
        m_first = open(kFirst, {60, 60});
        m_second = open(kSecond, {360, 260});
        QVERIFY(m_first && m_second);
        const QJsonObject second = annex().workspace(kSecond);
        m_second.state.identity.colour = *annex::ui::colourFromId(second["colour"_L1].toString());
        m_second.state.identity.pattern = *annex::ui::patternFromId(second["pattern"_L1].toString());
    }

    void areToldApart()
    {
        QVERIFY(m_first.state.identity.colour != m_second.state.identity.colour || m_first.state.identity.pattern != m_second.state.identity.pattern);
        m_first.activate();
        QString fault = frameFault(m_first, true);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        m_second.activate();
        fault = frameFault(m_second, true);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QVERIFY(m_desk.hostWindowIsWhole());
    }

    void stackAsThePersonStacksThem()
    {
        const QRect overlap = m_first.box().intersected(m_second.box());
        QVERIFY(overlap.width() > 60 && overlap.height() > 60);
        // Where both are: the second's upper left corner lies over the first's content.
        const QPoint corner = m_second.box().topLeft() + QPoint(2, 200);
        m_second.activate();
        const QColor frame = annex::ui::colours(m_second.state.identity.colour).frame;
        QVERIFY(eventually([&] { return screen::shot().pixelColor(corner) == frame; }));
        screen::click(m_first.box().topLeft() + QPoint(100, 100)); // a press into it raises it
        QVERIFY2(eventually([&] { return screen::shot().pixelColor(corner) != frame; }), "the window that was clicked did not come to the front");
        QVERIFY(eventually([this] { return m_first.isActive(); }));
        screen::click(m_second.box().bottomRight() - QPoint(60, 60));
        QVERIFY(eventually([&] { return screen::shot().pixelColor(corner) == frame; }));
        QVERIFY(eventually([this] { return m_second.isActive(); }));
    }

    void keysGoToOneWorkspaceOnly()
    {
        m_first.activate();
        screen::type(u"echo first > /tmp/typed\n"_s);
        QVERIFY(eventually([this] { return typedIn(kFirst) == "first\n"; }));
        m_second.activate();
        screen::type(u"echo second > /tmp/typed\n"_s);
        QVERIFY(eventually([this] { return typedIn(kSecond) == "second\n"; }));
        QCOMPARE(typedIn(kFirst), "first\n");
        // And to none while a host window has the keyboard.
        m_desk.useHostWindow();
        screen::type(u"echo host > /tmp/typed\n"_s);
        m_first.activate();
        screen::type(u"echo again > /tmp/typed2\n"_s);
        QVERIFY(eventually([this] { return annex().shell(kFirst, u"cat /tmp/typed2"_s).out == "again\n"; }));
        QCOMPARE(typedIn(kFirst), "first\n");
        QCOMPARE(typedIn(kSecond), "second\n");
    }

    void whatThePersonStartedTakesTheKeyboard()
    {
        m_desk.useHostWindow();
        QCOMPARE(annex().annexctl({u"run"_s, u"-w"_s, kFirst, u"--"_s, u"foot"_s, u"-T"_s, u"asked for"_s}).exitCode, 0);
        GuestWindow window = waitForGuest(kFirst, u"asked for"_s);
        QVERIFY(window);
        QVERIFY2(eventually([&] { return window.isActive(); }), "a program that the person started did not get the keyboard");
        window.press(annex::ui::FramePart::Close);
        QVERIFY(screen::waitUntilGone(namePattern(kFirst, u"asked for"_s)));
    }

    void whatAProgramOpensByItselfDoesNot()
    {
        m_desk.useHostWindow();
        QCOMPARE(annex().shell(kFirst, u"foot -T 'not asked for' >/dev/null 2>&1 &"_s).exitCode, 0);
        GuestWindow window = waitForGuest(kFirst, u"not asked for"_s);
        QVERIFY(window);
        settled(window.content());
        QCOMPARE(screen::activeWindow(), m_desk.hostWindow().id);
        const QString fault = frameFault(window, false);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
    }

    void oneThatStopsLeavesTheOthersAlone()
    {
        QCOMPARE(annex().annexctl({u"stop"_s, u"--force"_s, kFirst}).exitCode, 0);
        QVERIFY(eventually([] { return guestWindows(kFirst).isEmpty(); }));
        m_second.activate();
        const QString fault = frameFault(m_second, true);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        screen::type(u"echo still > /tmp/typed\n"_s);
        QVERIFY(eventually([this] { return typedIn(kSecond) == "still\n"; }));
    }

    void cleanup()
    {
        m_desk.keepIfFailed();
    }
};

QTEST_MAIN(TstE2eWorkspaces)
#include "tst_e2e_workspaces.moc"

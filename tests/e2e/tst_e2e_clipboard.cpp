// SPDX-License-Identifier: Apache-2.0
// Text between the host's clipboard and a workspace's, by a person's gestures only: one decision and one record each.
#include <QJsonObject>
#include <QTest>

#include "tests/e2e/desk.h"
#include "ui/frame/strip_messages.h"

using namespace annex::test;
using namespace annex::test::e2e;
using namespace Qt::StringLiterals;
using annex::ui::FramePart;

namespace {

const QString kWorkspace = u"Untrusted"_s;

} // namespace

class TstE2eClipboard : public QObject {
    Q_OBJECT

private:
    Desk m_desk;
    GuestWindow m_window;

    qsizetype count(const QString& action, const QString& outcome)
    {
        qsizetype found = 0;
        for (const QJsonObject& record : m_desk.records(action))
            found += record["outcome"_L1].toString() == outcome ? record["count"_L1].toInt(1) : 0;
        return found;
    }

    /// What the field holds, read out by the person's own copy gesture: this counts as one more crossing out.
    QString field()
    {
        screen::setClipboard(u"(none)"_s);
        QString text = u"(none)"_s;
        // A program that is too slow for the time after the gesture gives nothing, and nothing is recorded: a person presses again.
        eventually([&] {
            screen::key(u"ctrl+a"_s);
            screen::key(u"ctrl+c"_s);
            return eventually([&] { QTest::qWait(100); text = screen::clipboard(); return text != u"(none)"_s; }, 10'000);
        }, 60'000);
        return text;
    }

    /// The strip says this, in the title's place.
    QString stripFault(const QString& id, const QVariantMap& arguments = {})
    {
        m_window.state.message = annex::ui::stripMessageFor(id, arguments)->text;
        const QString fault = frameFault(m_window, true);
        m_window.state.message.reset();
        return fault;
    }

    void openMenuAndChoose(int item)
    {
        const QImage before = settled(m_window.content());
        m_window.press(FramePart::Menu);
        QVERIFY(changes(m_window.content(), before));
        for (int i = 0; i < item; ++i)
            screen::key(u"Down"_s);
        screen::key(u"Return"_s);
    }

    void set(const QString& key, const QString& value)
    {
        QCOMPARE(m_desk.annex().annexctl({u"policy"_s, u"set"_s, key, value}).exitCode, 0);
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString hindrance = m_desk.start();
        QVERIFY2(hindrance.isEmpty(), qPrintable(hindrance));
    }

    void init()
    {
        QVERIFY(m_desk.annex().startWorkspace(kWorkspace));
        const Outcome outcome = m_desk.annex().annexctl({u"run"_s, u"-w"_s, kWorkspace, programPath(u"annex-test-qt-program"_s)});
        QVERIFY2(outcome.exitCode == 0, outcome.err);
        m_window = waitForGuest(kWorkspace, u"Qt program"_s);
        QVERIFY(m_window);
        QVERIFY(eventually([this] { return m_window.isActive(); }));
        // Wide enough for every sentence of the strip.
        screen::resize(m_window.window, {620, 300});
        QVERIFY(eventually([this] { m_window.refresh(); return m_window.box().width() == 620; }));
        settled(m_window.content());
    }

    void pastesIn()
    {
        const QString text = u"From the host: größer, 42 €"_s;
        const auto before = count(u"clipboard.paste"_s, u"allowed"_s);
        screen::setClipboard(text);
        settled(m_window.content());
        screen::key(u"ctrl+v"_s);
        const QString fault = stripFault(u"pasted"_s, {{u"n"_s, text.size()}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QCOMPARE(count(u"clipboard.paste"_s, u"allowed"_s), before + 1);
        QCOMPARE(field(), text);
    }

    void copiesOut()
    {
        screen::type(u"From the workspace"_s);
        const auto before = count(u"clipboard.copy"_s, u"allowed"_s);
        QCOMPARE(field(), u"From the workspace"_s);
        const QString fault = stripFault(u"copied"_s, {{u"n"_s, 18}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QCOMPARE(count(u"clipboard.copy"_s, u"allowed"_s), before + 1);
    }

    void copiesOutThroughTheMenu()
    {
        screen::type(u"By the menu"_s);
        QCOMPARE(field(), u"By the menu"_s);
        const auto before = count(u"clipboard.copy"_s, u"allowed"_s);
        screen::setClipboard(u"something else"_s);
        openMenuAndChoose(2);
        QVERIFY2(eventually([] { return screen::clipboard() == u"By the menu"_s; }, 60'000), qPrintable(screen::clipboard()));
        QCOMPARE(count(u"clipboard.copy"_s, u"allowed"_s), before + 1);
    }

    void pastesThroughTheMenu()
    {
        const auto before = count(u"clipboard.paste"_s, u"allowed"_s);
        screen::setClipboard(u"Offered"_s);
        openMenuAndChoose(1);
        QString fault = stripFault(u"pasted"_s, {{u"n"_s, 7}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QCOMPARE(count(u"clipboard.paste"_s, u"allowed"_s), before + 1);
        // Now the program's own menu has it, too. Its items: Undo, Redo, Cut, Copy, Paste.
        const QImage plain = settled(m_window.content());
        screen::click(m_window.content().center(), 3);
        QVERIFY(changes(m_window.content(), plain));
        screen::key(u"p"_s);
        QVERIFY(eventually([this] { return field() == u"Offered"_s; }, 60'000));
        QCOMPARE(count(u"clipboard.paste"_s, u"allowed"_s), before + 1);
    }

    void nothingCrossesWithoutAGesture()
    {
        screen::setClipboard(u"the host's own secret"_s);
        const auto pastes = m_desk.records(u"clipboard.paste"_s).size(), copies = m_desk.records(u"clipboard.copy"_s).size();
        const QImage plain = settled(m_window.content());
        screen::click(m_window.content().center(), 3); // the program's own menu, without the frame's
        QVERIFY(changes(m_window.content(), plain));
        screen::key(u"p"_s);
        screen::key(u"Escape"_s);
        screen::type(u"x"_s);
        QCOMPARE(field(), u"x"_s);
        QCOMPARE(m_desk.records(u"clipboard.paste"_s).size(), pastes);
        QCOMPARE(m_desk.records(u"clipboard.copy"_s).size(), copies + 1);
    }

    void offMeansRefusedWithTheSentence()
    {
        screen::type(u"stays inside"_s);
        set(u"clipboard.to_workspace"_s, u"off"_s);
        set(u"clipboard.from_workspace"_s, u"off"_s);
        const auto pastes = count(u"clipboard.paste"_s, u"refused"_s), copies = count(u"clipboard.copy"_s, u"refused"_s);
        screen::setClipboard(u"stays outside"_s);
        const QImage before = settled(m_window.content());

        screen::key(u"ctrl+v"_s);
        QString fault = stripFault(u"paste-off"_s);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QCOMPARE(count(u"clipboard.paste"_s, u"refused"_s), pastes + 1);
        QVERIFY2(screen::difference(settled(m_window.content()), before) < 0.001, "something was pasted");

        screen::key(u"ctrl+a"_s);
        screen::key(u"ctrl+c"_s);
        fault = stripFault(u"copy-off"_s);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QCOMPARE(count(u"clipboard.copy"_s, u"refused"_s), copies + 1);
        QCOMPARE(screen::clipboard(), u"stays outside"_s);
    }

    void cleanup()
    {
        m_desk.keepIfFailed();
        set(u"clipboard.to_workspace"_s, u"text"_s);
        set(u"clipboard.from_workspace"_s, u"text"_s);
        m_desk.annex().annexctl({u"stop"_s, u"--force"_s, kWorkspace});
    }
};

QTEST_MAIN(TstE2eClipboard)
#include "tst_e2e_clipboard.moc"

// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/ui/picture.h"
#include "tests/support/ui/scenes.h"
#include "ui/pages/desk.h"
#include "ui/pages/error_dialog.h"
#include "ui/pages/question_dialog.h"
#include "ui/pages/start_window.h"
#include "ui/widgets/controls.h"

using namespace annex;
using namespace annex::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPatience_ms = 60'000;

template <class T>
T* topLevel()
{
    for (QWidget* widget : QApplication::topLevelWidgets())
        if (auto* found = qobject_cast<T*>(widget); found && found->isVisible())
            return found;
    return nullptr;
}

ui::Button* buttonOf(QWidget* parent, const QString& text)
{
    for (auto* button : parent->findChildren<ui::Button*>())
        if (button->text() == text)
            return button;
    return nullptr;
}

} // namespace

/// What happens around a call: progress, questions, errors.
class TestDesk : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { preparePictures(); }
    void init()
    {
        m_services = std::make_unique<FakeServices>();
        fillWorld(m_services->world);
        m_state = std::make_unique<ui::UiState>(QString());
        m_desk = std::make_unique<ui::Desk>(m_services->all(), *m_state);
    }
    void cleanup()
    {
        m_desk.reset();
        m_services.reset();
    }

    void aSlowStartShowsItsProgressAndRemembersIt()
    {
        m_desk->start(u"w4"_s);
        QVERIFY(!topLevel<ui::StartWindow>()); // nothing for the first 400 ms
        QTRY_VERIFY_WITH_TIMEOUT(topLevel<ui::StartWindow>(), kPatience_ms);
        m_services->workspaces.change(u"w4"_s, [](ui::Workspace& w) { w.state = ui::WorkspaceState::Running; });
        QTRY_VERIFY_WITH_TIMEOUT(!topLevel<ui::StartWindow>(), kPatience_ms);
        QCOMPARE(m_state->starts_ms(u"fake"_s).size(), 1);
    }

    void theProgressStaysUntilTheFirstWindowStands()
    {
        // Somebody else (annexctl, a file manager) opens something here.
        m_services->workspaces.change(u"w4"_s, [](ui::Workspace& w) { w.state = ui::WorkspaceState::Starting; });
        QTRY_VERIFY_WITH_TIMEOUT(topLevel<ui::StartWindow>(), kPatience_ms);
        m_services->workspaces.change(u"w4"_s, [](ui::Workspace& w) { w.state = ui::WorkspaceState::Running; });
        QTest::qWait(100);
        QVERIFY(topLevel<ui::StartWindow>());
        QVERIFY(m_state->starts_ms(u"fake"_s).isEmpty());
        m_services->workspaces.change(u"w4"_s, [](ui::Workspace& w) { w.openWindows = {ui::OpenWindow{u"1"_s, u"foot"_s, u"foot"_s, false, true}}; });
        QTRY_VERIFY_WITH_TIMEOUT(!topLevel<ui::StartWindow>(), kPatience_ms);
        QCOMPARE(m_state->starts_ms(u"fake"_s).size(), 1);
    }

    void aProgramWithoutAWindowIsNotWaitedForInVain()
    {
        m_services->workspaces.change(u"w4"_s, [](ui::Workspace& w) { w.state = ui::WorkspaceState::Starting; });
        QTRY_VERIFY_WITH_TIMEOUT(topLevel<ui::StartWindow>(), kPatience_ms);
        m_services->workspaces.change(u"w4"_s, [](ui::Workspace& w) { w.state = ui::WorkspaceState::Running; });
        QTRY_VERIFY_WITH_TIMEOUT(!topLevel<ui::StartWindow>(), kPatience_ms);
    }

    void aFastStartShowsNothing()
    {
        m_desk->start(u"w4"_s);
        m_services->workspaces.change(u"w4"_s, [](ui::Workspace& w) { w.state = ui::WorkspaceState::Running; });
        QTest::qWait(600); // past the 400 ms after which a window would have come
        QVERIFY(!topLevel<ui::StartWindow>());
    }

    void cancelGivesTheStartUp()
    {
        m_desk->start(u"w4"_s);
        QTRY_VERIFY_WITH_TIMEOUT(topLevel<ui::StartWindow>(), kPatience_ms);
        QTest::keyClick(topLevel<ui::StartWindow>(), Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(m_services->world.asked.contains(u"cancel w4"_s), kPatience_ms);
        QVERIFY(m_state->starts_ms(u"fake"_s).isEmpty()); // not a start to learn from
    }

    void everyErrorOfTheTableIsADialogOnce()
    {
        const ui::Failure failure{u"guest.crashed"_s, u"Untrusted stopped unexpectedly"_s, u"What ran it ended by itself."_s, {}, {}};
        m_desk->showFailure(failure, m_desk->contextOf(u"w1"_s));
        m_desk->showFailure(failure, m_desk->contextOf(u"w1"_s));
        int dialogs = 0;
        for (QWidget* widget : QApplication::topLevelWidgets())
            dialogs += qobject_cast<ui::ErrorDialog*>(widget) && widget->isVisible();
        QCOMPARE(dialogs, 1);
        auto* again = buttonOf(topLevel<ui::ErrorDialog>(), u"Start again"_s);
        QVERIFY(again && again->isDefault());
        QTest::mouseClick(again, Qt::LeftButton);
        QVERIFY(m_services->world.asked.contains(u"start w1"_s));
        QTRY_VERIFY_WITH_TIMEOUT(!topLevel<ui::ErrorDialog>(), kPatience_ms);
    }

    void anExecutableCanBeRunFromItsError()
    {
        m_services->world.failures[u"openFile"_s] = {u"file.executable"_s, u"setup.run is a program"_s, u"Programs are not opened, they are run."_s, {}, {}};
        m_desk->openFile(u"w1"_s, u"/home/ada/setup.run"_s, false);
        QTRY_VERIFY_WITH_TIMEOUT(topLevel<ui::ErrorDialog>(), kPatience_ms);
        auto* run = buttonOf(topLevel<ui::ErrorDialog>(), u"Run in Untrusted"_s);
        QVERIFY(run);
        QTest::mouseClick(run, Qt::LeftButton);
        QVERIFY(m_services->world.asked.contains(u"runFile w1 /home/ada/setup.run"_s));
    }

    void resetAsksAndEnterKeeps()
    {
        m_desk->askReset(u"w1"_s, nullptr);
        QVERIFY(topLevel<ui::QuestionDialog>());
        QTest::keyClick(topLevel<ui::QuestionDialog>(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(!topLevel<ui::QuestionDialog>(), kPatience_ms);
        QVERIFY(!m_services->world.asked.contains(u"reset w1"_s));
        m_desk->askReset(u"w1"_s, nullptr);
        QTest::mouseClick(buttonOf(topLevel<ui::QuestionDialog>(), u"Reset"_s), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_services->world.asked.contains(u"reset w1"_s), kPatience_ms);
    }

    void theStateOutlivesTheProgram()
    {
        QTemporaryDir folder;
        const QString file = folder.filePath(u"window.ini"_s);
        {
            ui::UiState state(file);
            state.countUse(u"foot.desktop"_s);
            state.countUse(u"foot.desktop"_s);
            state.dismiss(u"first-run"_s);
            state.rememberStart(u"namespaces"_s, 400);
        }
        ui::UiState state(file);
        QCOMPARE(state.uses().value(u"foot.desktop"_s), 2);
        QVERIFY(state.isDismissed(u"first-run"_s));
        QCOMPARE(state.starts_ms(u"namespaces"_s), QVector<int>{400});
    }

private:
    std::unique_ptr<FakeServices> m_services;
    std::unique_ptr<ui::UiState> m_state;
    std::unique_ptr<ui::Desk> m_desk;
};

QTEST_MAIN(TestDesk)
#include "tst_desk.moc"

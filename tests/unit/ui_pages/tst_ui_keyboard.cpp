// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <QTest>

#include "tests/support/ui/picture.h"
#include "tests/support/ui/scenes.h"
#include "ui/pages/desk.h"
#include "ui/pages/main_window.h"
#include "ui/pages/new_workspace_dialog.h"
#include "ui/pages/question_dialog.h"
#include "ui/pages/sidebar.h"
#include "ui/pages/workspace_page.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/search_field.h"

using namespace annex;
using namespace annex::test;
using namespace Qt::StringLiterals;

/// Everything without a pointer.
class TestUiKeyboard : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { preparePictures(); }
    void init()
    {
        m_services = std::make_unique<FakeServices>();
        m_state = std::make_unique<ui::UiState>(QString());
        fillWorld(m_services->world);
        m_state->dismiss(u"first-run"_s);
        m_desk = std::make_unique<ui::Desk>(m_services->all(), *m_state);
        m_window = std::make_unique<ui::MainWindow>(*m_desk);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        m_window->activateWindow();
        QApplication::setActiveWindow(m_window.get()); // off-screen there is no window manager to do it
        settle();
    }
    void cleanup()
    {
        m_window.reset();
        m_desk.reset();
        m_state.reset();
        m_services.reset();
    }

    void typingAnywhereOpensTheFirstMatch()
    {
        m_window->sidebar()->list()->setFocus();
        key(Qt::Key_K, Qt::ControlModifier);
        QTest::keyClicks(focus(), u"termi"_s);
        key(Qt::Key_Return);
        QVERIFY(asked(u"open w1 terminal.desktop"_s));
    }

    void shiftEnterOpensInAFreshWorkspace()
    {
        key(Qt::Key_K, Qt::ControlModifier);
        QTest::keyClicks(focus(), u"termi"_s);
        key(Qt::Key_Return, Qt::ShiftModifier);
        QVERIFY(asked(u"open w1 terminal.desktop fresh"_s));
    }

    void anUnknownWordRunsAsACommand()
    {
        key(Qt::Key_K, Qt::ControlModifier);
        QTest::keyClicks(focus(), u"gimpp --new 'a b'"_s);
        key(Qt::Key_Return);
        QVERIFY(asked(u"run w1 gimpp|--new|a b"_s));
    }

    void downEntersTheGridAndEnterOpens()
    {
        key(Qt::Key_K, Qt::ControlModifier);
        key(Qt::Key_Down);
        auto* grid = qobject_cast<QListView*>(focus());
        QVERIFY(grid);
        QCOMPARE(grid->accessibleName(), u"Apps, 12 items"_s);
        key(Qt::Key_Right);
        QCOMPARE(grid->currentIndex().row(), 1);
        key(Qt::Key_Return);
        QCOMPARE(m_services->world.asked.filter(QRegularExpression(u"^open w1"_s)).size(), 1);
        key(Qt::Key_Left);
        key(Qt::Key_Up); // from the first line back to the field
        QVERIFY(qobject_cast<QLineEdit*>(focus()));
    }

    void escapeClearsTheField()
    {
        key(Qt::Key_K, Qt::ControlModifier);
        QTest::keyClicks(focus(), u"abc"_s);
        key(Qt::Key_Escape);
        QCOMPARE(qobject_cast<QLineEdit*>(focus())->text(), QString());
    }

    void chordsChooseTheTabs()
    {
        key(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(m_window->page()->tab(), ui::WorkspacePage::Settings);
        key(Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(m_window->page()->tab(), ui::WorkspacePage::Activity);
        key(Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(m_window->page()->tab(), ui::WorkspacePage::Apps);
    }

    void f6GoesThroughThePanes()
    {
        m_window->sidebar()->list()->setFocus();
        key(Qt::Key_F6);
        QCOMPARE(focus(), static_cast<QWidget*>(m_window->page()->tabs()));
        key(Qt::Key_F6);
        QVERIFY(m_window->page()->currentPage()->isAncestorOf(focus()));
        key(Qt::Key_F6);
        QCOMPARE(focus(), static_cast<QWidget*>(m_window->sidebar()->list()));
        key(Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY(m_window->page()->currentPage()->isAncestorOf(focus()));
    }

    void controlTabGoesThroughTheWorkspaces()
    {
        key(Qt::Key_Tab, Qt::ControlModifier);
        settle();
        QCOMPARE(m_window->page()->workspace().id, u"w2"_s);
        key(Qt::Key_Tab, Qt::ControlModifier | Qt::ShiftModifier);
        settle();
        QCOMPARE(m_window->page()->workspace().id, u"w1"_s);
    }

    void enterStartsAStoppedWorkspaceAndDeleteOffersRemoval()
    {
        m_window->sidebar()->list()->setFocus();
        for (int step = 0; step < 3; ++step)
            key(Qt::Key_Down);
        QCOMPARE(m_window->sidebar()->selected(), u"w4"_s);
        key(Qt::Key_Delete);
        auto* question = m_window->findChild<ui::QuestionDialog*>();
        QVERIFY(question);
        QTest::keyClick(question, Qt::Key_Return); // the safe choice is the easy one
        settle();
        QVERIFY(!asked(u"remove w4"_s));
        QApplication::setActiveWindow(m_window.get()); // the dialog took it along
        m_window->sidebar()->list()->setFocus();
        key(Qt::Key_Return);
        QVERIFY(asked(u"start w4"_s));
    }

    void aNewWorkspaceNeedsOnlyEnter()
    {
        key(Qt::Key_N, Qt::ControlModifier);
        auto* dialog = m_window->findChild<ui::NewWorkspaceDialog*>();
        QVERIFY(dialog);
        QTest::keyClick(dialog, Qt::Key_Return);
        settle();
        QVERIFY(asked(u"create Workspace"_s));
        QCOMPARE(m_window->page()->workspace().name, u"Workspace"_s);
    }

    void spaceFlipsASwitchAndALockedOneOpensTheReason()
    {
        key(Qt::Key_2, Qt::ControlModifier);
        settle();
        auto* in = m_window->findChild<ui::Switch*>(u"switch-clipboard.to_workspace"_s);
        auto* out = m_window->findChild<ui::Switch*>(u"switch-clipboard.from_workspace"_s);
        QVERIFY(in && out);
        QVERIFY(out->focusPolicy() & Qt::TabFocus); // a locked one stays reachable
        QTest::keyClick(in, Qt::Key_Space);
        QVERIFY(asked(u"set w1 clipboard.to_workspace off"_s));
        QTest::keyClick(out, Qt::Key_Space);
        QVERIFY(asked(u"explain clipboard.from_workspace"_s));
        QVERIFY(!asked(u"set w1 clipboard.from_workspace text"_s));
    }

    void tabReachesEveryControlOfEveryPage_data()
    {
        QTest::addColumn<QString>("page");
        for (const char* page : {"apps", "settings", "activity", "check-up"})
            QTest::newRow(page) << QString::fromLatin1(page);
    }
    void tabReachesEveryControlOfEveryPage()
    {
        QFETCH(QString, page);
        m_window->showPage(page, u"w1"_s, {});
        settle();
        QSet<QWidget*> wanted;
        for (QWidget* widget : m_window->findChildren<QWidget*>())
            if (widget->isVisible() && widget->isEnabled() && widget->focusPolicy() & Qt::TabFocus && !widget->focusProxy())
                wanted.insert(widget);
        m_window->sidebar()->list()->setFocus(Qt::TabFocusReason);
        QSet<QWidget*> reached;
        for (int step = 0; step < 200 && !reached.contains(focus()); ++step) {
            reached.insert(focus());
            QTest::keyClick(focus(), Qt::Key_Tab);
        }
        QStringList missing;
        for (QWidget* widget : wanted - reached)
            missing << QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->accessibleName();
        QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u", "_s)));
    }

    void closingHidesIntoTheTrayAndMinimisesWithoutOne()
    {
        key(Qt::Key_W, Qt::ControlModifier);
        QVERIFY(!m_window->isVisible());
        m_window->setHasTray(false);
        m_window->show();
        key(Qt::Key_W, Qt::ControlModifier);
        QVERIFY(m_window->isVisible()); // something runs: it stays reachable
        for (ui::Workspace& workspace : m_services->world.workspaces)
            workspace.state = ui::WorkspaceState::Stopped;
        bool quit = false;
        connect(m_window.get(), &ui::MainWindow::quitWanted, this, [&] { quit = true; });
        m_window->showNormal();
        key(Qt::Key_W, Qt::ControlModifier);
        QVERIFY(quit);
    }

private:
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(focus(), which, modifiers);
        settle();
    }
    QWidget* focus() const
    {
        QWidget* widget = QApplication::focusWidget();
        return widget ? widget : m_window.get();
    }
    bool asked(const QString& what) const { return m_services->world.asked.contains(what); }
    static void settle()
    {
        for (int turn = 0; turn < 5; ++turn)
            QTest::qWait(0);
    }

    std::unique_ptr<FakeServices> m_services;
    std::unique_ptr<ui::UiState> m_state;
    std::unique_ptr<ui::Desk> m_desk;
    std::unique_ptr<ui::MainWindow> m_window;
};

QTEST_MAIN(TestUiKeyboard)
#include "tst_ui_keyboard.moc"

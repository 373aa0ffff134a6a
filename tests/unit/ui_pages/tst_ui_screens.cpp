// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QScrollArea>
#include <QTest>

#include "tests/support/ui/picture.h"
#include "tests/support/ui/pseudo_language.h"
#include "tests/support/ui/scenes.h"
#include "ui/pages/about_dialog.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/desk.h"
#include "ui/pages/error_dialog.h"
#include "ui/pages/main_window.h"
#include "ui/pages/new_workspace_dialog.h"
#include "ui/pages/question_dialog.h"
#include "ui/pages/start_window.h"
#include "ui/pages/window_info_dialog.h"
#include "ui/pages/workspace_page.h"
#include "ui/tray/tray_icon.h"
#include "ui/widgets/annex_style.h"

using namespace annex;
using namespace annex::test;
using namespace Qt::StringLiterals;

/// Every page and dialog as a picture, compared with its reference. Pictures show the same moment of the same world.
class TestUiScreens : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { preparePictures(); }
    void init()
    {
        m_services = std::make_unique<FakeServices>();
        m_state = std::make_unique<ui::UiState>(QString());
        fillWorld(m_services->world);
        m_state->dismiss(u"first-run"_s);
        m_state->dismiss(u"level-process"_s);
        for (int uses = 0; uses < 12; ++uses) // a fixed order in the grid
            for (int times = 0; times < 12 - uses; ++times)
                m_state->countUse(m_services->world.apps[uses].id);
        m_desk = std::make_unique<ui::Desk>(m_services->all(), *m_state);
    }
    void cleanup()
    {
        m_window.reset();
        m_desk.reset();
        m_state.reset();
        m_services.reset();
        ui::applyTheme(ui::Theme::Light, true);
        QApplication::setLayoutDirection(Qt::LeftToRight);
    }

    void pages_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("theme");
        for (const char* page : {"apps", "settings", "activity", "check-up"})
            for (const char* theme : {"light", "dark", "high-contrast"})
                QTest::addRow("%s-%s", page, theme) << QString::fromLatin1(page) << QString::fromLatin1(theme);
    }
    void pages()
    {
        QFETCH(QString, page);
        QFETCH(QString, theme);
        ui::applyTheme(ui::themeFromName(theme), true);
        openPage(page);
        if (page == "activity"_L1)
            m_window->page()->showRecord(4182);
        check(*m_window, page + u'-' + theme);
    }

    void smallWindow_data()
    {
        QTest::addColumn<QString>("page");
        for (const char* page : {"apps", "settings", "activity", "check-up"})
            QTest::addRow("%s", page) << QString::fromLatin1(page);
    }
    void smallWindow()
    {
        QFETCH(QString, page);
        openPage(page, QSize(720, 520));
        check(*m_window, page + u"-small"_s);
    }

    void rightToLeft_data() { smallWindow_data(); }
    void rightToLeft()
    {
        QFETCH(QString, page);
        QApplication::setLayoutDirection(Qt::RightToLeft);
        openPage(page);
        check(*m_window, page + u"-rtl"_s);
    }

    void longerLanguage_data() { smallWindow_data(); }
    void longerLanguage()
    {
        QFETCH(QString, page);
        PseudoLanguage language;
        QCoreApplication::installTranslator(&language);
        openPage(page);
        check(*m_window, page + u"-longer"_s);
        QCoreApplication::removeTranslator(&language);
    }

    void largeText()
    {
        QFont large(u"DejaVu Sans"_s);
        large.setPixelSize(28);
        const QFont before = QApplication::font();
        QApplication::setFont(large);
        openPage(u"apps"_s);
        check(*m_window, u"apps-large-text"_s);
        m_window.reset();
        openPage(u"settings"_s);
        check(*m_window, u"settings-large-text"_s);
        QApplication::setFont(before);
    }

    void firstRun()
    {
        ui::UiState fresh{QString()};
        ui::Desk desk(m_services->all(), fresh);
        m_services->world.workspaces = {untrusted()};
        m_services->world.workspaces[0].state = ui::WorkspaceState::Stopped;
        m_services->world.workspaces[0].windows = 0;
        m_services->world.workspaces[0].openWindows.clear();
        m_services->world.policy.managed = false;
        ui::MainWindow window(desk);
        settle();
        check(window, u"first-run"_s);
    }

    void appsStates_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("what");
        QTest::newRow("filtered") << u"view"_s << QString();
        QTest::newRow("no-match") << u"gimpp"_s << QString();
        QTest::newRow("failed") << QString() << u"failed"_s;
        QTest::newRow("empty") << QString() << u"empty"_s;
        QTest::newRow("loading") << QString() << u"loading"_s;
    }
    void appsStates()
    {
        QFETCH(QString, typed);
        QFETCH(QString, what);
        if (what == "failed"_L1)
            m_services->world.failures[u"apps.list"_s] = {u"internal"_s, u"x"_s, {}, {}, {}};
        if (what == "empty"_L1 || what == "failed"_L1)
            m_services->world.apps.clear();
        m_services->world.silent = what == "loading"_L1;
        openPage(u"apps"_s);
        if (!typed.isEmpty())
            QTest::keyClicks(m_window.get(), typed);
        if (what == "loading"_L1)
            QTest::qWait(400); // grey tiles come after 300 ms; nothing is judged by this time
        check(*m_window, u"apps-"_s + QString::fromLatin1(QTest::currentDataTag()));
    }

    void settingsStates_data()
    {
        QTest::addColumn<QString>("what");
        QTest::newRow("why") << u"why"_s;
        QTest::newRow("nothing-found") << u"search"_s;
        QTest::newRow("refused") << u"refused"_s;
    }
    void settingsStates()
    {
        QFETCH(QString, what);
        if (what == "refused"_L1)
            m_services->world.failures[u"policy.set"_s] = {u"policy.store"_s, u"x"_s, u"The policy store is busy. Try again."_s, {}, {}};
        openPage(u"settings"_s);
        if (what == "search"_L1)
            QTest::keyClicks(focusedSearch(), u"zzz"_s);
        if (what == "why"_L1)
            m_window->findChild<QWidget*>(u"why-clipboard.from_workspace"_s)->setFocus();
        if (what == "why"_L1)
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        if (what == "refused"_L1)
            QTest::keyClick(m_window->findChild<QWidget*>(u"switch-clipboard.to_workspace"_s), Qt::Key_Space);
        check(*m_window, u"settings-"_s + QString::fromLatin1(QTest::currentDataTag()));
    }

    void activityEmpty()
    {
        m_services->world.records.clear();
        m_services->world.trail.whole = false;
        m_services->world.trail.brokenAt = 3978;
        openPage(u"activity"_s);
        check(*m_window, u"activity-empty-broken-trail"_s);
    }

    void dialogs_data()
    {
        QTest::addColumn<QString>("dialog");
        QTest::addColumn<QString>("theme");
        for (const char* dialog : {"start", "error", "reset", "new-workspace", "about", "window-info"})
            for (const char* theme : {"light", "dark", "high-contrast"})
                QTest::addRow("%s-%s", dialog, theme) << QString::fromLatin1(dialog) << QString::fromLatin1(theme);
    }
    void dialogs()
    {
        QFETCH(QString, dialog);
        QFETCH(QString, theme);
        ui::applyTheme(ui::themeFromName(theme), true);
        const std::unique_ptr<QDialog> made = makeDialog(dialog);
        settle();
        check(*made, u"dialog-"_s + dialog + u'-' + theme);
    }

    void trayStatesDifferAtEverySize_data()
    {
        QTest::addColumn<int>("edge");
        for (const int edge : {16, 22, 24, 32})
            QTest::addRow("%d", edge) << edge;
    }
    void trayStatesDifferAtEverySize()
    {
        QFETCH(int, edge);
        QVector<QImage> icons;
        for (int state = 0; state < 5; ++state)
            icons.push_back(ui::trayPixmap(ui::TrayState(state), edge, Qt::black).toImage().convertToFormat(QImage::Format_Alpha8));
        for (int a = 0; a < 5; ++a)
            for (int b = a + 1; b < 5; ++b) {
                int different = 0;
                for (int y = 0; y < edge; ++y)
                    for (int x = 0; x < edge; ++x)
                        different += std::abs(qAlpha(icons[a].pixel(x, y)) - qAlpha(icons[b].pixel(x, y))) > 96;
                // 3 % of the icon: at 16 px eight whole pixels, which an eye finds.
                QVERIFY2(different * 100 >= edge * edge * 3, qPrintable(u"states %1 and %2 differ in %3 pixels"_s.arg(a).arg(b).arg(different)));
            }
    }

private:
    void openPage(const QString& page, QSize size = {1120, 720})
    {
        m_window = std::make_unique<ui::MainWindow>(*m_desk);
        m_window->resize(size);
        m_window->show();
        settle();
        m_window->showPage(page, u"w1"_s, {});
        settle();
        if (QWidget* focus = m_window->focusWidget())
            focus->clearFocus();
    }
    QWidget* focusedSearch()
    {
        m_window->page()->focusSearch();
        return QApplication::focusWidget() ? QApplication::focusWidget() : m_window->focusWidget();
    }
    static void settle()
    {
        for (int turn = 0; turn < 5; ++turn)
            QTest::qWait(0);
    }
    std::unique_ptr<QDialog> makeDialog(const QString& dialog)
    {
        const ui::Workspace workspace = untrusted();
        if (dialog == "start"_L1) {
            auto start = std::make_unique<ui::StartWindow>(workspace, u"invoice-march.pdf"_s, QVector<int>{1900});
            start->enter(ui::Stage::Prepare, 0);
            start->enter(ui::Stage::Start, 300);
            start->showAt(1400);
            return start;
        }
        if (dialog == "error"_L1) {
            const ui::Failure failure{u"policy.level-refused"_s, u"Untrusted may not start here"_s,
                                      u"Acme Ltd requires level Hypervisor; this computer offers Process."_s, {}, u"rule 10-acme.json"_s};
            auto error = std::make_unique<ui::ErrorDialog>(ui::ErrorPresenter::view(failure, {u"w1"_s, u"Untrusted"_s, {}}));
            error->setAttribute(Qt::WA_KeyboardFocusChange);
            return error;
        }
        if (dialog == "reset"_L1)
            return std::make_unique<ui::QuestionDialog>(ui::WorkspacePresenter::resetQuestion(workspace), identityOf(workspace), nullptr);
        if (dialog == "new-workspace"_L1)
            return std::make_unique<ui::NewWorkspaceDialog>(*m_desk);
        if (dialog == "about"_L1)
            return std::make_unique<ui::AboutDialog>(*m_desk);
        return std::make_unique<ui::WindowInfoDialog>(ui::WindowFacts{workspace, workspace.openWindows.first()});
    }
    static void check(QWidget& widget, const QString& name)
    {
        const QImage image = grab(widget);
        settle();
        const QString problem = compare(grab(widget), name);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }

    std::unique_ptr<FakeServices> m_services;
    std::unique_ptr<ui::UiState> m_state;
    std::unique_ptr<ui::Desk> m_desk;
    std::unique_ptr<ui::MainWindow> m_window;
};

QTEST_MAIN(TestUiScreens)
#include "tst_ui_screens.moc"

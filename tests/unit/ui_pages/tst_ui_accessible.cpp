// SPDX-License-Identifier: Apache-2.0
#include <QAbstractButton>
#include <QAccessible>
#include <QAccessibleInterface>
#include <QApplication>
#include <QTest>

#include "tests/support/ui/picture.h"
#include "tests/support/ui/scenes.h"
#include "ui/pages/desk.h"
#include "ui/pages/error_dialog.h"
#include "ui/pages/main_window.h"
#include "ui/pages/new_workspace_dialog.h"
#include "ui/pages/start_window.h"
#include "ui/pages/workspace_page.h"

using namespace annex;
using namespace annex::test;
using namespace Qt::StringLiterals;

namespace {

/// Roles of things that a person acts on; each needs a name.
bool isControl(QAccessible::Role role)
{
    switch (role) {
    case QAccessible::Button:
    case QAccessible::CheckBox:
    case QAccessible::ComboBox:
    case QAccessible::EditableText:
    case QAccessible::SpinBox:
    case QAccessible::List:
    case QAccessible::ListItem:
    case QAccessible::PageTab:
    case QAccessible::PageTabList:
    case QAccessible::ProgressBar: return true;
    default: return false;
    }
}

void walk(QAccessibleInterface* node, const QString& path, QStringList& nameless, QStringList& names)
{
    if (!node || !node->isValid() || node->state().invisible)
        return;
    const QString name = node->text(QAccessible::Name);
    const QString here = path + u'/' + QString::number(node->role(), 16);
    if (isControl(node->role())) {
        names << name;
        // Parts of a composite are spoken with it: the line inside a number field, the list inside a box.
        QAccessibleInterface* parent = node->parent();
        const bool isPart = parent && (parent->role() == QAccessible::SpinBox || parent->role() == QAccessible::ComboBox);
        if (name.isEmpty() && !isPart)
            nameless << here + u" below "_s + (parent ? parent->text(QAccessible::Name) : QString());
    }
    if (node->role() == QAccessible::ComboBox)
        return;
    for (int child = 0; child < node->childCount(); ++child)
        walk(node->child(child), here, nameless, names);
}

} // namespace

/// What a screen reader finds.
class TestUiAccessible : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        preparePictures();
        QAccessible::setActive(true);
    }
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
        m_state.reset();
        m_services.reset();
    }

    void noControlIsWithoutAName_data()
    {
        QTest::addColumn<QString>("page");
        for (const char* page : {"apps", "settings", "activity", "check-up"})
            QTest::newRow(page) << QString::fromLatin1(page);
    }
    void noControlIsWithoutAName()
    {
        QFETCH(QString, page);
        ui::MainWindow window(*m_desk);
        window.show();
        settle();
        window.showPage(page, u"w1"_s, {});
        settle();
        if (page == "activity"_L1)
            window.page()->showRecord(4182);
        settle();
        expectNames(window);
    }

    void dialogsHaveNamesToo()
    {
        ui::NewWorkspaceDialog create(*m_desk);
        expectNames(create);
        ui::ErrorDialog error(ui::ErrorPresenter::view({u"guest.crashed"_s, u"Untrusted stopped unexpectedly"_s, u"W."_s, {}, {}}, {u"w1"_s, u"Untrusted"_s, {}}));
        expectNames(error);
        ui::StartWindow start(untrusted(), u"x.pdf"_s, {1000});
        expectNames(start);
    }

    void rowsAndTilesSayWhatTheyShow()
    {
        ui::MainWindow window(*m_desk);
        window.show();
        settle();
        QStringList nameless, names;
        walk(QAccessible::queryAccessibleInterface(&window), {}, nameless, names);
        QVERIFY2(names.contains(u"Untrusted, running, 2 windows, level Process, disposable"_s), qPrintable(names.join(u'\n')));
        QVERIFY(names.contains(u"Document Viewer, running"_s));
        QVERIFY(names.contains(u"Search or open"_s));
        QVERIFY(names.contains(u"Apps, 12 items"_s));
        QVERIFY(names.contains(u"Check-up, 1 to look at"_s));
    }

    void aLockedSwitchSaysWhoLockedIt()
    {
        ui::MainWindow window(*m_desk);
        window.show();
        window.showPage(u"settings"_s, u"w1"_s, {});
        settle();
        QStringList nameless, names;
        walk(QAccessible::queryAccessibleInterface(&window), {}, nameless, names);
        QVERIFY2(names.contains(u"Copy out, off, locked by Acme Ltd: Client data stays inside."_s), qPrintable(names.join(u'\n')));
    }

private:
    static void settle()
    {
        for (int turn = 0; turn < 5; ++turn)
            QTest::qWait(0);
    }
    static void expectNames(QWidget& widget)
    {
        widget.show();
        settle();
        QStringList nameless, names;
        walk(QAccessible::queryAccessibleInterface(&widget), {}, nameless, names);
        QVERIFY(!names.isEmpty());
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    }

    std::unique_ptr<FakeServices> m_services;
    std::unique_ptr<ui::UiState> m_state;
    std::unique_ptr<ui::Desk> m_desk;
};

QTEST_MAIN(TestUiAccessible)
#include "tst_ui_accessible.moc"

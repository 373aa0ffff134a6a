// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMainWindow>

#include "ui/services.h"

class QStackedWidget;
class QMenu;

namespace annex::ui {

class CheckUpPage;
class Desk;
class Sidebar;
class WorkspacePage;

/// The one window of `annex` that a person opens. Built when first shown, freed again by its owner some time after it was hidden.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Desk& desk, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// "apps", "settings", "activity", "check-up". An empty workspace keeps the present one.
    void showPage(const QString& page, const QString& workspace, const QString& argument);
    /// With a tray, closing hides; without, it minimises while something runs and quits otherwise.
    void setHasTray(bool hasTray) { m_hasTray = hasTray; }
    WorkspacePage* page() const { return m_page; }
    Sidebar* sidebar() const { return m_sidebar; }
    void showCheckUp();
    void newWorkspace();

Q_SIGNALS:
    void quitWanted();
    void hiddenIntoTray();
    void aboutWanted();

protected:
    void closeEvent(QCloseEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    void addShortcuts();
    void refresh();
    void onChanged(const Workspace& workspace);
    void choose(const QString& id);
    void nextPane(int step);
    void workspaceMenu(const QString& id, const QPoint& globalPosition);
    void showManaged();
    void readManaged();
    void readCheckUp();

    Desk& m_desk;
    Sidebar* m_sidebar;
    QStackedWidget* m_stack;
    QWidget* m_blank;
    WorkspacePage* m_page;
    CheckUpPage* m_checkUp;
    QString m_current;
    bool m_hasTray = true;
    bool m_placed = false;
};

} // namespace annex::ui

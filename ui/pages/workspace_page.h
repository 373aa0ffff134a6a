// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QWidget>

#include "ui/services.h"

class QBoxLayout;
class QStackedWidget;

namespace annex::ui {

class ActivityPage;
class AppsPage;
class Button;
class Desk;
class ElidedLabel;
class InfoBar;
class PageTabs;
class SettingsPage;
class SwatchLabel;

/// The page of one workspace: header with facts and actions, tabs, the tab's page. The pages behind the tabs are made when first shown.
class WorkspacePage : public QWidget {
    Q_OBJECT
public:
    enum Tab { Apps, Settings, Activity };

    explicit WorkspacePage(Desk& desk, QWidget* parent = nullptr);

    void setWorkspace(const Workspace& workspace);
    const Workspace& workspace() const { return m_workspace; }
    void showTab(Tab tab);
    Tab tab() const;
    void showSetting(const QString& key);
    void showRecord(qint64 seq);
    void focusField();
    void focusSearch();
    void checkAgain(); ///< F5
    void typeAhead(const QString& text);
    InfoBar* infoBar() const { return m_infoBar; }
    PageTabs* tabs() const { return m_tabs; }
    QWidget* currentPage() const;

Q_SIGNALS:
    void checkUpWanted();

protected:
    void dragEnterEvent(QDragEnterEvent*) override;
    void dropEvent(QDropEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    QWidget* makeHeader();
    void refreshHeader();
    void refreshFacts();
    void showMore();
    void noteLevel();
    void ensurePage(Tab tab);

    Desk& m_desk;
    Workspace m_workspace;
    QVector<QPair<QString, QString>> m_shownFacts;
    SwatchLabel* m_swatch;
    ElidedLabel* m_name;
    QWidget* m_facts;
    QBoxLayout* m_headerRow = nullptr;
    Button* m_start;
    Button* m_cancel;
    Button* m_pause;
    Button* m_resume;
    Button* m_stop;
    Button* m_more;
    PageTabs* m_tabs;
    InfoBar* m_infoBar;
    QStackedWidget* m_stack;
    AppsPage* m_apps = nullptr;
    SettingsPage* m_settings = nullptr;
    ActivityPage* m_activity = nullptr;
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/presenters/apps_presenter.h"
#include "ui/services.h"

class QListView;
class QScrollArea;

namespace annex::ui {

class AppGridModel;
class AppTileDelegate;
class OpenCardDelegate;
class Button;
class Card;
class Desk;
class Label;
class OpenNowModel;
class SearchField;

/// Open something, come back to what is open.
class AppsPage : public QWidget {
    Q_OBJECT
public:
    explicit AppsPage(Desk& desk, QWidget* parent = nullptr);

    void setWorkspace(const Workspace& workspace);
    void focusField();
    /// A key typed anywhere on the page.
    void typeAhead(const QString& text);

Q_SIGNALS:
    void listFailed(bool failed); ///< the page around it shows the info bar
    void checkUpWanted();

public Q_SLOTS:
    void reload();

protected:
    void resizeEvent(QResizeEvent*) override;
    void paintEvent(QPaintEvent*) override;
    bool eventFilter(QObject*, QEvent*) override;

private:
    void buildFirstRun();
    void refresh();
    void fitLists();
    void acceptField(bool fresh);
    void openTile(const QModelIndex& index, bool fresh);
    void showCard(const QModelIndex& index);
    void closeCard(const QModelIndex& index);
    void tileMenu(const QModelIndex& index, const QPoint& globalPosition);
    FieldResult field() const;

    Desk& m_desk;
    Workspace m_workspace;
    QVector<AppEntry> m_apps;
    bool m_loaded = false;
    bool m_failed = false;
    bool m_slow = false; ///< the list takes long enough for grey tiles
    AppOrder m_order = AppOrder::MostUsed;

    SearchField* m_field;
    Button* m_openFile;
    Card* m_resultRow;
    Label* m_resultText;
    Card* m_firstRun;
    QWidget* m_openHead;
    Label* m_openCount;
    QListView* m_openList;
    OpenNowModel* m_openModel;
    OpenCardDelegate* m_cardDelegate;
    QWidget* m_gridHead;
    Label* m_gridCount;
    Button* m_orderButton;
    QListView* m_grid;
    AppGridModel* m_gridModel;
    AppTileDelegate* m_tileDelegate;
    QWidget* m_empty;
    Card* m_drop;
    Label* m_dropText;
    QScrollArea* m_scroll;
};

} // namespace annex::ui

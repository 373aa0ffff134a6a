// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/presenters/workspace_presenter.h"
#include "ui/services.h"

class QListView;

namespace annex::ui {

class Button;
class Label;
class SidebarDelegate;
class SidebarModel;
class Divider;

/// Workspaces, New workspace, Check-up with its result, and who manages this computer's policy.
class Sidebar : public QWidget {
    Q_OBJECT
public:
    explicit Sidebar(QWidget* parent = nullptr);

    void setWorkspaces(const QVector<Workspace>& workspaces);
    void select(const QString& id); ///< without a signal
    QString selected() const;
    void selectNext(int step);
    void setCheckUp(const CheckUp& result);
    void setManaged(const PolicyState& state);
    void showCheckUpChosen(bool chosen);
    /// Only swatches, with tooltips.
    void setNarrow(bool narrow);
    QListView* list() const { return m_list; }

Q_SIGNALS:
    void chosen(const QString& id);
    void activated(const QString& id); ///< double click, Enter: starts a stopped one
    void menuWanted(const QString& id, const QPoint& globalPosition);
    void removeWanted(const QString& id);
    void newWanted();
    void checkUpWanted();
    void managedWanted();

protected:
    void paintEvent(QPaintEvent*) override;
    bool eventFilter(QObject*, QEvent*) override;

private:
    void fitList();

    SidebarModel* m_model;
    SidebarDelegate* m_delegate;
    QListView* m_list;
    Label* m_heading;
    Button* m_new;
    Button* m_checkUp;
    Button* m_managed;
    Divider* m_divider;
    bool m_quiet = false; ///< the list changes by itself, not by the person
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>
#include <QWidget>

#include "ui/presenters/activity_presenter.h"
#include "ui/services.h"

class QListView;
class QTimer;

namespace annex::ui {

class ActivityModel;
class Button;
class Desk;
class Label;
class SearchField;
class WhyPanelWidget;

/// What happened in one workspace, by day, with "why?".
class ActivityPage : public QWidget {
    Q_OBJECT
public:
    explicit ActivityPage(Desk& desk, QWidget* parent = nullptr);

    void setWorkspace(const Workspace& workspace);
    void showRecord(qint64 seq);
    void focusSearch();

public Q_SLOTS:
    void reload();

Q_SIGNALS:
    void settingWanted(const QString& key);
    void trailBroken(const QString& sentence);

protected:
    void resizeEvent(QResizeEvent*) override;
    void showEvent(QShowEvent*) override;

private:
    void setFilter(ActivityFilter filter);
    void loadMore();
    void take(const Outcome<AuditPage>& outcome, bool fresh);
    void refresh();
    void verify();
    void openWhy(const QModelIndex& index);
    void explain(const AuditRecord& record);
    void closeWhy();
    void exportAll();
    void fitPanel();

    Desk& m_desk;
    Workspace m_workspace;
    QVector<AuditRecord> m_records;
    QVector<Setting> m_settings;
    bool m_more = false;
    bool m_loading = false;
    bool m_loaded = false;
    int m_request = 0; ///< answers to older requests are dropped
    ActivityFilter m_filter = ActivityFilter::Everything;
    std::optional<TrailState> m_trail;
    qint64 m_wantedSeq = 0;

    SearchField* m_search;
    Button* m_export;
    QVector<Button*> m_chips;
    QListView* m_list;
    ActivityModel* m_model;
    QWidget* m_listCard;
    Label* m_empty;
    Button* m_everything;
    WhyPanelWidget* m_why;
    QTimer* m_searchDelay;
    QTimer* m_follow;
};

} // namespace annex::ui

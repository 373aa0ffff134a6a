// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>
#include <QSet>
#include <QWidget>

#include "ui/services.h"

class QScrollArea;
class QVBoxLayout;

namespace annex::ui {

class Button;
class Desk;
class Label;
class SearchField;
class SettingRowWidget;
class WhyPanelWidget;

/// Settings of one workspace, made from what policy lists.
class SettingsPage : public QWidget {
    Q_OBJECT
public:
    explicit SettingsPage(Desk& desk, QWidget* parent = nullptr);

    void setWorkspace(const Workspace& workspace);
    /// Scrolls to a setting and gives it focus; "locked" shows the locked ones only.
    void showSetting(const QString& key);
    void focusSearch();

public Q_SLOTS:
    void reload();

private:
    void rebuild();
    void refreshRows();
    void refreshHead();
    void change(const QString& key, const QJsonValue& value);
    void explain(const QString& key);
    void backToProfile();
    QString shape() const;

    Desk& m_desk;
    Workspace m_workspace;
    QVector<Setting> m_settings;
    QString m_shape; ///< which rows stand there; only a change of it rebuilds them
    QString m_problem;
    QString m_wantedKey;
    QSet<QString> m_fromNextStart;
    QHash<QString, SettingRowWidget*> m_rows;

    SearchField* m_search;
    Button* m_showLocked;
    Label* m_profile;
    Button* m_back;
    QScrollArea* m_scroll;
    QWidget* m_content = nullptr;
    WhyPanelWidget* m_why;
};

} // namespace annex::ui

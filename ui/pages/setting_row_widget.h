// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonValue>
#include <QWidget>

#include "ui/presenters/settings_presenter.h"

class QComboBox;
class QLineEdit;
class QSpinBox;

namespace annex::ui {

class Button;
class IconLabel;
class Label;
class Switch;

/// One setting: icon, name, a sentence about the present value, the control; below, who locked it or what went wrong.
class SettingRowWidget : public QWidget {
    Q_OBJECT
public:
    explicit SettingRowWidget(const Setting& setting, QWidget* parent = nullptr);

    QString key() const { return m_setting.key; }
    /// Takes over what the broker says now; the control follows without a signal.
    void setSetting(const Setting& setting);
    /// The change was refused: the control springs back and the row says why.
    void springBack(const QString& sentence);
    void setRestartNote(bool needed);
    /// The first control of the row.
    QWidget* entrance() const;

Q_SIGNALS:
    void changeWanted(const QString& key, const QJsonValue& value);
    void whyWanted(const QString& key);

private:
    void build();
    void buildControl();
    void buildUnits();
    void refresh();
    void wantNumber();

    Setting m_setting;
    SettingRow m_row;
    QJsonValue m_lastOn;
    bool m_restartNote = false;
    QString m_problem;
    Label* m_name;
    Label* m_sentence;
    QWidget* m_lockLine;
    Label* m_lockTitle;
    Label* m_lockWords;
    Button* m_why;
    Label* m_note;
    Switch* m_switch = nullptr;
    QComboBox* m_box = nullptr;
    QSpinBox* m_number = nullptr;
    QComboBox* m_unit = nullptr;
    QLineEdit* m_edit = nullptr;
    Label* m_value = nullptr; ///< the value in words, where there is no control for it or it is locked
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "ui/presenters/activity_presenter.h"

class QVBoxLayout;

namespace annex::ui {

class Button;

/// "Why was this refused?": one sentence, the rule that decided, the next in line, the record.
class WhyPanelWidget : public QWidget {
    Q_OBJECT
public:
    explicit WhyPanelWidget(QWidget* parent = nullptr);
    void show(const WhyPanel& panel);
    void setShowsSettingButton(bool shows) { m_showsSetting = shows; }
    void focusClose();

Q_SIGNALS:
    void closed();
    void settingWanted(const QString& key);

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    void addRule(QVBoxLayout* column, const QString& heading, const RuleCard& rule, bool decided);
    void addRecord(QVBoxLayout* column);

    WhyPanel m_panel;
    bool m_showsSetting = true;
    QWidget* m_content = nullptr;
    Button* m_close = nullptr;
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/services.h"
#include "ui/widgets/controls.h"

class QComboBox;
class QLineEdit;

namespace annex::ui {

class Desk;
class Label;
class SwatchLabel;

/// Name, profile, colour. The name is filled in and Create has focus, so Enter at once works.
class NewWorkspaceDialog : public Dialog {
    Q_OBJECT
public:
    explicit NewWorkspaceDialog(Desk& desk, QWidget* parent = nullptr);

Q_SIGNALS:
    void created(const annex::ui::Workspace& workspace);

private:
    void create();
    void refresh();

    Desk& m_desk;
    QLineEdit* m_name;
    QComboBox* m_colour;
    SwatchLabel* m_swatch;
    Label* m_problem;
    Button* m_create;
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

namespace annex::ui {

class Desk;

/// Logo, version, engines found, policy in force; copies all of it.
class AboutDialog : public QDialog {
    Q_OBJECT
public:
    explicit AboutDialog(Desk& desk, QWidget* parent = nullptr);
};

} // namespace annex::ui

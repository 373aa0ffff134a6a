// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/controls.h"

namespace annex::ui {

class Desk;

/// Logo, version, engines found, policy in force; copies all of it.
class AboutDialog : public Dialog {
    Q_OBJECT
public:
    explicit AboutDialog(Desk& desk, QWidget* parent = nullptr);
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/presenters/about_presenter.h"
#include "ui/widgets/controls.h"

namespace annex::ui {

/// "What is this window?": drawn by `annex`, which no guest and no viewer can reach.
class WindowInfoDialog : public Dialog {
    Q_OBJECT
public:
    explicit WindowInfoDialog(const WindowFacts& facts, QWidget* parent = nullptr);
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "ui/presenters/workspace_presenter.h"
#include "ui/widgets/controls.h"

namespace annex::ui {

/// A question before something that cannot be undone. Keeping is the default: it has focus, and Enter, Esc and close mean it.
class QuestionDialog : public Dialog {
    Q_OBJECT
public:
    QuestionDialog(const Question& question, const Identity& identity, QWidget* parent);

    /// Shows it and calls `confirmed` after the confirming button; not at all once `context` is gone.
    static QuestionDialog* ask(const Question& question, const Identity& identity, QWidget* parent, QObject* context,
                               std::function<void()> confirmed);
};

} // namespace annex::ui

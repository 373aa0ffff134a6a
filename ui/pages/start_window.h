// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <QElapsedTimer>

#include "ui/presenters/start_presenter.h"
#include "ui/widgets/controls.h"

class QProgressBar;
class QTimer;

namespace annex::ui {

class Label;
class StageSign;

/// The progress of one start. Its clock runs only while it is on the screen.
class StartWindow : public Dialog {
    Q_OBJECT
public:
    StartWindow(const Workspace& workspace, const QString& purpose, const QVector<int>& past_ms, QWidget* parent = nullptr);

    /// Shows it; `elapsed_ms` have passed since the start was asked for.
    void begin(int elapsed_ms);
    void enter(Stage stage, int elapsed_ms);
    void finish(); ///< closes it
    /// What it looks like at a moment, without a running clock: for pictures.
    void showAt(int elapsed_ms);

Q_SIGNALS:
    void cancelled();

protected:
    void reject() override;

private:
    void refresh(int elapsed_ms);

    struct Line {
        StageSign* sign;
        Label* name;
        Label* time;
        StageState state = StageState::Waiting;
    };
    StartPresenter m_presenter;
    QElapsedTimer m_clock;
    int m_before_ms = 0;
    QTimer* m_tick;
    std::array<Line, 3> m_lines{};
    QProgressBar* m_bar;
    Label* m_timing;
    Label* m_log;
    Button* m_details;
    bool m_finished = false;
};

} // namespace annex::ui

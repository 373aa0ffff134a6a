// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>

#include <QCoreApplication>
#include <QVector>

#include "ui/services.h"

/// The progress of a start, in words and a fraction. Feed it stages and the time; it never goes back.
namespace annex::ui {

enum class StageState { Waiting, Running, Done };

struct StageRow {
    QString name;
    StageState state = StageState::Waiting;
    QString time; ///< "0.3 s", empty while waiting
    bool operator==(const StageRow&) const = default;
};

struct StartView {
    QString title;   ///< "Starting Untrusted"
    QString purpose; ///< "to open invoice.pdf", may be empty
    std::array<StageRow, 3> stages;
    double fraction = 0; ///< 0..1, of the bar
    QString timing;      ///< "1.4 s · usually ready in 1.9 s"
    QString level;
    QString levelIcon;
    QString accessibleBar; ///< "Start of Untrusted, 70 percent"
};

class StartPresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::StartPresenter)

public:
    /// How many past starts the usual time is made from.
    static constexpr int kRemembered = 20;

    StartPresenter(QString name, QString purpose, Level level, QVector<int> past_ms);

    /// A stage began `elapsed_ms` after the start was asked for. Stages out of order are taken as the later one.
    void enter(Stage stage, int elapsed_ms);
    void finish(int elapsed_ms);
    StartView view(int elapsed_ms);

    /// Median; nothing before the first start.
    static std::optional<int> usual_ms(QVector<int> past_ms);
    /// `past` with one more, at most kRemembered.
    static QVector<int> remember(QVector<int> past_ms, int took_ms);

private:
    QString timing(int elapsed_ms) const;

    QString m_name;
    QString m_purpose;
    Level m_level;
    std::optional<int> m_usual_ms;
    std::array<std::optional<int>, 3> m_began_ms;
    std::optional<int> m_finished_ms;
    double m_fraction = 0;
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/start_presenter.h"

#include <algorithm>

#include <QLocale>

#include "ui/presenters/words.h"

namespace annex::ui {

namespace {

/// Before the first start nothing is known; a bar against this does not run full at once. Measured cold starts are well under it.
constexpr int kUnknownUsual_ms = 3000;
/// Past the usual time the bar waits here: it says "nearly", never "done".
constexpr double kAlmost = 0.95;

} // namespace

StartPresenter::StartPresenter(QString name, QString purpose, Level level, QVector<int> past_ms)
    : m_name(std::move(name)), m_purpose(std::move(purpose)), m_level(level), m_usual_ms(usual_ms(std::move(past_ms)))
{
    m_began_ms[0] = 0;
}

void StartPresenter::enter(Stage stage, int elapsed_ms)
{
    // A stage that was never told began where the next one did: it took no time that anybody saw.
    for (int at = 0; at <= int(stage); ++at)
        if (!m_began_ms[at])
            m_began_ms[at] = elapsed_ms;
}

void StartPresenter::finish(int elapsed_ms)
{
    enter(Stage::Connect, elapsed_ms);
    m_finished_ms = elapsed_ms;
}

StartView StartPresenter::view(int elapsed_ms)
{
    const int now = m_finished_ms.value_or(elapsed_ms);
    StartView view;
    view.title = tr("Starting %1").arg(m_name);
    view.purpose = m_purpose.isEmpty() ? QString() : tr("to open %1").arg(m_purpose);
    for (int at = 0; at < 3; ++at) {
        StageRow& row = view.stages[at];
        row.name = Words::stage(Stage(at));
        if (!m_began_ms[at])
            continue;
        const std::optional<int> ended = at < 2 ? m_began_ms[at + 1] : m_finished_ms;
        row.state = ended ? StageState::Done : StageState::Running;
        row.time = Words::seconds(std::max(0, ended.value_or(now) - *m_began_ms[at]));
    }
    const double wished = double(now) / double(std::max(1, m_usual_ms.value_or(kUnknownUsual_ms)));
    m_fraction = m_finished_ms ? 1.0 : std::max(m_fraction, std::min(wished, kAlmost));
    view.fraction = m_fraction;
    view.timing = timing(now);
    view.level = wordOf(m_level);
    view.levelIcon = Words::levelIcon(m_level);
    view.accessibleBar = tr("Start of %1, %2 percent").arg(m_name).arg(int(m_fraction * 100));
    return view;
}

QString StartPresenter::timing(int elapsed_ms) const
{
    const QString elapsed = Words::seconds(elapsed_ms);
    if (!m_usual_ms)
        return elapsed;
    if (elapsed_ms > 3 * *m_usual_ms)
        return tr("%1 · longer than usual", "elapsed time").arg(elapsed);
    return tr("%1 · usually ready in %2", "elapsed time, usual time").arg(elapsed, Words::seconds(*m_usual_ms));
}

std::optional<int> StartPresenter::usual_ms(QVector<int> past_ms)
{
    if (past_ms.isEmpty())
        return std::nullopt;
    std::sort(past_ms.begin(), past_ms.end());
    const qsizetype middle = past_ms.size() / 2;
    return past_ms.size() % 2 ? past_ms[middle] : (past_ms[middle - 1] + past_ms[middle]) / 2;
}

QVector<int> StartPresenter::remember(QVector<int> past_ms, int took_ms)
{
    past_ms.push_back(took_ms);
    if (past_ms.size() > kRemembered)
        past_ms.remove(0, past_ms.size() - kRemembered);
    return past_ms;
}

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/about_presenter.h"

#include "ui/presenters/words.h"
#include "ui/presenters/workspace_presenter.h"

namespace annex::ui {

QString AboutPresenter::title(const AboutFacts& facts)
{
    return facts.version ? tr("Annex %1", "version").arg(facts.version->product) : tr("Annex");
}

QStringList AboutPresenter::lines(const AboutFacts& facts)
{
    QStringList lines;
    if (facts.version) {
        for (const EngineInfo& engine : facts.version->engines) {
            if (engine.available)
                lines << tr("Engine %1: level %2").arg(engine.name, wordOf(engine.level));
            else
                lines << (engine.reason.isEmpty() ? tr("Engine %1: not available").arg(engine.name)
                                                  : tr("Engine %1: not available. %2", "engine, reason").arg(engine.name, engine.reason));
        }
    }
    if (facts.policy) {
        if (!facts.policy->managed)
            lines << tr("Policy: your own, not managed");
        else
            lines << (facts.policy->organisation.isEmpty() ? tr("Policy: managed by your organisation")
                                                           : tr("Policy: managed by %1").arg(facts.policy->organisation));
        lines += facts.policy->problems;
    }
    lines << tr("Licence: Apache 2.0");
    return lines;
}

QString AboutPresenter::windowTitle(const WindowFacts& facts)
{
    return tr("A window of %1").arg(facts.workspace.name);
}

QStringList AboutPresenter::windowLines(const WindowFacts& facts)
{
    QStringList lines;
    lines << tr("Level %1. %2", "level, its sentence").arg(wordOf(facts.workspace.level), sentenceOf(facts.workspace.level));
    lines << WorkspacePresenter::stateLine(facts.workspace);
    if (facts.window) {
        lines << tr("It calls itself %1.", "a guest's own words follow, in quotes").arg(Words::quoted(facts.window->title));
        if (!facts.window->app.isEmpty())
            lines << tr("Its program calls itself %1.", "a guest's own words follow, in quotes").arg(Words::quoted(facts.window->app));
    }
    lines << tr("Everything inside the frame is drawn by the workspace. Frame, name and colour are drawn by this computer.");
    return lines;
}

} // namespace annex::ui

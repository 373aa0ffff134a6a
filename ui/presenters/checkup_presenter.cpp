// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/checkup_presenter.h"

#include <algorithm>

#include "ui/presenters/words.h"

namespace annex::ui {

namespace {

int count(const CheckUp& result, CheckState state)
{
    return int(std::count_if(result.checks.begin(), result.checks.end(), [&](const Check& check) { return check.state == state; }));
}

} // namespace

QVector<CheckRow> CheckUpPresenter::rows(const CheckUp& result)
{
    QVector<Check> checks = result.checks;
    std::stable_sort(checks.begin(), checks.end(), [](const Check& a, const Check& b) { return a.state < b.state; });
    QVector<CheckRow> rows;
    for (const Check& check : checks) {
        CheckRow row;
        row.icon = Words::checkIcon(check.state);
        row.state = check.state;
        row.title = check.title;
        row.finding = check.finding;
        if (check.state != CheckState::Fine && !check.cure.isEmpty())
            row.finding += QLatin1Char(' ') + check.cure;
        row.word = Words::check(check.state);
        row.accessible = tr("%1: %2. %3", "check, result, finding").arg(row.title, row.word, row.finding);
        rows.push_back(row);
    }
    return rows;
}

QString CheckUpPresenter::verdict(const CheckUp& result)
{
    const int broken = count(result, CheckState::Broken);
    const int look = count(result, CheckState::Look);
    if (broken)
        return broken == 1 ? tr("One thing is broken") : tr("%n things are broken", nullptr, broken);
    if (look)
        return look == 1 ? tr("One thing to look at") : tr("%n things to look at", nullptr, look);
    return tr("All good");
}

QString CheckUpPresenter::shortWord(const CheckUp& result)
{
    const int broken = count(result, CheckState::Broken);
    if (broken)
        return tr("%1 broken", "check-up, short").arg(broken);
    const int look = count(result, CheckState::Look);
    if (look)
        return tr("%1 to look at", "check-up, short").arg(look);
    return tr("All good");
}

QString CheckUpPresenter::checkedAt(const QDateTime& at, qint64 took_ms)
{
    return tr("Checked at %1, took %2").arg(Words::timeOfDay(at), Words::seconds(took_ms));
}

QString CheckUpPresenter::report(const CheckUp& result, const VersionInfo& version, const QDateTime& at, const QString& home)
{
    QString text = QStringLiteral("Annex %1, check-up of %2\n").arg(version.product, at.toUTC().toString(Qt::ISODate));
    for (const EngineInfo& engine : version.engines)
        text += QStringLiteral("engine %1: %2%3\n")
                    .arg(engine.name, engine.available ? wordOf(engine.level) : QStringLiteral("not available"),
                         engine.reason.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(engine.reason));
    for (const Check& check : result.checks)
        text += QStringLiteral("[%1] %2: %3 %4\n").arg(Words::check(check.state), check.title, check.finding, check.cure).simplified()
                + QLatin1Char('\n');
    // A report is sent to strangers: where the person's files lie says who they are.
    if (home.size() > 1)
        text.replace(home, QStringLiteral("~"));
    return text;
}

} // namespace annex::ui

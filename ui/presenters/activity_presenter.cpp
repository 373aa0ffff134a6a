// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/activity_presenter.h"

#include <algorithm>

#include <QLocale>

#include "ui/presenters/settings_presenter.h"
#include "ui/presenters/words.h"

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;

bool isClipboard(const QString& action)
{
    return action.startsWith("clipboard."_L1);
}

bool isFile(const QString& action)
{
    return action.startsWith("file."_L1) || action.startsWith("files."_L1);
}

RuleCard ruleCard(const QString& settingTitle, const Setting* setting, const Rule& rule)
{
    RuleCard card;
    const QString value = setting ? SettingsPresenter::valueWord(*setting, rule.value).toLower() : rule.value.toVariant().toString();
    if (value.isEmpty())
        card.title = settingTitle;
    else
        card.title = ActivityPresenter::tr("%1: %2", "setting: value").arg(settingTitle, value);
    card.source = ActivityPresenter::sourceWord(rule);
    card.words = rule.reason.isEmpty() ? QString() : Words::quoted(rule.reason);
    card.locked = rule.source == "managed"_L1;
    return card;
}

WhyPanel basics(const Explanation& explanation, const Setting* setting, const QString& key, const std::optional<TrailState>& trail)
{
    WhyPanel panel;
    panel.sentence = explanation.text;
    panel.settingKey = key;
    const QString title = setting ? setting->title : key;
    if (!title.isEmpty() && !explanation.rule.source.isEmpty()) {
        panel.rule = ruleCard(title, setting, explanation.rule);
        if (explanation.next)
            panel.overruled = ruleCard(title, setting, *explanation.next);
    }
    if (trail) {
        panel.trail = ActivityPresenter::trailWord(*trail);
        panel.trailWhole = trail->whole;
    }
    return panel;
}

} // namespace

QString ActivityPresenter::icon(const QString& action)
{
    if (action == "clipboard.paste"_L1 || action == "clipboard.in"_L1)
        return u"copy-in"_s;
    if (isClipboard(action))
        return u"copy-out"_s;
    if (isFile(action))
        return u"file-in"_s;
    if (action == "workspace.start"_L1 || action == "workspace.resume"_L1)
        return u"play"_s;
    if (action == "workspace.stop"_L1)
        return u"stop"_s;
    if (action == "workspace.pause"_L1)
        return u"pause"_s;
    if (action == "workspace.reset"_L1)
        return u"reset"_s;
    if (action.startsWith("policy."_L1) || action.startsWith("setting"_L1))
        return u"settings"_s;
    if (action.startsWith("audit."_L1))
        return u"chain"_s;
    if (action.startsWith("app."_L1) || action.startsWith("program."_L1))
        return u"apps"_s;
    if (action.startsWith("viewer."_L1) || action.startsWith("guest."_L1))
        return u"warning"_s;
    return u"activity"_s;
}

QString ActivityPresenter::who(const AuditRecord& record)
{
    return record.subject.isEmpty() ? tr("You") : record.subject; // policy has put it in words
}

bool ActivityPresenter::passes(const AuditRecord& record, ActivityFilter filter)
{
    switch (filter) {
    case ActivityFilter::Refused: return record.outcome == AuditOutcome::Refused;
    case ActivityFilter::Clipboard: return isClipboard(record.action);
    case ActivityFilter::Files: return isFile(record.action);
    case ActivityFilter::Everything: break;
    }
    return true;
}

QVector<ActivityRow> ActivityPresenter::rows(const QVector<AuditRecord>& records, ActivityFilter filter, const QDate& today)
{
    QVector<ActivityRow> rows;
    QDate day;
    for (const AuditRecord& record : records) {
        if (!passes(record, filter))
            continue;
        const QDate date = record.time.toLocalTime().date();
        if (date != day) {
            day = date;
            ActivityRow heading;
            heading.isDay = true;
            heading.day = Words::day(day, today);
            heading.accessible = heading.day;
            rows.push_back(heading);
        }
        ActivityRow row;
        row.seq = record.seq;
        row.time = Words::timeOfDay(record.time);
        row.icon = icon(record.action);
        row.sentence = record.sentence;
        row.who = who(record);
        row.outcome = record.outcome;
        row.accessible = tr("%1, %2, %3, %4", "time, sentence, who, outcome: spoken")
                             .arg(row.time, row.sentence, row.who, Words::outcome(row.outcome).toLower());
        rows.push_back(row);
    }
    return rows;
}

QString ActivityPresenter::chip(ActivityFilter filter, int refused)
{
    switch (filter) {
    case ActivityFilter::Refused: return refused > 0 ? tr("Refused · %1").arg(refused) : tr("Refused");
    case ActivityFilter::Clipboard: return tr("Clipboard");
    case ActivityFilter::Files: return tr("Files");
    case ActivityFilter::Everything: break;
    }
    return tr("Everything");
}

QString ActivityPresenter::emptyLine(ActivityFilter filter, bool searching)
{
    if (searching)
        return tr("No record contains this.");
    switch (filter) {
    case ActivityFilter::Refused: return tr("Nothing was refused.");
    case ActivityFilter::Clipboard: return tr("Nothing was copied or pasted.");
    case ActivityFilter::Files: return tr("No file was sent in.");
    case ActivityFilter::Everything: break;
    }
    return tr("Nothing has happened yet.");
}

QString ActivityPresenter::brokenTrail(const TrailState& trail)
{
    return tr("The trail is whole up to record %1. Later records may have been changed.")
        .arg(QLocale().toString(trail.brokenAt ? std::max<qint64>(0, *trail.brokenAt - 1) : trail.upTo));
}

QString ActivityPresenter::trailWord(const TrailState& trail)
{
    if (!trail.whole)
        return tr("broken after record %1").arg(QLocale().toString(trail.brokenAt ? std::max<qint64>(0, *trail.brokenAt - 1) : trail.upTo));
    if (trail.anchored == "unanchored"_L1 || trail.anchored.isEmpty())
        return tr("whole, unanchored");
    if (trail.anchorSeq)
        return tr("whole since record %1").arg(QLocale().toString(*trail.anchorSeq));
    return tr("whole");
}

QString ActivityPresenter::sourceWord(const Rule& rule)
{
    if (rule.source == "managed"_L1)
        return rule.organisation.isEmpty() ? tr("Set by your organisation") : tr("Set by %1").arg(rule.organisation);
    if (rule.source == "user"_L1)
        return tr("Set by you");
    if (rule.source == "profile"_L1)
        return tr("From the profile");
    if (rule.source == "default"_L1)
        return tr("Default");
    return rule.source;
}

WhyPanel ActivityPresenter::why(const AuditRecord& record, const Explanation& explanation, const std::optional<Setting>& setting,
                                const std::optional<TrailState>& trail)
{
    WhyPanel panel = basics(explanation, setting ? &*setting : nullptr, setting ? setting->key : QString(), trail);
    panel.outcome = record.outcome;
    panel.icon = Words::outcomeIcon(record.outcome);
    switch (record.outcome) {
    case AuditOutcome::Refused: panel.title = tr("Why was this refused?"); break;
    case AuditOutcome::Allowed: panel.title = tr("Why was this allowed?"); break;
    case AuditOutcome::Noted: panel.title = tr("What happened"); break;
    }
    if (panel.sentence.isEmpty())
        panel.sentence = record.detail.isEmpty() ? record.sentence : record.detail;
    panel.number = QLocale().toString(record.seq);
    panel.report = QStringLiteral("%1 #%2 %3: %4 [%5] %6")
                       .arg(record.time.toUTC().toString(Qt::ISODate)).arg(record.seq)
                       .arg(record.action, record.sentence, Words::outcome(record.outcome), record.rule)
                       .trimmed();
    return panel;
}

WhyPanel ActivityPresenter::whySetting(const Setting& setting, const Explanation& explanation, const std::optional<TrailState>& trail)
{
    WhyPanel panel = basics(explanation, &setting, setting.key, trail);
    panel.icon = setting.locked ? u"lock"_s : u"info"_s;
    panel.title = tr("Why is this so?");
    if (panel.sentence.isEmpty())
        panel.sentence = setting.sentence;
    panel.report = QStringLiteral("%1: %2").arg(setting.key, panel.sentence);
    return panel;
}

} // namespace annex::ui

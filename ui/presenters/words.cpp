// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/words.h"

#include <array>
#include <cmath>

#include <QLocale>

namespace annex::ui {

QString Words::bytes(qint64 bytes)
{
    if (bytes < 1024)
        return bytes == 1 ? tr("1 byte") : tr("%1 bytes").arg(QLocale().toString(bytes));
    double size = double(bytes);
    int unit = 0;
    while (size >= 1024 && unit < 4) {
        size /= 1024;
        ++unit;
    }
    const bool whole = size >= 10 || std::abs(size - std::round(size)) < 0.05;
    const QString figure = QLocale().toString(size, 'f', whole ? 0 : 1);
    switch (unit) {
    case 1: return tr("%1 KB").arg(figure);
    case 2: return tr("%1 MB").arg(figure);
    case 3: return tr("%1 GB").arg(figure);
    default: return tr("%1 TB").arg(figure);
    }
}

QString Words::duration(qint64 seconds)
{
    const QLocale locale;
    if (seconds >= 86400 && seconds % 86400 == 0)
        return seconds == 86400 ? tr("1 day") : tr("%1 days").arg(locale.toString(seconds / 86400));
    if (seconds >= 3600 && seconds % 3600 == 0)
        return seconds == 3600 ? tr("1 hour") : tr("%1 hours").arg(locale.toString(seconds / 3600));
    if (seconds >= 60 && seconds % 60 == 0)
        return seconds == 60 ? tr("1 minute") : tr("%1 minutes").arg(locale.toString(seconds / 60));
    return seconds == 1 ? tr("1 second") : tr("%1 seconds").arg(locale.toString(seconds));
}

QString Words::seconds(qint64 milliseconds)
{
    const double value = double(milliseconds) / 1000.0;
    return tr("%1 s", "seconds, short").arg(QLocale().toString(value, 'f', value < 10 ? 1 : 0));
}

QString Words::timeOfDay(const QDateTime& time)
{
    // Some locales (C) put seconds into their short form; nobody asked for them.
    QString format = QLocale().timeFormat(QLocale::ShortFormat);
    format.remove(QStringLiteral(":ss"));
    return QLocale().toString(time.toLocalTime().time(), format);
}

QString Words::day(const QDate& day, const QDate& today)
{
    if (day == today)
        return tr("Today");
    if (day == today.addDays(-1))
        return tr("Yesterday");
    return QLocale().toString(day, QLocale::LongFormat);
}

QString Words::quoted(const QString& text)
{
    return tr("“%1”", "text in quotes").arg(text);
}

QString Words::levelIcon(Level level)
{
    return idOf(level);
}

QString Words::persistence(bool disposable)
{
    return disposable ? tr("Disposable") : tr("Kept");
}

QString Words::outcome(AuditOutcome outcome)
{
    switch (outcome) {
    case AuditOutcome::Allowed: return tr("Allowed");
    case AuditOutcome::Refused: return tr("Refused");
    case AuditOutcome::Noted: break;
    }
    return tr("Noted");
}

QString Words::outcomeIcon(AuditOutcome outcome)
{
    switch (outcome) {
    case AuditOutcome::Allowed: return QStringLiteral("ok");
    case AuditOutcome::Refused: return QStringLiteral("refused");
    case AuditOutcome::Noted: break;
    }
    return QStringLiteral("info");
}

QString Words::check(CheckState state)
{
    switch (state) {
    case CheckState::Broken: return tr("Broken");
    case CheckState::Look: return tr("Look");
    case CheckState::Fine: break;
    }
    return tr("Fine");
}

QString Words::checkIcon(CheckState state)
{
    switch (state) {
    case CheckState::Broken: return QStringLiteral("error");
    case CheckState::Look: return QStringLiteral("warning");
    case CheckState::Fine: break;
    }
    return QStringLiteral("ok");
}

QString Words::stage(Stage stage)
{
    switch (stage) {
    case Stage::Prepare: return tr("Preparing system layer");
    case Stage::Start: return tr("Starting");
    case Stage::Connect: break;
    }
    return tr("Connecting display");
}

} // namespace annex::ui

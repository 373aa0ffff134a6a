// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QDateTime>
#include <QString>

#include "ui/services.h"

/// Words and figures that several presenters share. All of it pure: values in, text out, numbers and dates by QLocale's default.
namespace annex::ui {

class Words {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::Words)

public:
    /// "512 bytes", "1 MB", "1.4 GB": steps of 1024, one decimal under 10 where it says something.
    static QString bytes(qint64 bytes);
    /// "30 seconds", "15 minutes", "1 hour", "2 days": the largest unit that divides evenly.
    static QString duration(qint64 seconds);
    /// "0.3 s", "12 s": for the stages of a start.
    static QString seconds(qint64 milliseconds);
    /// Time of day in the locale's short form, "10:30".
    static QString timeOfDay(const QDateTime& time);
    /// "Today", "Yesterday", else the date; `now` decides.
    static QString day(const QDate& day, const QDate& today);
    static QString quoted(const QString& text); ///< “text”
    static QString levelIcon(Level level); ///< "process"
    static QString persistence(bool disposable);
    static QString outcome(AuditOutcome outcome);
    static QString outcomeIcon(AuditOutcome outcome);
    static QString check(CheckState state);
    static QString checkIcon(CheckState state);
    static QString stage(Stage stage);
};

} // namespace annex::ui

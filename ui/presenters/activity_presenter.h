// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QCoreApplication>
#include <QVector>

#include "ui/services.h"

/// The Activity page in words: records by day, chips, and the Why? panel.
namespace annex::ui {

enum class ActivityFilter { Everything, Refused, Clipboard, Files };

struct ActivityRow {
    bool isDay = false; ///< a heading, not a record
    QString day;
    qint64 seq = 0;
    QString time;
    QString icon;
    QString sentence;
    QString who;
    AuditOutcome outcome = AuditOutcome::Noted;
    QString accessible;
    bool operator==(const ActivityRow&) const = default;
};

struct RuleCard {
    QString title;  ///< "Copy out: off"
    QString source; ///< "Set by Acme Ltd"
    QString words;  ///< the organisation's own sentence, quoted
    bool locked = false;
};

struct WhyPanel {
    QString icon;
    AuditOutcome outcome = AuditOutcome::Noted;
    QString title;
    QString sentence;
    std::optional<RuleCard> rule;
    std::optional<RuleCard> overruled;
    QString number;
    QString settingKey; ///< empty: no setting decided
    QString trail;
    bool trailWhole = true;
    QString report; ///< what [copy] puts on the clipboard
};

class ActivityPresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::ActivityPresenter)

public:
    /// Newest first, a heading before each day. @param today  decides "Today" and "Yesterday"
    static QVector<ActivityRow> rows(const QVector<AuditRecord>&, ActivityFilter, const QDate& today);
    static bool passes(const AuditRecord&, ActivityFilter);
    static QString chip(ActivityFilter, int refused);
    static QString icon(const QString& action);
    static QString who(const AuditRecord&);
    static QString emptyLine(ActivityFilter, bool searching);
    static QString brokenTrail(const TrailState&);
    static QString trailWord(const TrailState&);
    /// `setting` is the one that decided, if it is known, for its title.
    static WhyPanel why(const AuditRecord&, const Explanation&, const std::optional<Setting>& setting, const std::optional<TrailState>&);
    static WhyPanel whySetting(const Setting&, const Explanation&, const std::optional<TrailState>&);
    static QString sourceWord(const Rule&);
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QVector>

#include "ui/services.h"

/// The Check-up page in words.
namespace annex::ui {

struct CheckRow {
    QString icon;
    CheckState state = CheckState::Fine;
    QString title;
    QString finding; ///< with the cure after it, where there is one
    QString word;
    QString accessible;
    bool operator==(const CheckRow&) const = default;
};

class CheckUpPresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::CheckUpPresenter)

public:
    /// Broken, Look, Fine; inside each in the broker's order.
    static QVector<CheckRow> rows(const CheckUp&);
    static QString verdict(const CheckUp&);   ///< "One thing to look at"
    static QString shortWord(const CheckUp&); ///< for the sidebar: "All good", "1 to look at", "1 broken"
    static QString checkedAt(const QDateTime& at, qint64 took_ms);
    /// Plain text, home folder and user name left out.
    static QString report(const CheckUp&, const VersionInfo&, const QDateTime& at, const QString& home);
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QVector>

#include "ui/services.h"

/// Errors in three parts: what failed, why, what you can do. Data-driven from the API's error; the buttons are what this window can do about an id.
namespace annex::ui {

enum class ErrorAction { None, ShowCheckUp, ShowApps, ShowActivity, ShowSettings, StartAgain, Reset, TryAgain, RunFile, OpenFile, CopyReport, RestoreStore, ShowFolder };

struct ErrorRow {
    QString title;
    QString explanation; ///< may be empty
    QString button;      ///< empty: words only
    ErrorAction action = ErrorAction::None;
    QString argument; ///< of ShowSettings: the setting's key; of RestoreStore: the backup, empty for defaults; of ShowFolder: a path
    bool operator==(const ErrorRow&) const = default;
};

/// Where the failure belongs.
struct ErrorContext {
    QString workspaceId;
    QString workspaceName;
    QString filePath; ///< host file that was being opened, may be empty
};

struct ErrorView {
    QString title;
    QString why;
    QVector<ErrorRow> rows; ///< best first; at most kMaxErrorRows
    QString id;
    QString details;
    QString report; ///< what [Copy report] puts on the clipboard
};

inline constexpr int kMaxErrorRows = 3; // ui.md section 10: one to three rows

class ErrorPresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::ErrorPresenter)

public:
    static ErrorView view(const Failure&, const ErrorContext&);
    /// The broker cannot be reached after it was started again.
    static Failure brokerAway();
    /// The policy store was damaged and set aside: what can be done about it is known only from its state.
    static ErrorView storeSetAside(const PolicyState&);
    static QString storeSetAsideBar();
    /// A viewer was replaced twice within five minutes.
    static Failure viewerDied(const QString& workspaceName);
    /// A sentence of the API without the command line it recommends: a window has buttons for that.
    static QString withoutCommand(const QString& todo);
    /// True for a failure that is only a person's own "Cancel".
    static bool isCancelled(const Failure&);
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QVector>

#include "ui/services.h"

/// Workspaces in words: rows of the sidebar, the page's header, and the questions before something cannot be undone.
namespace annex::ui {

/// The sign before a state line; each has a shape of its own, so that no state is told by colour alone.
enum class StateSign { Disc, Ring, Bars, HollowSquare, Triangle };

struct SidebarRow {
    QString id;
    Identity identity;
    QString stateLine;
    StateSign sign = StateSign::HollowSquare;
    bool live = false; ///< something runs: the sign wears the `ok` colour
    bool failed = false;
    bool child = false; ///< a fresh workspace, set under the one of its profile
    bool startable = false;
    QString accessible;
    bool operator==(const SidebarRow&) const = default;
};

struct Fact {
    QString icon;
    QString text;
    QString explanation; ///< tooltip
    bool operator==(const Fact&) const = default;
};

/// What the header's buttons can do now. Absent things are false, never greyed.
struct HeaderActions {
    bool start = false;
    bool cancel = false;
    bool pause = false;
    bool resume = false;
    bool stop = false;
    bool reset = false;
    bool remove = false;
    bool operator==(const HeaderActions&) const = default;
};

struct Question {
    QString title;
    QString text;
    QString confirm;
    QString keep;
    bool operator==(const Question&) const = default;
};

class WorkspacePresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::WorkspacePresenter)

public:
    static QString stateLine(const Workspace&);
    static StateSign stateSign(WorkspaceState);
    static bool isLive(WorkspaceState);
    static QString accessibleRow(const Workspace&);
    static SidebarRow row(const Workspace&);
    /// In the broker's order; a fresh workspace comes right after the first lasting one of its profile.
    static QVector<SidebarRow> rows(const QVector<Workspace>&);
    static QVector<Fact> facts(const Workspace&);
    static HeaderActions actions(const Workspace&);
    /// Said politely to screen readers when the state changes.
    static QString announcement(const Workspace&);
    static Question resetQuestion(const Workspace&);
    static Question removeQuestion(const Workspace&);
    /// Asked only while something runs.
    static Question quitQuestion(int running);
    /// First free "Workspace", "Workspace 2", … among names taken.
    static QString freeName(const QVector<Workspace>&);
};

} // namespace annex::ui

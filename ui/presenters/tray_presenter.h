// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <QCoreApplication>
#include <QHash>
#include <QVector>

#include "ui/services.h"

/// The tray as a value: icon state, tooltip and menu lines. On Linux the menu travels over D-Bus, which carries text, icon, mark, enabled and
/// submenu only; so headings are disabled lines and reasons stand in the text.
namespace annex::ui {

enum class TrayState { Ready, Running, Paused, Waiting, Problem };

enum class TrayCommand {
    None,
    OpenMain, CheckUp, Quit, NewWorkspace, StopAll, ShowFailure,
    BringToFront, OpenApp, FlipSetting, ExplainSetting, Start, Pause, Resume, Stop, Reset, ShowSettings,
};

struct TrayItem {
    enum class Kind { Line, Heading, Separator, Switch, Locked };
    Kind kind = Kind::Line;
    QString text;
    QString icon;                     ///< name of ours
    std::optional<Identity> swatch;   ///< instead of `icon`
    bool checked = false;
    bool enabled = true;
    TrayCommand command = TrayCommand::None;
    QString workspace;
    QString argument; ///< app id or setting key
    std::vector<TrayItem> children; ///< a QVector of its own type cannot be compared inside it
    bool operator==(const TrayItem&) const = default;
};

struct TrayInput {
    QVector<Workspace> workspaces;
    QString front;                                  ///< workspace whose window had focus last
    QHash<QString, QVector<Setting>> settings;      ///< by workspace, as far as known
    QHash<QString, QVector<AppEntry>> mostUsed;     ///< by workspace, at most kTrayApps of each are shown
    int maximum = 16;                               ///< workspace.maximum
    bool connected = true;
};

struct TrayModel {
    TrayState state = TrayState::Ready;
    QString tooltip;
    std::vector<TrayItem> items;
    bool operator==(const TrayModel&) const = default;
};

inline constexpr int kTrayApps = 8;       // ui.md section 6
inline constexpr int kTrayWorkspaces = 9; // with the other lines at most 20

class TrayPresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::TrayPresenter)

public:
    static TrayModel model(const TrayInput&);
    static TrayState state(const TrayInput&);
    static QString tooltip(const TrayInput&);
    /// The workspace that the switches act on: the one in front, else the first lasting one.
    static const Workspace* target(const TrayInput&);
    /// One line per item with mark, for tests and the menu of a desktop without a tray.
    static QStringList asText(std::span<const TrayItem>);
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QHash>
#include <QString>

#include <vector>

#include "ui/theme/identity.h"

namespace annex::ui {

/// What the broker says of one switch or action of the frame menu (frame link: menu_state).
struct MenuItemState {
    bool enabled = true; ///< actions: can be used; switches: is on
    bool locked = false; ///< by the organisation: can be chosen, and then shows the reason
    QString reason;      ///< a clause for people, as in "locked by Acme Ltd"
    friend bool operator==(const MenuItemState&, const MenuItemState&) = default;
};

enum class MenuItemKind { Action, Switch, Separator };

/// One row of the frame menu, ready to be painted.
struct MenuItem {
    MenuItemKind kind = MenuItemKind::Action;
    QString id;       ///< stable: as on the frame link, or "full-screen", "close", "force-stop"
    QString text;     ///< with its reason where it is locked
    QString icon;     ///< glyph; a check mark or a lock instead where that says more
    QString shortcut; ///< only a reminder, at the end
    bool enabled = true;
    bool locked = false;
    bool checked = false;
    QString reason;
    friend bool operator==(const MenuItem&, const MenuItem&) = default;
};

struct MenuContext {
    bool fullScreen = false;
    bool canFullScreen = true;
    bool connected = true; ///< the frame link lives; without it only what the viewer does itself is offered
};

/// The frame menu of a window: only what exists. Items that the broker did not mention are left out.
std::vector<MenuItem> frameMenu(const QHash<QString, MenuItemState>& states, const MenuContext& context);

/// "Process · disposable": the second line of the menu's head.
QString menuHeadLine(const Identity& identity);

/// Next item that can be chosen, going round; -1 when there is none. @param from  -1 for "before the first"
int nextChoosable(const std::vector<MenuItem>& items, int from, int step);

} // namespace annex::ui

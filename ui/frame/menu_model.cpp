// SPDX-License-Identifier: Apache-2.0
#include "ui/frame/menu_model.h"

#include <QCoreApplication>

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;

QString tr(const char* text) { return QCoreApplication::translate("FrameMenu", text); }

struct BrokerItem {
    const char* id;
    MenuItemKind kind;
    const char* text;
    const char* icon;
    const char* shortcut;
};

constexpr BrokerItem kFirst[] = {
    {"paste", MenuItemKind::Action, "Paste host clipboard", "copy-in", "Ctrl+V"},
    {"copy-out", MenuItemKind::Action, "Copy to host clipboard", "copy-out", "Ctrl+C"},
    {"send-file-in", MenuItemKind::Action, "Send file in…", "file-in", ""},
};
constexpr BrokerItem kSwitches[] = {
    {"copy-in-toggle", MenuItemKind::Switch, "Copy in", "", ""},
    {"copy-out-toggle", MenuItemKind::Switch, "Copy out", "", ""},
};
constexpr BrokerItem kLast[] = {
    {"what-is-this", MenuItemKind::Action, "What is this window?", "info", ""},
    {"settings", MenuItemKind::Action, "Settings", "settings", ""},
};

void add(std::vector<MenuItem>& items, const BrokerItem& row, const QHash<QString, MenuItemState>& states)
{
    const QString id = QString::fromLatin1(row.id);
    const auto state = states.constFind(id);
    if (state == states.constEnd())
        return;
    MenuItem item;
    item.kind = row.kind;
    item.id = id;
    item.text = tr(row.text);
    item.icon = QString::fromLatin1(row.icon);
    item.shortcut = QString::fromLatin1(row.shortcut);
    item.locked = state->locked;
    item.reason = state->reason;
    item.checked = row.kind == MenuItemKind::Switch && state->enabled;
    item.enabled = row.kind == MenuItemKind::Switch || state->enabled || state->locked;
    if (item.locked) {
        item.icon = u"lock"_s;
        item.shortcut.clear();
        item.text = tr("%1 — %2").arg(item.text, item.reason.isEmpty() ? tr("locked by your organisation") : item.reason);
    } else if (item.checked) {
        item.icon = u"check"_s;
    } else if (!item.enabled && !item.reason.isEmpty()) {
        item.shortcut.clear();
        item.text = tr("%1 — %2").arg(item.text, item.reason);
    }
    items.push_back(std::move(item));
}

MenuItem own(const char* id, const char* text, const char* icon, const char* shortcut)
{
    MenuItem item;
    item.id = QString::fromLatin1(id);
    item.text = tr(text);
    item.icon = QString::fromLatin1(icon);
    item.shortcut = QString::fromLatin1(shortcut);
    return item;
}

/// A line between groups, never first and never doubled.
void separate(std::vector<MenuItem>& items)
{
    if (items.empty() || items.back().kind == MenuItemKind::Separator)
        return;
    MenuItem line;
    line.kind = MenuItemKind::Separator;
    line.enabled = false;
    items.push_back(line);
}

} // namespace

std::vector<MenuItem> frameMenu(const QHash<QString, MenuItemState>& states, const MenuContext& context)
{
    const QHash<QString, MenuItemState> known = context.connected ? states : QHash<QString, MenuItemState>();
    std::vector<MenuItem> items;
    for (const BrokerItem& row : kFirst)
        add(items, row, known);
    separate(items);
    for (const BrokerItem& row : kSwitches)
        add(items, row, known);
    if (context.canFullScreen)
        items.push_back(own("full-screen", context.fullScreen ? "Leave full screen" : "Full screen", "full-screen", "Ctrl+Alt+Enter"));
    separate(items);
    for (const BrokerItem& row : kLast)
        add(items, row, known);
    items.push_back(own("close", "Close", "close", ""));
    items.push_back(own("force-stop", "Force stop program…", "error", ""));
    return items;
}

QString menuHeadLine(const Identity& identity)
{
    return tr("%1 · %2").arg(wordOf(identity.level), identity.disposable ? tr("disposable") : tr("kept"));
}

int nextChoosable(const std::vector<MenuItem>& items, int from, int step)
{
    const int count = static_cast<int>(items.size());
    int at = from < 0 && step < 0 ? 0 : from;
    for (int tried = 0; tried < count; ++tried) {
        at = ((at + step) % count + count) % count;
        const MenuItem& item = items[static_cast<std::size_t>(at)];
        if (item.kind != MenuItemKind::Separator && item.enabled)
            return at;
    }
    return -1;
}

} // namespace annex::ui

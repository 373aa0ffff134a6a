// SPDX-License-Identifier: Apache-2.0
#include "ui/tray/tray_menu.h"

#include <QTimer>

#include "ui/theme/icons.h"
#include "ui/theme/swatch.h"
#include "ui/tray/tray_icon.h"
#include "ui/widgets/annex_style.h"

namespace annex::ui {

namespace {

constexpr int kMenuSwatch = 18;
// Qt 6.4 has no signal for a tray host that appears. Asked only for a while after start: a desktop that comes up after us is there by then.
constexpr int kHostCheck_ms = 2000;
constexpr int kHostChecks = 15;
constexpr int kNotification_ms = 8000;

QIcon itemIcon(const TrayItem& item)
{
    if (item.swatch) {
        QIcon swatch;
        for (const int scale : {1, 2})
            swatch.addPixmap(QPixmap::fromImage(swatchImage(*item.swatch, kMenuSwatch, scale)));
        return swatch;
    }
    return item.icon.isEmpty() ? QIcon() : icon(item.icon, look().text2);
}

} // namespace

Tray::Tray(QObject* parent) : QObject(parent), m_hasHost(QSystemTrayIcon::isSystemTrayAvailable()), m_watch(new QTimer(this))
{
    m_watch->setInterval(kHostCheck_ms);
    connect(m_watch, &QTimer::timeout, this, &Tray::watchHost);
    if (!m_hasHost)
        m_watch->start();
}

Tray::~Tray()
{
    delete m_icon; // before its menu
}

void Tray::watchHost()
{
    const int checks = m_watch->property("checks").toInt() + 1;
    m_watch->setProperty("checks", checks);
    if (checks >= kHostChecks)
        m_watch->stop();
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return;
    m_watch->stop();
    m_hasHost = true;
    rebuild();
    Q_EMIT hostChanged(true);
}

void Tray::show(const TrayModel& model)
{
    if (m_shown && model == m_model)
        return; // the menu may be open; rebuilding it would move what the pointer is on
    m_model = model;
    m_shown = true;
    rebuild();
}

void Tray::rebuild()
{
    if (!m_hasHost || !m_shown)
        return;
    m_menu.clear();
    fill(m_menu, m_model.items);
    if (!m_icon) {
        m_icon = new QSystemTrayIcon;
        m_icon->setContextMenu(&m_menu);
        connect(m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
            if (reason == QSystemTrayIcon::Trigger)
                Q_EMIT activated();
            else if (reason == QSystemTrayIcon::MiddleClick)
                Q_EMIT middleClicked();
        });
    }
    m_icon->setIcon(trayIcon(m_model.state, look().text));
    m_icon->setToolTip(m_model.tooltip);
    m_icon->show();
}

void Tray::fill(QMenu& menu, const std::vector<TrayItem>& items)
{
    for (const TrayItem& item : items) {
        if (item.kind == TrayItem::Kind::Separator) {
            menu.addSeparator();
            continue;
        }
        QAction* action = nullptr;
        if (item.children.empty()) {
            action = menu.addAction(itemIcon(item), item.text);
        } else {
            QMenu* sub = menu.addMenu(itemIcon(item), item.text);
            fill(*sub, item.children);
            action = sub->menuAction();
        }
        action->setEnabled(item.enabled);
        if (item.kind == TrayItem::Kind::Switch) {
            action->setCheckable(true);
            action->setChecked(item.checked);
        }
        if (item.command != TrayCommand::None)
            connect(action, &QAction::triggered, this, [this, item] { Q_EMIT chosen(item); });
    }
}

void Tray::notify(const QString& title, const QString& text)
{
    if (m_icon)
        m_icon->showMessage(title, text, trayIcon(m_model.state, look().text), kNotification_ms);
}

} // namespace annex::ui

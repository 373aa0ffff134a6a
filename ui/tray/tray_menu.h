// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <QObject>
#include <QSystemTrayIcon>

#include "ui/presenters/tray_presenter.h"

class QTimer;

namespace annex::ui {

/// Shows a TrayModel. Without a tray host it shows nothing and says so; a host that appears later is noticed.
class Tray : public QObject {
    Q_OBJECT
public:
    explicit Tray(QObject* parent = nullptr);
    ~Tray() override;

    void show(const TrayModel& model);
    bool hasHost() const { return m_hasHost; }
    /// A short system notification; nothing where there is neither a tray nor a notification service.
    void notify(const QString& title, const QString& text);
    QMenu* menu() { return &m_menu; }

Q_SIGNALS:
    void chosen(const annex::ui::TrayItem& item);
    void activated();     ///< left click
    void middleClicked();
    void hostChanged(bool hasHost);

private:
    void watchHost();
    void rebuild();
    void fill(QMenu& menu, const std::vector<TrayItem>& items);

    TrayModel m_model;
    bool m_shown = false;
    bool m_hasHost = false;
    QMenu m_menu;
    QSystemTrayIcon* m_icon = nullptr;
    QTimer* m_watch;
};

} // namespace annex::ui

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QHash>
#include <QObject>

#include "app/desktop/broker_link.h"
#include "app/desktop/broker_services.h"
#include "app/desktop/desktop_requests.h"
#include "app/desktop/host_clipboard.h"
#include "app/desktop/viewers.h"
#include "ui/pages/desk.h"
#include "ui/pages/ui_state.h"
#include "ui/tray/tray_menu.h"
#include "ui/widgets/desktop_look.h"

class QTimer;

namespace annex::ui {
class MainWindow;
} // namespace annex::ui

namespace annex::desktop {

/// The program `annex`: joins the broker to the person's session. The main window exists only while it is needed.
class DesktopApp : public QObject {
    Q_OBJECT
public:
    struct Options {
        api::OpenOptions* broker = nullptr; ///< how to reach annexd; read in the constructor only
        std::string viewerProgram;
        QString stateFile; ///< what the window remembers
        bool background = false;
        bool uncapped = false; ///< viewers draw as fast as they can (benchmarks)
    };
    explicit DesktopApp(const Options& options, QObject* parent = nullptr);
    ~DesktopApp() override;

    void start();
    void show(const QString& page);

private:
    void onOpened();
    void onEvent(const QString& type, const QJsonObject& parameters);
    void onShowWanted(const QString& page, const QString& workspace);
    void ensureWindow();
    void refreshTray();
    void readTraySettings();
    void onTray(const ui::TrayItem& item);
    void onHidden();
    void askQuit();
    void quit();
    void applyLook();
    void registerDesktop();
    ui::TrayInput trayInput() const;

    BrokerLink m_link;
    BrokerWorkspaces m_workspaces;
    BrokerApps m_apps;
    BrokerPolicy m_policy;
    BrokerAudit m_audit;
    BrokerSystem m_system;
    ui::UiState m_state;
    ui::DesktopLook m_look;
    ui::Desk m_desk;
    ui::Tray m_tray;
    HostClipboard m_clipboard;
    DesktopRequests m_requests;
    Viewers m_viewers;
    std::unique_ptr<ui::MainWindow> m_window;
    QTimer* m_freeWindow;
    QTimer* m_trayDelay;
    bool m_background;
    bool m_shownOnce = false;
    QString m_front; ///< workspace whose window had focus last
    QHash<QString, QVector<ui::Setting>> m_traySettings;
    QHash<QString, QVector<ui::AppEntry>> m_trayApps;
    int m_maximum = 16;
};

} // namespace annex::desktop

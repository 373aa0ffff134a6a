// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QDBusVariant>
#include <QObject>
#include <QVariant>

#include "ui/theme/tokens.h"

namespace annex::ui {

/// What the desktop says about looks. All questions to the system are behind this one class (Qt 6.4 has no colour scheme of its own).
struct DesktopWishes {
    std::optional<uint> colourScheme; ///< of the portal: 1 prefers dark, 2 prefers light
    std::optional<uint> contrast;     ///< of the portal: 1 high
    std::optional<bool> animations;   ///< of the portal's GNOME settings
    bool darkPalette = false;         ///< the platform theme's own palette is dark
};

/// Pure: ANNEX_THEME first, then high contrast, then the scheme, then the palette.
Theme themeFor(const QString& environment, const DesktopWishes& wishes);

/// Call before the application is made: without a session bus, D-Bus libraries would start one of their own (dbus-launch) and leave it behind.
void keepFromStartingASessionBus();

class DesktopLook : public QObject {
    Q_OBJECT
public:
    /// Reads what costs nothing; the portal answers later through changed(). Without a session bus nothing is asked.
    explicit DesktopLook(QObject* parent = nullptr);

    Theme theme() const;
    bool reducedMotion() const { return m_wishes.animations == false; }

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void onSettingChanged(const QString& space, const QString& key, const QDBusVariant& value);

private:
    void take(const QString& space, const QString& key, const QVariant& value);
    void ask(const QString& space, const QString& key);

    DesktopWishes m_wishes;
};

} // namespace annex::ui

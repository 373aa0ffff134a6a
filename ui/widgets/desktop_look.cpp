// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/desktop_look.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFileInfo>
#include <QGuiApplication>
#include <QPalette>
#include <QStandardPaths>

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;

constexpr int kPortalPatience_ms = 5000; // a portal may have to be started by the bus first
const QString kService = u"org.freedesktop.portal.Desktop"_s;
const QString kPath = u"/org/freedesktop/portal/desktop"_s;
const QString kInterface = u"org.freedesktop.portal.Settings"_s;
const QString kAppearance = u"org.freedesktop.appearance"_s;
const QString kGnome = u"org.gnome.desktop.interface"_s;

/// Without this check libdbus would try to launch a bus of its own through X11.
bool hasSessionBus()
{
    if (const QString address = qEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS"); !address.isEmpty())
        return address != "disabled:"_L1;
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return !runtime.isEmpty() && QFileInfo::exists(runtime + u"/bus"_s);
}

/// The portal wraps values once or twice, depending on its age.
QVariant unwrapped(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value;
}

} // namespace

Theme themeFor(const QString& environment, const DesktopWishes& wishes)
{
    if (!environment.isEmpty())
        return themeFromName(environment);
    if (wishes.contrast == 1U)
        return Theme::HighContrast;
    if (wishes.colourScheme == 1U)
        return Theme::Dark;
    if (wishes.colourScheme == 2U)
        return Theme::Light;
    return wishes.darkPalette ? Theme::Dark : Theme::Light;
}

void keepFromStartingASessionBus()
{
    if (!hasSessionBus())
        qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
}

DesktopLook::DesktopLook(QObject* parent) : QObject(parent)
{
    m_wishes.darkPalette = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    if (!hasSessionBus())
        return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(kService, kPath, kInterface, u"SettingChanged"_s, this, SLOT(onSettingChanged(QString, QString, QDBusVariant)));
    ask(kAppearance, u"color-scheme"_s);
    ask(kAppearance, u"contrast"_s);
    ask(kGnome, u"enable-animations"_s);
}

Theme DesktopLook::theme() const
{
    return themeFor(qEnvironmentVariable("ANNEX_THEME"), m_wishes);
}

void DesktopLook::ask(const QString& space, const QString& key)
{
    QDBusMessage call = QDBusMessage::createMethodCall(kService, kPath, kInterface, u"Read"_s);
    call << space << key;
    auto* watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call, kPortalPatience_ms), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, space, key](QDBusPendingCallWatcher* done) {
        done->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *done;
        if (!reply.isError()) // a desktop without a portal has said what it has to say
            take(space, key, reply.value().variant());
    });
}

void DesktopLook::onSettingChanged(const QString& space, const QString& key, const QDBusVariant& value)
{
    take(space, key, value.variant());
}

void DesktopLook::take(const QString& space, const QString& key, const QVariant& wrapped)
{
    const QVariant value = unwrapped(wrapped);
    const Theme before = theme();
    const bool reducedBefore = reducedMotion();
    if (space == kAppearance && key == "color-scheme"_L1)
        m_wishes.colourScheme = value.toUInt();
    else if (space == kAppearance && key == "contrast"_L1)
        m_wishes.contrast = value.toUInt();
    else if (space == kGnome && key == "enable-animations"_L1)
        m_wishes.animations = value.toBool();
    if (theme() != before || reducedMotion() != reducedBefore)
        Q_EMIT changed();
}

} // namespace annex::ui

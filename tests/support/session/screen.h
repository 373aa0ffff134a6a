// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QList>
#include <QPoint>
#include <QRect>
#include <QString>

/// The host's screen as a person has it: what is drawn on it, which windows stand on it, keys and pointer. X11, by xdotool and ImageMagick.
namespace annex::test::screen {

struct Window {
    QString id; ///< X window id, decimal; empty: none
    QRect box;
    explicit operator bool() const { return !id.isEmpty(); }
};

/// The newest visible window whose name matches the regular expression, waiting for it. Empty after the deadline.
Window waitForWindow(const QString& namePattern, int deadline_ms = 120'000);
/// All of them now.
QList<Window> windows(const QString& namePattern);
bool waitUntilGone(const QString& namePattern, int deadline_ms = 120'000);
Window geometry(const QString& id);
/// Visible windows of a process, popups and menus included, by the process number that they name.
QList<Window> windowsOf(qint64 pid);
QStringList idsOf(qint64 pid); ///< the same without asking where they lie: for hundreds
QString name(const QString& id); ///< as it stands in the title bar, byte for byte
QString focusWindow();           ///< who gets the keys, by the X server
QString property(const QString& id, const QString& name); ///< as xprop prints its value

void activate(const Window& window);
void moveTo(QPoint at);
void click(QPoint at, int button = 1);
void press(int button);
void release(int button);
void key(const QString& chord); ///< as xdotool names it, "ctrl+v"
void keyDown(const QString& name);
void keyUp(const QString& name);
void type(const QString& ascii); ///< ASCII only: xdotool remaps keys for anything else
void resize(const Window& window, QSize size);
void move(const Window& window, QPoint at);
QString activeWindow();

QImage shot();                     ///< the whole screen
QImage shot(const QRect& part);
/// Looks until two shots half a second apart are equal. The screen settles after a program's first content.
QImage settled(const QRect& part, int deadline_ms = 60'000);
/// Waits until the part no longer equals `before`.
bool waitForChange(const QRect& part, const QImage& before, int deadline_ms = 60'000);
/// Share of pixels (0 … 1) that differ by more than `tolerance` in any channel.
double difference(const QImage& a, const QImage& b, int tolerance = 8);

/// Host clipboard by xclip.
QString clipboard();
void setClipboard(const QString& text);

} // namespace annex::test::screen

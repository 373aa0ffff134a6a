// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QString>

#include "tests/support/session/screen.h"
#include "ui/frame/frame_layout.h"

/// A workspace's window as it stands on the host's screen: its frame is measured and compared by what is drawn, not by what Annex says.
namespace annex::test::e2e {

struct GuestWindow {
    screen::Window window;
    ui::FrameState state; ///< what the frame is expected to show

    explicit operator bool() const { return static_cast<bool>(window); }
    QString id() const { return window.id; }
    QRect box() const { return window.box; }
    /// Of the whole window at ratio 1, from its upper left corner.
    ui::FrameGeometry frame() const;
    QRect content() const; ///< on the screen
    QPoint centreOf(ui::FramePart part) const;
    void refresh(); ///< reads its place and size again
    bool isActive() const { return screen::activeWindow() == window.id; }
    void activate() { screen::activate(window); }
    /// Presses a part of the frame as a person does.
    void press(ui::FramePart part, int button = 1) const;
    /// Chooses an item of the frame menu by its place.
    bool chooseFromMenu(const QString& textId) const;
};

/// Waits for a window of the workspace; the title is what the guest gave it (a regular expression).
GuestWindow waitForGuest(const QString& workspace, const QString& titlePattern);
QList<screen::Window> guestWindows(const QString& workspace, const QString& titlePattern = QStringLiteral(".*"));
QString namePattern(const QString& workspace, const QString& titlePattern);

/// Looks until the frame on the screen is the one that the host draws for this identity, focus and title.
/// @return what is wrong with it; empty: nothing
QString frameFault(GuestWindow& window, bool focused);

/// Looks until the picture stays as it is, but for a cursor that blinks.
QImage settled(const QRect& part, int deadline_ms = 60'000);
/// Waits until more than a blinking cursor differs from `before`.
bool changes(const QRect& part, const QImage& before);

/// Share of pixels that have exactly this colour.
double shareOf(const QImage& image, QColor colour, int tolerance = 2);

} // namespace annex::test::e2e

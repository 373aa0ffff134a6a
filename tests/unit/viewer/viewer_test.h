// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QImage>

#include "tests/support/fake_guest/viewer_harness.h"
#include "tests/support/session/screen.h"
#include "ui/theme/identity.h"

/// What the three tests of the whole viewer share.
namespace annex::viewer_test {

using namespace std::chrono_literals;
namespace screen = annex::test::screen;

inline const QString kAny = QStringLiteral("^\\[Untrusted\\]");
// Frame at 100 %: 6 on the sides and foot, 35 on top.
inline constexpr int kSide = 6, kTop = 35;

/// Content of a shown toplevel, in screen coordinates.
inline QRect contentOf(const screen::Window& window) { return window.box.adjusted(kSide, kTop, -kSide, -kSide); }

inline QColor at(const QImage& shot, QPoint point) { return QColor(shot.pixel(point)); }

/// Polls, reading the guest's end meanwhile so that nothing stalls.
template <class Condition> bool eventually(test::ViewerHarness& viewer, Condition&& condition, std::chrono::seconds patience = 60s)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        viewer.settle(50ms);
    }
    return true;
}

/// The toplevel with this title, once it stands and shows `colour` in its middle.
inline screen::Window shown(test::ViewerHarness& viewer, const QString& title, const QColor& colour)
{
    screen::Window window;
    eventually(viewer, [&] {
        const QList<screen::Window> found = screen::windows(QStringLiteral("^\\[Untrusted\\] %1$").arg(title));
        if (found.isEmpty())
            return false;
        window = found.first();
        const QImage shot = screen::shot(window.box);
        return !shot.isNull() && at(shot, shot.rect().center()) == colour;
    });
    return window;
}

/// A focused window that follows the sizes it is asked for, with the guest's message list empty.
inline screen::Window readyWindow(test::ViewerHarness& viewer, const QString& title, std::uint32_t& id)
{
    test::FakeGuest& guest = viewer.guest();
    id = guest.showToplevel(title.toStdString(), 700, 300, 0xff404040);
    guest.followSizes(id, 0xff404040);
    const screen::Window window = shown(viewer, title, QColor(0x40, 0x40, 0x40));
    screen::moveTo({3, 3});
    screen::activate(window);
    guest.waitFor([&] { return guest.last<display::Focus>(id) && guest.last<display::Focus>(id)->focused; });
    viewer.settle(300ms);
    guest.clear();
    return screen::geometry(window.id);
}

} // namespace annex::viewer_test

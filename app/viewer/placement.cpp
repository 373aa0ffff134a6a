// SPDX-License-Identifier: Apache-2.0
#include "app/viewer/placement.h"

#include <algorithm>

namespace annex::viewer {

namespace {

/// Moves [at, at + length) as little as possible so that it lies in [low, high).
int clampSpan(int at, int length, int low, int high) { return std::clamp(at, low, std::max(low, high - length)); }

QRect clampInto(QRect box, const QRect& screen)
{
    box.moveTo(clampSpan(box.x(), box.width(), screen.x(), screen.x() + screen.width()),
               clampSpan(box.y(), box.height(), screen.y(), screen.y() + screen.height()));
    return box;
}

bool touches(const QRect& box, const QRect& anchor) { return box.intersects(anchor.adjusted(-1, -1, 1, 1)); }

/// Moves `box` as little as possible until it touches the anchor's edge.
QRect pullTo(QRect box, const QRect& anchor)
{
    const int x = std::clamp(box.x(), anchor.x() - box.width(), anchor.x() + anchor.width());
    const int y = std::clamp(box.y(), anchor.y() - box.height(), anchor.y() + anchor.height());
    box.moveTo(x, y);
    return box;
}

} // namespace

std::optional<QRect> placePopup(const QRect& wanted, const QList<QRect>& anchors, const QRect& screen)
{
    if (anchors.isEmpty() || wanted.isEmpty())
        return std::nullopt;
    // As large as the screen in both directions: it could show a whole desktop of its own.
    if (wanted.width() > screen.width() || wanted.height() > screen.height() || wanted.size() == screen.size())
        return std::nullopt;
    QRect box = clampInto(wanted, screen);
    const auto touchesAny = [&anchors](const QRect& b) {
        return std::any_of(anchors.begin(), anchors.end(), [&b](const QRect& anchor) { return touches(b, anchor); });
    };
    if (touchesAny(box))
        return box;
    // Pulled to its nearest parent; if that lies off the screen, to any other.
    for (const QRect& anchor : anchors) {
        const QRect pulled = clampInto(pullTo(wanted, anchor), screen);
        if (touchesAny(pulled))
            return pulled;
    }
    return std::nullopt;
}

QRect keepReachable(const QRect& window, int strip_height, int reachable, const QList<QRect>& screens)
{
    const int needed = std::min(reachable, window.width());
    const QRect strip(window.x(), window.y(), window.width(), std::min(strip_height, window.height()));
    // Most of its height is enough: some window managers keep a margin of their own, and there is no point in fighting them.
    const int high = (strip.height() * 2 + 2) / 3;
    const QRect* nearest = nullptr;
    qint64 best = 0;
    for (const QRect& screen : screens) {
        const QRect seen = strip.intersected(screen);
        if (seen.width() >= needed && seen.height() >= high)
            return window;
        // Distance of the strip's middle from the screen, 0 inside.
        const QPoint c = strip.center();
        const qint64 dx = c.x() - std::clamp(c.x(), screen.left(), screen.right()), dy = c.y() - std::clamp(c.y(), screen.top(), screen.bottom());
        const qint64 distance = dx * dx + dy * dy;
        if (!nearest || distance < best) {
            nearest = &screen;
            best = distance;
        }
    }
    if (!nearest)
        return window;
    QRect moved = window;
    moved.moveLeft(std::clamp(window.x(), nearest->x() - window.width() + needed, nearest->x() + nearest->width() - needed));
    moved.moveTop(std::clamp(window.y(), nearest->y(), std::max(nearest->y(), nearest->y() + nearest->height() - strip.height())));
    return moved;
}

QRect guestBox(const QRect& box, QPoint desktopCorner, int scale) { return {(box.topLeft() - desktopCorner) * scale, box.size() * scale}; }

QSize fitInto(QSize size, const QRect& workArea) { return workArea.isEmpty() ? size : size.boundedTo(workArea.size()); }

} // namespace annex::viewer

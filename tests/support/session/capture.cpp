// SPDX-License-Identifier: Apache-2.0
// Pictures of the screen, straight from the X server: a program for each would cost more than what is tested.
#include <cstdlib>
#include <memory>

#include <xcb/xcb.h>

#include "tests/support/session/screen.h"

namespace annex::test::screen {

namespace {

struct Free {
    void operator()(void* reply) const { std::free(reply); }
};

// Kept for the whole test: a server that lost its last client may start anew.
xcb_connection_t* server()
{
    static xcb_connection_t* const connection = xcb_connect(nullptr, nullptr);
    return connection;
}

} // namespace

QImage shot()
{
    return shot(QRect());
}

QImage shot(const QRect& part)
{
    xcb_connection_t* connection = server();
    if (xcb_connection_has_error(connection))
        return {};
    const xcb_screen_t* screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
    const QRect whole(0, 0, screen->width_in_pixels, screen->height_in_pixels);
    const QRect seen = part.isNull() ? whole : part.intersected(whole);
    if (seen.isEmpty())
        return {};
    const auto cookie = xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, screen->root, static_cast<std::int16_t>(seen.x()), static_cast<std::int16_t>(seen.y()),
                                      static_cast<std::uint16_t>(seen.width()), static_cast<std::uint16_t>(seen.height()), ~0u);
    const std::unique_ptr<xcb_get_image_reply_t, Free> reply(xcb_get_image_reply(connection, cookie, nullptr));
    if (!reply || xcb_get_image_data_length(reply.get()) < seen.width() * seen.height() * 4)
        return {};
    const QImage pixels(xcb_get_image_data(reply.get()), seen.width(), seen.height(), seen.width() * 4, QImage::Format_RGB32);
    // As QImage::copy does: what lies beyond the screen is empty.
    return part.isNull() || seen == part ? pixels.copy() : pixels.copy(part.translated(-seen.topLeft()));
}

} // namespace annex::test::screen

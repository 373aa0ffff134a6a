// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/cursor.h"

#include <algorithm>

#include "vgpu/display/guest/wlroots/quiet_output.h"
#include "vgpu/display/guest/wlroots/surface_watch.h"

namespace annex::display::guest {

CursorExport::CursorExport(Surroundings& surroundings) : m_around(surroundings)
{
    m_onRequest.connect(surroundings.seat->events.request_set_cursor,
                        [this](void* data) { chosen(*static_cast<wlr_seat_pointer_request_set_cursor_event*>(data)); });
}

void CursorExport::chosen(const wlr_seat_pointer_request_set_cursor_event& event)
{
    if (event.seat_client != m_around.seat->pointer_state.focused_client)
        return; // only the program under the pointer decides
    m_onCommit.disconnect();
    m_onDestroy.disconnect();
    m_surface = event.surface;
    m_hotspotX = event.hotspot_x;
    m_hotspotY = event.hotspot_y;
    if (!m_surface) {
        sendHidden();
        return;
    }
    m_onCommit.connect(m_surface->events.commit, [this](void*) {
        m_hotspotX -= m_surface->current.dx;
        m_hotspotY -= m_surface->current.dy;
        send();
    });
    m_onDestroy.connect(m_surface->events.destroy, [this](void*) {
        m_surface = nullptr;
        m_onCommit.disconnect();
        m_onDestroy.disconnect();
    });
    wlr_surface_send_enter(m_surface, m_around.output->get());
    send();
}

void CursorExport::send()
{
    const int scale = m_around.output->scale();
    Cursor cursor;
    cursor.width = m_surface->current.width * scale;
    cursor.height = m_surface->current.height * scale;
    // Answered at once: an animated cursor is small, and it brings its own clock.
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    wlr_surface_send_frame_done(m_surface, &now);
    if (!m_surface->buffer || cursor.width <= 0 || cursor.height <= 0) {
        sendHidden();
        return;
    }
    if (cursor.width > kMaxCursorEdge_px || cursor.height > kMaxCursorEdge_px)
        return; // the last honest one stays
    cursor.hotspotX = std::clamp(m_hotspotX * scale, 0, cursor.width - 1);
    cursor.hotspotY = std::clamp(m_hotspotY * scale, 0, cursor.height - 1);
    cursor.pixels.resize(static_cast<std::size_t>(cursor.width) * static_cast<std::size_t>(cursor.height) * 4);

    const Rect crop{0, 0, m_surface->current.width, m_surface->current.height};
    const PaintTarget target{cursor.pixels.data(), cursor.width, cursor.height, static_cast<std::uint32_t>(cursor.width) * 4};
    Painter::paint({{m_surface, crop}}, crop, scale, target, Region(Rect{0, 0, cursor.width, cursor.height}),
                   [this](wlr_surface* culprit) { m_around.reaper->condemn(wl_resource_get_client(culprit->resource)); });
    sendIfNew(std::move(cursor));
}

void CursorExport::sendHidden()
{
    sendIfNew({});
}

void CursorExport::sendIfNew(Cursor cursor)
{
    // The same twenty images return all the time.
    const bool same = m_sent && cursor.width == m_last.width && cursor.height == m_last.height && cursor.hotspotX == m_last.hotspotX
        && cursor.hotspotY == m_last.hotspotY && cursor.pixels == m_last.pixels;
    if (same)
        return;
    m_sent = true;
    m_last = cursor;
    m_around.exporter->setCursor(std::move(cursor));
}

} // namespace annex::display::guest

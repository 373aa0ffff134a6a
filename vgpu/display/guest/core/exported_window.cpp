// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/core/exported_window.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "vgpu/display/guest/core/exporter.h"

namespace annex::display::guest {

namespace {

// A cut in the middle of a character would make the whole text invalid for the host.
std::string cutUtf8(std::string text, std::size_t limit)
{
    if (text.size() <= limit)
        return text;
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    text.resize(end);
    return text;
}

// A program may name any bits; two opposite edges at once mean nothing.
std::uint32_t possibleEdges(std::uint32_t edges)
{
    edges &= kEdgeTop | kEdgeBottom | kEdgeLeft | kEdgeRight;
    const bool both = (edges & kEdgeTop && edges & kEdgeBottom) || (edges & kEdgeLeft && edges & kEdgeRight);
    return both ? 0 : edges;
}

} // namespace

ExportedWindow::ExportedWindow(Exporter& exporter, std::uint32_t id, WindowKind kind, std::uint32_t parent, bool x11,
                               WindowContent& content)
    : m_exporter(exporter), m_content(content), m_id(id), m_kind(kind), m_parent(parent), m_x11(x11)
{
    m_slots.setCount(exporter.slotsPerWindow());
}

void ExportedWindow::markDirty(unsigned what)
{
    m_dirty |= what;
    m_exporter.wake();
}

void ExportedWindow::setTitle(std::string text)
{
    text = cutUtf8(std::move(text), kMaxTitle_bytes);
    if (text != m_title) {
        m_title = std::move(text);
        markDirty(kTitle);
    }
}

void ExportedWindow::setAppId(std::string text)
{
    text = cutUtf8(std::move(text), kMaxAppId_bytes);
    if (text != m_appId) {
        m_appId = std::move(text);
        markDirty(kAppId);
    }
}

void ExportedWindow::setIcon(Icon icon)
{
    m_icon = std::move(icon);
    markDirty(kIcon);
}

void ExportedWindow::setSizeHints(const SizeHints& hints)
{
    m_hints = hints;
    markDirty(kSizeHints);
}

void ExportedWindow::setPosition(std::int32_t x, std::int32_t y)
{
    x = std::clamp(x, -kMaxCoordinate_px, kMaxCoordinate_px);
    y = std::clamp(y, -kMaxCoordinate_px, kMaxCoordinate_px);
    if (x == m_box.x && y == m_box.y)
        return;
    m_box.x = x;
    m_box.y = y;
    markDirty(kGeometry);
}

void ExportedWindow::request(RequestKind kind, std::uint32_t edges)
{
    // A pair of opposites: the newest wish wins.
    auto drop = [&](RequestKind other) { m_requests[static_cast<std::size_t>(other)] = false; };
    switch (kind) {
    case RequestKind::Maximise: drop(RequestKind::Unmaximise); break;
    case RequestKind::Unmaximise: drop(RequestKind::Maximise); break;
    case RequestKind::Fullscreen: drop(RequestKind::LeaveFullscreen); break;
    case RequestKind::LeaveFullscreen: drop(RequestKind::Fullscreen); break;
    case RequestKind::Resize: m_resizeEdges = possibleEdges(edges); break;
    case RequestKind::Move:
    case RequestKind::Minimise:
    case RequestKind::Attention: break;
    }
    m_requests[static_cast<std::size_t>(kind)] = true;
    m_exporter.wake();
}

void ExportedWindow::commit(std::int32_t width, std::int32_t height, const Region& damage, bool wantsCallback)
{
    m_wantsCallback |= wantsCallback;
    const bool resized = width != m_box.width || height != m_box.height;
    if (resized) {
        m_box.width = width;
        m_box.height = height;
        if (showable())
            m_dirty |= kGeometry;
        m_refusedOnce = false;
        m_slots.addDamage(Region(Rect{0, 0, width, height}));
    }
    if (!damage.empty())
        m_slots.addDamage(damage);
    if (resized || !damage.empty()) {
        m_contentDirty = true;
    } else if (m_wantsCallback && m_exporter.hostPresent() && m_visible && !m_contentDirty) {
        m_pacer.nothingDrawn(m_exporter.now());
    }
    m_exporter.wake();
}

void ExportedWindow::refuse(RefusedReason reason)
{
    if (std::exchange(m_refusedOnce, true))
        return;
    m_refuse = reason;
    m_exporter.wake();
}

void ExportedWindow::acknowledge(std::uint8_t slot, std::uint32_t serial, Time now)
{
    if (!m_slots.acknowledge(slot, serial))
        return;
    if (m_wantsCallback && m_visible && !m_pacer.due())
        m_pacer.frameTaken(now);
    if (m_contentDirty)
        m_exporter.wake();
}

void ExportedWindow::setVisible(bool visible, Time now)
{
    if (std::exchange(m_visible, visible) == visible)
        return;
    if (!visible) {
        m_pacer.withhold();
        return;
    }
    if (m_wantsCallback)
        m_pacer.frameTaken(now);
    m_exporter.wake();
}

void ExportedWindow::configure(const SizeWish& wish, Time now)
{
    if (auto send = m_resize.ask(wish, now))
        m_content.configure(*send);
}

void ExportedWindow::configureAnswered(std::uint32_t serial, Time now)
{
    // The host waits for a frame that says so, also when nothing new was drawn.
    m_answer = serial;
    m_contentDirty |= showable();
    m_exporter.wake();
    if (auto next = m_resize.answered(serial, now))
        m_content.configure(*next);
}

bool ExportedWindow::poke()
{
    if (!m_shown || !m_visible || !showable())
        return false;
    m_slots.addDamage(Region(Rect{0, 0, 1, 1}));
    m_contentDirty = true;
    m_exporter.wake();
    return true;
}

// @return false when it cannot be: a popup whose parent the host does not know (yet), or one too deeply nested
bool ExportedWindow::announce(OutputQueue& out)
{
    const ExportedWindow* parent = m_exporter.find(m_parent);
    if (parent && (!parent->announced() || parent->m_depth >= kMaxPopupDepth))
        parent = nullptr;
    if (!parent && m_kind == WindowKind::Popup)
        return false;
    m_depth = parent ? parent->m_depth + 1 : 1;
    m_wireId = m_exporter.nextWireId(*this);
    CreateWindow message;
    message.kind = m_kind;
    message.parent = parent ? parent->m_wireId : 0;
    message.x11 = m_x11;
    out.append(m_wireId, message);
    m_dirty = kAll;
    if (m_icon.width == 0)
        m_dirty &= ~static_cast<unsigned>(kIcon); // none is what the host takes for granted
    return true;
}

void ExportedWindow::sendProperties(OutputQueue& out)
{
    const unsigned dirty = std::exchange(m_dirty, 0u);
    if (dirty & kGeometry)
        out.append(m_wireId, Geometry{m_box});
    if (dirty & kTitle)
        out.append(m_wireId, Title{m_title});
    if (dirty & kAppId)
        out.append(m_wireId, AppId{m_appId});
    if (dirty & kSizeHints)
        out.append(m_wireId, m_hints);
    if (dirty & kIcon)
        out.append(m_wireId, m_icon);
}

void ExportedWindow::sendRequests(OutputQueue& out)
{
    for (std::size_t kind = 0; kind < m_requests.size(); ++kind) {
        if (!std::exchange(m_requests[kind], false))
            continue;
        Request message;
        message.kind = static_cast<RequestKind>(kind);
        message.edges = message.kind == RequestKind::Resize ? m_resizeEdges : 0;
        out.append(m_wireId, message);
    }
}

void ExportedWindow::flush(OutputQueue& out, Time now)
{
    if (auto reason = std::exchange(m_refuse, std::nullopt))
        out.append(m_wireId, Refused{*reason});
    if (!announced()) {
        if (!m_contentDirty)
            return;
        if (!showable()) {
            m_contentDirty = false;
            withdraw(out, RefusedReason::WindowTooLarge);
            return;
        }
        if (!announce(out))
            return;
    }
    if (m_dirty)
        sendProperties(out);
    // A hidden window costs nothing; but it is only known to be hidden after it was shown once.
    if (m_contentDirty && (m_visible || !m_shown))
        sendContent(out, now);
    sendRequests(out);
}

bool ExportedWindow::showable() const
{
    auto isSide = [](std::int32_t length) { return length > 0 && length <= kMaxWindowEdge_px; };
    return isSide(m_box.width) && isSide(m_box.height);
}

void ExportedWindow::withdraw(OutputQueue& out, RefusedReason reason)
{
    m_slots.drop();
    if (std::exchange(m_shown, false))
        out.append(m_wireId, Unmap{});
    const bool vanished = m_box.width <= 0 || m_box.height <= 0; // its own doing, nothing to tell a person
    if (!vanished && !std::exchange(m_refusedOnce, true))
        out.append(m_wireId, Refused{reason});
}

void ExportedWindow::sendContent(OutputQueue& out, Time now)
{
    if (!showable()) {
        m_contentDirty = false;
        withdraw(out, RefusedReason::WindowTooLarge);
        return;
    }
    auto acquired = m_slots.acquire(m_exporter.store(), m_box.width, m_box.height);
    switch (acquired.outcome) {
    case SlotSet::Outcome::AllBusy:
        return; // acknowledge() comes back to it
    case SlotSet::Outcome::NoMemory:
        m_starved = true; // memoryFreed() comes back to it
        m_contentDirty = false;
        withdraw(out, RefusedReason::PoolFull);
        return;
    case SlotSet::Outcome::Ready:
        m_contentDirty = false;
        if (acquired.slot->stale.empty() && m_answer)
            acquired.slot->stale.add({0, 0, 1, 1}); // an answer needs a frame, however small
        if (!acquired.slot->stale.empty()) // damage outside the window leaves nothing to tell
            sendFrame(out, *acquired.slot);
        break;
    }
    if (m_wantsCallback && m_visible && m_slots.anyFree())
        m_pacer.frameTaken(now);
}

void ExportedWindow::sendFrame(OutputQueue& out, Slot& slot)
{
    m_content.paint({slot.memory.data(), slot.width, slot.height, slot.stride_bytes}, slot.stale);
    const std::uint32_t serial = m_exporter.nextFrameSerial();
    if (m_exporter.m_inline) {
        sendInline(out, slot, serial);
    } else {
        if (!std::exchange(slot.defined, true))
            out.append(m_wireId, DefineSlot{slot.index, slot.memory.offset(), slot.width, slot.height, slot.stride_bytes});
        Frame frame;
        frame.slot = slot.index;
        frame.serial = serial;
        frame.opaque = m_content.isOpaque();
        frame.configureSerial = std::exchange(m_answer, 0u);
        frame.damage = slot.stale.rects(kMaxDamageRects);
        out.append(m_wireId, frame);
    }
    slot.stale.clear();
    slot.inFlight = serial;
    m_shown = true;
}

void ExportedWindow::sendInline(OutputQueue& out, const Slot& slot, std::uint32_t serial)
{
    InlineFrame frame;
    frame.serial = serial;
    frame.opaque = m_content.isOpaque();
    frame.configureSerial = std::exchange(m_answer, 0u);
    frame.width = slot.width;
    frame.height = slot.height;
    const std::vector<Rect> damage = slot.stale.rects(kMaxDamageRects);
    for (std::size_t i = 0; i < damage.size(); ++i) {
        const Rect& rect = damage[i];
        const std::size_t row_bytes = static_cast<std::size_t>(rect.width) * 4;
        const auto rowsPerBand = static_cast<std::int32_t>(kMaxInlineFrame_bytes / row_bytes);
        for (std::int32_t done = 0; done < rect.height; done += rowsPerBand) {
            const std::int32_t rows = std::min(rowsPerBand, rect.height - done);
            frame.band = {rect.x, rect.y + done, rect.width, rows};
            frame.pixels.resize(row_bytes * static_cast<std::size_t>(rows));
            for (std::int32_t row = 0; row < rows; ++row) {
                const std::uint8_t* from = slot.memory.data() + std::size_t{slot.stride_bytes} * static_cast<std::size_t>(frame.band.y + row)
                    + static_cast<std::size_t>(rect.x) * 4;
                std::memcpy(frame.pixels.data() + row_bytes * static_cast<std::size_t>(row), from, row_bytes);
            }
            frame.last = i + 1 == damage.size() && done + rows == rect.height;
            out.append(m_wireId, frame);
        }
    }
}

void ExportedWindow::tick(Time now)
{
    if (auto next = m_resize.timedOut(now))
        m_content.configure(*next);
    if (m_pacer.fire(now)) {
        m_wantsCallback = false;
        m_content.sendFrameCallbacks();
    }
}

std::optional<Time> ExportedWindow::due() const
{
    auto callback = m_pacer.due(), size = m_resize.due();
    if (callback && size)
        return std::min(*callback, *size);
    return callback ? callback : size;
}

void ExportedWindow::forgetHost()
{
    m_wireId = m_depth = m_answer = 0;
    m_shown = m_starved = m_refusedOnce = false;
    m_visible = true;
    m_requests = {};
    m_pacer.withhold();
    m_resize.forgetHost();
    m_slots.forgetHost(); // every slot is ours again …
    m_slots.drop();       // … and its memory free
    m_slots.setCount(m_exporter.slotsPerWindow());
    m_content.hostChanged();
}

void ExportedWindow::hostArrived(Time now)
{
    m_contentDirty = showable();
    if (m_wantsCallback)
        m_pacer.frameTaken(now);
}

void ExportedWindow::memoryFreed()
{
    if (std::exchange(m_starved, false))
        m_contentDirty = true;
}

} // namespace annex::display::guest

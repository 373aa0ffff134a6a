// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/host/host_session.h"

#include <algorithm>
#include <string>

namespace annex::display {
namespace {

constexpr std::size_t kMaxOpenPings = 64; // one a second for a minute; older ones were never going to be answered

std::uint64_t budgetOf(const HostSession::Options& options)
{
    return options.pool.empty() ? options.inline_bytes : options.pool.size();
}

Unexpected passOn(Error&& error)
{
    return tl::unexpected<Error>(std::move(error));
}

Result<Image> checkedImage(std::int32_t width, std::int32_t height, std::int32_t limit_px, ByteVector pixels)
{
    if (width == 0 && height == 0 && pixels.empty())
        return Image{};
    if (width < 1 || height < 1 || width > limit_px || height > limit_px)
        return fail(Errc::Malformed, "an image's size is out of range");
    if (pixels.size() != std::size_t{4} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height))
        return fail(Errc::Malformed, "an image's pixels are not as many as its size says");
    return Image{width, height, std::move(pixels)};
}

bool contradicts(std::uint32_t edges)
{
    const bool vertical = (edges & kEdgeTop) != 0 && (edges & kEdgeBottom) != 0;
    const bool horizontal = (edges & kEdgeLeft) != 0 && (edges & kEdgeRight) != 0;
    return vertical || horizontal;
}

} // namespace

HostSession::HostSession(const Options& options, HostListener& listener)
    : m_options(options), m_listener(listener), m_reader(kMaxGuestPayload_bytes), m_surfaces(options.pool, budgetOf(options))
{
}

void HostSession::start()
{
    while (m_windows.count() != 0)
        endWindow(m_windows.all().begin()->first);
    m_windows = WindowModel();
    m_surfaces = SurfaceTable(m_options.pool, budgetOf(m_options));
    m_breach.reset();
    m_frameSerial = m_configureSerial = m_pingSerial = 0;
    m_openFrame.reset();
    m_configured.clear();
    m_pings.clear();
    // Whatever was half written: the guest looks for the Preamble at every position.
    m_output.clear();
    m_written = 0;
    const auto nonce = wire::Preamble::freshNonce();
    const auto preamble = wire::Preamble::encode(nonce);
    m_output.assign(preamble.begin(), preamble.end());
    m_reader.expectEcho(nonce);
    m_stage = Stage::AwaitEcho;
}

Result<void> HostSession::receive(ByteSpan bytes)
{
    if (m_breach)
        return tl::unexpected<Error>(*m_breach);
    m_reader.feed(bytes);
    for (;;) {
        auto event = m_reader.next();
        Result<void> taken;
        if (!event)
            taken = passOn(std::move(event.error()));
        else if (!*event)
            return {};
        else
            taken = take(**event);
        if (!taken) {
            m_stage = Stage::Failed;
            m_breach = taken.error();
            return taken;
        }
    }
}

Result<void> HostSession::take(const wire::FrameReader::Event& event)
{
    if (event.echoed) {
        m_stage = Stage::AwaitHello;
        return {};
    }
    return dispatch(*event.frame);
}

Result<void> HostSession::dispatch(const wire::Frame& frame)
{
    const wire::Header& header = frame.header;
    if ((header.flags & ~wire::kOptional) != 0)
        return fail(Errc::Malformed, "a message has flags that do not exist");
    const auto type = static_cast<MessageType>(header.type);
    if (m_stage == Stage::AwaitHello && type != MessageType::Hello)
        return fail(Errc::Malformed, "the first message is not Hello");
    switch (type) {
#define ANNEX_HANDLE(id, name, sender) case MessageType::name: return decodeAndHandle<name, Sender::sender>(frame);
        ANNEX_WINDOW_MESSAGES(ANNEX_HANDLE)
#undef ANNEX_HANDLE
    }
    if ((header.flags & wire::kOptional) != 0)
        return {}; // from a newer guest that can do without
    return fail(Errc::Malformed, "a message of unknown type");
}

template <class Message, Sender kSender> Result<void> HostSession::decodeAndHandle(const wire::Frame& frame)
{
    const std::string name(toString(Message::kType));
    if constexpr (kSender == Sender::Host) {
        return fail(Errc::Malformed, name + ": only the host may send this");
    } else {
        auto raw = decode<Message>(frame.payload);
        if (!raw)
            return while_(name, std::move(raw));
        const WindowId object = frame.header.object;
        auto handled = std::move(*raw).checkedBy([&](Message message) { return handle(object, std::move(message)); });
        if (!handled)
            return while_(name, std::move(handled));
        return handled;
    }
}

Result<bool> HostSession::checkWindow(WindowId object) const
{
    if (m_windows.find(object) != nullptr)
        return true;
    if (m_windows.hasEnded(object))
        return false;
    return fail(Errc::Malformed, "it names a window that never was");
}

// ---- connection --------------------------------------------------------------------------------------------------------

Result<void> HostSession::handle(WindowId object, const Hello& message)
{
    if (m_stage != Stage::AwaitHello || object != 0)
        return fail(Errc::Malformed, "out of place");
    if (message.version != kProtocolVersion)
        return fail(Errc::Unsupported, "the guest speaks version " + std::to_string(message.version));
    const std::uint32_t feature = m_options.pool.empty() ? kFeatureInline : kFeaturePool;
    if ((message.features & feature) == 0)
        return fail(Errc::Unsupported, "the guest cannot hand over pixels in the way this host offers");
    Welcome welcome;
    welcome.features = feature;
    welcome.pool_bytes = budgetOf(m_options);
    welcome.repeatDelay_ms = m_options.repeatDelay_ms;
    welcome.repeatRate_hz = m_options.repeatRate_hz;
    append(m_output, 0, welcome);
    m_stage = Stage::Open;
    m_listener.connected();
    return {};
}

Result<void> HostSession::handle(WindowId object, Cursor message)
{
    if (object != 0)
        return fail(Errc::Malformed, "it belongs to no window");
    const bool none = message.width == 0 && message.height == 0;
    const bool hotspotInside = message.hotspotX >= 0 && message.hotspotY >= 0 && message.hotspotX < message.width &&
                               message.hotspotY < message.height;
    if (!none && !hotspotInside)
        return fail(Errc::Malformed, "the hot spot lies outside");
    auto image = checkedImage(message.width, message.height, kMaxCursorEdge_px, std::move(message.pixels));
    if (!image)
        return passOn(std::move(image.error()));
    m_listener.cursorChanged(*image, none ? 0 : message.hotspotX, none ? 0 : message.hotspotY);
    return {};
}

Result<void> HostSession::handle(WindowId object, const Pong& message)
{
    auto open = m_pings.find(message.serial);
    if (open == m_pings.end() || open->second != object)
        return {}; // the window ended meanwhile, or an answer that nobody waits for any more
    m_pings.erase(open);
    m_listener.pong(object, message.serial);
    return {};
}

Result<void> HostSession::handle(WindowId object, const Refused& message)
{
    if (object != 0) {
        auto alive = checkWindow(object);
        if (!alive)
            return passOn(std::move(alive.error()));
        if (!*alive)
            object = 0;
    }
    m_listener.refused(object, message.reason);
    return {};
}

// ---- windows -----------------------------------------------------------------------------------------------------------

Result<void> HostSession::handle(WindowId object, const CreateWindow& message)
{
    auto window = m_windows.create(object, message);
    if (!window)
        return passOn(std::move(window.error()));
    if (*window != nullptr)
        m_listener.windowCreated(**window);
    return {};
}

Result<void> HostSession::handle(WindowId object, const DestroyWindow&)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    if (*alive)
        endWindow(object);
    return {};
}

void HostSession::endWindow(WindowId window)
{
    auto ended = m_windows.destroy(window);
    for (WindowId gone : *ended) {
        m_surfaces.forget(gone);
        m_configured.erase(gone);
        m_listener.windowDestroyed(gone);
    }
}

Result<void> HostSession::handle(WindowId object, const Geometry& message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    if (!*alive)
        return {};
    auto window = m_windows.setGeometry(object, message.box);
    if (!window)
        return passOn(std::move(window.error()));
    m_listener.geometryChanged(**window);
    return {};
}

Result<void> HostSession::handle(WindowId object, const Title& message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    if (!*alive)
        return {};
    auto window = m_windows.setTitle(object, message.text);
    if (!window)
        return passOn(std::move(window.error()));
    m_listener.titleChanged(**window);
    return {};
}

Result<void> HostSession::handle(WindowId object, const AppId& message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    if (!*alive)
        return {};
    auto window = m_windows.setAppId(object, message.text);
    if (!window)
        return passOn(std::move(window.error()));
    m_listener.appIdChanged(**window);
    return {};
}

Result<void> HostSession::handle(WindowId object, const SizeHints& message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    if (!*alive)
        return {};
    auto window = m_windows.setHints(object, message);
    if (!window)
        return passOn(std::move(window.error()));
    m_listener.hintsChanged(**window);
    return {};
}

Result<void> HostSession::handle(WindowId object, Icon message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    auto image = checkedImage(message.width, message.height, kMaxIconEdge_px, std::move(message.pixels));
    if (!image)
        return passOn(std::move(image.error()));
    if (*alive)
        m_listener.iconChanged(*m_windows.find(object), *image);
    return {};
}

Result<void> HostSession::handle(WindowId object, const Request& message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    constexpr std::uint32_t kAllEdges = kEdgeTop | kEdgeBottom | kEdgeLeft | kEdgeRight;
    if ((message.edges & ~kAllEdges) != 0 || contradicts(message.edges))
        return fail(Errc::Malformed, "the edges make no corner");
    const std::uint32_t edges = message.kind == RequestKind::Resize ? message.edges : 0;
    if (*alive)
        m_listener.requested(*m_windows.find(object), message.kind, edges);
    return {};
}

Result<void> HostSession::handle(WindowId object, const Unmap&)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    if (!*alive)
        return {};
    auto window = m_windows.unmap(object);
    if (!window)
        return passOn(std::move(window.error()));
    m_surfaces.dropContent(object);
    m_listener.unmapped(**window);
    return {};
}

// ---- pixels ------------------------------------------------------------------------------------------------------------

Result<void> HostSession::handle(WindowId object, const DefineSlot& message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    return *alive ? m_surfaces.define(object, message) : Result<void>{};
}

/// Frame serials count up by one over the whole connection, whatever becomes of their windows; bands of one frame share theirs.
Result<void> HostSession::checkFrameOrder(WindowId object, std::uint32_t serial, bool last)
{
    if (m_openFrame) {
        if (m_openFrame->window != object || m_openFrame->serial != serial)
            return fail(Errc::Malformed, "a frame begins before the one before it ended");
    } else {
        if (serial != m_frameSerial + 1)
            return fail(Errc::Malformed, "a frame's serial does not count up by one");
        m_frameSerial = serial;
    }
    m_openFrame.reset();
    if (!last)
        m_openFrame = OpenFrame{object, serial};
    return {};
}

Result<void> HostSession::checkConfigureSerial(WindowId window, std::uint32_t serial) const
{
    if (serial == 0)
        return {};
    auto newest = m_configured.find(window);
    if (newest == m_configured.end() || static_cast<std::int32_t>(newest->second - serial) < 0)
        return fail(Errc::Malformed, "it answers a Configure that was never sent");
    return {};
}

Result<void> HostSession::handle(WindowId object, const Frame& message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    if (auto ordered = checkFrameOrder(object, message.serial, true); !ordered)
        return ordered;
    if (!*alive)
        return {};
    if (auto known = checkConfigureSerial(object, message.configureSerial); !known)
        return known;
    auto view = m_surfaces.present(object, message);
    if (!view)
        return passOn(std::move(view.error()));
    auto window = m_windows.map(object);
    if (!window)
        return passOn(std::move(window.error()));
    m_listener.frameReady(**window, *view, message.damage, {message.serial, message.configureSerial});
    return {};
}

Result<void> HostSession::handle(WindowId object, const InlineFrame& message)
{
    auto alive = checkWindow(object);
    if (!alive)
        return passOn(std::move(alive.error()));
    if (auto ordered = checkFrameOrder(object, message.serial, message.last); !ordered)
        return ordered;
    if (!*alive)
        return {};
    if (auto known = checkConfigureSerial(object, message.configureSerial); !known)
        return known;
    auto frame = m_surfaces.band(object, message);
    if (!frame)
        return passOn(std::move(frame.error()));
    if (!*frame)
        return {};
    auto window = m_windows.map(object);
    if (!window)
        return passOn(std::move(window.error()));
    m_listener.frameReady(**window, (*frame)->view, (*frame)->damage, {message.serial, message.configureSerial});
    return {};
}

// ---- to the guest ------------------------------------------------------------------------------------------------------

std::uint32_t HostSession::configure(WindowId window, const ResizeFlow::Ask& ask)
{
    if (++m_configureSerial == 0)
        ++m_configureSerial; // 0 means "answers none"
    if (m_windows.find(window) != nullptr) {
        m_configured[window] = m_configureSerial;
        send(window, Configure{m_configureSerial, ask.size.width, ask.size.height, ask.states});
    }
    return m_configureSerial;
}

void HostSession::frameDone(WindowId window, std::uint32_t serial)
{
    if (auto slot = m_surfaces.release(window, serial))
        send(window, FrameDone{*slot, serial});
}

std::uint32_t HostSession::ping(WindowId window)
{
    if (m_pings.size() >= kMaxOpenPings)
        m_pings.erase(m_pings.begin());
    m_pings[++m_pingSerial] = window;
    send(window, Ping{m_pingSerial});
    return m_pingSerial;
}

void HostSession::sent(std::size_t bytes)
{
    m_written += std::min(bytes, m_output.size() - m_written);
    if (m_written == m_output.size()) {
        m_output.clear();
        m_written = 0;
    } else if (m_written > kOutputHigh_bytes) {
        m_output.erase(m_output.begin(), m_output.begin() + static_cast<std::ptrdiff_t>(m_written));
        m_written = 0;
    }
}

} // namespace annex::display

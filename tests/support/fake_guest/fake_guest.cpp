// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_guest/fake_guest.h"

#include <array>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace annex::test {

namespace {

constexpr std::uint64_t kPage = 4096;

std::uint64_t roundUp(std::uint64_t value, std::uint64_t step) { return (value + step - 1) / step * step; }
std::uint32_t strideOf(int width) { return static_cast<std::uint32_t>(roundUp(static_cast<std::uint64_t>(width) * 4, 64)); }

} // namespace

FakeGuest::FakeGuest(UniqueFd stream, UniqueFd pool, std::uint64_t pool_bytes)
    : m_stream(std::move(stream)), m_poolFile(std::move(pool)), m_pool_bytes(pool_bytes), m_reader(display::kMaxHostPayload_bytes)
{
    m_reader.watchForPreamble();
    // Blocking, so that a test can say as much as it likes.
    ::fcntl(m_stream.get(), F_SETFL, ::fcntl(m_stream.get(), F_GETFL) & ~O_NONBLOCK);
    if (m_poolFile) {
        void* mapped = ::mmap(nullptr, pool_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m_poolFile.get(), 0);
        if (mapped != MAP_FAILED)
            m_pool = static_cast<std::uint8_t*>(mapped);
    }
}

FakeGuest::~FakeGuest()
{
    if (m_pool)
        ::munmap(m_pool, m_pool_bytes);
}

bool FakeGuest::connect()
{
    m_newest = m_frameSerial = 0;
    m_slots.clear();
    m_following.clear();
    m_used = 0;
    if (!waitFor([this] { return m_preambleSeen; }))
        return false;
    m_preambleSeen = false;
    m_messages.clear();
    send(0, display::Hello{display::kProtocolVersion, m_pool ? std::uint32_t{display::kFeaturePool} : std::uint32_t{display::kFeatureInline}});
    return waitFor([this] {
        return count(display::MessageType::Welcome) > 0 && count(display::MessageType::Keymap) > 0 && count(display::MessageType::Screen) > 0;
    });
}

bool FakeGuest::waitFor(const std::function<bool()>& condition, std::chrono::seconds patience)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (m_closed || std::chrono::steady_clock::now() > end)
            return false;
        read(100);
    }
    return true;
}

void FakeGuest::settle(std::chrono::milliseconds time)
{
    const auto end = std::chrono::steady_clock::now() + time;
    while (!m_closed && std::chrono::steady_clock::now() < end)
        read(20);
}

void FakeGuest::sendRaw(ByteSpan bytes)
{
    while (!bytes.empty() && !m_closed) {
        // A host that has dropped us reads no more: never wait for it for ever.
        pollfd ready{m_stream.get(), POLLOUT, 0};
        if (::poll(&ready, 1, 10'000) <= 0 || (ready.revents & POLLOUT) == 0) {
            m_closed = true;
            return;
        }
        const ssize_t sent = ::send(m_stream.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EAGAIN || errno == EINTR)
                continue;
            m_closed = true;
            return;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
}

void FakeGuest::read(int timeout_ms)
{
    pollfd ready{m_stream.get(), POLLIN, 0};
    if (m_closed || ::poll(&ready, 1, timeout_ms) <= 0)
        return;
    std::array<std::uint8_t, 65536> buffer;
    const ssize_t got = ::recv(m_stream.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got <= 0) {
        m_closed = got == 0 || (errno != EAGAIN && errno != EINTR);
        return;
    }
    m_reader.feed({buffer.data(), static_cast<std::size_t>(got)});
    while (auto event = m_reader.next()) {
        if (!*event)
            return;
        if ((*event)->preamble) {
            const auto echo = wire::Preamble::encode(*(*event)->preamble);
            sendRaw(echo);
            m_preambleSeen = true;
        } else if ((*event)->frame) {
            take(*(*event)->frame);
        }
    }
}

void FakeGuest::take(const wire::Frame& frame)
{
    const auto type = static_cast<display::MessageType>(frame.header.type);
    m_messages.push_back({type, frame.header.object, {frame.payload.begin(), frame.payload.end()}});
    if (type == display::MessageType::FrameDone) {
        if (auto done = display::decodeTrusted<display::FrameDone>(frame.payload))
            m_slots[frame.header.object][done->slot].withHost = false;
    } else if (type == display::MessageType::Ping && m_answerPings) {
        if (auto ping = display::decodeTrusted<display::Ping>(frame.payload))
            send(frame.header.object, display::Pong{ping->serial});
    } else if (type == display::MessageType::Configure && m_following.contains(frame.header.object)) {
        const auto configure = display::decodeTrusted<display::Configure>(frame.payload);
        if (configure && configure->width > 0)
            paint(frame.header.object, configure->width, configure->height, m_following[frame.header.object], configure->serial);
    }
}

int FakeGuest::count(display::MessageType type, std::optional<std::uint32_t> object) const
{
    int n = 0;
    for (const HostMessage& m : m_messages)
        n += m.type == type && (!object || m.object == *object);
    return n;
}

std::uint32_t FakeGuest::createWindow(display::WindowKind kind, std::uint32_t parent, bool x11)
{
    send(++m_newest, display::CreateWindow{kind, parent, x11});
    return m_newest;
}

std::uint32_t FakeGuest::showToplevel(const std::string& title, int width, int height, std::uint32_t argb, std::uint32_t parent)
{
    const std::uint32_t window = createWindow(display::WindowKind::Toplevel, parent);
    send(window, display::Title{title});
    send(window, display::AppId{"org.annex.Fake"});
    paint(window, width, height, argb);
    return window;
}

std::uint32_t FakeGuest::showPopup(std::uint32_t parent, display::Rect box, std::uint32_t argb, display::WindowKind kind)
{
    const std::uint32_t window = createWindow(kind, parent, kind == display::WindowKind::OverrideRedirect);
    send(window, display::Geometry{box});
    paint(window, box.width, box.height, argb);
    return window;
}

FakeGuest::Slot& FakeGuest::freeSlot(std::uint32_t window, int width, int height, std::uint8_t& index)
{
    const std::uint64_t need = roundUp(std::uint64_t{strideOf(width)} * static_cast<std::uint64_t>(height), kPage);
    auto& slots = m_slots[window];
    for (index = 0; index < display::kMaxSlotsPerWindow; ++index)
        if (!slots[index].withHost)
            break;
    if (index == display::kMaxSlotsPerWindow) { // all with the host: a well-behaved guest waits
        index = 0;
        waitFor([&] { return !slots[0].withHost; });
    }
    Slot& slot = slots[index];
    if (slot.capacity < need) {
        slot.offset = m_used;
        slot.capacity = need;
        m_used += need;
    }
    if (slot.width != width || slot.height != height) {
        slot.width = width;
        slot.height = height;
        send(window, display::DefineSlot{index, slot.offset, width, height, strideOf(width)});
    }
    return slot;
}

void FakeGuest::paint(std::uint32_t window, int width, int height, std::uint32_t argb, std::uint32_t configureSerial, bool opaque)
{
    paint(window, width, height, [argb](int, int) { return argb; }, configureSerial, opaque);
}

void FakeGuest::paint(std::uint32_t window, int width, int height, const std::function<std::uint32_t(int, int)>& pixel, std::uint32_t configureSerial,
                      bool opaque)
{
    if (!m_pool) {
        display::InlineFrame frame;
        frame.serial = ++m_frameSerial;
        frame.opaque = opaque;
        frame.configureSerial = configureSerial;
        frame.width = width;
        frame.height = height;
        frame.band = {0, 0, width, height};
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                for (int shift = 0; shift < 32; shift += 8)
                    frame.pixels.push_back(static_cast<std::uint8_t>(pixel(x, y) >> shift));
        send(window, frame);
        return;
    }
    std::uint8_t index = 0;
    Slot& slot = freeSlot(window, width, height, index);
    for (int y = 0; y < height; ++y) {
        auto* row = reinterpret_cast<std::uint32_t*>(m_pool + slot.offset + std::uint64_t{strideOf(width)} * static_cast<std::uint64_t>(y));
        for (int x = 0; x < width; ++x)
            row[x] = pixel(x, y);
    }
    announce(window, index, slot, configureSerial, opaque);
}

void FakeGuest::announce(std::uint32_t window, std::uint8_t index, const Slot& place, std::uint32_t configureSerial, bool opaque)
{
    m_slots[window][index].withHost = true;
    send(window, display::Frame{index, ++m_frameSerial, opaque, configureSerial, {{0, 0, place.width, place.height}}});
}

} // namespace annex::test

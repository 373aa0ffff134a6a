// SPDX-License-Identifier: Apache-2.0
#include "tests/support/display_host/test_host.h"

#include <algorithm>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "app/control/relay.h"

namespace annex::test {

using namespace annex::display;

namespace {

constexpr int kStart_ms = 60'000;

std::uint32_t now_ms()
{
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

} // namespace

Result<std::unique_ptr<TestHost>> TestHost::start(Options options)
{
    ::signal(SIGPIPE, SIG_IGN);
    auto end = startDisplay(options.display);
    if (!end)
        return tl::unexpected<Error>(std::move(end.error()));
    auto names = waitUntilReady(end->relay.get(), kStart_ms);
    if (!names)
        return tl::unexpected<Error>(std::move(names.error()));
    std::unique_ptr<TestHost> host(new TestHost(std::move(options), std::move(*end), std::move(*names)));
    return host;
}

TestHost::TestHost(Options options, DisplayEnd end, ReadyNames names)
    : m_options(std::move(options)), m_end(std::move(end)), m_names(std::move(names)), m_reader(kMaxGuestPayload_bytes),
      m_relayReader(control::relay::kMaxPiece_bytes + 64)
{
    if (m_end.pool)
        m_pool = static_cast<const std::uint8_t*>(::mmap(nullptr, m_end.pool_bytes, PROT_READ, MAP_SHARED, m_end.pool.get(), 0));
}

TestHost::~TestHost()
{
    m_programs.clear();
    if (displayAlive()) {
        [[maybe_unused]] auto told = m_end.process.signal(SIGTERM);
        waitFor([this] { return !displayAlive(); }, std::chrono::seconds(20));
    }
    if (displayAlive())
        [[maybe_unused]] auto killed = m_end.process.signal(SIGKILL);
    if (m_pool)
        ::munmap(const_cast<std::uint8_t*>(m_pool), m_end.pool_bytes);
}

void TestHost::attach()
{
    HostSession::Options sessionOptions;
    if (m_pool)
        sessionOptions.pool = ByteSpan(m_pool, m_end.pool_bytes);
    HostListener& listener = *this; // the conversion is ours to make, not make_unique's
    m_session = std::make_unique<HostSession>(sessionOptions, listener);
    m_session->start();
    wire::Preamble::Nonce nonce;
    std::copy_n(m_session->output().begin() + wire::Preamble::kMagic_bytes, nonce.size(), nonce.begin());
    m_reader = wire::FrameReader(kMaxGuestPayload_bytes);
    m_reader.expectEcho(nonce);
    m_helloSeen = m_echoed = false;
    m_windows.clear();
    m_owed.clear();
    m_frames = 0;
    m_cursor.reset();
    sendQueued();
}

void TestHost::sendQueued()
{
    const ByteVector bytes(m_session->output().begin(), m_session->output().end());
    m_session->sent(bytes.size());
    sendRaw(bytes);
}

void TestHost::connected()
{
    Screen screen;
    screen.width = m_options.screenWidth;
    screen.height = m_options.screenHeight;
    screen.scale = m_options.scale;
    screen.refresh_mHz = m_options.refresh_mHz;
    m_session->send(0, screen);
}

bool TestHost::waitFor(const std::function<bool()>& condition, std::chrono::seconds patience)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        turn(100);
    }
    return true;
}

void TestHost::settle(std::chrono::milliseconds time)
{
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end)
        turn(10);
}

void TestHost::turn(int timeout_ms)
{
    std::vector<pollfd> polls;
    polls.push_back({m_reading && m_end.stream ? m_end.stream.get() : -1, POLLIN, 0});
    polls.push_back({m_end.relay.get(), POLLIN, 0});
    for (auto& program : m_programs)
        polls.push_back({program->outputFd(), POLLIN, 0});
    if (::poll(polls.data(), polls.size(), timeout_ms) <= 0)
        return;
    if (polls[0].revents)
        readStream();
    if (polls[1].revents)
        readRelay();
    bool readAny = polls[0].revents || polls[1].revents;
    for (std::size_t i = 2; i < polls.size(); ++i) {
        if (polls[i].revents)
            readAny |= m_programs[i - 2]->readOutput();
    }
    if (!readAny) // only ended programs: do not spin on their closed pipes
        ::poll(nullptr, 0, 5);
}

void TestHost::readStream()
{
    std::vector<std::uint8_t> bytes(64 * 1024);
    const ssize_t count = ::recv(m_end.stream.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count <= 0)
        return;
    const ByteSpan received = ByteSpan(bytes).first(static_cast<std::size_t>(count));
    if (!m_session)
        return broke("the display speaks before anybody knocked");
    if (auto taken = m_session->receive(received); !taken)
        broke(taken.error().describe());
    sendQueued();
    m_reader.feed(received);
    for (;;) {
        auto event = m_reader.next();
        if (!event)
            return broke(event.error().describe());
        if (!*event)
            return;
        if ((*event)->echoed)
            m_echoed = true;
        else if ((*event)->frame)
            handle(*(*event)->frame);
    }
}

void TestHost::readRelay()
{
    std::vector<std::uint8_t> bytes(64 * 1024);
    const ssize_t count = ::recv(m_end.relay.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count <= 0)
        return;
    m_relayReader.feed(ByteSpan(bytes).first(static_cast<std::size_t>(count)));
    for (;;) {
        auto event = m_relayReader.next();
        if (!event)
            return broke("relay: " + event.error().describe());
        if (!*event)
            return;
        const wire::Frame& frame = *(*event)->frame;
        m_relayed.push_back({frame.header.type, frame.header.object, {frame.payload.begin(), frame.payload.end()}});
    }
}

void TestHost::broke(const std::string& rule)
{
    if (m_violation.empty())
        m_violation = rule;
}

void TestHost::handle(const wire::Frame& frame)
{
    const std::uint32_t id = frame.header.object;
    auto read = [&]<class Message>(Message& into) {
        auto raw = decode<Message>(frame.payload);
        if (!raw) {
            broke(raw.error().describe());
            return false;
        }
        auto taken = std::move(*raw).checkedBy([](Message m) -> Result<Message> { return m; });
        into = std::move(*taken);
        return true;
    };
    const auto type = static_cast<MessageType>(frame.header.type);
    if (senderOf(frame.header.type) != Sender::Guest)
        return broke("a type that the guest may not send");
    if (type == MessageType::Hello) {
        Hello hello;
        if (read(hello))
            m_helloSeen = hello.version == kProtocolVersion;
        return;
    }
    if (!m_helloSeen)
        return broke("a message before Hello");
    if (type == MessageType::Cursor) {
        Cursor cursor;
        if (read(cursor)) {
            m_cursor = cursor;
            ++m_cursorsSeen;
        }
        return;
    }
    if (type == MessageType::CreateWindow) {
        SeenWindow window;
        if (read(window.created))
            m_windows[id] = window;
        return;
    }
    Refused refused;
    if (type == MessageType::Refused) {
        if (read(refused))
            m_refusals.push_back(refused.reason);
        if (SeenWindow* window = this->window(id))
            window->refusals.push_back(refused.reason);
        return;
    }
    SeenWindow* window = this->window(id);
    if (!window)
        return; // the session has judged it
    switch (type) {
    case MessageType::DestroyWindow: m_windows.erase(id); break;
    case MessageType::Geometry: {
        Geometry geometry;
        if (read(geometry))
            window->geometry = geometry.box;
        break;
    }
    case MessageType::Title: {
        Title title;
        if (read(title))
            window->title = title.text;
        break;
    }
    case MessageType::AppId: {
        AppId appId;
        if (read(appId))
            window->appId = appId.text;
        break;
    }
    case MessageType::Icon: read(window->icon); break;
    case MessageType::SizeHints: read(window->hints); break;
    case MessageType::DefineSlot: {
        DefineSlot slot;
        if (read(slot))
            window->slotTable[slot.slot] = slot;
        break;
    }
    case MessageType::Frame: {
        Frame content;
        if (read(content))
            onFrame(id, content);
        break;
    }
    case MessageType::InlineFrame: {
        InlineFrame content;
        if (read(content))
            onInline(id, content);
        break;
    }
    case MessageType::Unmap:
        window->unmapped = true;
        window->width = window->height = 0;
        break;
    case MessageType::Request: {
        Request request;
        if (read(request))
            window->requests.push_back(request);
        break;
    }
    case MessageType::Pong: {
        Pong pong;
        if (read(pong))
            m_pongs.push_back(pong.serial);
        break;
    }
    default: broke("an unexpected type"); break;
    }
}

void TestHost::resizeContent(SeenWindow& window, int width, int height)
{
    if (window.width == width && window.height == height)
        return;
    window.width = width;
    window.height = height;
    window.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
    window.sizes.emplace_back(width, height);
}

void TestHost::onFrame(std::uint32_t id, const Frame& frame)
{
    SeenWindow& window = m_windows.at(id);
    auto slot = window.slotTable.find(frame.slot);
    if (slot == window.slotTable.end())
        return broke("a frame in a slot that was not defined");
    m_frames = frame.serial;
    const DefineSlot& place = slot->second;
    const bool resized = window.width != place.width || window.height != place.height;
    resizeContent(window, place.width, place.height);
    std::uint64_t damaged = 0;
    for (const Rect& r : frame.damage) {
        if (r.x < 0 || r.y < 0 || r.width <= 0 || r.height <= 0 || r.x + r.width > place.width || r.y + r.height > place.height)
            return broke("damage outside the slot");
        damaged += static_cast<std::uint64_t>(r.width) * static_cast<std::uint64_t>(r.height);
        for (int y = r.y; y < r.y + r.height; ++y)
            std::memcpy(&window.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(window.width) + static_cast<std::size_t>(r.x)],
                        m_pool + place.offset + std::size_t{place.stride_bytes} * static_cast<std::size_t>(y) + static_cast<std::size_t>(r.x) * 4,
                        static_cast<std::size_t>(r.width) * 4);
    }
    if (resized && damaged < static_cast<std::uint64_t>(place.width) * static_cast<std::uint64_t>(place.height))
        broke("a new size without full damage");
    ++window.frames;
    window.unmapped = false;
    window.opaque = frame.opaque;
    window.lastDamage = frame.damage;
    window.configureSerial = std::max(window.configureSerial, frame.configureSerial);
    m_owed.push_back({id, frame.serial});
    if (m_options.acknowledge)
        acknowledgeAll();
}

void TestHost::onInline(std::uint32_t id, const InlineFrame& frame)
{
    SeenWindow& window = m_windows.at(id);
    const Rect& r = frame.band;
    if (frame.width <= 0 || frame.height <= 0 || frame.width > kMaxWindowEdge_px || frame.height > kMaxWindowEdge_px || r.x < 0 || r.y < 0
        || r.width <= 0 || r.height <= 0 || r.x + r.width > frame.width || r.y + r.height > frame.height
        || frame.pixels.size() != static_cast<std::size_t>(r.width) * static_cast<std::size_t>(r.height) * 4)
        return broke("a band that does not fit its window");
    resizeContent(window, frame.width, frame.height);
    for (int y = 0; y < r.height; ++y)
        std::memcpy(&window.pixels[static_cast<std::size_t>(r.y + y) * static_cast<std::size_t>(window.width) + static_cast<std::size_t>(r.x)],
                    frame.pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(r.width) * 4,
                    static_cast<std::size_t>(r.width) * 4);
    if (!frame.last)
        return;
    m_frames = frame.serial;
    ++window.frames;
    window.unmapped = false;
    window.opaque = frame.opaque;
    window.configureSerial = std::max(window.configureSerial, frame.configureSerial);
    m_owed.push_back({id, frame.serial});
    if (m_options.acknowledge)
        acknowledgeAll();
}

void TestHost::acknowledgeAll()
{
    for (const Owed& owed : std::exchange(m_owed, {}))
        m_session->frameDone(owed.window, owed.serial);
    sendQueued();
}

void TestHost::setAcknowledge(bool on)
{
    m_options.acknowledge = on;
    if (on)
        acknowledgeAll();
}

void TestHost::sendRaw(ByteSpan bytes)
{
    sendWhole(m_end.stream.get(), bytes);
}

// Both sockets take part of a long message only; the rest goes when the display has read some.
void TestHost::sendWhole(int fd, ByteSpan bytes)
{
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t count = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0) {
            sent += static_cast<std::size_t>(count);
            continue;
        }
        pollfd poll{fd, POLLOUT, 0};
        if (errno != EAGAIN || ::poll(&poll, 1, kStart_ms) <= 0)
            return broke("the display does not take what the host says");
    }
}

void TestHost::sendRelay(std::uint16_t type, std::uint32_t object, ByteSpan payload)
{
    ByteVector bytes;
    wire::appendFrame(bytes, type, 0, object, payload);
    sendWhole(m_end.relay.get(), bytes);
}

void TestHost::focus(std::uint32_t id)
{
    send(id, Focus{true});
}

void TestHost::key(std::uint32_t code, bool pressed)
{
    send(0, Key{code, pressed, now_ms()});
}

void TestHost::tap(std::uint32_t code)
{
    key(code, true);
    key(code, false);
}

void TestHost::movePointer(std::uint32_t id, int x, int y)
{
    send(id, PointerMotion{x * 256, y * 256, now_ms()});
}

void TestHost::click(std::uint32_t id, int x, int y, std::uint32_t button)
{
    movePointer(id, x, y);
    send(id, PointerButton{button, true, now_ms()});
    send(id, PointerButton{button, false, now_ms()});
}

std::uint32_t TestHost::configure(std::uint32_t id, int width, int height, std::uint32_t states)
{
    const std::uint32_t serial = m_session->configure(id, {{width, height}, states});
    sendQueued();
    return serial;
}

std::uint32_t TestHost::ping(std::uint32_t id)
{
    const std::uint32_t serial = m_session->ping(id);
    sendQueued();
    return serial;
}

GuestProgram* TestHost::run(const std::vector<std::string>& arguments, const std::vector<std::string>& extraEnvironment)
{
    auto environment = guestEnvironment(m_options.display.runtimeFolder, m_names.wayland, m_names.x11);
    environment.insert(environment.end(), extraEnvironment.begin(), extraEnvironment.end());
    auto program = GuestProgram::start(arguments, std::move(environment));
    if (!program)
        return nullptr;
    return m_programs.emplace_back(std::make_unique<GuestProgram>(std::move(*program))).get();
}

GuestProgram* TestHost::runClient(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), ANNEX_BIN_DIR "/annex-test-client");
    return run(arguments);
}

GuestProgram* TestHost::runX11Client(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), ANNEX_BIN_DIR "/annex-test-x11-client");
    return run(arguments);
}

SeenWindow* TestHost::window(std::uint32_t id)
{
    auto entry = m_windows.find(id);
    return entry == m_windows.end() ? nullptr : &entry->second;
}

std::uint32_t TestHost::shown(WindowKind kind) const
{
    for (auto entry = m_windows.rbegin(); entry != m_windows.rend(); ++entry) {
        if (entry->second.created.kind == kind && entry->second.frames > 0 && !entry->second.unmapped)
            return entry->first;
    }
    return 0;
}

std::size_t TestHost::shownCount() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(m_windows, [](const auto& entry) { return entry.second.frames > 0 && !entry.second.unmapped; }));
}

bool TestHost::displayAlive()
{
    auto status = m_end.process.tryWait();
    return status && !*status;
}

} // namespace annex::test

// SPDX-License-Identifier: Apache-2.0
#include "vgpu/display/guest/wlroots/selection_relay.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace annex::display::guest {

namespace {

constexpr Time kPipePatience = std::chrono::seconds(5); // a program that neither reads nor writes for so long is given up
constexpr std::size_t kMaxWriters = 32;                 // programs that paste at the same time
constexpr std::size_t kRelayHighWater_bytes = 256 * 1024;
constexpr std::size_t kFrameSlack_bytes = 64;

// What programs of any age ask for when they want text; the first is the one we prefer to read.
constexpr std::array<const char*, 5> kTextTypes{"text/plain;charset=utf-8", "UTF8_STRING", "text/plain", "STRING", "TEXT"};

const char* textTypeOf(const wlr_data_source& source)
{
    const auto* offered = static_cast<char* const*>(source.mime_types.data);
    const std::size_t count = source.mime_types.size / sizeof(char*);
    for (const char* wanted : kTextTypes) {
        for (std::size_t i = 0; i < count; ++i) {
            if (std::string_view(offered[i]) == wanted)
                return wanted;
        }
    }
    return nullptr;
}

} // namespace

struct SelectionRelay::HostSource {
    wlr_data_source base{}; // first: wlroots hands its address back
    SelectionRelay* relay = nullptr;
    std::uint32_t number = 0;
    std::shared_ptr<const std::string> text;

    static HostSource* of(wlr_data_source* source) { return reinterpret_cast<HostSource*>(source); }
    static const wlr_data_source_impl kImpl;
};

const wlr_data_source_impl SelectionRelay::HostSource::kImpl = [] {
    wlr_data_source_impl impl{};
    impl.send = [](wlr_data_source* source, const char*, std::int32_t fd) {
        HostSource* self = HostSource::of(source);
        UniqueFd pipe(fd);
        if (self->relay)
            self->relay->startWrite(self->text, std::move(pipe));
    };
    impl.destroy = [](wlr_data_source* source) {
        HostSource* self = HostSource::of(source);
        if (self->relay && self->relay->m_hostSource == self)
            self->relay->m_hostSource = nullptr;
        delete self;
    };
    return impl;
}();

/// Text on its way into one program's pipe.
struct SelectionRelay::Writer {
    UniqueFd fd;
    std::shared_ptr<const std::string> text;
    std::size_t written = 0;
    std::unique_ptr<DeadlineTimer> deadline;
    std::unique_ptr<FdWatch> watch;
};

/// One program's text on its way out.
struct SelectionRelay::Reader {
    std::uint32_t number = 0;
    UniqueFd fd;
    std::size_t limit = 0, taken = 0;
    std::unique_ptr<DeadlineTimer> deadline;
    std::unique_ptr<FdWatch> watch;
};

SelectionRelay::SelectionRelay(Surroundings& surroundings, UniqueFd fd, const RelayNumbers& numbers, std::function<void()> closed)
    : m_around(surroundings), m_numbers(numbers),
      m_link(surroundings.loop, std::move(fd), numbers.maximumPiece_bytes + kFrameSlack_bytes,
             {[this](const wire::Frame& frame) { received(frame); },
              [this] {
                  if (m_reader)
                      m_reader->watch->setMask(WL_EVENT_READABLE);
              },
              std::move(closed)}),
      m_changeTask(surroundings.loop, [this] { tellChange(); }),
      m_onSelection(surroundings.seat->events.set_selection, [this](void*) { selectionSet(); })
{
}

SelectionRelay::~SelectionRelay()
{
    if (m_hostSource)
        m_hostSource->relay = nullptr;
}

void SelectionRelay::announce(const std::string& waylandDisplay, const std::string& x11Display)
{
    ByteVector payload;
    wire::Writer w(payload);
    w.text(waylandDisplay);
    w.text(x11Display);
    m_link.send(m_numbers.displayReady, 0, payload);
}

void SelectionRelay::received(const wire::Frame& frame)
{
    const std::uint16_t type = frame.header.type;
    if (type == m_numbers.offerBegin) {
        m_offerNumber = frame.header.object;
        m_offerText.clear();
        m_offerTooLarge = false;
    } else if (type == m_numbers.offerPiece && frame.header.object == m_offerNumber) {
        m_offerTooLarge |= m_offerText.size() + frame.payload.size() > m_numbers.maximumText_bytes;
        if (!m_offerTooLarge)
            m_offerText.append(reinterpret_cast<const char*>(frame.payload.data()), frame.payload.size());
    } else if (type == m_numbers.offerEnd && frame.header.object == m_offerNumber) {
        offerEnded(frame.header.object);
    } else if (type == m_numbers.offerWithdraw) {
        offerWithdrawn(frame.header.object);
    } else if (type == m_numbers.selectionRead) {
        startRead(frame.header.object, frame.payload);
    }
}

void SelectionRelay::offerEnded(std::uint32_t number)
{
    if (m_offerTooLarge)
        return; // the broker keeps to the limit; without OfferSet it waits in vain, and says so
    auto* source = new HostSource;
    wlr_data_source_init(&source->base, &HostSource::kImpl);
    source->relay = this;
    source->number = number;
    source->text = std::make_shared<const std::string>(std::move(m_offerText));
    m_offerText = {};
    for (const char* type : kTextTypes) {
        if (auto* place = static_cast<char**>(wl_array_add(&source->base.mime_types, sizeof(char*))))
            *place = ::strdup(type);
    }
    m_hostSource = source;
    m_guestSource = nullptr;
    wlr_seat_set_selection(m_around.seat, &source->base, wl_display_next_serial(m_around.display));
    m_link.send(m_numbers.offerSet, number, {});
}

void SelectionRelay::offerWithdrawn(std::uint32_t number)
{
    if (m_hostSource && m_hostSource->number == number)
        wlr_seat_set_selection(m_around.seat, nullptr, wl_display_next_serial(m_around.display));
}

void SelectionRelay::selectionSet()
{
    wlr_data_source* source = m_around.seat->selection_source;
    if (source && source->impl == &HostSource::kImpl)
        return;
    if (source == m_guestSource && !source)
        return;
    m_guestSource = source;
    ++m_selectionNumber;
    m_changeTask.schedule();
}

// At the end of the turn, and only the newest: a program that takes the selection in a loop must not fill the relay.
void SelectionRelay::tellChange()
{
    if (m_link.queued_bytes() > kRelayHighWater_bytes)
        return;
    const std::uint8_t hasText = m_guestSource && textTypeOf(*m_guestSource) ? 1 : 0;
    m_link.send(m_numbers.selectionChanged, m_selectionNumber, ByteSpan(&hasText, 1));
}

void SelectionRelay::startRead(std::uint32_t number, ByteSpan payload)
{
    if (m_reader)
        endRead(ReadEnd::Gone);
    m_reader = std::make_unique<Reader>();
    m_reader->number = number;
    wire::Reader fields(payload);
    m_reader->limit = std::min<std::size_t>(fields.u32(), m_numbers.maximumText_bytes);
    const char* type = m_guestSource && number == m_selectionNumber ? textTypeOf(*m_guestSource) : nullptr;
    int ends[2];
    if (!type || ::pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
        endRead(ReadEnd::Gone);
        return;
    }
    m_reader->fd = UniqueFd(ends[0]);
    // The program's end blocks, as programs expect.
    ::fcntl(ends[1], F_SETFL, ::fcntl(ends[1], F_GETFL) & ~O_NONBLOCK);
    auto deadline = DeadlineTimer::create(m_around.loop, [this] { endRead(ReadEnd::TimedOut); });
    if (!deadline) {
        ::close(ends[1]);
        endRead(ReadEnd::Gone);
        return;
    }
    m_reader->deadline = std::move(*deadline);
    m_reader->deadline->set(steadyNow() + kPipePatience);
    m_reader->watch = std::make_unique<FdWatch>(m_around.loop, ends[0], WL_EVENT_READABLE, [this](std::uint32_t) { readSome(); });
    wlr_data_source_send(m_guestSource, type, ends[1]); // closes its end
}

void SelectionRelay::readSome()
{
    ByteVector piece(m_numbers.maximumPiece_bytes);
    const ssize_t count = ::read(m_reader->fd.get(), piece.data(), piece.size());
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR)
            endRead(ReadEnd::Gone);
        return;
    }
    if (count == 0) {
        endRead(ReadEnd::Whole);
        return;
    }
    m_reader->taken += static_cast<std::size_t>(count);
    if (m_reader->taken > m_reader->limit) {
        endRead(ReadEnd::TooLarge);
        return;
    }
    m_reader->deadline->set(steadyNow() + kPipePatience);
    m_link.send(m_numbers.selectionPiece, m_reader->number, ByteSpan(piece).first(static_cast<std::size_t>(count)));
    if (m_link.queued_bytes() > kRelayHighWater_bytes)
        m_reader->watch->setMask(0); // until the relay is drained
}

void SelectionRelay::endRead(ReadEnd how)
{
    const auto payload = static_cast<std::uint8_t>(how);
    m_link.send(m_numbers.selectionEnd, m_reader->number, ByteSpan(&payload, 1));
    m_reader.reset();
}

void SelectionRelay::startWrite(std::shared_ptr<const std::string> text, UniqueFd fd)
{
    if (m_writers.size() >= kMaxWriters)
        return;
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
    auto& writer = *m_writers.emplace_back(std::make_unique<Writer>());
    writer.fd = std::move(fd);
    writer.text = std::move(text);
    auto end = [this, at = &writer] { m_writers.remove_if([at](const auto& entry) { return entry.get() == at; }); };
    auto deadline = DeadlineTimer::create(m_around.loop, end);
    if (!deadline) {
        end();
        return;
    }
    writer.deadline = std::move(*deadline);
    writer.deadline->set(steadyNow() + kPipePatience);
    writer.watch = std::make_unique<FdWatch>(m_around.loop, writer.fd.get(), WL_EVENT_WRITABLE, [end, at = &writer](std::uint32_t) {
        const ssize_t count = ::write(at->fd.get(), at->text->data() + at->written, at->text->size() - at->written);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count > 0) {
            at->written += static_cast<std::size_t>(count);
            at->deadline->set(steadyNow() + kPipePatience);
        }
        if (count <= 0 || at->written == at->text->size())
            end();
    });
}

} // namespace annex::display::guest

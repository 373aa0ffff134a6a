// SPDX-License-Identifier: Apache-2.0
#include "app/control/host_control.h"

#include <algorithm>

#include "app/control/codec.h"

namespace annex::control {

namespace {

/// Credit goes back in portions of this size: one message for a quarter of the window instead of one for each piece.
constexpr std::uint32_t kCreditPortion_bytes = kInitialCredit_bytes / 4;
/// Pings without an answer that the host keeps in mind. A guest so far behind is judged by the caller's deadline.
constexpr std::size_t kMaxPings = 16;

bool hasNul(std::string_view text)
{
    return text.find('\0') != std::string_view::npos;
}

/// First position in `bytes` where the Preamble's fixed bytes lie whole, or the size.
std::size_t findMagic(ByteSpan bytes)
{
    const auto& magic = wire::Preamble::kMagic;
    return static_cast<std::size_t>(std::search(bytes.begin(), bytes.end(), magic.begin(), magic.end()) - bytes.begin());
}

Result<void> checkTexts(const std::vector<std::string>& texts, std::size_t& total_bytes)
{
    if (texts.size() > kMaxArguments)
        return fail(Errc::TooLarge, "too many arguments");
    for (const std::string& text : texts) {
        if (hasNul(text))
            return fail(Errc::Malformed, "an argument with a NUL character");
        if (text.size() > kMaxArgument_bytes)
            return fail(Errc::TooLarge, "an argument is too long");
        total_bytes += text.size() + 5; // its length field, and the NUL that the guest adds
    }
    if (total_bytes > kMaxCommand_bytes)
        return fail(Errc::TooLarge, "the command line is too long");
    return {};
}

bool plausibleTerminal(std::uint16_t rows, std::uint16_t columns)
{
    return rows >= 1 && columns >= 1 && rows <= kMaxTerminalEdge && columns <= kMaxTerminalEdge;
}

Result<void> checkCommand(const Spawn& what)
{
    std::size_t total_bytes = 0;
    if (what.arguments.empty() || what.arguments.front().empty())
        return fail(Errc::Malformed, "no program to start");
    if (auto ok = checkTexts(what.arguments, total_bytes); !ok)
        return ok;
    if (auto ok = checkTexts(what.environment, total_bytes); !ok)
        return ok;
    if (what.workingFolder.size() > kMaxPath_bytes || hasNul(what.workingFolder))
        return fail(Errc::Malformed, "the working folder is no path");
    if (!plausibleTerminal(what.rows, what.columns))
        return fail(Errc::Malformed, "a terminal of that size");
    return {};
}

bool plainComponent(std::string_view name)
{
    return !name.empty() && name.size() <= kMaxFileName_bytes && name != "." && name != ".." && !hasNul(name)
        && name.find('/') == std::string_view::npos;
}

/// Printable ASCII without spaces: MIME types and desktop ids are made of it (RFC 6838, desktop entry specification).
bool plainToken(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool absolutePath(std::string_view path)
{
    return !path.empty() && path.front() == '/' && !hasNul(path);
}

template <class Message> Result<Message> checked(Message message, bool ok, const char* problem)
{
    if (!ok)
        return fail(Errc::Malformed, problem);
    return message;
}

// One check for each guest message: what can be judged without state.
Result<Ready> plausible(Ready m)
{
    std::set<std::uint32_t> distinct(m.running.begin(), m.running.end());
    return checked(m, m.version == kProtocolVersion && distinct.size() == m.running.size() && !distinct.contains(0),
                   "Ready with another version or a program twice");
}
Result<Spawned> plausible(Spawned m) { return checked(m, m.error < 4096, "an error number that Linux does not have"); }
Result<Output> plausible(Output m) { return m; }
Result<Exited> plausible(Exited m)
{
    return checked(m, !m.signalled || (m.status > 128 && m.status <= 128 + kMaxSignal), "a signal that Linux does not have");
}
Result<FileDone> plausible(FileDone m)
{
    bool ok = m.error == 0 ? absolutePath(m.path) : m.error < 4096 && m.path.empty();
    return checked(std::move(m), ok, "a file that is done without a path, or an unknown error");
}
Result<Opened> plausible(Opened m)
{
    bool ok = plainToken(m.mimeType) && plainToken(m.desktopId);
    return checked(std::move(m), ok, "a file type or desktop id with other than plain characters");
}
Result<FromDisplay> plausible(FromDisplay m) { return m; }
Result<DisplayState> plausible(DisplayState m) { return m; }
Result<Pong> plausible(Pong m) { return m; }
Result<InputCredit> plausible(InputCredit m) { return checked(m, m.bytes > 0, "credit of nothing"); }

} // namespace

HostControl::HostControl(HostListener& listener) : m_listener(listener), m_reader(kMaxPayload_bytes) {}

void HostControl::takeOver()
{
    auto nonce = wire::Preamble::freshNonce();
    m_reader.expectEcho(nonce);
    auto bytes = wire::Preamble::encode(nonce);
    m_out.insert(m_out.end(), bytes.begin(), bytes.end());
    m_state = State::AwaitingEcho;
    m_listener.onOutgoing();
}

Result<void> HostControl::receive(ByteSpan bytes, TimePoint now)
{
    if (m_state == State::Failed)
        return fail(Errc::Disconnected, "the guest broke the control protocol before");
    m_now = now;
    m_reader.feed(bytes);
    while (true) {
        auto event = m_reader.next();
        Result<void> outcome;
        if (event && !*event)
            return {};
        if (event)
            outcome = handle(**event);
        else
            outcome = Unexpected(event.error());
        if (!outcome) {
            m_state = State::Failed;
            m_out.clear();
            m_outStart = 0;
            m_listener.onProtocolError(outcome.error());
            return outcome;
        }
    }
}

Result<void> HostControl::handle(const wire::FrameReader::Event& event)
{
    if (event.echoed) {
        m_state = State::AwaitingReady;
        return {};
    }
    return handleFrame(*event.frame);
}

template <class Message> Result<void> HostControl::dispatch(const wire::Frame& frame)
{
    auto raw = decode<Message>(frame.payload);
    if (!raw)
        return while_(toString(Message::kType), std::move(raw.error()));
    auto message = std::move(*raw).checkedBy([](Message m) { return plausible(std::move(m)); });
    if (!message)
        return while_(toString(Message::kType), std::move(message));
    auto done = on(frame.header.object, std::move(*message));
    if (!done)
        return while_(toString(Message::kType), std::move(done));
    return {};
}

Result<void> HostControl::handleFrame(const wire::Frame& frame)
{
    auto type = static_cast<MessageType>(frame.header.type);
    if (m_state == State::AwaitingReady && type != MessageType::Ready)
        return fail(Errc::Malformed, "a message before Ready");
    switch (type) {
    case MessageType::Ready: return dispatch<Ready>(frame);
    case MessageType::Spawned: return dispatch<Spawned>(frame);
    case MessageType::Output: return dispatch<Output>(frame);
    case MessageType::Exited: return dispatch<Exited>(frame);
    case MessageType::FileDone: return dispatch<FileDone>(frame);
    case MessageType::Opened: return dispatch<Opened>(frame);
    case MessageType::FromDisplay: return dispatch<FromDisplay>(frame);
    case MessageType::DisplayState: return dispatch<DisplayState>(frame);
    case MessageType::Pong: return dispatch<Pong>(frame);
    case MessageType::InputCredit: return dispatch<InputCredit>(frame);
    default: break;
    }
    if (frame.header.flags & wire::kOptional && !senderOf(frame.header.type))
        return {};
    return fail(Errc::Malformed, "a message that a guest may not send");
}

Result<void> HostControl::on(std::uint32_t, Ready message)
{
    if (m_state != State::AwaitingReady)
        return fail(Errc::Malformed, "a second one");
    m_state = State::Ready;
    for (std::uint32_t number : message.running)
        m_programs[number].phase = Program::Phase::Running;
    m_listener.onReady(message.running);
    return {};
}

Result<void> HostControl::on(std::uint32_t object, Spawned message)
{
    auto at = m_programs.find(object);
    if (at == m_programs.end() || at->second.phase != Program::Phase::Starting)
        return fail(Errc::Malformed, "for a program that nobody starts");
    if (message.error != 0)
        m_programs.erase(at);
    else
        at->second.phase = Program::Phase::Running;
    m_listener.onSpawned(object, message.error);
    return {};
}

Result<HostControl::Program*> HostControl::running(std::uint32_t program)
{
    auto at = m_programs.find(program);
    if (at == m_programs.end() || at->second.phase != Program::Phase::Running)
        return fail(Errc::Malformed, "for a program that does not run");
    return &at->second;
}

Result<void> HostControl::on(std::uint32_t object, Output message)
{
    auto program = running(object);
    if (!program)
        return Unexpected(std::move(program.error()));
    OutputFlow& flow = message.stream == Stream::Out ? (*program)->out : (*program)->error;
    if (!flow.open)
        return fail(Errc::Malformed, "on a stream that is not open");
    if (message.bytes.empty()) {
        endStream(object, message.stream);
        return {};
    }
    auto count = static_cast<std::uint32_t>(message.bytes.size());
    if (count > kInitialCredit_bytes - flow.unacknowledged_bytes)
        return fail(Errc::TooLarge, "more than its credit");
    flow.unacknowledged_bytes += count;
    m_listener.onOutput(object, message.stream, message.bytes);
    return {};
}

void HostControl::endStream(std::uint32_t program, Stream stream)
{
    auto at = m_programs.find(program);
    if (at == m_programs.end())
        return;
    OutputFlow& flow = stream == Stream::Out ? at->second.out : at->second.error;
    if (std::exchange(flow.open, false))
        m_listener.onOutputEnd(program, stream);
}

Result<void> HostControl::on(std::uint32_t object, Exited message)
{
    if (auto program = running(object); !program)
        return Unexpected(std::move(program.error()));
    endStream(object, Stream::Out);
    endStream(object, Stream::Error);
    m_programs.erase(object);
    m_listener.onExited(object, message.status, message.signalled);
    return {};
}

Result<void> HostControl::on(std::uint32_t object, FileDone message)
{
    auto at = m_transfers.find(object);
    if (at == m_transfers.end())
        return fail(Errc::Malformed, "for a file that nobody sends");
    if (message.error == 0 && !at->second.complete)
        return fail(Errc::Malformed, "before all of the file was sent");
    m_transfers.erase(at);
    m_listener.onFileDone(object, message.error, message.path);
    return {};
}

Result<void> HostControl::on(std::uint32_t object, Opened message)
{
    auto at = m_programs.find(object);
    if (at == m_programs.end() || at->second.phase != Program::Phase::Opening)
        return fail(Errc::Malformed, "for a file that nobody opens");
    if (message.problem == OpenProblem::None)
        at->second.phase = Program::Phase::Running;
    else
        m_programs.erase(at);
    m_listener.onOpened(object, message.problem, message.mimeType, message.desktopId);
    return {};
}

bool HostControl::Rate::isOver(unsigned maximum, TimePoint now)
{
    if (now - since > std::chrono::minutes(1)) {
        since = now;
        count = 0;
    }
    return ++count > maximum;
}

Result<void> HostControl::on(std::uint32_t, FromDisplay message)
{
    if (m_relayed.isOver(kMaxRelayed, m_now))
        return fail(Errc::TooLarge, "too often in a minute");
    auto relayed = relay::decodeFromGuest(message.bytes);
    if (!relayed)
        return Unexpected(std::move(relayed.error()));
    m_listener.onFromDisplay(*relayed);
    return {};
}

Result<void> HostControl::on(std::uint32_t, DisplayState message)
{
    if (m_states.isOver(kMaxDisplayStates, m_now))
        return fail(Errc::TooLarge, "too often in a minute");
    m_listener.onDisplayState(message.condition);
    return {};
}

Result<void> HostControl::on(std::uint32_t, Pong message)
{
    auto at = m_pings.find(message.serial);
    if (at == m_pings.end())
        return fail(Errc::Malformed, "without a Ping");
    m_pings.erase(at);
    m_listener.onPong(message.serial);
    return {};
}

Result<void> HostControl::on(std::uint32_t object, InputCredit message)
{
    auto program = running(object);
    if (!program)
        return Unexpected(std::move(program.error()));
    if ((*program)->stdio == Stdio::None || message.bytes > kInitialCredit_bytes - (*program)->inputCredit_bytes)
        return fail(Errc::TooLarge, "for more than was sent");
    (*program)->inputCredit_bytes += message.bytes;
    m_listener.onInputRoom(object);
    return {};
}

// ---- outgoing

template <class Message> void HostControl::send(std::uint32_t object, const Message& message)
{
    bool wasEmpty = queued_bytes() == 0;
    append(m_out, object, message);
    if (wasEmpty)
        m_listener.onOutgoing();
}

/// Cuts where the Preamble's fixed bytes would travel whole (see messages.h); the frame header between the halves keeps them apart.
template <class Message> void HostControl::sendChunks(std::uint32_t object, ByteSpan bytes)
{
    while (!bytes.empty()) {
        std::size_t cut = std::min(findMagic(bytes) + wire::Preamble::kMagic_bytes / 2, std::min(bytes.size(), kMaxChunk_bytes));
        send(object, Message{ByteVector(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(cut))});
        bytes = bytes.subspan(cut);
    }
}

ByteSpan HostControl::outgoing() const
{
    return ByteSpan(m_out).subspan(m_outStart);
}

void HostControl::sent(std::size_t count)
{
    m_outStart += std::min(count, queued_bytes());
    if (m_outStart == m_out.size()) {
        m_out.clear();
        m_outStart = 0;
    } else if (m_outStart > kMaxQueued_bytes) {
        m_out.erase(m_out.begin(), m_out.begin() + static_cast<std::ptrdiff_t>(m_outStart));
        m_outStart = 0;
    }
    if (m_writableWanted && queued_bytes() < kMaxQueued_bytes / 2) {
        m_writableWanted = false;
        m_listener.onWritable();
    }
}

Result<void> HostControl::checkReady() const
{
    if (m_state == State::Failed)
        return fail(Errc::Disconnected, "the guest broke the control protocol");
    if (m_state != State::Ready)
        return fail(Errc::Busy, "the guest has not said Ready");
    return {};
}

Result<void> HostControl::spawn(std::uint32_t program, const Spawn& what)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    if (auto ok = checkCommand(what); !ok)
        return ok;
    if (program == 0 || m_programs.contains(program) || m_programs.size() >= kMaxPrograms)
        return fail(Errc::Busy, "that number is taken, or too many programs run");
    Program& entry = m_programs[program];
    entry.stdio = what.stdio;
    entry.inputOpen = what.stdio != Stdio::None;
    entry.out.open = what.stdio != Stdio::None;
    entry.error.open = what.stdio == Stdio::Pipes;
    send(program, what);
    return {};
}

Result<std::size_t> HostControl::input(std::uint32_t program, ByteSpan bytes)
{
    if (auto ready = checkReady(); !ready)
        return Unexpected(std::move(ready.error()));
    auto at = m_programs.find(program);
    if (at == m_programs.end() || !at->second.inputOpen)
        return fail(Errc::Busy, "the program takes no input");
    std::size_t count = std::min<std::size_t>(bytes.size(), at->second.inputCredit_bytes);
    at->second.inputCredit_bytes -= static_cast<std::uint32_t>(count);
    sendChunks<Input>(program, bytes.first(count));
    return count;
}

Result<void> HostControl::inputEnd(std::uint32_t program)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    auto at = m_programs.find(program);
    if (at != m_programs.end() && std::exchange(at->second.inputOpen, false))
        send(program, InputEnd{});
    return {};
}

Result<void> HostControl::signal(std::uint32_t program, std::uint8_t number)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    if (number == 0 || number > kMaxSignal)
        return fail(Errc::Malformed, "a signal that Linux does not have");
    if (!m_programs.contains(program))
        return fail(Errc::NotFound, "no such program runs");
    send(program, Signal{number});
    return {};
}

Result<void> HostControl::resize(std::uint32_t program, std::uint16_t rows, std::uint16_t columns)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    if (!plausibleTerminal(rows, columns))
        return fail(Errc::Malformed, "a terminal of that size");
    auto at = m_programs.find(program);
    if (at == m_programs.end() || at->second.stdio != Stdio::Terminal)
        return fail(Errc::NotFound, "no such program runs in a terminal");
    send(program, TerminalSize{rows, columns});
    return {};
}

void HostControl::outputTaken(std::uint32_t program, Stream stream, std::size_t count)
{
    auto at = m_programs.find(program);
    if (m_state != State::Ready || at == m_programs.end())
        return;
    OutputFlow& flow = stream == Stream::Out ? at->second.out : at->second.error;
    auto bytes = static_cast<std::uint32_t>(std::min<std::size_t>(count, flow.unacknowledged_bytes - flow.taken_bytes));
    flow.taken_bytes += bytes;
    if (!flow.open || flow.taken_bytes < kCreditPortion_bytes)
        return;
    flow.unacknowledged_bytes -= flow.taken_bytes;
    send(program, OutputCredit{stream, std::exchange(flow.taken_bytes, 0)});
}

Result<void> HostControl::beginFile(std::uint32_t transfer, std::string_view name, std::uint64_t size_bytes, FilePlace place)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    if (!plainComponent(name))
        return fail(Errc::Malformed, "the file name is not one plain component");
    if (transfer == 0 || m_transfers.contains(transfer))
        return fail(Errc::Busy, "that transfer number is taken");
    m_transfers[transfer].remaining_bytes = size_bytes;
    send(transfer, FileBegin{std::string(name), size_bytes, place});
    return {};
}

Result<void> HostControl::fileData(std::uint32_t transfer, ByteSpan bytes)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    auto at = m_transfers.find(transfer);
    if (at == m_transfers.end() || at->second.ended)
        return fail(Errc::Cancelled, "the guest has given up this file");
    if (bytes.size() > at->second.remaining_bytes)
        return fail(Errc::TooLarge, "the file is longer than was announced");
    if (queued_bytes() >= kMaxQueued_bytes) {
        m_writableWanted = true;
        return fail(Errc::Busy, "the guest reads slowly");
    }
    at->second.remaining_bytes -= bytes.size();
    sendChunks<FileData>(transfer, bytes);
    return {};
}

Result<void> HostControl::endFile(std::uint32_t transfer, bool complete)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    auto at = m_transfers.find(transfer);
    if (at == m_transfers.end() || at->second.ended)
        return fail(Errc::Cancelled, "the guest has given up this file");
    if (complete && at->second.remaining_bytes != 0)
        return fail(Errc::Malformed, "the file is shorter than was announced");
    at->second.ended = true;
    at->second.complete = complete;
    send(transfer, FileEnd{complete});
    return {};
}

Result<void> HostControl::open(std::uint32_t program, std::string_view path)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    if (!absolutePath(path) || path.size() > kMaxPath_bytes)
        return fail(Errc::Malformed, "not an absolute path");
    if (program == 0 || m_programs.contains(program) || m_programs.size() >= kMaxPrograms)
        return fail(Errc::Busy, "that number is taken, or too many programs run");
    m_programs[program].phase = Program::Phase::Opening;
    send(program, Open{std::string(path)});
    return {};
}

Result<void> HostControl::toDisplay(ByteSpan frame)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    // Text cannot contain the Preamble's bytes (0xf1 'A' is not UTF-8), so a frame with them is the caller's mistake.
    if (frame.size() < wire::kHeader_bytes || frame.size() > kMaxRelay_bytes || findMagic(frame) != frame.size())
        return fail(Errc::Malformed, "not a relay frame of text");
    if (queued_bytes() >= kMaxQueued_bytes) {
        m_writableWanted = true;
        return fail(Errc::Busy, "the guest reads slowly");
    }
    send(0, ToDisplay{ByteVector(frame.begin(), frame.end())});
    return {};
}

Result<void> HostControl::ping(std::uint32_t serial)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    if (m_pings.size() >= kMaxPings)
        return fail(Errc::Busy, "the guest has not answered the pings before");
    m_pings.insert(serial);
    send(0, Ping{serial});
    return {};
}

Result<void> HostControl::shutdown(std::uint32_t grace_ms)
{
    if (auto ready = checkReady(); !ready)
        return ready;
    send(0, Shutdown{grace_ms});
    return {};
}

} // namespace annex::control
